"""The clocks of the docket: every figure there is, for every country, and to the day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.calendar import end_of, last_day, start_of
from policies.clock_rules import LONGEST_DAYS, ClockRules
from policies.proof.canonical import canonical
from policies.refusals import RulebookError
from policies.rulebook import Rulebook, RulebookText, countries, parse_rulebook, shipped, versions

SHIPPED = [text for code in countries() for text in versions(code)]
every_version = pytest.mark.parametrize("text", SHIPPED, ids=[t.version for t in SHIPPED])

# What ADB 2019 (figures 6 to 9) and the public FAQ say, and what this engine chose or inferred.
SOURCED = {
    "methodology_completeness_days": 7,
    "methodology_public_input_days": 15,
    "methodology_assessment_days": 60,
    "methodology_assessment_days_in_total": 90,
    "project_public_input_days": 30,
    "registration_completeness_days": 7,
    "registration_editorial_days": 7,
    "issuance_completeness_days": 7,
    "issuance_editorial_days": 7,
    "meetings_per_year_at_least": 1,
}
CHOSEN = {
    "windows_count_both_ends": True,
    "limits_count_both_ends": False,
    "change_completeness_days": 7,
    "limit_notice_days": 2,
    "expiry_notice_days": 60,
    "meeting_notice_days": 60,
}
NO_SOURCE = {"entity_completeness_days", "idea_note_decision_days"}


def clocks_of(book: Rulebook) -> ClockRules:
    assert book.clocks is not None
    return book.clocks


def days_of(rules: ClockRules, name: str) -> Any:
    figure = getattr(rules, name)
    assert figure is not None, f"{name} is unset"
    return figure.value


def with_clocks(**changes: object) -> RulebookText:
    """Return Mongolia's rulebook with some lengths changed; None takes a figure away."""
    value = json.loads(shipped("MN").text)
    for name, length in changes.items():
        if length is None:
            del value["clocks"][name]
        else:
            figure = {"value": length, "source": "a rule of tomorrow", "status": "confirmed"}
            value["clocks"][name] = figure
    return parse_rulebook(canonical(value).decode("utf-8"))


# Every figure, for every country


@every_version
def test_every_time_limit_with_a_source_stands_in_every_rulebook(text: RulebookText) -> None:
    rules = clocks_of(text.rulebook)
    assert {name: days_of(rules, name) for name in SOURCED} == SOURCED
    assert all(getattr(rules, name).status == "confirmed" for name in SOURCED)


@every_version
def test_what_no_primary_source_says_is_there_and_says_so(text: RulebookText) -> None:
    rules = clocks_of(text.rulebook)
    assert {name: days_of(rules, name) for name in CHOSEN} == CHOSEN
    assert all(getattr(rules, name).status == "unconfirmed" for name in CHOSEN)


@every_version
def test_a_clock_without_any_source_is_left_unset(text: RulebookText) -> None:
    rules = clocks_of(text.rulebook)
    assert [name for name in sorted(NO_SOURCE) if getattr(rules, name) is not None] == []


def test_these_are_all_the_clocks_that_a_rulebook_can_have() -> None:
    assert set(ClockRules.__struct_fields__) == {*SOURCED, *CHOSEN, *NO_SOURCE}


@every_version
def test_the_decision_by_electronic_means_keeps_its_ten_days(text: RulebookText) -> None:
    rules = text.rulebook.decisions
    assert (rules.electronic_window_days.value, rules.electronic_window_both_ends_count.value) == (
        10,
        False,
    )


# Mongolia's windows and assessments as they were (jcm.go.jp/jc/mn-methodologies-proposed)

MONGOLIA = shipped("MN", "MN-2013").rulebook
WINDOWS = {
    "MN_PM001": (date(2014, 2, 4), date(2014, 2, 18), date(2014, 2, 20)),
    "MN_PM002": (date(2014, 11, 18), date(2014, 12, 2), date(2015, 1, 28)),
    "MN_PM005": (date(2024, 5, 23), date(2024, 6, 6), date(2024, 8, 4)),
    "MN_PM006": (date(2024, 7, 31), date(2024, 8, 14), date(2024, 12, 20)),
}


def window_of(first: date, name: str, book: Rulebook = MONGOLIA) -> date:
    rules = clocks_of(book)
    both = rules.windows_count_both_ends.value
    return last_day(first, days_of(rules, name), both_ends_count=both)


def limit_of(trigger: date, name: str, book: Rulebook = MONGOLIA) -> date:
    rules = clocks_of(book)
    both = rules.limits_count_both_ends.value
    return last_day(trigger, days_of(rules, name), both_ends_count=both)


@pytest.mark.parametrize("proposal", WINDOWS)
def test_the_four_mongolian_windows_of_public_input_come_out_to_the_day(proposal: str) -> None:
    opened, closed, _approved = WINDOWS[proposal]
    assert window_of(opened, "methodology_public_input_days") == closed


@pytest.mark.parametrize("proposal", WINDOWS)
def test_counted_without_the_first_day_none_of_the_windows_would_come_out(proposal: str) -> None:
    opened, closed, _approved = WINDOWS[proposal]
    assert last_day(opened, 15, both_ends_count=False) == closed + timedelta(days=1)


