"""The access record: who came in, from where, and who was refused; kept for a number of days."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from governance.kept.tables import Kept
from policies.refusals import TooManyTriesError

REFUSED, NOT_DONE, DONE = "refused", "not done", "done"
WINDOW = timedelta(minutes=15)
TRIES = 10
"""After so many refusals of one address within the window, it waits until the first is older."""
DAY = timedelta(days=1)
A_DAY = 40
"""How often within a day one address does what anybody may, and what fills our tables."""
KEPT_AT_MOST = 200_000
_NAMES = "at, what, outcome, who, address, detail"


class Entry(msgspec.Struct, frozen=True):
    """One line of the record; `who` is a key's id, or a token's; null where nobody was known."""

    at: int
    what: str
    outcome: str
    who: str | None
    address: str
    detail: str | None = None


class AccessRecord:
    """What is kept of who came, or tried to."""

    def __init__(self, kept: Kept, days: int) -> None:
        self._kept = kept
        self._days = timedelta(days=days)

    def note(self, entry: Entry) -> None:
        """Keep an entry; those that are older than they are kept for go."""
        with self._kept.writing() as asking:
            asking.run(
                f"INSERT INTO jcgov.access_record ({_NAMES}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                (entry.at, entry.what, entry.outcome, entry.who, entry.address, entry.detail),
            )
            asking.run(
                "DELETE FROM jcgov.access_record WHERE at < ? OR number <="
                " (SELECT max(number) FROM jcgov.access_record) - ?",
                (entry.at - int(self._days.total_seconds()), KEPT_AT_MOST),
            )

    def require_patience(self, address: str, now: datetime) -> None:
        """Raise `TooManyTriesError` for an address that was refused too often of late."""
        since = int((now - WINDOW).timestamp())
        with self._kept.reading() as asking:
            ((count,),) = asking.rows(
                "SELECT count(*) FROM jcgov.access_record"
                " WHERE address = ? AND at > ? AND outcome = ?",
                (address, since, REFUSED),
            )
        if count >= TRIES:
            minutes = int(WINDOW.total_seconds()) // 60
            message = f"this address was refused {count} times; try again in {minutes} minutes"
            raise TooManyTriesError(message)

    def require_seldom(self, what: str, address: str, now: datetime) -> None:
        """Raise `TooManyTriesError` for an address that has done something often within a day."""
        since = int((now - DAY).timestamp())
        with self._kept.reading() as asking:
            ((count,),) = asking.rows(
                "SELECT count(*) FROM jcgov.access_record"
                " WHERE address = ? AND at > ? AND what = ? AND outcome = ?",
                (address, since, what, DONE),
            )
        if count >= A_DAY:
            message = f"{what}: {count} times from one address within a day are enough; wait"
            raise TooManyTriesError(message)

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, the newest first."""
        with self._kept.reading() as asking:
            rows = asking.rows(
                f"SELECT {_NAMES} FROM jcgov.access_record"  # noqa: S608
                " ORDER BY number DESC LIMIT ?",
                (limit,),
            )
        return [Entry(*row) for row in rows]
