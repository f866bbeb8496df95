"""Cases on the committee's table, and off it again."""

from __future__ import annotations

from msgspec.structs import replace

from aggregates.case import decide_papers, decide_table, events
from policies.lifecycles.cases import Stage
from policies.refusals import StepNotAllowedError
from tests.aggregates.docket import (
    Docket,
    documents,
)
from tests.aggregates.room import MEASURE


def off_the_table(docket: Docket, case: str) -> str:
    """Claim that a case lies where it lay before, and return why."""
    state = docket.state(case)
    assert (state.stage, state.tabled, state.is_open) == (Stage.REVIEW, None, True)
    last = docket.events(case)[-1]
    assert isinstance(last, events.CaseUntabled)
    return last.reason


def test_a_proposal_that_is_withdrawn_returns_its_cases(docket: Docket) -> None:
    case = docket.reviewed()
    proposal = docket.propose({"case": case}).proposal
    assert docket.state(case).tabled is not None

    docket.room.withdraw(proposal)

    assert off_the_table(docket, case) == "withdrawn: Taken back."
    assert docket.decide(case).stage is Stage.ACCEPTED


def test_a_proposal_that_lapses_returns_its_cases_whoever_looks_first(docket: Docket) -> None:
    case = docket.reviewed()
    expires = docket.today.replace(year=docket.today.year + 1)
    docket.propose({"case": case}, expires=expires.isoformat())
    docket.on("2027-06-09")

    docket.step(case, lambda s, a: decide_papers.file(s, a, documents("supplemental_document")))

    reasons = [e.reason for e in docket.events(case) if isinstance(e, events.CaseUntabled)]
    assert reasons == ["expired: not adopted by 2027-06-08"]


def test_what_was_decided_otherwise_in_between_returns_the_case(docket: Docket) -> None:
    case = docket.reviewed()
    proposal = docket.propose({"case": case}).proposal
    docket.agree(
        {
            "kind": "project_withdrawal",
            "title": "Boilers in Erdenet",
            "project": "MN001",
            "reason": "The plant is closed.",
        }
    )
    docket.room.stage.engine.proposals.distribute("JP-MN", proposal)
    docket.room.sign(proposal, "jp-hara", "mn-bold")
    docket.later(11).sweep()

    assert off_the_table(docket, case).startswith("conflict: ")


def test_an_adoption_that_decides_something_else_returns_the_case(docket: Docket) -> None:
    case = docket.reviewed()
    adopted = docket.room.adoption(docket.agree(MEASURE))
    assert adopted is not None
    docket.propose({"case": case})
    state = docket.state(case)
    assert state.tabled is not None
    other = replace(adopted, proposal=state.tabled.proposal)

    (returned,) = decide_table.follow(state, other, docket.room.stage.clock.now)

    assert isinstance(returned, events.CaseUntabled)
    assert returned.stage is Stage.REVIEW
    assert returned.reason == f"{adopted.number} decides it otherwise: interim_special_measure"


def test_a_new_version_without_the_case_takes_it_off_and_with_it_keeps_it(
    docket: Docket,
) -> None:
    case, other = docket.reviewed(), docket.reviewed()
    first = docket.propose({"case": case}, {"case": other})

    second = docket.propose({"case": case}, revises=first.proposal)
    tabled = docket.state(case).tabled
    assert tabled is not None
    assert (tabled.proposal, tabled.version, tabled.item) == (first.proposal, second.version, 1)
    assert off_the_table(docket, other) == "version 2 goes on without it"

    docket.propose(revises=first.proposal)
    assert off_the_table(docket, case) == "version 3 goes on without it"


def test_a_draft_holds_its_cases_before_it_is_frozen(docket: Docket) -> None:
    case = docket.reviewed()
    proposals = docket.room.stage.engine.proposals
    drafted = proposals.propose(docket.room.draft({"case": case}), only_draft=True, by=docket.by)
    with docket.refuses(StepNotAllowedError, "lies on the committee's table in proposal"):
        docket.propose({"case": case})

    frozen = proposals.freeze("JP-MN", drafted.proposal, by=docket.by)

    tabled = docket.state(case).tabled
    assert tabled is not None
    assert tabled.number == frozen.number
