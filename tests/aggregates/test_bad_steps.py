"""Steps that a docket refuses: their day, their person, their case, their papers, their words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from aggregates.case import decide_inputs, decide_papers
from governance.service.cases import Hand
from policies.lifecycles.cases import Stage, Step
from policies.refusals import (
    HiddenTextError,
    NotEntitledError,
    NotFoundError,
    PapersMissingError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.docket import (
    ENTITY,
    HIDDEN,
    METHODOLOGY,
    PAPERS,
    PROJECT,
    Docket,
    documents,
)
from tests.aggregates.room import CODE
from tests.aggregates.ways import BY_LIFECYCLE, Walks

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
    case = docket.assessed()
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
