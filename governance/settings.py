"""Where the state lives, read once from options and environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from policies.refusals import WrongHomeError

DEFAULT_HOME = ".jcgov"


@dataclass(frozen=True, slots=True)
class Settings:
    """The home directory, and where the engine's own record and log keys lie."""

    home: Path
    keys: Path

    @classmethod
    def read(cls, home: str | None) -> Settings:
        """Take the option, else ``JCGOV_HOME``, else the default; keys at ``JCGOV_KEYS``."""
        if os.environ.get("JCGOV_DATABASE_URL"):
            message = (
                "JCGOV_DATABASE_URL is set, and this version keeps its events on SQLite only;"
                " unset it to use the home directory"
            )
            raise WrongHomeError(message)
        place = Path(home or os.environ.get("JCGOV_HOME") or DEFAULT_HOME)
        if place.exists() and not place.is_dir():
            message = f"the home {place} is a file; name a folder"
            raise WrongHomeError(message)
        return cls(place, Path(os.environ.get("JCGOV_KEYS") or place / "keys"))

    @property
    def database(self) -> Path:
        """The file of events and views."""
        return self.home / "jcgov.sqlite3"
