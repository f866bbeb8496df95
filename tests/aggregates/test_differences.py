"""Differences: one case a side and item, until reports and decision agree or somebody says why."""

from __future__ import annotations

from typing import Any

import pytest

from aggregates.case import decide_differences
from aggregates.case.events import DifferenceExplained, DifferenceReconciled
from policies.lifecycles.cases import Stage
from policies.refusals import (
    HiddenTextError,
    ItemError,
    NotEntitledError,
    NotFoundError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import Docket
from tests.aggregates.registries import Registries, what
from tests.aggregates.room import MEASURE

CORRECTED: dict[str, Any] = {
    "quantity": 999,
    "amounts": {"JP": 600, "MN": 399},
    "reason": "One credit was counted twice.",
}


@pytest.fixture
def registries(docket: Docket) -> Registries:
    return Registries(docket).seat()


def stages(registries: Registries) -> list[Stage]:
    return [case.stage for case in registries.cases()]


def explain(
    registries: Registries, case: str, reason: str = "Rounding", by: str | None = None
) -> None:
    docket = registries.docket
    hand = docket if by is None else Docket(docket.room, by=by)
    hand.step(case, lambda s, a: decide_differences.explain(s, a, reason))


def test_a_side_and_item_have_one_open_case(registries: Registries) -> None:
    number = registries.decide(registries.issuance(), registries.issuance())

    first = registries.report(number, report="R1", amount=1)
    second = registries.report(number, report="R2", amount=2)
    theirs = registries.report(number, "JP", report="R1", amount=1)
    other = registries.report(number, report="R3", amount=1, item=2)

    assert second.case == first.case
    assert len({first.case, theirs.case, other.case}) == 3
    assert [case.case for case in registries.cases()] == [first.case, theirs.case, other.case]
    assert [case.submitter.side for case in registries.cases()] == ["MN", "JP", "MN"]


def test_a_case_ends_with_the_report_that_makes_all_agree(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number, report="R1", amount=100)
    assert stages(registries) == [Stage.REVIEW]
    assert what(registries.report(number, report="R2", amount=200)) == ["under"]

    last = registries.report(number, report="R3", amount=100)

    (case,) = registries.cases()
    assert (last.differences, last.case, case.stage) == ((), case.case, Stage.RECONCILED)
    ended = registries.docket.events(case.case)[-1]
    assert isinstance(ended, DifferenceReconciled)
    assert ended.report == last.envelope.digest


def test_a_report_that_agrees_by_itself_does_not_end_what_another_leaves_open(
    registries: Registries,
) -> None:
    number = registries.decide()
    registries.report(number, report="R1", amount=100, serials=None)

    nothing_odd = registries.report(number, report="R2", amount=300)

    assert what(nothing_odd) == []
    assert stages(registries) == [Stage.REVIEW]
    registries.report(number, report="R3", amount=100, supersedes="R1")
    assert stages(registries) == [Stage.RECONCILED]


def test_a_report_of_zero_more_ends_no_case_of_serial_numbers(registries: Registries) -> None:
    first, second = registries.decide(), registries.decide()
    serials = {"first": "X-001", "last": "X-400"}
    registries.report(first, serials=serials)
    registries.report(second, serials=serials)

    registries.report(second, report="R0", amount=0)

    assert stages(registries) == [Stage.REVIEW]


def test_an_item_that_differs_anew_has_a_new_case(registries: Registries) -> None:
    number = registries.decide()
    first = registries.report(number, report="R1", amount=399)
    assert first.case is not None
    explain(registries, first.case)

    second = registries.report(number, report="R2", amount=2)

    assert second.case != first.case
    assert stages(registries) == [Stage.EXPLAINED, Stage.REVIEW]


def test_a_secretary_says_why_and_the_case_ends(registries: Registries) -> None:
    case = registries.differ()

    explain(registries, case, "Retired before the decision was corrected.")

    ended = registries.docket.events(case)[-1]
    assert isinstance(ended, DifferenceExplained)
    assert ended.reason == "Retired before the decision was corrected."
    assert stages(registries) == [Stage.EXPLAINED]


def test_nobody_but_a_keeper_of_the_docket_explains_and_never_without_words(
    registries: Registries,
) -> None:
    case, docket = registries.differ(), registries.docket

    with docket.refuses(NotEntitledError):
        explain(registries, case, by="mn-registry")
    with docket.refuses(UnreadableError, "reason is empty"):
        explain(registries, case, "  ")
    with docket.refuses(HiddenTextError):
        explain(registries, case, "Rounding\u202e")
    explain(registries, case)
    with docket.refuses(StepNotAllowedError):
        explain(registries, case)


def test_no_submission_opens_a_difference(registries: Registries) -> None:
    asks = {"decision": registries.decide(), "item": 1}
    filed = {
        "kind": "issuance_difference",
        "title": "Mine",
        "submitter": {"name": "I", "side": "MN"},
    }

    with registries.docket.refuses(NotFoundError):
        registries.docket.submit(filed | {"asks": asks})


# The committee corrects its decision


def test_the_committee_corrects_what_a_case_is_about(registries: Registries) -> None:
    number = registries.decide()
    event = registries.report(number, amount=399)
    assert event.case is not None

    case = registries.docket.decide(event.case, **CORRECTED)

    assert case.stage is Stage.ACCEPTED
    credits = registries.docket.room.state.ground.credits[number, 1]
    assert (credits.amounts, credits.reported) == ({"JP": 600, "MN": 399}, {"MN": 399})


@pytest.mark.parametrize(
    "said",
    [{"decision": "JP-MN/2026/001"}, {"item": 2}, {"number": "MN001", "new_title": "Stoves"}],
)
def test_a_correction_by_a_case_is_of_its_own_item(
    registries: Registries, said: dict[str, Any]
) -> None:
    case = registries.differ()

    with registries.docket.refuses(ItemError, "its item has"):
        registries.docket.propose({"case": case} | CORRECTED | said)


def test_a_whole_correction_answers_the_case_of_its_item_and_no_other(
    registries: Registries,
) -> None:
    other, number = registries.differ(), registries.decide()
    case = registries.report(number, amount=399).case
    item = {"kind": "correction", "title": "Boilers", "decision": number, "item": 1} | CORRECTED

    registries.docket.agree(item | {"monitoring_period": None, "number": None})

    assert {c.case: c.stage for c in registries.cases()} == {
        other: Stage.REVIEW,
        case: Stage.ACCEPTED,
    }


def test_a_corrected_title_ends_no_difference(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number, amount=399)
    title = {"number": "MN001", "new_title": "Stoves", "reason": "A slip."}
    item = {"kind": "correction", "title": "MN001", "decision": number, "item": 1}

    registries.docket.agree(item | title)

    assert stages(registries) == [Stage.REVIEW]


def test_the_other_sides_case_ends_when_the_correction_makes_it_agree(
    registries: Registries,
) -> None:
    number = registries.decide()
    ours = registries.report(number, amount=399).case
    theirs = registries.report(number, "JP", amount=601).case
    assert ours is not None

    registries.docket.decide(
        ours, **CORRECTED | {"quantity": 1000, "amounts": {"JP": 601, "MN": 399}}
    )
    registries.docket.sweep()

    assert {case.case: case.stage for case in registries.cases()} == {
        ours: Stage.ACCEPTED,
        theirs: Stage.RECONCILED,
    }


def test_a_case_on_the_table_waits_for_the_tables_end(registries: Registries) -> None:
    number, docket = registries.decide(), registries.docket
    case = registries.report(number, report="R1", amount=399).case
    proposal = docket.propose({"case": case} | CORRECTED).proposal

    registries.report(number, report="R2", amount=1)
    assert stages(registries) == [Stage.REVIEW]
    assert case is not None
    with docket.refuses(StepNotAllowedError, "lies on the committee's table"):
        explain(registries, case)
    docket.room.withdraw(proposal)
    docket.sweep()

    assert stages(registries) == [Stage.RECONCILED]


# What a correction does to reports


def test_after_a_correction_reports_are_held_against_what_it_says(registries: Registries) -> None:
    number = registries.decide()
    registries.report(number, report="R1")
    item = {"kind": "correction", "title": "Boilers", "decision": number, "item": 1} | CORRECTED
    corrected = registries.decide(MEASURE, item)

    on_the_correction = registries.report(corrected, "JP", report="J1", item=2)
    beside = registries.report(corrected, report="R9", item=1, amount=1)
    mended = registries.report(corrected, report="R2", item=2, amount=399, supersedes="R1")

    assert (on_the_correction.decision, on_the_correction.item) == (number, 1)
    assert (what(on_the_correction), what(mended)) == ([], [])
    assert (beside.decision, what(beside)) == (corrected, ["beside"])
    assert registries.reported(number) == {"JP": 600, "MN": 399}


def test_two_corrections_in_one_text_are_told_apart(registries: Registries) -> None:
    first, second = registries.decide(), registries.decide()
    item = {"kind": "correction", "title": "Boilers", "item": 1} | CORRECTED
    corrected = registries.decide(item | {"decision": second}, item | {"decision": first})

    one = registries.report(corrected, report="R1", item=1, amount=399)
    two = registries.report(corrected, report="R2", item=2, amount=399)

    assert (one.decision, two.decision) == (second, first)
    assert (what(one), what(two)) == ([], [])
