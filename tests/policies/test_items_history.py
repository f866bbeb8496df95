"""A committee makes its imported record ground for new decisions, whole and by digest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.facts import AnyFact, CreditsDecided
from policies.ground import Ground
from policies.history import HistoricalDecision, Record, Row
from policies.items.past import HistoryAdoption
from policies.proof.canonical import digest
from policies.subjects import Origin
from tests.policies.occasions import ENTITY, TODAY, credits, ground, on, soundly, standing

DAY = date(2017, 10, 24)


def past(kind: str, quantity: int | None = None) -> Row:
    return Row(
        decision_type=kind,
        subject_id="MN004",
        subject_title="Solar power in Darkhan",
        outcome="notified",
        quantity=quantity,
        amounts=None,
        split="",
        monitoring_period=None,
        extra="",
        source="https://www.jcm.go.jp",
        confidence="high",
    )


def record(committee: str = "JP-MN", up_to: date = DAY, on: date | None = DAY) -> Record:
    number = f"{committee}/H/{on}/meeting" if on else f"{committee}/H/undated/1"
    rows = (past("jc_meeting"), past("issuance", 120), past("issuance"), past("rules_adoption"))
    found = HistoricalDecision(number=number, procedure="meeting", on=on, rows=rows)
    return Record(committee, up_to, (found,))


def adoption(text: str, **changes: Any) -> HistoryAdoption:
    item = HistoryAdoption(
        title="The record up to 2017",
        up_to=DAY,
        record=digest(text.encode()),
        decisions=1,
        items=3,
        credits=120,
    )
    return structs.replace(item, **changes)


def said(of: Record, day: date = TODAY, **changes: Any) -> list[str]:
    item = adoption(of.text, **changes)
    return on(ground(), item, day=day, annexes={item.record: of.text})


def test_the_record_is_adopted_as_it_counts_itself() -> None:
    item = adoption(record().text)

    assert soundly(item) == said(record()) == []
    assert list(item.facts()) == []


@pytest.mark.parametrize("changes", [{"decisions": 2}, {"items": 4}, {"credits": 121}])
def test_other_counts_are_refused(changes: dict[str, Any]) -> None:
    assert said(record(), **changes) == ["refuse record"]


def test_the_record_is_annexed_and_is_one() -> None:
    item = adoption("{}")

    assert on(ground(), item) == ["refuse record"]
    assert on(ground(), item, annexes={item.record: "{}"}) == ["refuse record"]
    assert on(ground(), item, annexes={item.record: record().text + " "}) == ["refuse record"]


def test_the_record_is_of_this_committee_up_to_the_named_day() -> None:
    assert said(record("JP-ID")) == ["refuse record"]
    assert said(record(), up_to=date(2018, 1, 1)) == ["refuse record"]
    assert said(record(up_to=date(2018, 1, 1)), up_to=date(2018, 1, 1)) == []


def test_undated_and_later_rows_stay_outside() -> None:
    assert said(record(on=None)) == ["refuse record"]
    assert said(record(on=date(2017, 10, 25))) == ["refuse record"]


def test_no_record_reaches_into_the_future() -> None:
    assert said(record(), DAY) == []
    assert said(record(), date(2017, 10, 23)) == ["refuse record"]


# Rows of what is signed already

YEAR = (date(2016, 1, 1), date(2016, 12, 31))


def of_period(period: tuple[date, date] | None) -> Record:
    """Return a record of one decision on credits of MN004."""
    row = structs.replace(past("issuance", 120), monitoring_period=period)
    found = HistoricalDecision(
        number=f"JP-MN/H/{DAY}/meeting", procedure="meeting", on=DAY, rows=(row,)
    )
    return Record("JP-MN", DAY, (found,))


def signed(period: tuple[date, date] | None, on: date = DAY) -> Ground:
    """Return a ground on which credits of MN004 were decided by a signed decision."""
    decided = Ground()
    fact = structs.replace(credits(*YEAR), project="MN004", period=period)
    decided.take(fact, Origin("JP-MN/2017/001", 1, "5" * 64, on, "signed"))
    return decided


@pytest.mark.parametrize(
    ("row", "of", "decided_on", "twice"),
    [
        (YEAR, YEAR, TODAY, True),
        (YEAR, (date(2016, 12, 31), date(2017, 6, 30)), TODAY, True),
        (YEAR, (date(2017, 1, 1), date(2017, 6, 30)), DAY, False),
        (None, YEAR, DAY, True),
        (YEAR, None, DAY, True),
        (None, YEAR, TODAY, False),
    ],
)
def test_credits_that_are_signed_are_not_counted_again_by_a_row_of_the_past(
    row: tuple[date, date] | None,
    of: tuple[date, date] | None,
    decided_on: date,
    twice: bool,
) -> None:
    text = of_period(row).text
    item = adoption(text, items=1)

    said = on(signed(of, decided_on), item, annexes={item.record: text})

    assert said == (["refuse record"] if twice else [])


def test_rows_that_are_adopted_already_are_adopted_again_even_when_corrected() -> None:
    text = of_period(YEAR).text
    item = adoption(text, items=1)
    decided = Ground()
    fact: AnyFact = CreditsDecided(project="MN004", period=YEAR, quantity=1, amounts=None)
    decided.take(fact, Origin(f"JP-MN/H/{DAY}/meeting", 1, "5" * 64, DAY, "signed"))

    assert on(decided, item, annexes={item.record: text}) == []


# Numbers that were given to something else


def of_methodology(title: str) -> Record:
    """Return a record of one decision that approved MN_AM001."""
    row = structs.replace(
        past("methodology_approval"), subject_id="MN_AM001", subject_title=title, extra="scope=1"
    )
    found = HistoricalDecision(
        number=f"JP-MN/H/{DAY}/meeting", procedure="meeting", on=DAY, rows=(row,)
    )
    return Record("JP-MN", DAY, (found,))


@pytest.mark.parametrize(
    ("title", "decided", "warned"),
    [
        ("Transmission lines", standing(), ["warn record"]),
        ("Energy saving by boilers", standing(), []),
        ("Transmission lines", ground(), []),
    ],
    ids=["of something else", "of the same", "that is free"],
)
def test_a_number_of_the_past_is_held_against_what_signed_decisions_gave_it_to(
    title: str, decided: Ground, warned: list[str]
) -> None:
    text = of_methodology(title).text
    item = adoption(text, items=1, credits=0)

    assert on(decided, item, annexes={item.record: text}) == warned


def test_an_entity_of_the_past_that_was_renamed_since_keeps_its_number() -> None:
    row = structs.replace(
        past("tpe_designation"), subject_id="TPE-MN-001", subject_title="Assessor"
    )
    number = f"JP-MN/H/{DAY}/meeting"
    found = HistoricalDecision(number=number, procedure="meeting", on=DAY, rows=(row,))
    text = Record("JP-MN", DAY, (found,)).text
    item = adoption(text, items=1, credits=0)
    decided = Ground()
    decided.take(structs.replace(ENTITY, name="Assessor"), Origin(number, 1, None, DAY, "adopted"))
    decided.take(ENTITY, Origin("JP-MN/2026/001", 1, "5" * 64, TODAY, "signed"))

    assert on(decided, item, annexes={item.record: text}) == []
    assert on(standing(), item, annexes={item.record: text}) == ["warn record"]
