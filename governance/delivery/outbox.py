"""What there is to send: a side's feed, in order, from a position on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from aggregates.store.table import BATCH
from governance.delivery.subscription import Subscription


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

    def waiting(self, subscription: Subscription, limit: int) -> Sequence[FeedEntry]:
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
