"""What there is to send: a side's feed, in order, from a position on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from aggregates.committee.events import DecisionAdopted
from aggregates.event import Recorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from governance.delivery.subscription import Subscription
from projections.notifications import NOTIFICATIONS
from projections.view import Entry

PAGE = 20
_PARTS = 10_000
"""A sequence is the position of an event in the record times this, and the row's place in it."""


class FeedEntry(Protocol):
    """One event of a feed, at its place."""

    @property
    def sequence(self) -> int:
        """Its place: ordered, never changing; gaps mean nothing."""

    @property
    def id(self) -> str:
        """Its id, the same at every sending."""

    def to_bytes(self) -> bytes:
        """Return it in CloudEvents 1.0 JSON, the same at every time."""


class Feed(Protocol):
    """What a side is told."""

    def entries(
        self,
        side: str,
        after: int,
        limit: int,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> Sequence[FeedEntry]:
        """Return the next entries after a sequence, at most `limit`."""

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry; 0 while there is none."""


class Outbox:
    """The entries of a feed that a subscription has not acknowledged yet."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def waiting(self, subscription: Subscription, limit: int = PAGE) -> Sequence[FeedEntry]:
        """Return what comes next for a subscription."""
        return self._after(subscription, subscription.position, limit)

    def behind(self, subscription: Subscription) -> int:
        """Return how many entries wait for a subscription."""
        count, after = 0, subscription.position
        while page := self._after(subscription, after, BATCH):
            count, after = count + len(page), page[-1].sequence
        return count

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry; 0 while there is none."""
        return self._feed.last(side)

    def _after(self, subscription: Subscription, after: int, limit: int) -> Sequence[FeedEntry]:
        types = subscription.types or None
        return self._feed.entries(subscription.side, after, limit, subscription.committee, types)


class _Entry(msgspec.Struct, frozen=True):
    sequence: int
    recorded: Recorded
    row: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.row["id"])

    def to_bytes(self) -> bytes:
        event = self.recorded.event
        assert isinstance(event, DecisionAdopted)  # noqa: S101 - for the type checker
        row = self.row
        data = msgspec.json.decode(row["data"])
        said = {
            "specversion": "1.0",
            "id": row["id"],
            "source": f"urn:jcm:committee:{row['committee']}",
            "type": row["type"],
            "time": row["recorded_at"],
            "subject": data["subject"],
            "datacontenttype": "application/json",
            "sequence": f"{self.sequence:020}",
            "data": {
                "committee": row["committee"],
                "side": row["side"],
                **data,
                "envelope": event.decision.to_json(),
                "adoption": event.adoption.to_json(),
                "bundle": f"/v1/decisions/{row['number']}/bundle",
            },
        }
        return msgspec.json.encode(said)


class RecordFeed:
    """A side's feed, read from the record itself."""

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
        """Return the next entries after a sequence, at most `limit`."""
        found: list[FeedEntry] = []
        for entry in self._rows(after):
            row = entry.row
            if row["side"] != side or (committee is not None and row["committee"] != committee):
                continue
            if types is None or row["type"] in types:
                found.append(entry)
                if len(found) == limit:
                    break
        return found

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry; 0 while there is none."""
        return max((e.sequence for e in self._rows(0) if e.row["side"] == side), default=0)

    def _rows(self, after: int) -> Iterator[_Entry]:
        position, record = max(after // _PARTS - 1, 0), self._record
        while (page := record.onwards(position, BATCH, (DecisionAdopted,))).reached > position:
            position = page.reached
            for recorded in page.entries:
                for part, row in enumerate(NOTIFICATIONS.rows(Entry(recorded))):
                    sequence = recorded.position * _PARTS + part
                    if sequence > after:
                        named = dict(zip(NOTIFICATIONS.columns, row, strict=True))
                        yield _Entry(sequence, recorded, named)
