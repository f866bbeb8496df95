"""Where the state lives, read once from options and environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from policies.refusals import WrongHomeError

DEFAULT_HOME = ".jcgov"
ACCESS_DAYS = 180


@dataclass(frozen=True, slots=True)
class Settings:
    """The home directory, where the engine's own record and log keys lie, and the database."""

    home: Path
    keys: Path
    database_url: str | None = None
    """Where events and views lie on PostgreSQL; null: on SQLite, in the home."""
    documents_address: str | None = None
    """A folder, or a URL that fsspec opens, for the files of documents; null: in the home."""
    push_allowed: str | None = None
    """Networks and hosts that may be pushed to beside the public internet, with commas between."""
    log_folder: Path | None = None
    """Where the transparency logs lie as static files; null: in the home."""
    witnesses_file: Path | None = None
    """The file that says where each witness answers; null: in the home."""
    origin: str | None = None
    """What browsers show before a page's path, as https://record.example; null: no desk is open."""
    time_authority: str | None = None
    """The address of an RFC 3161 authority that dates each checkpoint as well; null: none does."""
    access_days: int = ACCESS_DAYS
    """For how many days the record of who signed in is kept."""

    @classmethod
    def read(cls, home: str | None) -> Settings:
        """Take the option, else ``JCGOV_HOME``, else the default; keys at ``JCGOV_KEYS``.

        ``JCGOV_DATABASE_URL`` moves events and views to PostgreSQL, ``JCGOV_DOCUMENTS`` the files
        of documents to another folder, or to a URL that fsspec opens; ``JCGOV_PUSH_ALLOW`` names
        where else may be pushed to. ``JCGOV_LOG`` moves the logs' static files, ``JCGOV_WITNESSES``
        names the file that says where the witnesses answer, ``JCGOV_TSA`` a time stamping
        authority. ``JCGOV_ORIGIN`` opens the desk, and ``JCGOV_ACCESS_DAYS`` says how long it is
        kept who signed in.
        """
        place = Path(home or os.environ.get("JCGOV_HOME") or DEFAULT_HOME)
        if place.exists() and not place.is_dir():
            message = f"the home {place} is a file; name a folder"
            raise WrongHomeError(message)
        url = os.environ.get("JCGOV_DATABASE_URL") or None
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            message = "JCGOV_DATABASE_URL must begin with postgresql://; unset it to use SQLite"
            raise WrongHomeError(message)
        keys = Path(os.environ.get("JCGOV_KEYS") or place / "keys")
        documents = os.environ.get("JCGOV_DOCUMENTS") or None
        log, witnesses = os.environ.get("JCGOV_LOG"), os.environ.get("JCGOV_WITNESSES")
        return cls(
            place,
            keys,
            url,
            documents,
            os.environ.get("JCGOV_PUSH_ALLOW") or None,
            Path(log) if log else None,
            Path(witnesses) if witnesses else None,
            os.environ.get("JCGOV_ORIGIN") or None,
            os.environ.get("JCGOV_TSA") or None,
            _days(os.environ.get("JCGOV_ACCESS_DAYS") or str(ACCESS_DAYS)),
        )

    @property
    def database(self) -> Path:
        """The file of events and views on SQLite."""
        return self.home / "jcgov.sqlite3"

    @property
    def deliveries(self) -> Path:
        """The file of subscriptions and attempts on SQLite, which its owner alone may read."""
        return self.home / "deliveries.sqlite3"

    @property
    def access(self) -> Path:
        """The file of passkeys, sessions and tokens on SQLite, for its owner alone."""
        return self.home / "access.sqlite3"

    @property
    def documents(self) -> str:
        """Where the files of documents lie."""
        return self.documents_address or str(self.home / "documents")

    @property
    def log(self) -> Path:
        """The folder of the transparency logs, one below it for each committee."""
        return self.log_folder or self.home / "log"

    @property
    def witnesses(self) -> Path:
        """The file that says where each witness answers."""
        return self.witnesses_file or self.home / "witnesses.json"

    @property
    def log_evidence(self) -> Path:
        """The folder of what shows that a witness holds another history."""
        return self.home / "log-evidence"

    @property
    def log_times(self) -> Path:
        """The folder of the checkpoints' times by an authority."""
        return self.home / "log-times"

    @property
    def recorded(self) -> bool:
        """Whether there is a record to be read; an absent home has none."""
        return self.database_url is not None or self.database.exists()


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 36_500):
        message = f"JCGOV_ACCESS_DAYS is {text!r}; write a whole number of days from 1 to 36500"
        raise WrongHomeError(message)
    return int(text)


def without_password(place: str) -> str:
    """Return the address of a database or a server as it may be shown."""
    shown = re.sub(r"(?<=://)([^@/?:]*):.*(?=@)", r"\1:…", place, count=1)
    return re.sub(r"(?<=[?&])((?:ssl)?password=)[^&]*", r"\1…", shown)
