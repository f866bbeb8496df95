"""What a docket refuses, by name; nothing of it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.events import Submitter
from governance.service.cases import Hand, Submission, read_submission
from policies.documents import Document
from policies.lifecycles.cases import Stage, Step
from policies.refusals import (
    DocumentError,
    HiddenTextError,
    ItemError,
    NotEntitledError,
    NotFoundError,
    PapersMissingError,
    PreconditionError,
    Refusal,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import (
    BOILERS,
    CHANGE,
    ENTITY,
    METHODOLOGY,
    PROJECT,
    REGISTERED,
    REQUEST,
    Docket,
    document,
    documents,
)
from tests.aggregates.room import CODE
from tests.aggregates.ways import BY_LIFECYCLE, Walks

PAPERS = documents("proposed_methodology_form", "proposed_methodology_spreadsheet")
HIDDEN = "Heat\u200bpumps"
ZERO_WIDTH = "U\\+200B"


@pytest.fixture
def proposed(docket: Docket) -> str:
    """A methodology that is proposed, with its papers."""
    return docket.submit(METHODOLOGY, PAPERS)


def assessed(docket: Docket, **more: Any) -> str:
    """Return a methodology proposal about which the committee may decide."""
    case = docket.submit(METHODOLOGY, PAPERS, **more)
    docket.complete(case)
    docket.hear_the_public(case)
    return case


# What is handed in


@pytest.mark.parametrize(
    ("more", "refusal", "match"),
    [
        ({"kind": "methodology"}, NotFoundError, "'methodology' is no kind of case; there are"),
        ({"kind": "jc_meeting"}, NotFoundError, "no kind of case"),
        ({"committee": "XX"}, NotFoundError, "JP-XX is not founded here"),
        ({"committee": "Mongolia"}, UnreadableError, "Mongolia"),
        ({"committee": "ID"}, NotFoundError, "JP-ID is not founded here"),
        ({"title": ""}, UnreadableError, "submission.title is empty"),
        ({"title": HIDDEN}, HiddenTextError, ZERO_WIDTH),
        ({"title": "Heat pumps\nand boilers"}, HiddenTextError, "several lines"),
        ({"submitter": {"name": HIDDEN}}, HiddenTextError, ZERO_WIDTH),
        ({"submitter": {"name": " "}}, UnreadableError, "submission.submitter.name is empty"),
        ({"asks": {"number": "MN_AM009"}}, UnreadableError, "asks.number is nothing that"),
        ({"asks": {"proposed": "MN_PM001"}}, UnreadableError, "asks.proposed is nothing that"),
        ({"asks": {"result": "approved"}}, UnreadableError, "asks.result is nothing that"),
        ({"asks": {"scopes": "1"}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"scopes": [0]}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"scopes": [1.5]}}, UnreadableError, "asks.scopes is not well formed"),
        ({"asks": {"version": HIDDEN}}, HiddenTextError, ZERO_WIDTH),
        ({"received": date(2026, 6, 9)}, StepDateError, "2026-06-09 lies in the future"),
        ({"idea_note": True}, StepNotAllowedError, "submit idea note is not possible"),
        ({"supersedes": "C7"}, NotFoundError, "no case 'C7' of JP-MN"),
    ],
)
def test_a_submission_that_cannot_be(
    docket: Docket, more: dict[str, Any], refusal: type[Refusal], match: str
) -> None:
    content = {"committee": "MN"} | METHODOLOGY | more
    content["submitter"] = Submitter(**content["submitter"])

    with docket.refuses(refusal, match):
        docket.cases.submit(Submission(**content), PAPERS, docket.by)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"committee": "MN"},
        METHODOLOGY,
        METHODOLOGY | {"committee": "MN", "stage": "approved"},
        METHODOLOGY | {"committee": "MN", "submitter": "Nomad"},
        METHODOLOGY | {"committee": "MN", "submitter": {"name": "Nomad", "side": 1}},
        METHODOLOGY | {"committee": "MN", "received": "2026-02-30"},
        METHODOLOGY | {"committee": "MN", "asks": [1]},
    ],
)
def test_a_submission_that_is_no_submission(content: Any) -> None:
    with pytest.raises(UnreadableError, match="the submission is not well formed"):
        read_submission(content)


@pytest.mark.parametrize(
    ("content", "member"),
    [(REQUEST, "monitoring_period"), (REQUEST, "project"), (CHANGE, "project")],
)
def test_a_submission_without_what_its_kind_is_about(
    docket: Docket, content: dict[str, Any], member: str
) -> None:
    asks = {name: value for name, value in content["asks"].items() if name != member}

    with docket.refuses(UnreadableError, f"asks.{member} is missing"):
        docket.submit(content | {"asks": asks})


def test_an_idea_note_without_its_form(docket: Docket) -> None:
    with docket.refuses(PapersMissingError, "missing are project_idea_note"):
        docket.submit(PROJECT, idea_note=True)


SECRET = document("pdd", confidential=True)


@pytest.mark.parametrize(
    ("papers", "refusal", "match"),
    [
        ([document("pdd"), document("pdd")], DocumentError, "is listed already"),
        (
            [
                SECRET,
                Document(kind="pdd", title="Annex", version="1.0", public=SECRET.confidential),
            ],
            DocumentError,
            "cannot be both",
        ),
        (
            [Document(kind="pdd", title=HIDDEN, version="1.0", public="0" * 64)],
            HiddenTextError,
            ZERO_WIDTH,
        ),
    ],
)
def test_papers_that_cannot_be_listed(
    docket: Docket, papers: list[Document], refusal: type[Refusal], match: str
) -> None:
    with docket.refuses(refusal, match):
        docket.submit(PROJECT, papers)


def test_a_file_that_is_confidential_is_not_filed_as_public_later(docket: Docket) -> None:
    case = docket.submit(PROJECT, [SECRET])
    shown = Document(kind="pdd", title="Annex", version="1.0", public=SECRET.confidential)

    with docket.refuses(DocumentError, "cannot be both"):
        docket.step(case, lambda s, a: decide_papers.file(s, a, [shown]))


def test_no_paper_where_papers_are_filed(docket: Docket, proposed: str) -> None:
    with docket.refuses(PapersMissingError, "no document is named"):
        docket.step(proposed, lambda s, a: decide_papers.file(s, a, []))


def test_a_submitter_of_neither_side_says_so(docket: Docket) -> None:
    with docket.refuses(UnreadableError, "submitter.side is 'ID'; write JP or MN, or null"):
        docket.submit(METHODOLOGY | {"submitter": {"name": "Nomad", "side": "ID"}})
    case = docket.submit(METHODOLOGY | {"submitter": {"name": "Nomad"}})
    assert docket.state(case).submitter.side is None


# What is taken up again


def test_a_case_that_is_open_is_not_taken_up_again(docket: Docket, proposed: str) -> None:
    with docket.refuses(StepNotAllowedError, "is still open"):
        docket.submit(METHODOLOGY, PAPERS, supersedes=proposed)


def test_a_case_that_was_granted_is_not_taken_up_again(docket: Docket) -> None:
    case = assessed(docket)
    docket.decide(case)

    with docket.refuses(StepNotAllowedError, "is approved; what ended in vain"):
        docket.submit(METHODOLOGY, PAPERS, supersedes=case)


def test_a_case_of_another_kind_is_not_taken_up_again(docket: Docket, proposed: str) -> None:
    docket.step(proposed, lambda s, a: decide_papers.withdraw(s, a, "No money"))

    with docket.refuses(StepNotAllowedError, "is a proposed methodology, not a project"):
        docket.submit(PROJECT, supersedes=proposed)


# When a step was taken


def test_a_step_on_a_day_to_come(docket: Docket, proposed: str) -> None:
    with docket.refuses(StepDateError, "2026-06-09 lies in the future; today is 2026-06-08"):
        docket.step(proposed, decide_papers.find_complete, "2026-06-09")


def test_a_day_that_has_begun_in_ulaanbaatar_is_no_day_to_come(
    docket: Docket, proposed: str
) -> None:
    docket.room.at("2026-06-08 16:30")

    state = docket.step(proposed, decide_papers.find_complete, "2026-06-09")

    assert state.complete_on == date(2026, 6, 9)


def test_a_step_before_the_one_before_it(docket: Docket, proposed: str) -> None:
    docket.on("2026-06-12").complete(proposed)
    docket.on("2026-06-15")

    with docket.refuses(StepDateError, "2026-06-11 lies before its last step, of 2026-06-12"):
        docket.step(proposed, decide_inputs.publish, "2026-06-11")
    assert docket.step(proposed, decide_inputs.publish, "2026-06-12").window is not None


# Who takes it

SECRETARY = ("mn-naran", "Naran Tuya", ("secretary",))
Act = Callable[[Docket, str], object]
ACTS: dict[str, Act] = {
    "a submission": lambda d, _c: d.submit(METHODOLOGY, PAPERS),
    "a step": lambda d, c: d.complete(c),
    "a design": lambda d, c: d.cases.submit_design(c, Hand(d.by), {}, []),
    "a text": lambda d, c: d.propose({"case": c}),
}


@pytest.mark.parametrize(
    ("by", "match"),
    [
        (None, "say who does this"),
        ("jp-nobody", "'jp-nobody' is nobody in the roster of JP-MN"),
        ("", "'' is nobody in the roster"),
    ],
)
@pytest.mark.parametrize("act", ["a submission", "a step"])
def test_a_person_who_is_nobody(docket: Docket, by: Any, match: str, act: str) -> None:
    case = docket.submit(METHODOLOGY, PAPERS)
    docket.by = by

    with docket.refuses(NotEntitledError, match):
        ACTS[act](docket, case)


@pytest.mark.parametrize("by", [None, "jp-nobody"])
def test_a_text_is_laid_on_the_table_by_somebody(docket: Docket, by: Any) -> None:
    case = assessed(docket)
    docket.by = by

    with docket.refuses(NotEntitledError):
        docket.propose({"case": case})


def test_an_idea_note_goes_on_by_somebody(docket: Docket) -> None:
    case = Walks(docket, BY_LIFECYCLE["project"]).go(Stage.PLANNED)
    docket.by = "jp-nobody"

    with docket.refuses(NotEntitledError):
        ACTS["a design"](docket, case)


def test_a_registry_keeps_no_docket(docket: Docket, proposed: str) -> None:
    docket.room.appoint("MN", *docket.room.seat("mn-reg", "Registry", ("registry",)))
    docket.by = "mn-reg"

    with docket.refuses(NotEntitledError, "neither secretary nor in the committee"):
        docket.complete(proposed)


def test_a_secretary_keeps_it_until_the_term_ends_and_not_a_day_longer(
    docket: Docket, proposed: str
) -> None:
    acts = docket.room.seat(*SECRETARY, begins="2026-06-08", until="2026-06-10")
    docket.room.appoint("MN", *acts)
    docket.by = "mn-naran"

    docket.on("2026-06-10").complete(proposed)
    docket.on("2026-06-11")

    with docket.refuses(NotEntitledError, r"Naran Tuya \(MN\) is neither secretary"):
        docket.publish(proposed)
    with docket.refuses(NotEntitledError, r"Naran Tuya \(MN\) is neither secretary"):
        docket.step(proposed, decide_inputs.publish, "2026-06-10")


# Which case


@pytest.mark.parametrize(
    "name", ["JP-MN/C/999", "JP-MN/C/x", "C9", "MN_PM777", "JP-MN", "JP-MN/", ""]
)
def test_a_case_that_is_not_there(docket: Docket, proposed: str, name: str) -> None:
    with docket.refuses(NotFoundError, "no case"):
        docket.cases.load(name, CODE)


def test_a_case_of_another_committee(docket: Docket, proposed: str) -> None:
    docket.room.stage.found("ID")

    with docket.refuses(NotFoundError, "is of JP-MN, and JP-ID is named beside it"):
        docket.cases.load(proposed, "JP-ID")
    with docket.refuses(NotFoundError, "is of JP-ID, and JP-MN is named beside it"):
        docket.propose({"case": "JP-ID/C/001"})


# Documents and the window


def test_papers_that_the_rulebook_wants_are_missing(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, PAPERS[:1])

    with docket.refuses(PapersMissingError, "missing are proposed_methodology_spreadsheet"):
        docket.complete(case)


def test_a_project_is_not_published_without_the_countrys_own_plan(docket: Docket) -> None:
    case = docket.submit(PROJECT, documents("pdd", "modalities_of_communication"))

    with docket.refuses(PapersMissingError, "missing are sd_implementation_plan"):
        docket.publish(case)


def test_inputs_are_taken_from_the_first_to_the_last_day(docket: Docket, proposed: str) -> None:
    docket.complete(proposed)
    docket.on("2026-06-10").publish(proposed)

    def comment(on: str) -> None:
        docket.step(proposed, lambda s, a: decide_inputs.comment(s, a, "Oyun", "Why?"), on)

    with docket.refuses(StepDateError, "2026-06-09 is outside"):
        comment("2026-06-09")
    comment("2026-06-10")
    docket.on("2026-06-24")
    comment("2026-06-24")
    docket.on("2026-07-01")
    comment("2026-06-24")
    with docket.refuses(StepDateError, "inputs are taken from 2026-06-10 to 2026-06-24"):
        comment("2026-06-25")
    assert docket.state(proposed).inputs == 3


@pytest.mark.parametrize(("author", "text"), [("", "Why?"), ("Oyun", " "), ("A\nB", "Why?")])
def test_a_comment_that_says_nothing(docket: Docket, proposed: str, author: str, text: str) -> None:
    docket.complete(proposed)
    docket.publish(proposed)

    with pytest.raises((UnreadableError, HiddenTextError)):
        docket.step(proposed, lambda s, a: decide_inputs.comment(s, a, author, text))
    assert docket.state(proposed).inputs == 0


def test_papers_are_published_once(docket: Docket) -> None:
    papers = docket.papers("project", Step.PUBLISH)
    case = docket.submit(PROJECT, papers)
    docket.publish(case)

    with docket.refuses(StepNotAllowedError, "was published on 2026-06-08 already"):
        docket.publish(case)
    docket.hear_the_public(case)
    with docket.refuses(StepNotAllowedError, "was published on 2026-06-08 already"):
        docket.publish(case)


# Validation and verification


@pytest.fixture
def validating(docket: Docket) -> str:
    """A project whose papers are with the entity, and public."""
    case = docket.submit(PROJECT, docket.papers("project", Step.PUBLISH))
    docket.publish(case)
    return case


def test_no_positive_opinion_before_the_inputs_close(docket: Docket, validating: str) -> None:
    with docket.refuses(StepNotAllowedError, "its papers are open until 2026-07-07"):
        docket.opine(validating)
    docket.on("2026-07-08")
    assert docket.opine(validating).stage == "validated"


def test_no_positive_opinion_of_what_was_never_published(docket: Docket) -> None:
    case = docket.submit(PROJECT)

    with docket.refuses(StepNotAllowedError, "its papers are not published yet"):
        docket.opine(case)


@pytest.mark.parametrize("what", ["CAR", "CL"])
def test_no_positive_opinion_with_an_open_request(
    docket: Docket, validating: str, what: Any
) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, what, "Which meter?"))
    docket.hear_the_public(validating)

    with docket.refuses(StepNotAllowedError, f"{what}1 must be resolved first"):
        docket.opine(validating)
    with docket.refuses(StepNotAllowedError, f"{what}1 is not answered yet"):
        docket.step(validating, lambda s, a: decide_audit.resolve(s, a, f"{what}1"))
    docket.step(validating, lambda s, a: decide_audit.answer(s, a, f"{what}1", "Meter 3."))
    with docket.refuses(StepNotAllowedError, f"{what}1 must be resolved first"):
        docket.opine(validating)


def test_a_request_for_forward_action_waits_for_verification(
    docket: Docket, validating: str
) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "FAR", "Calibrate it"))
    docket.hear_the_public(validating)

    assert docket.opine(validating).stage == "validated"


def test_requests_that_are_none(docket: Docket, validating: str) -> None:
    with docket.refuses(NotFoundError, "has no request 'CAR1'; there are: none"):
        docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CAR1", "Meter 3."))
    with docket.refuses(UnreadableError, "'XAR' is no request; there are CAR, CL, FAR"):
        docket.step(
            validating,
            lambda s, a: decide_audit.raise_request(s, a, "XAR", "?"),  # type: ignore[arg-type]
        )
    with docket.refuses(UnreadableError, "text is empty"):
        docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "CAR", ""))


def test_a_request_that_is_resolved_stays_so(docket: Docket, validating: str) -> None:
    docket.step(validating, lambda s, a: decide_audit.raise_request(s, a, "CL", "Which meter?"))
    docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CL1", "Meter 3."))
    docket.step(validating, lambda s, a: decide_audit.resolve(s, a, "CL1"))

    with docket.refuses(StepNotAllowedError, "CL1 is resolved"):
        docket.step(validating, lambda s, a: decide_audit.answer(s, a, "CL1", "Meter 4."))


def test_an_opinion_that_is_none(docket: Docket, validating: str) -> None:
    with docket.refuses(UnreadableError, "positive or negative, not 'mixed'"):
        docket.opine(validating, "mixed")


def test_an_opinion_of_nobody(docket: Docket) -> None:
    asks = {name: value for name, value in PROJECT["asks"].items() if name != "entity"}
    case = docket.submit(PROJECT | {"asks": asks})

    with docket.refuses(NotFoundError, "names no third-party entity"):
        docket.opine(case, "negative")


@pytest.mark.parametrize(
    ("quantity", "match"),
    [
        (None, "its verification needs the quantity"),
        (-1, "-1 tCO2e cannot be verified"),
        (2**53, "cannot be verified"),
    ],
)
def test_a_verified_quantity_that_cannot_be(
    docket: Docket, quantity: int | None, match: str
) -> None:
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE)
    case = docket.submit(REQUEST, papers)

    with docket.refuses(ItemError, match):
        docket.opine(case, "positive", quantity)


def test_a_validation_verifies_no_quantity(docket: Docket, validating: str) -> None:
    docket.hear_the_public(validating)

    with docket.refuses(ItemError, "its validation has no quantity to be verified"):
        docket.opine(validating, "positive", 1000)


def test_a_request_asks_for_what_was_verified(docket: Docket) -> None:
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE, Step.REQUEST)
    case = docket.submit(REQUEST, papers)
    docket.opine(case, "positive", 1000)

    with docket.refuses(ItemError, "asks.project is 'MN001' since its submission"):
        docket.step(case, lambda s, a: decide_audit.request(s, a, {"project": "MN002"}, []))
    with docket.refuses(ItemError, "asks.entity is 'TPE-MN-001' since its submission"):
        docket.step(case, lambda s, a: decide_audit.request(s, a, {"entity": "TPE-MN-002"}, []))


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
    case = assessed(docket)

    with docket.refuses(UnreadableError, "item 2: .* is answered by another item already"):
        docket.propose({"case": case}, {"case": case})
    with docket.refuses(UnreadableError, "item 2: .* is answered by another item already"):
        docket.propose({"case": case}, BOILERS | {"proposed": "MN_PM001"})


def test_the_same_case_in_two_proposals(docket: Docket) -> None:
    case = assessed(docket)
    number = docket.propose({"case": case}).number

    with docket.refuses(StepNotAllowedError, f"lies on the committee's table in {number}"):
        docket.propose({"case": case})


def test_what_lies_on_the_table_is_not_changed_under_the_committees_eyes(docket: Docket) -> None:
    case = assessed(docket)
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
    case = assessed(docket)

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
    case = assessed(docket)

    with docket.refuses(UnreadableError, "cases are noted here"):
        docket.propose(cases=[{"item": 1, "case": case}])


def test_a_request_that_goes_on_is_not_noted_as_taken_back(docket: Docket) -> None:
    case = docket.submit(PROJECT)
    item = {"kind": "registration_request_withdrawal", "title": "Pumps", "reason": "No money"}

    with docket.refuses(StepNotAllowedError, "is not withdrawn; withdraw it first"):
        docket.propose(item | {"number": docket.state(case).number})


@pytest.mark.parametrize("reason", ["", " \n", HIDDEN])
def test_a_reason_that_says_nothing(docket: Docket, proposed: str, reason: str) -> None:
    refusal = HiddenTextError if reason == HIDDEN else UnreadableError

    with docket.refuses(refusal):
        docket.step(proposed, lambda s, a: decide_papers.withdraw(s, a, reason))
    with docket.refuses(refusal):
        docket.step(proposed, lambda s, a: decide_papers.find_incomplete(s, a, reason))


@pytest.mark.parametrize("issues", [[], [""], ["A unit", " "]])
def test_editorial_issues_that_are_none(docket: Docket, issues: list[str]) -> None:
    case = docket.submit(ENTITY)

    with docket.refuses(UnreadableError):
        docket.step(case, lambda s, a: decide_papers.find_editorial(s, a, issues))
