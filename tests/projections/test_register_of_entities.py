"""The register of entities: scopes with their last day, and as of a day what may be used."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from policies.facts import AnyFact, EntityDesignated, EntityStatus, Scope
from policies.ground import Ground
from policies.sides import Committee
from policies.subjects import Origin
from projections.registers import entries

LAST = date(2027, 11, 20)
ENTITY = EntityDesignated(
    number="TPE-ID-001",
    name="Verifier",
    validation=(Scope(1, LAST), Scope(3)),
    verification=(Scope(1, LAST),),
)
PROVISIONAL = EntityDesignated(
    number="TPE-ID-002",
    name="Beginner",
    validation=(Scope(1, LAST), Scope(3)),
    status="provisional",
    side="ID",
    until=date(2027, 6, 30),
)


def listed(*decided: AnyFact, as_of: date | None = None) -> dict[str, Any]:
    """Return the one entry of the register."""
    ground = Ground()
    for item, fact in enumerate(decided, start=1):
        ground.take(fact, Origin("JP-ID/2026/001", item, "5" * 64, date(2026, 6, 10), "signed"))
    (entry,) = entries("entities", ground, Committee("ID"), as_of)
    return entry


def test_scopes_are_listed_with_their_last_day() -> None:
    entry = listed(ENTITY)

    assert entry["validation"] == [
        {"scope": 1, "until": "2027-11-20"},
        {"scope": 3, "until": None},
    ]
    assert entry["verification"] == [{"scope": 1, "until": "2027-11-20"}]


@pytest.mark.parametrize(("day", "scopes"), [(LAST, [1, 3]), (date(2027, 11, 21), [3])])
def test_as_of_a_day_a_scope_that_is_over_is_not_listed(day: date, scopes: list[int]) -> None:
    entry = listed(ENTITY, as_of=day)

    assert [held["scope"] for held in entry["validation"]] == scopes
    assert (entry["number"], entry["status"]) == ("TPE-ID-001", "designated")


def test_a_provisional_designation_bounds_its_scopes() -> None:
    assert listed(PROVISIONAL)["validation"] == [
        {"scope": 1, "until": "2027-06-30"},
        {"scope": 3, "until": "2027-06-30"},
    ]
    assert listed(PROVISIONAL, as_of=date(2027, 7, 1))["validation"] == []


def test_a_suspended_scope_is_not_listed_while_the_suspension_lasts() -> None:
    halted = EntityStatus(number="TPE-ID-001", status="suspended", scopes=(1,))
    lifted = EntityStatus(number="TPE-ID-001", status="designated", scopes=(1,))

    assert [held["scope"] for held in listed(ENTITY, halted)["validation"]] == [3]
    assert [held["scope"] for held in listed(ENTITY, halted, lifted)["validation"]] == [1, 3]
