"""A subscription: where it stands in the feed, and every way in which that changes.

Changes are functions of what stands and of what happened; they ask no clock and touch no table.
Instants are whole milliseconds since 1970 UTC, so that both engines compare them alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

OTHER_RECORD = (
    "this record does not hold what was acknowledged last: it was restored from an older backup;"
    " say where to go on: jcgov subscription replay ID --after N"
)


class Condition(StrEnum):
    """Whether a subscription is sent anything, and if not, what it waits for."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By a person."""
    EXHAUSTED = "exhausted"
    """Its event has been tried as often as the schedule says; it is never skipped."""
    DISABLED = "disabled"
    """Its target answered 410: it is gone."""
    AHEAD = "ahead"
    """What it acknowledged last is not in this record, which was restored from an older backup."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table of subscriptions."""

    id: str
    side: str
    url: str
    committee: str | None
    """Of this committee alone; null: of all."""
    types: tuple[str, ...]
    """Of these types alone; empty: of all."""
    condition: Condition = Condition.ACTIVE
    reason: str | None = None
    """Why it is not active."""
    position: int = 0
    """The sequence of the last event that was acknowledged."""
    link: str | None = ""
    """The record's link at that event; empty at the beginning, null if an older program wrote."""
    failures: int = 0
    """How many attempts the next event has failed."""
    next_try: int = 0
    holder: str | None = None
    """The token of the worker that holds it; one at a time sends to it."""
    held_until: int = 0
    """When the lease ends by itself, as it does when its holder was killed."""
    attempts: int = 0
    """How many attempts were made since it was made."""
    made_at: int

    def due(self, now: int) -> bool:
        """Whether a worker may take it."""
        return self.ready(now) and (self.holder is None or self.held_until <= now)

    def ready(self, now: int) -> bool:
        """Whether it may be sent something, by whoever holds it."""
        return self.condition is Condition.ACTIVE and self.next_try <= now

    def held_by(self, token: str) -> bool:
        """Whether a worker holds it; only then does it change what stands."""
        return self.holder == token


class Place(NamedTuple):
    """A position of the feed, and the record's link at it."""

    position: int
    link: str


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One sending of one event, and what came of it."""

    number: int = 0
    """Counted for each subscription from 1."""
    at: int
    event: str
    sequence: int
    attempt: int
    """The how-manieth of this event since it, or the subscription, was begun anew."""
    status: int | None
    error: str | None
    """Why it does not count as acknowledged; null: it does."""
    milliseconds: int
    next_try: int | None = None


def milliseconds(instant: datetime) -> int:
    """Return an instant as the tables keep it."""
    return round(instant.timestamp() * 1000)


def instant_of(value: int) -> datetime:
    """Return an instant of the tables."""
    return datetime.fromtimestamp(value / 1000, UTC)


# What a worker does


def taken(standing: Subscription, *, token: str, now: int, until: int) -> Subscription:
    """Let a worker hold it, if it is due; else it stands."""
    if not standing.due(now):
        return standing
    return replace(standing, holder=token, held_until=until)


def let_go(standing: Subscription, *, token: str) -> Subscription:
    """Let its holder hold it no longer."""
    return replace(standing, holder=None, held_until=0) if standing.held_by(token) else standing


def acknowledged(
    standing: Subscription, *, token: str, before: int, place: Place, now: int, until: int
) -> Subscription:
    """Move it on from `before` to what was acknowledged, and let its holder hold it longer.

    It stands if another worker holds it by now, or if it was set back meanwhile.
    """
    if not standing.held_by(token) or standing.position != before:
        return standing
    position, link = place
    return replace(
        standing, position=position, link=link, failures=0, next_try=now, held_until=until
    )


def failed(
    standing: Subscription, *, token: str, before: int, next_try: int | None, reason: str
) -> Subscription:
    """Count a failed attempt; without a next one it waits for a person. It stands as above."""
    if not standing.held_by(token) or standing.position != before:
        return standing
    counted = replace(standing, failures=standing.failures + 1)
    if next_try is not None:
        return replace(counted, next_try=next_try)
    return _stopped(counted, Condition.EXHAUSTED, reason)


def gone(standing: Subscription, *, token: str, reason: str) -> Subscription:
    """Send nothing more to a target that says that it is gone."""
    if not standing.held_by(token):
        return standing
    return _stopped(standing, Condition.DISABLED, reason)


def ahead(standing: Subscription, *, position: int, reason: str) -> Subscription:
    """Send nothing more to one that is of another record, lest it miss what this one holds."""
    if standing.position != position:  # a person has set it back meanwhile
        return standing
    return _stopped(standing, Condition.AHEAD, reason)


def _stopped(standing: Subscription, condition: Condition, reason: str) -> Subscription:
    if standing.condition is not Condition.ACTIVE:  # a person has paused it meanwhile
        return standing
    return replace(standing, condition=condition, reason=reason)


# What a person does


def paused(standing: Subscription) -> Subscription:
    """Send nothing more until it is resumed; what is on its way arrives."""
    return replace(standing, condition=Condition.PAUSED, reason="paused by command")


def resumed(standing: Subscription, now: int) -> Subscription:
    """Go on where it stands, at once and with the whole schedule before it."""
    return replace(standing, condition=Condition.ACTIVE, reason=None, failures=0, next_try=now)


def set_to(standing: Subscription, place: Place, now: int) -> Subscription:
    """Send again, or from, what follows a position; a stopped one stays stopped.

    Unless it was ahead of the record, and by this is no longer.
    """
    position, link = place
    moved = replace(standing, position=position, link=link, failures=0, next_try=now)
    return resumed(moved, now) if standing.condition is Condition.AHEAD else moved