def test_of_the_four_assessments_one_overran_even_the_longest_span() -> None:
    late = {
        proposal: (
            approved > limit_of(closed, "methodology_assessment_days"),
            approved > limit_of(closed, "methodology_assessment_days_in_total"),
        )
        for proposal, (_opened, closed, approved) in WINDOWS.items()
    }
    assert late == {
        "MN_PM001": (False, False),
        "MN_PM002": (False, False),
        "MN_PM005": (False, False),
        "MN_PM006": (True, True),
    }


def test_an_assessment_decided_on_its_last_day_is_in_time_and_a_day_later_is_not() -> None:
    closed = date(2024, 8, 14)
    assert limit_of(closed, "methodology_assessment_days") == date(2024, 10, 13)
    assert limit_of(closed, "methodology_assessment_days_in_total") == date(2024, 11, 12)


# Leap days and daylight saving


def test_a_leap_day_is_a_day_of_a_window_like_any_other() -> None:
    leap, common = date(2028, 2, 20), date(2027, 2, 20)
    assert window_of(leap, "methodology_public_input_days") == date(2028, 3, 5)
    assert window_of(common, "methodology_public_input_days") == date(2027, 3, 6)
    assert limit_of(date(2028, 2, 22), "registration_completeness_days") == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("first", "hours"),
    [(date(2026, 9, 1), -1), (date(2026, 4, 1), 1), (date(2026, 6, 1), 0)],
    ids=["clocks go forward on 6 September", "clocks go back on 5 April", "no change"],
)
def test_a_chilean_window_is_of_whole_days_whatever_the_clocks_do(first: date, hours: int) -> None:
    book = shipped("CL").rulebook
    last = window_of(first, "methodology_public_input_days", book)
    span = end_of(last, book.zone) - start_of(first, book.zone)

    assert last == first + timedelta(days=14)
    assert span == timedelta(days=15, hours=hours)


def test_a_chilean_window_may_open_on_a_day_that_has_no_midnight() -> None:
    book = shipped("CL").rulebook
    forward = date(2026, 9, 6)  # 00:00 to 01:00 is left out

    assert start_of(forward, book.zone) == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert end_of(forward, book.zone) == datetime(2026, 9, 7, 3, tzinfo=UTC)
    assert window_of(forward, "project_public_input_days", book) == date(2026, 10, 5)


@every_version
def test_a_window_over_two_years_never_loses_or_gains_a_day(text: RulebookText) -> None:
    where = text.rulebook.zone
    first = date(2027, 1, 1)
    for day in range(0, 731, 15):
        opened = first + timedelta(days=day)
        closed = window_of(opened, "methodology_public_input_days", text.rulebook)
        after = start_of(closed + timedelta(days=1), where)
        assert end_of(closed, where) == after
        assert (closed - opened).days == 14


# What no clock may be


@pytest.mark.parametrize("days", [0, -7, LONGEST_DAYS + 1, 2**53 - 1])
@pytest.mark.parametrize("name", ["methodology_completeness_days", "meetings_per_year_at_least"])
def test_a_length_that_no_clock_can_have_is_refused_by_its_name(name: str, days: int) -> None:
    with pytest.raises(RulebookError, match=rf"clocks\.{name} is {days}, expected 1 to 3660"):
        with_clocks(**{name: days})


@pytest.mark.parametrize("days", [1, LONGEST_DAYS])
def test_the_shortest_and_the_longest_clock_are_good(days: int) -> None:
    book = with_clocks(registration_completeness_days=days).rulebook
    assert days_of(clocks_of(book), "registration_completeness_days") == days


def test_a_notice_may_be_of_no_days_but_not_of_less() -> None:
    assert days_of(clocks_of(with_clocks(limit_notice_days=0).rulebook), "limit_notice_days") == 0
    with pytest.raises(RulebookError, match=r"clocks\.expiry_notice_days is -1, expected 0"):
        with_clocks(expiry_notice_days=-1)


def test_the_extended_assessment_is_a_total_so_it_is_not_shorter_than_the_first() -> None:
    same = clocks_of(with_clocks(methodology_assessment_days_in_total=60).rulebook)
    assert days_of(same, "methodology_assessment_days_in_total") == 60
    with pytest.raises(RulebookError, match=r"in_total is 59 days over a limit of 60"):
        with_clocks(methodology_assessment_days_in_total=59)
    with pytest.raises(RulebookError, match=r"in_total is 90 days over no limit"):
        with_clocks(methodology_assessment_days=None)


def test_without_an_extension_there_is_no_total() -> None:
    rules = clocks_of(with_clocks(methodology_assessment_days_in_total=None).rulebook)
    assert rules.methodology_assessment_days_in_total is None
    assert days_of(rules, "methodology_assessment_days") == 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("methodology_completeness_days", "7"),
        ("methodology_completeness_days", True),
        ("windows_count_both_ends", 1),
        ("coffee_break_days", 1),
    ],
)
def test_a_clock_of_the_wrong_type_or_name_is_refused(name: str, value: object) -> None:
    with pytest.raises(RulebookError, match=name):
        with_clocks(**{name: value})


@pytest.mark.parametrize("name", ["windows_count_both_ends", "limits_count_both_ends"])
def test_clocks_that_do_not_say_how_days_count_are_refused(name: str) -> None:
    with pytest.raises(RulebookError, match=name):
        with_clocks(**{name: None})
