"""The one place that asks the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return now in UTC, to the second: the record's resolution."""
    return datetime.now(UTC).replace(microsecond=0)
