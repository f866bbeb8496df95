"""Days are calendar days in the committee's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import (
    calendar_day,
    day_of,
    end_of,
    instant,
    last_day,
    start_of,
    timestamp,
    zone,
)
from policies.refusals import RulebookError, UnreadableError
from policies.rulebook import countries, shipped

ULAANBAATAR = zone("Asia/Ulaanbaatar")
SANTIAGO = zone("America/Santiago")
ZONES = sorted({shipped(code).rulebook.zone.key for code in countries()})
LAST = date(9999, 12, 31)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


# Windows


def test_with_both_ends_counted_the_first_day_is_one_of_them() -> None:
    assert last_day(date(2026, 7, 31), 15, both_ends_count=True) == date(2026, 8, 14)
    assert last_day(date(2026, 7, 31), 1, both_ends_count=True) == date(2026, 7, 31)


def test_without_it_full_days_follow_the_first() -> None:
    assert last_day(date(2026, 7, 31), 15, both_ends_count=False) == date(2026, 8, 15)
    assert last_day(date(2026, 7, 31), 1, both_ends_count=False) == date(2026, 8, 1)


def test_a_window_runs_over_the_leap_day_where_there_is_one() -> None:
    assert last_day(date(2028, 2, 20), 10, both_ends_count=False) == date(2028, 3, 1)
    assert last_day(date(2026, 2, 20), 10, both_ends_count=False) == date(2026, 3, 2)
    assert last_day(date(2028, 2, 29), 365, both_ends_count=False) == date(2029, 2, 28)


@pytest.mark.parametrize("days", [1, 10, 2**31, 2**53 - 1])
def test_a_window_beyond_the_calendar_is_refused(days: int) -> None:
    with pytest.raises(RulebookError, match="year 9999"):
        last_day(LAST, days, both_ends_count=False)
    assert last_day(LAST, 1, both_ends_count=True) == LAST


# Days and instants


def test_midnight_of_ulaanbaatar_parts_two_days() -> None:
    midnight = utc(2026, 6, 9, 16)

    assert day_of(midnight - timedelta(microseconds=1), ULAANBAATAR) == date(2026, 6, 9)
    assert day_of(midnight, ULAANBAATAR) == date(2026, 6, 10)
    assert start_of(date(2026, 6, 10), ULAANBAATAR) == midnight
    assert end_of(date(2026, 6, 9), ULAANBAATAR) == midnight


def test_an_instant_is_the_same_whoever_writes_it() -> None:
    tokyo = timezone(timedelta(hours=9))

    assert day_of(datetime(2026, 6, 10, 0, 59, tzinfo=tokyo), ULAANBAATAR) == date(2026, 6, 9)
    assert day_of(datetime(2026, 6, 10, 1, 0, tzinfo=tokyo), ULAANBAATAR) == date(2026, 6, 10)


def test_an_instant_at_the_end_of_the_calendar_is_refused_where_its_day_lies_beyond() -> None:
    last = utc(9999, 12, 31, 23)

    assert day_of(last, zone("UTC")) == LAST
    with pytest.raises(UnreadableError, match="no day of the calendar in Asia/Ulaanbaatar"):
        day_of(last, ULAANBAATAR)


def test_a_day_that_begins_in_the_gap_begins_at_the_first_instant_there_is() -> None:
    """In Chile on 6 September 2026 clocks go from 24:00 to 01:00."""
    begins = start_of(date(2026, 9, 6), SANTIAGO)

    assert begins == utc(2026, 9, 6, 4)
    assert begins.astimezone(SANTIAGO).hour == 1
    assert end_of(date(2026, 9, 6), SANTIAGO) - begins == timedelta(hours=23)


def test_a_day_whose_last_hour_comes_twice_lasts_until_the_second_is_over() -> None:
    """In Chile on 4 April 2026 the hour from 23:00 comes twice."""
    begins, ends = start_of(date(2026, 4, 4), SANTIAGO), end_of(date(2026, 4, 4), SANTIAGO)

    assert ends - begins == timedelta(hours=25)
    assert ends == utc(2026, 4, 5, 4)


def test_a_day_whose_first_hour_comes_twice_begins_with_the_first() -> None:
    """In Cuba on 1 November 2026 clocks go from 01:00 back to 00:00."""
    havana = ZoneInfo("America/Havana")

    assert start_of(date(2026, 11, 1), havana) == utc(2026, 11, 1, 4)
    assert end_of(date(2026, 11, 1), havana) == utc(2026, 11, 2, 5)


@given(st.dates(date(2013, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_every_instant_of_a_day_falls_on_that_day(day: date, name: str) -> None:
    where = zone(name)
    first, after = start_of(day, where), end_of(day, where)

    assert first < after
    assert day_of(first, where) == day
    assert day_of(after - timedelta(microseconds=1), where) == day
    assert day_of(after, where) == day + timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
def test_the_calendars_first_and_last_day_have_a_beginning_and_an_end(name: str) -> None:
    where = zone(name)

    assert start_of(date.min, where) <= utc(1, 1, 2)
    assert end_of(date.max, where) >= utc(9999, 12, 30)
    assert end_of(date.max, where) > start_of(date.max, where) > start_of(date.min, where)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Asia/Ulan",
        "MN",
        "+08:00",
        "../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "Asia",
        "é",
        "x" * 999,
    ],
)
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(RulebookError, match="no time zone"):
        zone(name)


def test_instants_are_written_in_utc_to_the_second() -> None:
    tokyo = timezone(timedelta(hours=9))

    written = timestamp(datetime(2026, 6, 10, 8, 59, 59, 999_999, tzinfo=tokyo))

    assert written == "2026-06-09T23:59:59Z"


# Days and instants as they are written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-03-27T10:00:00Z", datetime(2025, 3, 27, 10, tzinfo=UTC)),
        ("2025-03-27t10:00:00z", datetime(2025, 3, 27, 10, tzinfo=UTC)),
        ("2025-03-27T10:00:00+09:00", datetime(2025, 3, 27, 1, tzinfo=UTC)),
        ("2025-03-27T10:00:00.25Z", datetime(2025, 3, 27, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2025-03-27", datetime(2025, 3, 27, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_and_a_date_is_the_end_of_its_day(text: str, found: datetime) -> None:
    assert instant(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "noon", "20250327", "2025-W13-4", "2025-03-27T10:00:00", "2025-02-30", "2025-03-27T"),
        *("2025-03-27T25:00:00Z", "0001-01-01T00:00:00+10:00", "9999-12-31T23:00:00-10:00"),
        *("２０２５-03-27", "2025-03-27\x00", "2025-03-27T10:00:00Z" + "0" * 99),
    ],
)
def test_what_is_no_instant_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableError):
        instant(text)


@pytest.mark.parametrize(
    "text", ["", "20250327", "2025-W13-4", "2025-13-01", "2025-03-27T00:00:00"]
)
def test_what_is_no_date_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableError, match="no date"):
        calendar_day(text)
    assert calendar_day("2025-03-27") == date(2025, 3, 27)
