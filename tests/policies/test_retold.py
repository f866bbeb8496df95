"""A row of the past is asked as far as its facts go; of the rest the checks cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from policies import history
from policies.facts import (
    AnyFact,
    EntityDesignated,
    MethodologyApproved,
    ProjectRegistered,
    ProjectStatus,
    Scope,
)
from policies.findings import Judgement
from policies.ground import Ground
from policies.items import Item
from policies.items.issuance import Issuance
from policies.items.kind import Occasion, Period, ScopeUntil
from policies.preflight import Examined
from policies.retold import Retold, examine_retold, retell
from policies.rulebook import Rulebook, shipped
from policies.sides import Committee
from tests.policies.occasions import TODAY, ground, standing

BOOK = shipped("MN", "MN-2013").rulebook
INDONESIA = structs.replace(shipped("ID").rulebook, country="MN", name="Mongolia")
PALAU = structs.replace(shipped("PW").rulebook, country="MN", name="Mongolia")


def row(kind: str, **said: Any) -> history.Row:
    blank: dict[str, Any] = {
        "decision_type": kind,
        "subject_id": "MN001",
        "subject_title": "Boilers (REDD+)",
        "outcome": "decided",
        "quantity": None,
        "amounts": None,
        "split": "",
        "monitoring_period": None,
        "extra": "",
        "source": "jcm.go.jp",
        "confidence": "high",
    }
    return history.Row(**blank | said)


def told(one: history.Row, decided: Ground | None = None) -> Retold | None:
    found = history.facts_of(one, ("JP", "MN"))
    return retell(one.decision_type, found, decided or standing(), "MN")


def verdicts(
    retold: Retold | None, decided: Ground | None = None, book: Rulebook = BOOK
) -> dict[str, str]:
    return {entry.check: entry.verdict.value for entry in entries(retold, decided, book)}


def entries(
    retold: Retold | None, decided: Ground | None = None, book: Rulebook = BOOK
) -> tuple[Examined, ...]:
    assert retold is not None
    return examine_retold(retold, Occasion(Committee("MN"), decided or standing(), book, TODAY))


WHOLE = row(
    "issuance",
    quantity=100,
    amounts={"JP": 80, "MN": 20},
    monitoring_period=(date(2017, 1, 1), date(2017, 7, 31)),
)


def test_a_row_with_its_amounts_and_period_is_asked_like_a_decision() -> None:
    said = verdicts(told(WHOLE))

    assert {said[check] for check in ("amounts", "period", "period-cut", "period-overlap")} == {
        "pass"
    }
    assert said["verification"] == said["allocation-unknown"] == "cannot tell"


@pytest.mark.parametrize(
    ("changes", "untold"),
    [
        ({"quantity": None}, {"amounts", "allocation-unknown"}),
        ({"amounts": None}, {"amounts", "allocation-unknown"}),
        ({"amounts": {"JP": 80, "MN": None}}, {"amounts", "allocation-unknown"}),
        ({"monitoring_period": None}, {"period", "period-cut", "period-overlap"}),
    ],
)
def test_what_a_row_of_credits_lacks_cannot_be_told_and_the_rest_is(
    changes: dict[str, Any], untold: set[str]
) -> None:
    whole = verdicts(told(WHOLE))
    lacking = verdicts(told(structs.replace(WHOLE, **changes)))

    assert lacking.keys() == whole.keys()
    assert {check for check in untold if lacking[check] == "cannot tell"} == untold
    assert {c: v for c, v in lacking.items() if c not in untold} == {
        c: v for c, v in whole.items() if c not in untold
    }


def test_a_countrys_floor_is_asked_of_the_amounts_and_cannot_be_told_without() -> None:
    low = structs.replace(WHOLE, amounts={"JP": 91, "MN": 9})

    assert verdicts(told(low), book=INDONESIA)["partner-government"] == "fail"
    assert verdicts(told(WHOLE), book=INDONESIA)["partner-government"] == "cannot tell"
    without = structs.replace(WHOLE, amounts=None)
    assert verdicts(told(without), book=INDONESIA)["partner-government"] == "cannot tell"
    assert verdicts(told(without), book=PALAU)["partner-private"] == "cannot tell"


def test_credits_of_several_projects_make_no_item() -> None:
    assert told(structs.replace(WHOLE, subject_id="MN001+MN002")) is None


def test_a_kind_of_which_rows_hold_too_little_makes_no_item() -> None:
    assert told(row("rules_adoption")) is None
    assert told(row("tpe_withdrawal")) is None


def test_a_registration_takes_its_scopes_from_the_methodologies_that_it_applies() -> None:
    named = row("project_registration", subject_id="MN002", extra="methodology=MN_AM001 Ver1.0")
    unknown = row("project_registration", subject_id="MN002", extra="methodology=MN_AM009 Ver1.0")
    unversioned = row("project_registration", subject_id="MN002", extra="methodology=MN_AM001")

    assert (verdicts(told(named))["methodology"], verdicts(told(named))["scope"]) == ("pass",) * 2
    assert verdicts(told(unknown))["methodology"] == "cannot tell"
    assert verdicts(told(unknown))["scope"] == "cannot tell"
    assert verdicts(told(unversioned))["methodology"] == "cannot tell"
    asked = ("operation-start", "other-mechanism", "validation")
    assert [verdicts(told(named))[check] for check in asked] == ["cannot tell"] * 3


def test_a_designation_without_scopes_or_a_number_cannot_be_told() -> None:
    bare = verdicts(told(row("tpe_designation", subject_id="")))

    assert (bare["number"], bare["scope"], bare["scope-expiry"]) == ("cannot tell",) * 3
    whole = row("tpe_designation", subject_id="TPE-MN-004", extra="scopes_validation=1|3")
    assert verdicts(told(whole))["number"] == verdicts(told(whole))["scope"] == "pass"
    assert verdicts(told(whole))["scope-expiry"] == "cannot tell"


def test_what_the_imported_record_does_not_hold_breaks_no_rule() -> None:
    revised = told(
        row("methodology_revision", subject_id="MN_AM009", extra="version=2.0"), ground()
    )
    applied = row("project_registration", subject_id="MN002", extra="methodology=MN_AM001 Ver1.0")

    assert verdicts(revised, ground())["methodology-exists"] == "cannot tell"
    assert verdicts(told(WHOLE, ground()), ground())["project-registered"] == "cannot tell"
    assert verdicts(told(applied, ground()), ground())["methodology"] == "cannot tell"
    withdrawn = standing(ProjectStatus(number="MN001", status="withdrawn"))
    assert verdicts(told(WHOLE, withdrawn), withdrawn)["project-registered"] == "fail"


def test_the_past_names_no_earlier_decision() -> None:
    revised = told(row("methodology_revision", subject_id="MN_AM001", extra="version=2.0"))

    assert verdicts(revised)["previous"] == "cannot tell"
    assert verdicts(revised)["version-rises"] == "pass"


def test_an_idea_note_is_asked_whether_the_rulebook_has_them() -> None:
    noted = told(row("pin_no_objection", subject_id="MN_PIN001"))

    assert verdicts(noted)["idea-note"] == "fail"
    assert verdicts(noted, book=shipped("MN", "MN-2026").rulebook)["idea-note"] == "pass"


# A stand-in never speaks


def other_amounts(item: Item) -> Item:
    assert isinstance(item, Issuance)
    return structs.replace(item, quantity=999, amounts={"JP": 990, "MN": 9})


def other_period(item: Item) -> Item:
    return structs.replace(
        item, monitoring_period=Period(begins=date(2024, 1, 1), ends=date(2031, 1, 1))
    )


def other_scopes(item: Item) -> Item:
    if hasattr(item, "validation") and isinstance(item.validation, tuple):
        return structs.replace(item, validation=(ScopeUntil(scope=99, until=TODAY),))
    return structs.replace(item, scopes=(99, 14))


def other_number(item: Item) -> Item:
    return structs.replace(item, number="TPE-MN-001")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (structs.replace(WHOLE, amounts=None), other_amounts),
        (structs.replace(WHOLE, monitoring_period=None), other_period),
        (row("project_registration", subject_id="MN002"), other_scopes),
        (row("methodology_approval", subject_id="MN_AM007"), other_scopes),
        (row("methodology_revision", subject_id="MN_AM001", extra="version=2.0"), other_scopes),
        (row("tpe_designation", subject_id="TPE-MN-004"), other_scopes),
        (row("tpe_designation", subject_id="", extra="scopes_validation=1"), other_number),
    ],
    ids=lambda value: getattr(value, "decision_type", getattr(value, "__name__", "")),
)
@pytest.mark.parametrize("book", [BOOK, INDONESIA, PALAU], ids=lambda book: book.version)
def test_whatever_stands_in_for_a_missing_fact_the_answer_is_one(
    one: history.Row, other: Callable[[Item], Item], book: Rulebook
) -> None:
    retold = told(one)
    assert retold is not None
    again = Retold(other(retold.item), retold.lacks)
    assert again.item != retold.item

    first, second = entries(retold, book=book), entries(again, book=book)

    assert first == second
    lacking = [entry for entry in first if entry.check in retold.lacks]
    assert lacking
    assert all(entry.verdict is Judgement.CANNOT_TELL and not entry.bars for entry in lacking)


def test_facts_of_another_kind_make_no_item() -> None:
    facts: list[AnyFact] = [
        ProjectRegistered(number="MN001", title="x", methodologies=()),
        MethodologyApproved(number="MN_AM001", version="1.0", title="x"),
        EntityDesignated(number="TPE-MN-001", name="x", validation=(Scope(1),)),
    ]

    assert retell("issuance", facts, ground(), "MN") is None
    assert retell("pin_no_objection", facts, ground(), "MN") is None
    found = retell("project_registration", facts, ground(), "MN")
    assert found is not None
    assert found.item.kind == "project_registration"
