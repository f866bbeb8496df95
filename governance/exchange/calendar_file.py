"""Calendar files (RFC 5545): days on which something is due, kept up to date by their names.

An entry keeps its UID for as long as it is about the same thing, so that a calendar that takes the
next file updates it; its SEQUENCE rises with each change (RFC 5545, section 3.8.7.4), and what is
no longer due is written once more as cancelled. No METHOD is set: RFC 5546 would have it name an
organizer's address, and the record holds no addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from icalendar import Calendar, Event

from policies.refusals import UnreadableError

PRODUCT = "-//Joint Committee//jcgov reminders//EN"
KEPT = timedelta(days=92)
"""How long an entry that was cancelled is written again, for whoever missed a file."""

Status = Literal["CONFIRMED", "CANCELLED"]


@dataclass(frozen=True, slots=True)
class Day:
    """An entry of a whole day; `lasting` is false for what the day itself ends, done or not."""

    uid: str
    on: date
    summary: str
    description: str
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class _Written:
    """An entry as it stands in a file: when it was changed last, and how often."""

    day: Day
    status: Status
    changed: datetime
    sequence: int


def calendar_of(
    name: str, days: Iterable[Day], before: bytes | None, now: datetime, *, within: Iterable[str]
) -> bytes:
    """Return the file that follows the one `before`; the same days give the same bytes.

    `within` are the ends of the UIDs that were looked at: entries with another one stay as they
    are. Raises `UnreadableError` for a file before it that is none of these.
    """
    known = {} if before is None else _read(before)
    standing = {day.uid: day for day in days}
    looked_at = tuple(within)
    found = [_standing(day, known.get(day.uid), now) for day in standing.values()]
    for uid, written in known.items():
        if uid in standing:
            continue
        kept = _gone(written, now) if uid.endswith(looked_at) else written
        if kept is not None:
            found.append(kept)
    return _write(name, sorted(found, key=lambda entry: (entry.day.on, entry.day.uid)))


def _standing(day: Day, before: _Written | None, now: datetime) -> _Written:
    if before is None:
        return _Written(day, "CONFIRMED", now, 0)
    if before.day == day and before.status == "CONFIRMED":
        return before
    return _Written(day, "CONFIRMED", now, before.sequence + 1)


def _gone(before: _Written, now: datetime) -> _Written | None:
    """Cancel what is no longer due, and drop it after a while; a day that came stays as it was."""
    if before.status == "CANCELLED":
        return before if now - before.changed < KEPT else None
    if not before.day.lasting and before.day.on < now.date():
        return None
    return _Written(before.day, "CANCELLED", now, before.sequence + 1)


def _write(name: str, entries: Iterable[_Written]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", entry.day.uid)
        event.add("dtstamp", entry.changed)
        event.add("sequence", entry.sequence)
        event.add("status", entry.status)
        event.add("dtstart", entry.day.on)
        if entry.day.on < date.max:
            event.add("dtend", entry.day.on + timedelta(days=1))
        event.add("summary", entry.day.summary)
        event.add("description", entry.day.description)
        event.add("categories", ["DUE" if entry.day.lasting else "EXPIRY"])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _read(data: bytes) -> dict[str, _Written]:
    """Read a file that `_write` has written; raise `UnreadableError` for any other."""
    try:
        calendar = Calendar.from_ical(data)
        if str(calendar.get("prodid", "")) != PRODUCT:
            message = "it is not one of jcgov's calendar files"
            raise UnreadableError(message)
        found = (_entry(event) for event in calendar.walk("VEVENT"))
        return {entry.day.uid: entry for entry in found}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        message = f"it cannot be read as a calendar file: {error}"
        raise UnreadableError(message) from None


def _entry(event: Mapping[str, Any]) -> _Written:
    status = str(event["status"])
    on, changed = event["dtstart"].dt, event["dtstamp"].dt
    if status not in ("CONFIRMED", "CANCELLED") or isinstance(on, datetime):
        message = "an entry in it is none of jcgov's"
        raise ValueError(message)
    if not isinstance(on, date) or not isinstance(changed, datetime) or changed.tzinfo is None:
        message = "an entry in it has no day, or does not say when it was changed"
        raise ValueError(message)
    categories = [str(category) for category in event["categories"].cats]
    day = Day(
        uid=str(event["uid"]),
        on=on,
        summary=str(event["summary"]),
        description=str(event["description"]),
        lasting="DUE" in categories,
    )
    return _Written(
        day, "CONFIRMED" if status == "CONFIRMED" else "CANCELLED", changed, int(event["sequence"])
    )
