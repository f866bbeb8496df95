"""How a committee's log stands: what waits, how old the last checkpoint is, who last said what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregates.store.record import Record
from aggregates.transparency.entries import entries_of
from aggregates.transparency.published import Published
from policies.calendar import timestamp

ANSWERS = ".witnesses.json"
"""In a log's folder: what each witness last answered, for whoever asks later; ours alone."""
LOOKED_AT = 10_000
"""Events, at most, that one question reads; the next goes on from there."""


@dataclass(frozen=True, slots=True)
class LogStanding:
    """A committee's log at a moment; `waiting` counts entries under no checkpoint."""

    committee: str
    waiting: int
    size: int | None
    at: datetime | None
    """The last checkpoint's size, and when it was published; null before the first."""
    witnesses: tuple[dict[str, Any], ...]
    since: datetime | None = None
    """When the first of those that wait was recorded; null where none does."""

    def age(self, now: datetime) -> float | None:
        """Return the last checkpoint's age in seconds; null before the first."""
        return None if self.at is None else max(0.0, (now - self.at).total_seconds())

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        return {
            "waiting": self.waiting,
            "size": self.size,
            "published_at": None if self.at is None else timestamp(self.at),
            "waiting_since": None if self.since is None else timestamp(self.since),
            "witnesses": list(self.witnesses),
        }


@dataclass
class _Counted:
    after: int
    version: int
    waiting: int = 0
    since: datetime | None = None


@dataclass
class LogStandings:
    """The logs of one record; what was counted once is not read again."""

    record: Record
    folder: Path
    _counted: dict[str, _Counted] = field(default_factory=dict)

    def of(self, committee: str) -> LogStanding:
        """Return how a log stands; where very much waits, at least so much."""
        last = Published(self.record, committee).last()
        after = 0 if last is None else last.version
        counted = self._counted.get(committee)
        if counted is None or counted.after != after:
            counted = _Counted(after, after)
        waiting, version, since = counted.waiting, counted.version, counted.since
        for entry in self.record.stream(committee, after=version):
            found = len(entries_of(entry.event))
            if found and since is None:
                since = entry.event.at
            waiting += found
            version = entry.originator_version
            if version - counted.version >= LOOKED_AT:
                break
        self._counted[committee] = _Counted(after, version, waiting, since)
        size, at = (None, None) if last is None else (last.size, last.at)
        answers = last_answers(_text(self.folder / committee / ANSWERS))
        return LogStanding(committee, waiting, size, at, tuple(answers), since)


def last_answers(text: str | None) -> list[dict[str, Any]]:
    """Return the answers that a log's folder keeps; none where it keeps none, or not as we do."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    sound = isinstance(found, list) and all(
        isinstance(entry, dict) and {"witness", "outcome"} <= entry.keys() for entry in found
    )
    return found if sound else []


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
