"""The feed of a side's registry, read from the record: entries in order, each with its envelopes.

An entry's `sequence` is made of its event's position and its row's place in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from aggregates.committee.events import DecisionAdopted
from aggregates.event import Recorded
from aggregates.store.record import Record
from projections.notifications import NOTIFICATIONS
from projections.view import Entry

PARTS = 10_000
"""Rows of one event, at most."""
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One notification to a side's registry, with the decision and adoption that say so."""

    sequence: int
    committee: str
    side: str
    id: str
    type: str
    number: str
    recorded_at: str
    data: dict[str, Any]

    def cloudevent(self) -> dict[str, Any]:
        """Return it as CloudEvents 1.0 JSON; what is sent once is sent so for ever."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": f"urn:jcm:committee:{self.committee}",
            "type": self.type,
            "time": self.recorded_at,
            "subject": self.data["subject"],
            "datacontenttype": "application/json",
            "sequence": f"{self.sequence:020}",
            "data": self.data,
        }


class Feed:
    """Reads a record's notifications onwards from a sequence."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def entries(
        self,
        side: str,
        after: int,
        limit: int,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> list[FeedEntry]:
        """Return a side's next entries after a sequence, at most so many."""
        found: list[FeedEntry] = []
        for entry in self._onwards(after):
            fits = entry.side == side and committee in (None, entry.committee)
            if fits and (not types or entry.type in types):
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def _onwards(self, after: int) -> Iterator[FeedEntry]:
        position, end = max(0, after // PARTS - 1), self._record.position
        while position < end:
            page = self._record.onwards(position, _BATCH, (DecisionAdopted,), end)
            for recorded in page.entries:
                yield from (e for e in _entries(recorded) if e.sequence > after)
            position = page.reached


def _entries(recorded: Recorded) -> Iterator[FeedEntry]:
    event = recorded.event
    assert isinstance(event, DecisionAdopted)  # noqa: S101 - asked for by kind
    for part, row in enumerate(NOTIFICATIONS.rows(Entry(recorded))):
        committee, side, name, kind, number, _item, recorded_at, data = (str(v) for v in row)
        yield FeedEntry(
            recorded.position * PARTS + part,
            committee,
            side,
            name,
            kind,
            number,
            recorded_at,
            {
                "committee": committee,
                "side": side,
                **msgspec.json.decode(data),
                "envelope": event.decision.to_json(),
                "adoption": event.adoption.to_json(),
                "bundle": f"/v1/decisions/{number}/bundle",
            },
        )
