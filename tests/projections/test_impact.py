"""What rests on what: the edges, on facts and work that are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest

from policies.facts import (
    AnyFact,
    CreditsCorrected,
    CreditsDecided,
    EntityDesignated,
    EntityStatus,
    MethodologyApproved,
    ProjectChanged,
    ProjectRegistered,
    Scope,
)
from policies.refusals import UnreadableError
from policies.sides import Committee
from projections.impact import impact
from projections.impact_question import question
from projections.resting import Resting
from projections.work import Work, done_of

MONGOLIA = Committee("MN")
ENTITY = EntityDesignated(
    number="TPE-MN-001", name="Verifier", validation=(Scope(1), Scope(3)), verification=(Scope(1),)
)
APPROVED = MethodologyApproved(number="MN_AM001", version="1.0", title="Boilers", scopes=(1,))
PROJECT = ProjectRegistered(
    number="MN001", title="School", methodologies=("MN_AM001 Ver1.0",), scopes=(1,)
)


def row(
    value: AnyFact | Work,
    decision: str,
    item: int = 1,
    on: str | None = None,
    basis: str = "signed",
) -> tuple[Any, ...]:
    text = msgspec.json.encode(value).decode()
    digest = () if isinstance(value, Work) else (None,)
    return ("JP-MN", decision, item, *digest, on, "2026-01-01T00:00:00Z", basis, text)


def validated(project: str | None, entity: str | None, on: date | None = None) -> Work:
    return Work(work="validation", project=project, title="", entity=entity, report="V", on=on)


def verified(project: str | None, entity: str | None, on: date | None = None) -> Work:
    return Work(work="verification", project=project, title="", entity=entity, report="M", on=on)


def asked(
    number: str,
    facts: Sequence[tuple[Any, ...]],
    works: Sequence[tuple[Any, ...]],
    *,
    version: str | None = None,
    scope: int | None = None,
) -> dict[str, Any]:
    wanted, committee = question(number, version, scope)
    return impact(wanted, Resting([facts], done_of(works)), committee)


def said(found: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    return [
        (r["what"], r["project"], r["through"] or r["entity_at_report"]) for r in found["rests"]
    ]


def whys(found: dict[str, Any]) -> list[str]:
    return [r["why"] for r in found["cannot_tell"]]


# Days


def test_a_suspension_of_one_scope_touches_work_in_that_scope_alone() -> None:
    suspended = EntityStatus(number="TPE-MN-001", status="suspended", scopes=(3,))
    other = msgspec.structs.replace(PROJECT, number="MN002", scopes=(3,))
    facts = [
        row(ENTITY, "D1", on="2020-01-01"),
        row(PROJECT, "D2", on="2020-02-01"),
        row(other, "D2", 2, on="2020-02-01"),
        row(suspended, "D3", on="2020-03-01"),
    ]
    day = date(2020, 3, 1)
    works = [
        row(validated("MN001", "TPE-MN-001", day), "D2", 1, "2020-02-01"),
        row(validated("MN002", "TPE-MN-001", day), "D2", 2, "2020-02-01"),
    ]

    found = asked("TPE-MN-001", facts, works)

    assert found["totals"]["entity_at_report"] == {"designated": 1, "suspended": 1}


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2019, 12, 31), "not designated"),
        (date(2020, 1, 1), "designated"),
        (date(2020, 2, 29), "designated"),
        (date(2020, 3, 1), "withdrawn"),
        (None, "cannot tell"),
    ],
)
def test_an_entity_is_what_it_was_from_the_day_of_each_decision_on(
    day: date | None, then: str
) -> None:
    withdrawn = EntityStatus(number="TPE-MN-001", status="withdrawn")
    facts = [row(ENTITY, "D1", on="2020-01-01"), row(withdrawn, "D3", on="2020-03-01")]
    works = [row(validated("MN001", "TPE-MN-001", day), "D2", 1, "2020-02-01")]

    assert asked("TPE-MN-001", facts, works)["totals"]["entity_at_report"] == {then: 1}


def test_a_list_that_calls_an_entity_withdrawn_does_not_say_since_when() -> None:
    gone = msgspec.structs.replace(ENTITY, status="withdrawn")
    facts = [row(gone, "JP-MN/H/1", on="2020-01-01", basis="imported")]
    works = [row(validated("MN001", "TPE-MN-001", date(2021, 1, 1)), "D2", 1, "2021-02-01")]

    found = asked("TPE-MN-001", facts, works)

    assert (found["status"], found["standings"][0]["from"]) == ("withdrawn", None)
    assert found["totals"]["entity_at_report"] == {"cannot tell": 1}


# Methodologies


def test_a_project_rests_on_what_it_applied_when_credits_were_decided() -> None:
    changed = ProjectChanged(number="MN001", methodologies=("MN_AM001 Ver2.0",))
    second = msgspec.structs.replace(APPROVED, version="2.0")
    facts = [
        row(APPROVED, "D1", on="2020-01-01"),
        row(PROJECT, "D2", on="2020-02-01"),
        row(second, "D3", on="2020-03-01"),
        row(changed, "D4", on="2020-04-01"),
    ]
    works = [
        row(validated("MN001", "TPE-MN-001"), "D2", 1, "2020-02-01"),
        row(verified("MN001", "TPE-MN-001"), "D5", 1, "2020-03-31"),
        row(verified("MN001", "TPE-MN-001"), "D6", 1, "2020-04-01"),
    ]

    old = asked("MN_AM001", facts, works, version="1.0")
    new = asked("MN_AM001", facts, works, version="2.0")

    assert [r["decision"] for r in old["rests"] if r["what"] == "issuance"] == ["D5"]
    assert [r["decision"] for r in new["rests"] if r["what"] == "issuance"] == ["D6"]
    assert [r["what"] for r in new["rests"]] == ["project", "verification", "issuance"]
    assert new["rests"][0]["through"] == "applies it since a change"
    assert len(asked("MN_AM001", facts, works)["rests"]) == 5


@pytest.mark.parametrize(
    ("applied", "version", "rests", "unsaid"),
    [
        (("MN_AM001 Ver01.0",), "1", 1, 0),
        (("MN_AM001 Ver2.0",), "1.0", 0, 0),
        (("MN_AM001",), "1.0", 0, 1),
        (("MN_AM001",), None, 1, 0),
        ((), None, 0, 1),
        (("MN_AM0011 Ver1.0",), None, 0, 0),
    ],
)
def test_a_version_that_is_not_stated_is_neither_the_one_nor_another(
    applied: tuple[str, ...], version: str | None, rests: int, unsaid: int
) -> None:
    project = msgspec.structs.replace(PROJECT, methodologies=applied)
    facts = [row(APPROVED, "D1", on="2020-01-01"), row(project, "D2", on="2020-02-01")]
    works = [row(validated("MN001", "TPE-MN-001"), "D2", 1, "2020-02-01")]

    found = asked("MN_AM001", facts, works, version=version)

    assert sum(r["what"] == "project" for r in found["rests"]) == rests
    assert len(found["cannot_tell"]) == unsaid


# Credits


def test_a_corrected_amount_stands_and_a_missing_one_is_counted_as_missing() -> None:
    unsaid = CreditsDecided(project="MN001", period=None, quantity=None, amounts=None)
    wrong = CreditsDecided(project="MN001", period=None, quantity=9, amounts={"JP": 9, "MN": 0})
    right = CreditsCorrected(
        decision="D4", item=1, period=None, quantity=7, amounts={"JP": 5, "MN": 2}
    )
    facts = [
        row(PROJECT, "D2", on="2020-02-01"),
        row(unsaid, "D3", on="2020-03-01"),
        row(wrong, "D4", on="2020-04-01"),
        row(right, "D5", on="2020-05-01"),
    ]
    works = [
        row(verified("MN001", "TPE-MN-001"), "D3", 1, "2020-03-01"),
        row(verified("MN001", "TPE-MN-001"), "D4", 1, "2020-04-01"),
    ]

    assert asked("MN001", facts, works)["totals"]["credits"]["signed"] == {
        "issuances": 2,
        "quantity": 7,
        "amounts": {"JP": 5, "MN": 2},
        "amount_unknown": 1,
    }


def test_signed_adopted_and_imported_credits_are_never_added_together() -> None:
    decided = CreditsDecided(project="MN001", period=None, quantity=5, amounts={"JP": 4, "MN": 1})
    each = [("D3", "signed"), ("H1", "adopted"), ("H1", "imported"), ("H2", "imported")]
    facts = [row(PROJECT, "D2", on="2020-02-01")]
    facts += [row(decided, number, on="2020-03-01", basis=basis) for number, basis in each]
    works = [row(verified("MN001", None), number, 1, "2020-03-01", basis) for number, basis in each]

    found = asked("MN001", facts, works)

    counted = {basis: sums["issuances"] for basis, sums in found["totals"]["credits"].items()}
    assert counted == {"signed": 1, "adopted": 1, "imported": 1}
    assert whys(found) == ["who verified the amount"] * 3


def test_credits_of_several_projects_rest_on_each_of_them() -> None:
    second = msgspec.structs.replace(PROJECT, number="MN002")
    facts = [row(PROJECT, "D2", 1, on="2020-02-01"), row(second, "D2", 2, on="2020-02-01")]
    works = [
        row(validated("MN001", "TPE-MN-001"), "D2", 1, "2020-02-01"),
        row(validated("MN002", None), "D2", 2, "2020-02-01"),
        row(verified("MN001+MN002", None), "D3", 1, "2020-03-01"),
    ]

    assert said(asked("MN002", facts, works))[-1] == ("issuance", "MN001+MN002", "issued to it")
    found = asked("TPE-MN-001", facts, works)
    assert said(found)[-1] == ("issuance", "MN001+MN002", "its project was validated by it")
    assert whys(found)[-1] == "who verified the amount; who validated MN002"


def test_credits_of_a_project_that_nobody_names_may_be_anybodys() -> None:
    facts = [row(PROJECT, "D2", on="2020-02-01"), row(APPROVED, "D1", on="2020-01-01")]
    works = [row(verified(None, None), "H1", 1, None, "imported")]

    assert whys(asked("MN001", facts, works)) == ["who verified the amount; which project it is"]
    assert len(asked("MN_AM001", facts, works)["cannot_tell"]) == 1


def test_work_in_a_project_of_unknown_scope_cannot_be_told_by_scope() -> None:
    facts = [
        row(ENTITY, "D1", on="2020-01-01"),
        row(msgspec.structs.replace(PROJECT, scopes=()), "D2", on="2020-02-01"),
    ]
    works = [row(validated("MN001", "TPE-MN-001"), "D2", 1, "2020-02-01")]

    found = asked("TPE-MN-001", facts, works, scope=1)

    assert (found["rests"], whys(found)) == ([], ["in which scope MN001 is"])
    assert len(asked("TPE-MN-001", facts, works)["rests"]) == 2


# Questions that are none


@pytest.mark.parametrize(
    ("number", "version", "scope", "says"),
    [
        ("", None, None, "is no number"),
        ("Verifier", None, None, "is no number"),
        ("JP001", None, None, "is no number"),
        ("MN_PM001", None, None, "is no number of JP-MN that anything rests on"),
        ("MN1", None, None, "is no number of JP-MN"),
        ("TPE-MN-001'; DROP", None, None, "is no number of JP-MN"),
        ("MN001", "1.0", None, "it has no version"),
        ("MN_AM001", "latest", None, "'latest' is no version"),
        ("MN001", None, 1, "only an entity's work is asked by scope"),
    ],
)
def test_what_is_no_question_is_refused(
    number: str, version: str | None, scope: int | None, says: str
) -> None:
    with pytest.raises(UnreadableError, match=says):
        question(number, version, scope)


def test_a_number_of_another_committee_is_refused() -> None:
    with pytest.raises(UnreadableError, match="MN001 is a number of JP-MN, not of JP-ID"):
        question("MN001", committee=Committee("ID"))
    assert question("MN001", committee=MONGOLIA)[1] == MONGOLIA
