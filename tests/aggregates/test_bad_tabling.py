"""What a docket refuses to lay on the committee's table, by name; nothing of it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from aggregates.case import decide_papers
from policies.refusals import (
    ItemError,
    PreconditionError,
    Refusal,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import (
    BOILERS,
    ENTITY,
    METHODOLOGY,
    PAPERS,
    PROJECT,
    REGISTERED,
    Docket,
    document,
    documents,
)

# The committee's table


def test_a_number_of_a_case_in_a_text_that_does_not_answer_it(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, PAPERS)
    docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No money"))
    project = docket.submit(PROJECT)
    docket.step(project, lambda s, a: decide_papers.withdraw(s, a, "No money"))
    number = docket.state(project).number

    with docket.refuses(ItemError, "MN_PM001 was given to the case JP-MN/C/001"):
        docket.propose(BOILERS | {"title": "Pumps", "proposed": "MN_PM001"})
    rejected = {"kind": "methodology_rejection", "number": "MN_PM001", "reason": "Unsound."}
    with docket.refuses(ItemError, "MN_PM001 was given to the case JP-MN/C/001"):
        docket.propose(rejected | {"title": "Pumps"})
    with docket.refuses(ItemError, f"{number} was given to the case JP-MN/C/002"):
        docket.propose(REGISTERED | {"number": number})


def test_a_whole_item_about_an_open_case_waits_for_its_stage(docket: Docket, proposed: str) -> None:
    with docket.refuses(PreconditionError, "JP-MN/C/001 has not been found complete"):
        docket.propose(BOILERS | {"title": "Pumps", "proposed": "MN_PM001"})


def test_the_same_case_in_two_items(docket: Docket) -> None:
    case = docket.assessed()

    with docket.refuses(UnreadableError, "item 2: .* is answered by another item already"):
        docket.propose({"case": case}, {"case": case})
    with docket.refuses(UnreadableError, "item 2: .* is answered by another item already"):
        docket.propose({"case": case}, BOILERS | {"proposed": "MN_PM001"})


def test_the_same_case_in_two_proposals(docket: Docket) -> None:
    case = docket.assessed()
    number = docket.propose({"case": case}).number

    with docket.refuses(StepNotAllowedError, f"lies on the committee's table in {number}"):
        docket.propose({"case": case})


def test_what_lies_on_the_table_is_not_changed_under_the_committees_eyes(docket: Docket) -> None:
    case = docket.assessed()
    number = docket.propose({"case": case}).number

    with docket.refuses(StepNotAllowedError, f"table in {number}; withdraw that first"):
        docket.step(case, lambda s, a: decide_papers.file(s, a, [document("pdd")]))
    with docket.refuses(StepNotAllowedError, f"table in {number}; withdraw that first"):
        docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No money"))


@pytest.mark.parametrize(
    ("said", "refusal", "match"),
    [
        ({"outcome": "maybe"}, UnreadableError, "'maybe' is no outcome"),
        ({"outcome": "withdrawn"}, StepNotAllowedError, "is not withdrawn; withdraw it first"),
        ({"kind": "tpe_withdrawal"}, ItemError, "its item has kind 'methodology_approval'"),
        ({"proposed": "MN_PM009"}, ItemError, "its item has proposed 'MN_PM001'"),
        ({"validation": None}, UnreadableError, "validation"),
    ],
)
def test_an_item_that_says_otherwise_than_its_case(
    docket: Docket, said: dict[str, Any], refusal: type[Refusal], match: str
) -> None:
    case = docket.assessed()

    with docket.refuses(refusal, match):
        docket.propose({"case": case} | said)


def test_an_outcome_that_such_a_case_does_not_have(docket: Docket) -> None:
    case = docket.submit(ENTITY, documents("tpe_application_form"))
    docket.complete(case)

    with docket.refuses(UnreadableError, "the committee has no item by which .* is extended"):
        docket.propose({"case": case, "outcome": "extended"})
    with docket.refuses(UnreadableError, "is accepted or rejected, not approved with revisions"):
        docket.propose({"case": case, "outcome": "approved with revisions"})


def test_a_file_does_not_say_which_cases_its_items_answer(docket: Docket) -> None:
    case = docket.assessed()

    with docket.refuses(UnreadableError, "an item names its case itself"):
        docket.propose(cases=[{"item": 1, "case": case}])


def test_a_request_that_goes_on_is_not_noted_as_taken_back(docket: Docket) -> None:
    case = docket.submit(PROJECT)
    item = {"kind": "registration_request_withdrawal", "title": "Pumps", "reason": "No money"}

    with docket.refuses(StepNotAllowedError, "is not withdrawn; withdraw it first"):
        docket.propose(item | {"number": docket.state(case).number})
