"""A case that is not ready does not reach the table; what it does not say is never a pass."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from policies.checks import CHECKS
from policies.documents import Document
from policies.dossier import Account, Dossier, Elsewhere
from policies.findings import Finding, Judgement
from policies.items import KINDS, Item
from policies.items.entities import Designation, Suspension
from policies.items.issuance import Verification
from policies.items.kind import Occasion, ScopeUntil
from policies.items.methodologies import MethodologyApproval
from policies.items.project_requests import RegistrationRejection
from policies.items.projects import Applied, Registration, Validation
from policies.readiness import AT_THE_TABLE, folded, ready
from policies.rulebook import Rulebook, shipped
from policies.sides import Committee
from tests.policies.bench import issuance
from tests.policies.occasions import TODAY, ground, said
from tests.policies.test_checks import POLICIES, names_in

PDD = Document(kind="pdd", title="Wind", version="1.0", public="1" * 64)
READY = Dossier(
    case="JP-MN/C/003",
    kind="project",
    documents=(PDD,),
    required=("pdd",),
    complete_on=TODAY,
    inputs_required=True,
    inputs_closed_on=TODAY,
    gases=("CO2",),
    opinion="positive",
    entity="TPE-MN-001",
)
REQUEST = Dossier(
    case="JP-MN/C/004",
    kind="issuance_request",
    complete_on=TODAY,
    accounts=(
        Account(side="JP", holder="Government of Japan", account="JP-1"),
        Account(side="MN", holder="Government of Mongolia", account="MN-1"),
    ),
    opinion="positive",
    entity="TPE-MN-001",
)
VERIFIED = Verification(entity="TPE-MN-001", report="V", on=date(2026, 5, 1), quantity=1000)
WIND = Registration(
    title="Wind park in Salkhit",
    number="MN002",
    methodologies=(Applied(number="MN_AM001", version="1.0"),),
    scopes=(1,),
    participants=(),
    validation=Validation(
        entity="TPE-MN-001", report="R-7", on=date(2026, 5, 1), opinion="positive"
    ),
    operation_start=None,
    used_under_other_mechanism=None,
    programme=None,
)
NONE_ELSEWHERE: Sequence[Elsewhere] = ()


def asked(
    *items: Item,
    dossiers: Mapping[int, Dossier] | None = None,
    elsewhere: Sequence[Elsewhere] | None = NONE_ELSEWHERE,
    rulebook: Rulebook | None = None,
) -> list[Finding]:
    book = rulebook or shipped("MN").rulebook
    occasion = Occasion(
        Committee("MN"), ground(), book, TODAY, dossiers=dossiers or {}, elsewhere=elsewhere
    )
    return list(ready(items, occasion))


def of(case: Dossier, item: Item = WIND, **changes: Any) -> list[str]:
    """Return what is amiss with a case that differs in something."""
    return said(asked(item, dossiers={1: structs.replace(case, **changes)}))


def verdicts(findings: list[Finding], check: str) -> list[Judgement]:
    return [finding.verdict for finding in findings if finding.check == check]


def test_a_case_that_is_ready_passes_every_check_with_evidence() -> None:
    found = asked(WIND, dossiers={1: READY})

    assert said(found) == []
    assert [finding.check for finding in found] == [
        *("case", "case-complete", "case-documents", "inputs-closed", "requests-resolved"),
        *("opinion", "elsewhere", "gases"),
    ]
    assert all(finding.item == 1 and finding.check in CHECKS for finding in found)
    evidence = {finding.check: finding.message for finding in found}
    assert evidence["case-documents"] == "1 kinds are required; there are: pdd 1.0"
    assert evidence["opinion"] == (
        "the validation opinion of TPE-MN-001 is positive, in R-7 (JP-MN/C/003)"
    )
    assert evidence["inputs-closed"] == "public inputs on JP-MN/C/003 closed on 2026-06-10"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"kind": "issuance_request"}, ["refuse case"]),
        ({"complete_on": None}, ["refuse case-complete"]),
        ({"complete_on": TODAY + timedelta(days=1)}, ["refuse case-complete"]),
        ({"documents": ()}, ["refuse case-documents"]),
        ({"required": ("pdd", "validation_report")}, ["refuse case-documents"]),
        ({"required": (), "documents": ()}, []),
        ({"inputs_closed_on": None}, ["refuse inputs-closed"]),
        ({"inputs_closed_on": TODAY + timedelta(days=1)}, ["refuse inputs-closed"]),
        ({"inputs_closed_on": None, "inputs_required": False}, []),
        ({"open_requests": 1}, ["refuse requests-resolved"]),
        ({"opinion": "negative"}, ["refuse opinion"]),
        ({"opinion": None}, ["warn opinion"]),
        ({"entity": "TPE-MN-002"}, ["refuse opinion"]),
        ({"entity": None}, ["warn opinion"]),
        ({"gases": ("CO2", "CH4")}, []),
        ({"gases": ("CO2", "O3")}, ["refuse gases"]),
        ({"gases": ("co2",)}, ["refuse gases"]),
        ({"gases": None}, ["warn gases"]),
        ({"gases": ()}, ["warn gases"]),
    ],
)
def test_each_thing_that_a_case_lacks_is_named(changes: dict[str, Any], verdict: list[str]) -> None:
    assert of(READY, **changes) == verdict


def test_what_the_case_or_the_item_does_not_say_cannot_be_told() -> None:
    def opinion(case: Dossier, item: Item) -> list[Judgement]:
        return verdicts(asked(item, dossiers={1: case}), "opinion")

    told = [Judgement.CANNOT_TELL]
    assert opinion(structs.replace(READY, opinion=None), WIND) == told
    assert opinion(READY, structs.replace(WIND, validation=None)) == told
    assert verdicts(asked(WIND), "gases") == told
    assert verdicts(asked(WIND, elsewhere=None), "elsewhere") == told


def test_without_a_case_it_cannot_tell_and_does_not_bar() -> None:
    found = asked(WIND, issuance())

    assert said(found) == ["warn case", "warn gases", "warn case"]
    assert verdicts(found, "case") == [Judgement.CANNOT_TELL] * 2
    assert verdicts(found, "case-documents") == []


def test_a_rulebook_recorded_before_gases_asks_for_none() -> None:
    book = shipped("MN").rulebook
    older = structs.replace(book, eligibility=structs.replace(book.eligibility, gases=None))

    assert verdicts(asked(WIND, rulebook=older), "gases") == []


def test_a_methodologys_gases_are_checked_where_its_case_says_them() -> None:
    item = MethodologyApproval(
        title="Boilers",
        number="MN_AM002",
        version="1.0",
        proposed=None,
        scopes=(1,),
        result="approved",
    )
    case = structs.replace(READY, kind="methodology_proposal")

    assert of(case, item) == []
    assert of(case, item, gases=("O3",)) == ["refuse gases"]
    assert of(case, item, gases=None) == []


# Requests for issuance


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, []),
        ({"accounts": None}, ["warn accounts"]),
        ({"accounts": ()}, ["refuse accounts"]),
        ({"accounts": REQUEST.accounts and REQUEST.accounts[:1]}, ["refuse accounts"]),
        ({"accounts": (Account(side="MN", holder="x", account=" "),)}, ["refuse accounts"]),
        ({"opinion": "negative"}, ["refuse opinion"]),
    ],
)
def test_each_side_that_receives_credits_names_an_account(
    changes: dict[str, Any], verdict: list[str]
) -> None:
    assert of(REQUEST, issuance(verification=VERIFIED), **changes) == verdict


def test_a_side_without_credits_needs_no_account() -> None:
    item = issuance(verification=VERIFIED, amounts={"JP": 1000, "MN": 0})
    assert REQUEST.accounts is not None

    assert of(REQUEST, item, accounts=REQUEST.accounts[:1]) == []


# What ends a case


def test_a_rejection_may_end_a_case_that_never_became_ready() -> None:
    item = RegistrationRejection(title="Wind", number="MN002", reason="Not additional.")
    bare = Dossier(case="JP-MN/C/003", kind="project", open_requests=3, opinion="negative")

    found = asked(item, dossiers={1: bare})

    assert said(found) == []
    assert [finding.message for finding in found] == [
        "JP-MN/C/003 ends; it need not have become ready"
    ]


def test_an_entitys_application_needs_no_opinion_of_another() -> None:
    until = ScopeUntil(scope=1, until=date(2030, 1, 1))
    item = Designation(
        title="V",
        number="TPE-MN-002",
        validation=(until,),
        verification=(),
        accreditation="ISO 14065",
    )
    case = Dossier(case="JP-MN/C/005", kind="tpe_designation", complete_on=TODAY)

    assert of(case, item) == []
    assert of(case, item, complete_on=None) == ["refuse case-complete"]


def test_what_grants_a_wish_says_which_cases_ask_for_it() -> None:
    ends = {"rejection", "withdrawal", "suspension", "reinstatement", "correction", "extension"}
    for name, kind in KINDS.items():
        if name.rsplit("_", 1)[-1] in ends and name != "tpe_scope_extension":
            assert kind.asked_by == (), name
    assert not Suspension.asked_by
    assert KINDS["issuance"].asked_by == ("issuance_request",)
    assert KINDS["tpe_scope_extension"].asked_by == ("tpe_scope_extension",)


def test_a_case_behind_no_item_is_refused() -> None:
    found = asked(WIND, dossiers={1: READY, 2: REQUEST})

    assert [str(f) for f in found if f.bars] == ["JP-MN/C/004 stands behind no item 2 (case)"]


# Other committees


def elsewhere(**changes: str) -> Elsewhere:
    same = {
        "committee": "JP-ID",
        "number": "ID001",
        "title": "WIND PARK, in Salkhit",
        "status": "registered",
    }
    return Elsewhere(**same | changes)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (elsewhere(), ["refuse elsewhere"]),
        (elsewhere(title="\uff37ind  park in Salkhit."), ["refuse elsewhere"]),
        (elsewhere(title="Wind park in Salkhit II"), []),
        (elsewhere(status="withdrawn"), []),
        (elsewhere(committee="JP-MN", number="MN001"), []),
    ],
)
def test_a_project_that_another_committee_registered_is_refused(
    other: Elsewhere, verdict: list[str]
) -> None:
    assert said(asked(WIND, dossiers={1: READY}, elsewhere=[other])) == verdict


def test_the_other_committees_registers_are_counted_and_what_is_not_registered_is_said() -> None:
    found = asked(WIND, elsewhere=[elsewhere(status="withdrawn"), elsewhere(title="Sun")])

    assert [f.message for f in found if f.check == "elsewhere"] == [
        "no other committee has a project of this title registered: 2 looked at; one of this title"
        " is not registered: ID001 of JP-ID (withdrawn)"
    ]


def test_titles_of_nothing_but_signs_are_told_apart() -> None:
    assert folded("—") != folded("…")
    assert folded("Нарны станц") == folded("  нарны  СТАНЦ.")


def test_what_is_asked_at_the_table_alone_is_listed() -> None:
    """Every check that the module names, and none that another module names."""
    tables = {file.stem: named_in(file) for file in POLICIES.rglob("*.py")}

    assert tables.pop("readiness") == AT_THE_TABLE
    assert not AT_THE_TABLE & set().union(*tables.values())


def named_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {name for name, _line in names_in(tree) if name is not None}
