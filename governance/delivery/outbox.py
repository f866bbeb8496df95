"""What there is to send: a side's feed, in order, from a position on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from governance.delivery.subscription import Place, Subscription
from projections.notifications import ROWS_OF_AN_EVENT


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

    def count(
        self,
        side: str,
        after: int,
        committee: str | None = None,
        types: Collection[str] | None = None,
    ) -> int:
        """Return how many entries follow a sequence."""

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry; 0 while there is none."""


class Links(Protocol):
    """The record's hash chain, event by event."""

    def link_at(self, position: int) -> str:
        """Return the link at an event's position; empty where nothing stands."""


class Outbox:
    """The entries of a feed that a subscription has not acknowledged yet."""

    def __init__(self, feed: Feed, links: Links) -> None:
        self._feed = feed
        self._links = links

    def waiting(self, subscription: Subscription, limit: int) -> Sequence[FeedEntry]:
        """Return what comes next for a subscription."""
        side, after, types = subscription.side, subscription.position, subscription.types or None
        return self._feed.entries(side, after, limit, subscription.committee, types)

    def behind(self, subscription: Subscription) -> int:
        """Return how many entries wait for a subscription."""
        committee, types = subscription.committee, subscription.types or None
        return self._feed.count(subscription.side, subscription.position, committee, types)

    def last(self, side: str) -> int:
        """Return the sequence of a side's last entry; 0 while there is none."""
        return self._feed.last(side)

    def place(self, position: int) -> Place:
        """Return a position with what binds it to this record and no other."""
        return Place(position, self._links.link_at(position // ROWS_OF_AN_EVENT))

    def holds(self, subscription: Subscription) -> bool:
        """Whether what a subscription acknowledged last is in this record.

        It is not after a restore from a backup that is older: what is recorded since would take
        the same positions, and be passed over.
        """
        here = self.place(subscription.position).link
        if subscription.link is None:
            return bool(here) or not subscription.position
        return here == subscription.link
