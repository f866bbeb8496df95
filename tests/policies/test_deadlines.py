"""Deadlines come to something at the bounds of whole days of the committee's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from policies.calendar import last_day
from policies.deadlines import Deadline, Kind, Turn, days_left, overdue, turns

ULAANBAATAR = ZoneInfo("Asia/Ulaanbaatar")
SANTIAGO = ZoneInfo("America/Santiago")


def deadline(kind: Kind, due: date, opens: date | None = None) -> Deadline:
    return Deadline(
        about="JP-MN/C/001",
        clock="completeness",
        kind=kind,
        opens=opens,
        due=due,
        awaits="the secretariat",
        title="Completeness check",
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_limit_is_due_when_its_notice_begins_and_overdue_when_its_last_day_is_over() -> None:
    limit = deadline("limit", date(2026, 3, 10), date(2026, 3, 3))

    assert turns(limit, ULAANBAATAR, 2) == [
        (utc("2026-03-07 16:00"), Turn.DUE),
        (utc("2026-03-10 16:00"), Turn.OVERDUE),
    ]


def test_without_notice_a_limit_is_due_on_its_last_day() -> None:
    limit = deadline("limit", date(2026, 3, 10))

    assert turns(limit, ULAANBAATAR, 0)[0] == (utc("2026-03-09 16:00"), Turn.DUE)


def test_a_limit_is_not_due_before_it_opens() -> None:
    limit = deadline("limit", date(2026, 3, 10), date(2026, 3, 9))

    assert turns(limit, ULAANBAATAR, 30)[0] == (utc("2026-03-08 16:00"), Turn.DUE)


def test_a_window_opens_and_closes_and_has_no_notice() -> None:
    opens = date(2024, 7, 31)
    window = deadline("window", last_day(opens, 15, both_ends_count=True), opens)

    assert window.due == date(2024, 8, 14)
    assert turns(window, ULAANBAATAR, 5) == [
        (utc("2024-07-30 16:00"), Turn.OPEN),
        (utc("2024-08-14 16:00"), Turn.CLOSED),
    ]


def test_a_window_that_says_no_first_day_only_closes() -> None:
    assert [turn for _at, turn in turns(deadline("window", date(2024, 8, 14)), SANTIAGO, 0)] == [
        Turn.CLOSED
    ]


def test_an_expiry_is_due_ahead_and_lapses() -> None:
    scope = deadline("expiry", date(2028, 3, 1))

    assert turns(scope, ULAANBAATAR, 1) == [
        (utc("2028-02-28 16:00"), Turn.DUE),  # the start of 29 February
        (utc("2028-03-01 16:00"), Turn.LAPSED),
    ]


def test_days_are_those_of_the_zone_also_where_the_clock_is_changed() -> None:
    """Chile ends summer time on 5 April 2026; on 6 September its day begins at one o'clock."""
    autumn = turns(deadline("limit", date(2026, 4, 5)), SANTIAGO, 1)
    spring = turns(deadline("limit", date(2026, 9, 5)), SANTIAGO, 1)

    assert [at for at, _turn in autumn] == [utc("2026-04-04 03:00"), utc("2026-04-06 04:00")]
    assert [at for at, _turn in spring] == [utc("2026-09-04 04:00"), utc("2026-09-06 04:00")]


@pytest.mark.parametrize(("due", "notice"), [(date.min, 60), (date.max, 0), (date.max, 10**6)])
def test_the_ends_of_the_calendar_are_no_fault(due: date, notice: int) -> None:
    first, last = turns(deadline("expiry", due), ULAANBAATAR, notice)

    assert first[0] <= last[0]


def test_the_last_day_has_no_day_left_and_is_not_overdue() -> None:
    limit = deadline("limit", date(2026, 3, 10))

    assert (days_left(limit, date(2026, 3, 9)), overdue(limit, date(2026, 3, 9))) == (1, False)
    assert (days_left(limit, date(2026, 3, 10)), overdue(limit, date(2026, 3, 10))) == (0, False)
    assert (days_left(limit, date(2026, 3, 11)), overdue(limit, date(2026, 3, 11))) == (-1, True)
