"""Deadlines: what becomes due, overdue, open, closed or lapsed, and when.

A deadline never decides: it makes a thing due, and what is overdue stays undecided. Days are whole
calendar days of the committee's time zone, both the first and the last one belong to the time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from policies.calendar import end_of, start_of

Kind = Literal["limit", "window", "expiry"]


class Turn(StrEnum):
    """What a deadline comes to."""

    DUE = "due"
    OVERDUE = "overdue"
    OPEN = "open"
    CLOSED = "closed"
    LAPSED = "lapsed"


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A last day, of what, and whose act it awaits.

    `about` is a case, a text's number, an entity's number, a person or the committee's code;
    `clock` names the time that runs, and with `about` and `due` tells deadlines apart. A *limit*
    is for somebody to act, a *window* is open for others, an *expiry* ends what is held.
    """

    about: str
    clock: str
    kind: Kind
    opens: date | None
    due: date
    awaits: str
    title: str


def turns(deadline: Deadline, zone: ZoneInfo, notice: int) -> list[tuple[datetime, Turn]]:
    """Return the instants (UTC) at which a deadline comes to something, in order.

    A limit and an expiry are due from the start of the day that many days before the last one (0:
    on it), a limit not before it opens; they are overdue or lapsed when the last day is over. A
    window has no notice: it is open from its first day, and closed when its last day is over.
    """
    over = end_of(deadline.due, zone)
    if deadline.kind == "window":
        opened = [] if deadline.opens is None else [(start_of(deadline.opens, zone), Turn.OPEN)]
        return [*opened, (over, Turn.CLOSED)]
    due = start_of(_notice_day(deadline, notice), zone)
    return [(due, Turn.DUE), (over, Turn.OVERDUE if deadline.kind == "limit" else Turn.LAPSED)]


def days_left(deadline: Deadline, today: date) -> int:
    """Return how many days follow until the last one: 0 on it, negative when it is over."""
    return (deadline.due - today).days


def overdue(deadline: Deadline, today: date) -> bool:
    """Whether the last day is over."""
    return today > deadline.due


def _notice_day(deadline: Deadline, notice: int) -> date:
    try:
        day = deadline.due - timedelta(days=notice)
    except OverflowError:
        day = date.min
    if deadline.kind == "limit" and deadline.opens is not None:
        return min(max(day, deadline.opens), deadline.due)
    return day
