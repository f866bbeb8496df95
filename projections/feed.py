"""The feed: what a side's registry is told, read onwards from a position, as CloudEvents 1.0.

A position is an event's `sequence`. Sequences rise in the order of the record; a gap means nothing.
What was told once is told for ever, at the same sequence and with the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from policies.refusals import NotFoundError
from projections.adopted import ADOPTED
from projections.feed_types import EVENT_TYPES, SEQUENCE_DIGITS
from projections.notifications import NOTIFICATIONS, ROWS_OF_AN_EVENT
from projections.tables import Question, Tables

VIEWS = (NOTIFICATIONS, ADOPTED)
"""What the feed is read from."""
MEDIA_TYPE = "application/cloudevents+json"
BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"
LIMIT = 100
"""Entries of a page, unless another number is asked for."""
MAX_LIMIT = 1000
MAX_SEQUENCE = 10**SEQUENCE_DIGITS - 1
MAX_PAGE = 16 * 1024 * 1024
"""Bytes, about, after which a page ends early: decisions may be long."""

_ENCODER = msgspec.json.Encoder()


class FeedEntry(NamedTuple):
    """One event of the feed, with the envelopes of the decision that it is of (JSON)."""

    committee: str
    side: str
    sequence: int
    id: str
    type: str
    number: str
    item: int
    recorded_at: str
    data: str
    envelope: str
    adoption: str

    def cloudevent(self) -> dict[str, Any]:
        """Return the event as a CloudEvent 1.0 in JSON; always the same for the same entry."""
        data = msgspec.json.decode(self.data)
        subject = {} if data["subject"] is None else {"subject": data["subject"]}
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": f"urn:jcm:committee:{self.committee}",
            "type": self.type,
            "time": self.recorded_at,
            **subject,
            "datacontenttype": "application/json",
            "sequence": sequence_text(self.sequence),
            "data": data
            | {
                "envelope": msgspec.json.decode(self.envelope),
                "adoption": msgspec.json.decode(self.adoption),
            },
        }

    def to_bytes(self) -> bytes:
        """Return the event's one form as bytes: what is pushed, and signed, on every attempt."""
        return _ENCODER.encode(self.cloudevent())


class Heard(NamedTuple):
    """One event of the feed as people look at it, without the envelopes; `data` is JSON."""

    sequence: int
    id: str
    type: str
    number: str
    item: int
    recorded_at: str
    data: str


class Feed:
    """What the views hold of what each side is told; the views are brought up by others."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def entries(
        self,
        side: str,
        after: int = 0,
        limit: int = LIMIT,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> list[FeedEntry]:
        """Return a side's next entries after a position, in order; none: that is all so far.

        A page may hold fewer than `limit`, and more follow. `committee` is a code as ``JP-MN``,
        `types` the names of those that are wanted (none: all); of a type not known here nothing is
        told. Raises `ValueError` for a limit outside 1 to `MAX_LIMIT`.
        """
        if not 1 <= limit <= MAX_LIMIT:
            message = f"a page has 1 to {MAX_LIMIT} entries, not {limit}"
            raise ValueError(message)
        end = self._end()
        kinds = [name for name in EVENT_TYPES if name in types] if types else [None]
        rows = [
            row
            for kind in kinds
            for row in self._rows(side, (after, end), limit, {"committee": committee, "type": kind})
        ]
        return self._with_envelopes(sorted(rows, key=itemgetter(2))[:limit])

    def newest(
        self, side: str, committee: str, before: int = MAX_SEQUENCE, limit: int = LIMIT
    ) -> list[Heard]:
        """Return what a side was told last of a committee before a position, the newest first."""
        where = "side = ? AND committee = ? AND sequence < ?"
        values = (side, committee, min(before, self._end()))
        rows = self._tables.select(NOTIFICATIONS, where, values, "sequence DESC", limit)
        return [Heard(*row[2:]) for row in rows]

    def count(
        self,
        side: str,
        after: int = 0,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> int:
        """Return how many entries follow a position, as `entries` would give them one by one."""
        known = [name for name in EVENT_TYPES if name in types] if types else []
        if types and not known:
            return 0
        where, values = "side = ? AND sequence > ? AND sequence < ?", [side, after, self._end()]
        if committee is not None:
            where, values = f"{where} AND committee = ?", [*values, committee]
        if known:
            where, values = f"{where} AND type IN ({_marks(known)})", [*values, *known]
        ((found,),) = self._tables.grouped(
            NOTIFICATIONS, (), ("count(*)",), Question(where, values)
        )
        return int(found)

    def last(self, side: str) -> int:
        """Return the position of a side's last entry; 0 while there is none."""
        where, values = "side = ? AND sequence < ?", (side, self._end())
        rows = self._tables.select(NOTIFICATIONS, where, values, "sequence DESC", 1)
        return next((int(row[2]) for row in rows), 0)

    def _end(self) -> int:
        """Return the first position that one of the two views has not reached."""
        positions = self._tables.positions()
        reached = min(positions[view.name] for view in VIEWS)
        return (reached + 1) * ROWS_OF_AN_EVENT

    def _rows(
        self, side: str, between: tuple[int, int], limit: int, wanted: Mapping[str, str | None]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield rows that fit; of one type at most, so that an index has them in their order."""
        named = {f"{column} = ?": value for column, value in wanted.items() if value is not None}
        where = " AND ".join(["side = ?", "sequence > ?", "sequence < ?", *named])
        after, end = between
        values = (side, min(after, MAX_SEQUENCE), end, *named.values())
        return self._tables.select(NOTIFICATIONS, where, values, "sequence", limit)

    def _with_envelopes(self, rows: list[tuple[Any, ...]]) -> list[FeedEntry]:
        numbers = list(dict.fromkeys(row[5] for row in rows))
        if not numbers:
            return []
        where = f"number IN ({_marks(numbers)})"
        found_rows = self._tables.select(ADOPTED, where, numbers, "number", len(numbers))
        adopted = {row[1]: row[2:] for row in found_rows}
        size = 0
        found: list[FeedEntry] = []
        for row in rows:
            entry = FeedEntry(*row, *adopted[row[5]])
            size += len(entry.data) + len(entry.envelope) + len(entry.adoption)
            if found and size > MAX_PAGE:
                break
            found.append(entry)
        return found


def require_reached(record: int, after: int) -> None:
    """Raise `NotFoundError` for a place in the feed that a record of so many events has not.

    Whoever is there read another record, or this one before it was restored from an older backup.
    """
    if after >= (record + 1) * ROWS_OF_AN_EVENT:
        message = (
            f"the feed has not come to {after}; you may have read another record, or this one"
            " before it was restored: look at both, then ask from a position that both have"
        )
        raise NotFoundError(message)


def batch(entries: Iterable[FeedEntry]) -> bytes:
    """Return entries as a CloudEvents batch: a JSON array."""
    return _ENCODER.encode([entry.cloudevent() for entry in entries])


def sequence_text(sequence: int) -> str:
    """Return a position as the feed writes it: as text that sorts as the number does."""
    return f"{sequence:0{SEQUENCE_DIGITS}d}"


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" for _ in values)
