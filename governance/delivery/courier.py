"""Carries events to one subscription after the other: each in order, one at a time, at least once.

A subscription is held by a lease while it is sent to. A worker that is killed keeps nobody out for
longer than its lease; one that was only slow finds on its return that another holds it, and changes
nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from threading import Event
from typing import Protocol

from msgspec.structs import replace

from governance.clock import Clock
from governance.delivery.outbox import Outbox
from governance.delivery.posting import Answer
from governance.delivery.schedule import Chance, asked_wait, next_attempt
from governance.delivery.signing import DeliveryKey, signed_headers
from governance.delivery.subscription import (
    OTHER_RECORD,
    Attempt,
    Subscription,
    acknowledged,
    ahead,
    failed,
    gone,
    let_go,
    milliseconds,
    taken,
)
from governance.delivery.tables import Change, DeliveryTables
from policies.refusals import NotFoundError

CONTENT_TYPE = "application/cloudevents+json"
LEASE = timedelta(seconds=60)
"""Longer than an attempt by so much that the clocks of two machines may differ by half of it."""

TURN = 100
"""Events after which a worker lets go, so that other subscriptions have their turn."""


class Post(Protocol):
    """Sends a body once."""

    def __call__(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return what came of it."""


class Courier:
    """Sends what waits for a subscription, until nothing does, one fails, or it is told to stop."""

    def __init__(
        self,
        tables: DeliveryTables,
        outbox: Outbox,
        post: Post,
        key: Callable[[], DeliveryKey],
        clock: Clock,
        *,
        chance: Chance,
        lease: timedelta = LEASE,
        told: Callable[[Subscription, Attempt], object] | None = None,
        stop: Event | None = None,
    ) -> None:
        self._tables = tables
        self._outbox = outbox
        self._post = post
        self._key = key
        self._clock = clock
        self._chance = chance
        self._lease = lease
        self._told = told
        self._stop = stop or Event()

    def due(self) -> list[Subscription]:
        """Return the subscriptions that may be sent something that waits for them.

        One whose position is of another record is stopped instead.
        """
        found = self._tables.due(milliseconds(self._clock()))
        return [
            subscription
            for subscription in found
            if self._belongs(subscription) and self._outbox.waiting(subscription, 1)
        ]

    def _belongs(self, subscription: Subscription) -> bool:
        if self._outbox.holds(subscription):
            return True
        with suppress(NotFoundError):
            stop = partial(ahead, position=subscription.position, reason=OTHER_RECORD)
            self._tables.change(subscription.id, stop)
        return False

    def visit(self, name: str) -> int:
        """Send to a subscription as long as it acknowledges, and return how many attempts it was.

        Nothing if another worker holds it, or if it has been removed.
        """
        token, made = token_hex(8), 0
        with suppress(NotFoundError):
            now = self._clock()
            take = partial(taken, token=token, now=milliseconds(now), until=self._until(now))
            standing: Subscription | None = self._tables.change(name, take)
            try:
                while made < TURN and standing is not None and self._may_send(standing, token):
                    standing = self._send_next(standing, token)
                    made += standing is not None
            finally:
                self._tables.change(name, partial(let_go, token=token))
        return made

    def _may_send(self, standing: Subscription, token: str) -> bool:
        return (
            not self._stop.is_set()
            and standing.held_by(token)
            and standing.ready(milliseconds(self._clock()))
        )

    def _send_next(self, standing: Subscription, token: str) -> Subscription | None:
        """Send the next event once, and return what stands then; None if nothing was sent."""
        waiting = self._outbox.waiting(standing, 1)
        if not waiting:
            return None
        entry = waiting[0]
        body = entry.to_bytes()
        at, began = self._clock(), time.monotonic()
        if milliseconds(at) >= standing.held_until:  # it took too long to get here
            return None
        secrets = self._tables.secrets(standing.id, milliseconds(at))
        headers = signed_headers(entry.id, at, body, secrets, self._key())
        answer = self._post(standing.url, {"Content-Type": CONTENT_TYPE, **headers}, body)
        if answer.aborted:
            return None
        attempt = Attempt(
            at=milliseconds(at),
            event=entry.id,
            sequence=entry.sequence,
            attempt=standing.failures + 1,
            status=answer.status,
            error=answer.error,
            milliseconds=round((time.monotonic() - began) * 1000),
        )
        return self._record(standing, attempt, answer, token)

    def _record(
        self, standing: Subscription, attempt: Attempt, answer: Answer, token: str
    ) -> Subscription:
        """Keep an attempt with what follows from it."""
        now = self._clock()
        change: Change
        if answer.error is None:
            change = partial(
                acknowledged,
                token=token,
                before=standing.position,
                place=self._outbox.place(attempt.sequence),
                now=milliseconds(now),
                until=self._until(now),
            )
        elif answer.gone:
            change = partial(gone, token=token, reason=answer.error)
        else:
            asked = asked_wait(answer.retry_after, now)
            again = next_attempt(attempt.attempt, now, self._chance, asked)
            attempt = replace(attempt, next_try=None if again is None else milliseconds(again))
            change = partial(
                failed,
                token=token,
                before=standing.position,
                next_try=attempt.next_try,
                reason=f"{attempt.attempt} attempts failed, the last: {answer.error}",
            )
        stands = self._tables.record(standing.id, attempt, change)
        if self._told is not None:
            self._told(stands, attempt)
        return stands

    def _until(self, now: datetime) -> int:
        return milliseconds(now + self._lease)
