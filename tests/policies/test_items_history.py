"""A committee makes its imported record ground for new decisions, whole and by digest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies.history import HistoricalDecision, Record, Row
from policies.items.past import HistoryAdoption
from policies.proof.canonical import digest
from tests.policies.occasions import TODAY, ground, on, soundly

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
