"""When an attempt is made again: the usual schedule, and no sooner than the target asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.delivery.schedule import LONGEST_ASKED, WAITS, asked_wait, next_attempt

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_waits_are_those_of_the_standard_and_then_nobody_tries() -> None:
    waits = []
    for failures in range(1, 9):
        again = next_attempt(failures, NOW, lambda: 0.0)
        waits.append(None if again is None else (again - NOW).total_seconds())

    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 36_000, None]


@given(st.integers(1, len(WAITS)), st.floats(0, 1, exclude_max=True))
def test_a_wait_grows_by_a_tenth_at_most_and_never_shrinks(failures: int, chance: float) -> None:
    again = next_attempt(failures, NOW, lambda: chance)

    assert again is not None
    assert WAITS[failures - 1] <= again - NOW <= WAITS[failures - 1] * 1.1


def test_a_target_may_ask_for_more_time() -> None:
    assert next_attempt(1, NOW, lambda: 0.9, timedelta(minutes=7)) == NOW + timedelta(minutes=7)


def test_a_target_may_not_ask_for_less_time_and_so_use_up_its_attempts() -> None:
    assert next_attempt(2, NOW, lambda: 0.0, timedelta(seconds=1)) == NOW + timedelta(minutes=5)


def test_a_target_may_not_ask_for_years() -> None:
    assert next_attempt(1, NOW, lambda: 0.0, timedelta(days=900)) == NOW + LONGEST_ASKED


def test_what_is_exhausted_stays_so_whatever_a_target_asks() -> None:
    assert next_attempt(8, NOW, lambda: 0.0, timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 400, 86_400),
        ("86401", 86_400),
        ("Wed, 25 Nov 2026 12:01:00 GMT", 60),
        ("Wednesday, 25-Nov-26 12:01:00 GMT", 60),
        ("Wed Nov 25 12:01:00 2026", 60),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
        ("Wed, 25 Nov 2099 11:00:00 GMT", 86_400),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, seconds: int) -> None:
    assert asked_wait(said, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("said", [None, "", "soon", "-5", "1.5", "٣", "1e3", "Wed, 99 Nov 2026"])
def test_what_is_neither_asks_for_nothing(said: str | None) -> None:
    assert asked_wait(said, NOW) is None


@given(st.text())
def test_no_text_breaks_the_reading(said: str) -> None:
    wait = asked_wait(said, NOW)

    assert wait is None or timedelta(0) <= wait <= LONGEST_ASKED
