"""Couriers with a told clock and a told target: days of retries in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from governance.delivery.courier import Courier
from governance.delivery.outbox import Outbox
from governance.delivery.posting import Answer
from governance.delivery.signing import DeliveryKey
from governance.delivery.subscription import Subscription, milliseconds
from governance.delivery.tables import DeliveryTables
from governance.demo.stage import ToldClock
from tests.delivery.feed import ToldFeed, ToldLinks
from tests.delivery.subscribed import subscription

BEGINS = datetime(2026, 11, 25, 12, tzinfo=UTC)
OK = Answer(204, None)
BAD = Answer(500, "answered 500")


@dataclass
class Sent:
    """One sending, and when."""

    at: datetime
    id: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Office:
    """Tables, a feed, a clock, and a target that answers as `answers` says, then with 204."""

    tables: DeliveryTables
    keys: Path
    feed: ToldFeed = field(default_factory=lambda: ToldFeed.of(3))
    clock: ToldClock = field(default_factory=lambda: ToldClock(BEGINS))
    sent: list[Sent] = field(default_factory=list)
    answers: list[Answer | Callable[[], Answer]] = field(default_factory=list)
    stop: Event = field(default_factory=Event)
    links: ToldLinks = field(default_factory=ToldLinks)

    def subscribe(self, name: str = "sub_a", **facts: object) -> None:
        """Make a subscription that is due now."""
        made = milliseconds(self.clock())
        self.tables.add(subscription(name, next_try=made, made_at=made, **facts), "whsec_c2VjcmV0")

    def courier(self) -> Courier:
        """Return a courier; several may be at work at once."""
        key = DeliveryKey.at(self.keys)
        outbox = Outbox(self.feed, self.links)
        return Courier(
            self.tables, outbox, self._post, lambda: key, self.clock,
            chance=lambda: 0.0, stop=self.stop,
        )  # fmt: skip

    def deliver(self) -> int:
        """Let a courier visit everything that is due, once."""
        courier = self.courier()
        return sum(courier.visit(found.id) for found in courier.due())

    def wait(self, **time: float) -> None:
        """Let some time pass."""
        self.clock.now += timedelta(**time)

    def get(self, name: str = "sub_a") -> Subscription:
        """Return what stands."""
        return self.tables.get(name)

    def ids(self) -> list[int]:
        """The events that were sent, by the number in their ids."""
        return [int(sent.id.split("/")[2].partition("#")[0]) for sent in self.sent]

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        self.sent.append(Sent(self.clock(), headers["webhook-id"], headers, body))
        answer = self.answers.pop(0) if self.answers else OK
        return answer() if callable(answer) else answer
