"""Up to where somebody has seen what changed in a committee: kept when they say so, not before."""

from __future__ import annotations

from datetime import datetime

from governance.access.rosters import Seat
from governance.kept.tables import Kept
from policies.refusals import UnreadableError

_SEEN = """INSERT INTO jcgov.access_seen VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (committee, side, person) DO UPDATE
    SET position = excluded.position, seen_at = excluded.seen_at
    WHERE access_seen.position < excluded.position"""


class Seen:
    """Each person's last seen position of the record, by committee and side."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def position(self, seat: Seat) -> int | None:
        """Return up to where the record was seen; null for who never said so."""
        with self._kept.reading() as asking:
            rows = asking.rows(
                "SELECT position FROM jcgov.access_seen"
                " WHERE committee = ? AND side = ? AND person = ?",
                (seat.committee, seat.side, seat.person),
            )
        return int(rows[0][0]) if rows else None

    def until(self, seat: Seat, position: int, record: int, now: datetime) -> None:
        """Keep that all was seen up to a position that was shown; what was seen stays seen.

        `record` is the record's last position. Raises `UnreadableError` for one that it never had.
        """
        if not 0 <= position <= record:
            message = f"the record has {record} entries, so nobody has seen entry {position}"
            raise UnreadableError(message)
        values = (seat.committee, seat.side, seat.person, position, int(now.timestamp()))
        with self._kept.writing() as asking:
            asking.run(_SEEN, values)
