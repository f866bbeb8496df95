"""When the next attempt is made: the usual schedule of webhooks, and what the target asks for.

Now, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; then the subscription waits for a person.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""After each failed attempt but the last, how long until the next."""
JITTER = 0.1
"""By how much of itself a wait may grow, so that what failed together is not tried together."""
LONGEST_ASKED = timedelta(hours=24)
"""The longest wait that a target may ask for."""

Chance = Callable[[], float]
"""Gives numbers from 0 up to 1, as `random.random` does."""


def next_attempt(
    failures: int, now: datetime, chance: Chance, retry_after: timedelta | None = None
) -> datetime | None:
    """Return when an event is tried again after so many failed attempts; None: never by itself.

    A target may ask for more time, never for less: else it would use up its attempts in a moment.
    """
    if failures > len(WAITS):
        return None
    wait = WAITS[failures - 1] * (1 + JITTER * chance())
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_ASKED))
    return now + wait


def asked_wait(retry_after: str | None, now: datetime) -> timedelta | None:
    """Read a ``Retry-After``: seconds or an HTTP date (RFC 9110, 10.2.3); None if it says neither.

    A date that has passed asks for no wait; a wait is cut at `LONGEST_ASKED`.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        most = math.ceil(LONGEST_ASKED.total_seconds())
        return timedelta(seconds=most if len(text) > len(str(most)) else min(int(text), most))
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment - now, timedelta(0)), LONGEST_ASKED)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
