"""Days and instants: windows are whole calendar days in the committee's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.refusals import RulebookError, UnreadableError

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAY_OR_INSTANT = rf"{_DAY}(?:[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?.{{0,9}})?"


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name; raise `RulebookError` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        message = f"{name!r} is no time zone of the IANA database"
        raise RulebookError(message) from error


def day_of(instant: datetime, where: ZoneInfo) -> date:
    """Return the calendar day on which an instant falls in that zone.

    Raises `UnreadableError` at the ends of the calendar, where the zone's day lies outside it.
    """
    try:
        return instant.astimezone(where).date()
    except OverflowError:
        message = f"{instant.isoformat()} falls on no day of the calendar in {where.key}"
        raise UnreadableError(message) from None


def start_of(day: date, where: ZoneInfo) -> datetime:
    """Return the first instant of a calendar day in that zone, in UTC.

    Where the day begins inside a gap of daylight saving, the first instant that exists counts.
    The calendar's own first instant counts for a day that begins before it.
    """
    try:
        return datetime.combine(day, time.min, tzinfo=where).astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def end_of(day: date, where: ZoneInfo) -> datetime:
    """Return the instant at which a calendar day is over in that zone, in UTC.

    A term until the calendar's last day is over at the calendar's last instant.
    """
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start_of(day + timedelta(days=1), where)


def last_day(first: date, days: int, *, both_ends_count: bool) -> date:
    """Return the last day of a window of that many calendar days that opens on `first`.

    With `both_ends_count` the first day is one of them (a window of 15 days from 31 July ends on
    14 August); without it the count begins on the day after. Raises `RulebookError` for a window
    that ends after the last day of the calendar.
    """
    try:
        return first + timedelta(days=days - 1 if both_ends_count else days)
    except OverflowError:
        message = f"a window of {days} days from {first} ends after the year 9999"
        raise RulebookError(message) from None


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant, or a date as the end of that day in UTC.

    Raises `UnreadableError` for anything else, and for what lies outside the calendar in UTC.
    """
    if re.fullmatch(_DAY_OR_INSTANT, text) is None:
        message = f"{text!r} is no instant; write 2025-03-27T10:00:00Z"
        raise UnreadableError(message)
    try:
        if len(text) == len("2025-03-27"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            message = f"{text!r} has no time zone; write 2025-03-27T10:00:00Z"
            raise UnreadableError(message)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{text!r} is no instant; write 2025-03-27T10:00:00Z"
        raise UnreadableError(message) from None


def calendar_day(text: str) -> date:
    """Read a date as RFC 3339 writes it; raise `UnreadableError` for anything else."""
    try:
        if re.fullmatch(_DAY, text) is not None:
            return date.fromisoformat(text)
    except ValueError:
        pass
    message = f"{text!r} is no date; write 2025-03-27"
    raise UnreadableError(message)


def timestamp(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
