"""What shows that a log is not what it was, or not what it says: kept as files, each once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from policies.refusals import LogFilesError, Refusal
from projections.disk import unwritten, write_new

MOST = 1000
"""Files that are kept of one committee: a place that lies every minute fills no disk."""


@dataclass(frozen=True)
class Folder:
    """Where the evidence against one committee's log is kept."""

    path: Path

    def keep(self, refusal: Refusal, at: str, said: dict[str, Any]) -> Path | None:
        """Keep what was said and why it is refused; null where there is too much already.

        The same is kept once. Raises `LogFilesError` or `StorageError` where it cannot be.
        """
        told = {"refused": refusal.name, "why": str(refusal), **said}
        name = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
        file = self.path / f"{name}.json"
        if file.exists():
            return file
        if self.path.is_dir() and sum(1 for _ in self.path.iterdir()) >= MOST:
            return None
        text = json.dumps({"at": at, **told}, ensure_ascii=False, indent=1)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_new(file, text.encode("utf-8", "backslashreplace"), 0o644)
        except FileExistsError:
            return file
        except OSError as error:
            raise unwritten(file, error, LogFilesError) from None
        return file
