"""What people do with subscriptions: make, look at, pause, resume, send again, rotate, remove."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import Any, NamedTuple

from governance.clock import Clock
from governance.delivery.connecting import Resolve, resolve
from governance.delivery.outbox import Outbox
from governance.delivery.signing import new_secret
from governance.delivery.subscription import (
    OTHER_RECORD,
    Attempt,
    Condition,
    Subscription,
    instant_of,
    milliseconds,
    paused,
    resumed,
    set_to,
)
from governance.delivery.tables import DeliveryTables
from governance.delivery.targets import Allowance, require_allowed, target_of
from policies.calendar import timestamp
from policies.refusals import SubscriptionError
from policies.sides import Committee, require_side
from projections.feed_types import EVENT_TYPES

LONGEST_OVERLAP = timedelta(days=30)
_SIDE = re.compile("[A-Z]{2}", re.ASCII)


class Wanted(NamedTuple):
    """What a new subscription is to be sent, and where."""

    side: str
    url: str
    committee: Committee | None = None
    types: Sequence[str] = ()
    after: int = 0


class Subscriptions:
    """The subscriptions of one home, beside the feed that they follow."""

    def __init__(
        self,
        tables: DeliveryTables,
        outbox: Outbox,
        clock: Clock,
        allowance: Allowance,
        *,
        committees: Collection[str],
        resolve: Resolve = resolve,
    ) -> None:
        self._tables = tables
        self._outbox = outbox
        self._committees = committees
        self._clock = clock
        self._allowance = allowance
        self._resolve = resolve

    def add(self, wanted: Wanted) -> tuple[Subscription, str]:
        """Make a subscription; return it with its secret, which is never shown again.

        Raises `SubscriptionError` or `NotFoundError` for what can never be sent, `TargetError` for
        a URL that may not be pushed to. A name that is not found now may be there when something
        is sent.
        """
        _require_side(wanted)
        require_side(wanted.side, self._committees)
        for kind in wanted.types:
            if kind not in EVENT_TYPES:
                message = f"{kind!r} is no type of the feed; it has {', '.join(EVENT_TYPES)}"
                raise SubscriptionError(message)
        self._require_target(wanted.url)
        self._require_within(wanted.side, wanted.after)
        now = milliseconds(self._clock())
        subscription = Subscription(
            id=f"sub_{token_hex(5)}",
            side=wanted.side,
            url=wanted.url,
            committee=None if wanted.committee is None else wanted.committee.code,
            types=tuple(sorted(set(wanted.types))),
            position=wanted.after,
            link=self._outbox.place(wanted.after).link,
            next_try=now,
            made_at=now,
        )
        secret = new_secret()
        self._tables.add(subscription, secret)
        return subscription, secret

    def all(self) -> list[dict[str, Any]]:
        """Return every subscription as people and programs see it."""
        return [self._shown(subscription) for subscription in self._tables.all()]

    def states(self) -> dict[str, int]:
        """Return how many subscriptions stand in each state."""
        found = Counter(self._state(subscription) for subscription in self._tables.all())
        return {state.value: found[state] for state in Condition}

    def show(self, name: str, limit: int) -> dict[str, Any]:
        """Return one, with its newest attempts and their reasons."""
        subscription = self._tables.get(name)
        attempts = [_attempt(found) for found in self._tables.attempts(name, limit)]
        secrets = len(self._tables.secrets(name, milliseconds(self._clock())))
        success = self._tables.last_success(name)
        return {
            **self._shown(subscription),
            "secrets": secrets,
            "last_success": None if success is None else _time(success.at),
            "attempts": attempts,
        }

    def of_side(self, side: str, committee: str, limit: int) -> list[dict[str, Any]]:
        """Return a side's subscriptions that concern a committee, as `show` returns each."""
        return [
            self.show(found.id, limit)
            for found in self._tables.all()
            if found.side == side and found.committee in (None, committee)
        ]

    def pause(self, name: str) -> Subscription:
        """Send nothing more until it is resumed."""
        return self._tables.change(name, paused)

    def resume(self, name: str) -> Subscription:
        """Go on where it stands, whatever stopped it.

        Raises `SubscriptionError` for one that stands at an event of another record.
        """
        if not self._outbox.holds(self._tables.get(name)):
            raise SubscriptionError(OTHER_RECORD)
        now = milliseconds(self._clock())
        return self._tables.change(name, partial(resumed, now=now))

    def replay(self, name: str, after: int) -> Subscription:
        """Send what follows a position, again or for the first time.

        Raises `SubscriptionError` for a position that the feed has not reached: what will stand
        there would never be sent.
        """
        self._require_within(self._tables.get(name).side, after)
        now = milliseconds(self._clock())
        return self._tables.change(name, partial(set_to, place=self._outbox.place(after), now=now))

    def rotate(self, name: str, overlap: timedelta) -> str:
        """Return a new secret; those before it sign beside it for some time yet."""
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            message = f"an old secret signs for 0 to {LONGEST_OVERLAP.days} days more"
            raise SubscriptionError(message)
        secret, now = new_secret(), self._clock()
        self._tables.rotate(name, secret, milliseconds(now), milliseconds(now + overlap))
        return secret

    def remove(self, name: str) -> None:
        """Forget it, with its secrets and attempts."""
        self._tables.remove(name)

    def _require_target(self, url: str) -> None:
        target = target_of(url)
        try:
            addresses = self._resolve(target.host, target.port)
        except (OSError, UnicodeError):
            addresses = []
        require_allowed(target, addresses, self._allowance)

    def _require_within(self, side: str, after: int) -> None:
        last = self._outbox.last(side)
        if not 0 <= after <= last:
            message = (
                f"the feed of {side} has reached {last}; after {after} its next events would be"
                " left out"
            )
            raise SubscriptionError(message)

    def _shown(self, subscription: Subscription) -> dict[str, Any]:
        return {
            "id": subscription.id,
            "side": subscription.side,
            "url": subscription.url,
            "committee": subscription.committee,
            "types": list(subscription.types),
            "state": (state := self._state(subscription)).value,
            "reason": OTHER_RECORD if state is Condition.AHEAD else subscription.reason,
            "position": subscription.position,
            "behind": self._outbox.behind(subscription),
            "failures": subscription.failures,
            "next_try": self._next_try(subscription),
            "made_at": _time(subscription.made_at),
        }

    def _state(self, subscription: Subscription) -> Condition:
        """Return its condition; of one that is active, whether a worker would find it ahead."""
        active = subscription.condition is Condition.ACTIVE
        if active and not self._outbox.holds(subscription):
            return Condition.AHEAD
        return subscription.condition

    def _next_try(self, subscription: Subscription) -> str | None:
        """Return when it is tried again; null where nothing has failed, or nobody tries."""
        waits = subscription.condition is Condition.ACTIVE and subscription.failures > 0
        return _time(subscription.next_try) if waits else None


def _require_side(wanted: Wanted) -> None:
    if not _SIDE.fullmatch(wanted.side):
        message = f"{wanted.side!r} names no side; write its code, as JP or MN"
        raise SubscriptionError(message)
    if wanted.committee is not None and wanted.side not in wanted.committee.sides:
        message = f"{wanted.side} is no side of {wanted.committee.code}"
        raise SubscriptionError(message)


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": _time(attempt.at),
        "event": attempt.event,
        "sequence": attempt.sequence,
        "attempt": attempt.attempt,
        "status": attempt.status,
        "error": attempt.error,
        "milliseconds": attempt.milliseconds,
        "next_try": None if attempt.next_try is None else _time(attempt.next_try),
    }


def _time(value: int) -> str:
    return timestamp(instant_of(value))
