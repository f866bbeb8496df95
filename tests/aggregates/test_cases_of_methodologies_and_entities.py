"""Days at the secretariat: methodologies and third-party entities, from submission to outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

from aggregates.case import decide_audit, decide_inputs, decide_papers, events
from aggregates.case.possible import possible
from policies.lifecycles.cases import Stage, Step
from tests.aggregates.docket import (
    ENTITY,
    METHODOLOGY,
    PAPERS,
    REVISION,
    Docket,
    document,
    documents,
)
from tests.aggregates.recorded_steps import taken


def steps(docket: Docket, case: str) -> list[str]:
    """Return the steps that a case went, in people's order."""
    return [step.value for step, _source, _target in taken(docket, case)]


def open_steps(docket: Docket, case: str) -> list[Step]:
    """Return what can be done to a case now."""
    state = docket.state(case)
    return [found.step for found in possible(state, docket.cases.acting_on(state))]


def test_a_methodology_is_proposed_commented_extended_once_and_approved_with_revisions(
    docket: Docket,
) -> None:
    case = docket.on("2026-06-15").submit(METHODOLOGY, PAPERS[:1], received="2026-06-12")
    state = docket.state(case)
    assert (state.case, state.number, state.opened) == (
        "JP-MN/C/001",
        "MN_PM001",
        date(2026, 6, 12),
    )
    assert state.awaits == "secretariat"

    docket.step(case, lambda s, a: decide_papers.file(s, a, PAPERS[1:]))
    docket.on("2026-06-18").complete(case)
    docket.on("2026-06-19").publish(case)
    assert docket.state(case).awaits == "public"
    docket.on("2026-06-24")
    docket.step(case, lambda s, a: decide_inputs.comment(s, a, "Oyun", "What of winters?"))
    docket.on("2026-07-04").sweep()
    state = docket.state(case)
    assert (state.stage, state.entered, state.inputs) == (Stage.ASSESSMENT, date(2026, 7, 3), 1)

    docket.on("2026-08-28")
    state = docket.decide(case, "extended", until="2026-10-01")
    assert (state.stage, state.extended_until) == (Stage.EXTENDED, date(2026, 10, 1))
    state = docket.on("2026-09-22").decide(case, "approved with revisions", version="1.0")

    assert (state.stage, state.awaits, state.is_open) == (Stage.APPROVED, None, False)
    decided = docket.events(case)[-1]
    assert isinstance(decided, events.CaseDecided)
    assert (decided.outcome, decided.on) == ("approved with revisions", date(2026, 9, 22))
    approved = docket.room.state.ground.latest_version("MN_AM002")
    assert approved is not None
    assert approved.origin.decision == decided.decision
    assert steps(docket, case) == [
        "submit",
        "file",
        "find_complete",
        "publish",
        "comment",
        "close_inputs",
        "table",
        "extend",
        "table",
        "accept",
    ]


def test_a_methodology_is_not_approved_and_proposed_anew(docket: Docket) -> None:
    case = docket.assessed()
    state = docket.decide(case, "rejected", reason="The reference emissions lie too high.")
    assert state.stage is Stage.NOT_APPROVED
    decided = docket.events(case)[-1]
    assert isinstance(decided, events.CaseDecided)
    assert decided.reason == "The reference emissions lie too high."

    anew = docket.later(7).submit(METHODOLOGY, PAPERS, supersedes="MN_PM001")

    state = docket.state(anew)
    assert (state.number, state.supersedes) == ("MN_PM002", case)
    assert docket.state(case).stage is Stage.NOT_APPROVED


def test_an_incomplete_methodology_ends_and_comes_back_as_another(docket: Docket) -> None:
    case = docket.submit(METHODOLOGY, PAPERS[:1])
    docket.step(case, lambda s, a: decide_papers.find_incomplete(s, a, "No spreadsheet"))
    found = docket.events(case)[-1]
    assert isinstance(found, events.FoundIncomplete)
    assert found.missing == ("proposed_methodology_spreadsheet",)

    anew = docket.submit(METHODOLOGY, PAPERS, supersedes=case)
    assert docket.state(anew).number == "MN_PM002"


def test_an_approved_methodology_is_revised(docket: Docket) -> None:
    case = docket.submit(REVISION, docket.papers("methodology_revision", Step.FIND_COMPLETE))
    docket.complete(case)
    docket.hear_the_public(case)

    state = docket.decide(case)

    assert state.stage is Stage.APPROVED
    latest = docket.room.state.ground.latest_version("MN_AM001")
    assert latest is not None
    assert latest.version == "2.0"


def applied(docket: Docket, kind: str, title: str, **asks: Any) -> str:
    """Return an application or review that is ready for the committee."""
    filed = ENTITY | {"kind": kind, "title": title, "asks": asks}
    case = docket.submit(filed, documents("tpe_application_form"))
    docket.complete(case)
    return case


def test_an_entity_is_designated_extended_suspended_reinstated_and_withdrawn(
    docket: Docket,
) -> None:
    def entity() -> Any:
        return docket.room.state.ground.entities["TPE-MN-002"]

    name, about = "Steppe Certification", {"number": "TPE-MN-002"}
    one, two = (
        [{"scope": scope, "until": "2030-12-31"}]  # one scope to begin with, another later
        for scope in (1, 3)
    )
    designated = applied(
        docket,
        "tpe_designation",
        name,
        accreditation="ISO 14065",
        validation=one,
        verification=one,
    )
    docket.decide(designated)
    assert entity().name == name

    more = applied(
        docket.later(30), "tpe_scope_extension", name, validation=two, verification=[], **about
    )
    docket.decide(more)
    assert set(entity().validation) == {1, 3}
    assert set(entity().verification) == {1}

    review = applied(
        docket.later(30),
        "tpe_suspension",
        name,
        reason="Its accreditation is under review.",
        **about,
    )
    proposal = docket.propose({"case": review}).proposal
    assert docket.state(review).awaits == "committee"
    assert open_steps(docket, review) == [Step.RESPOND]
    docket.step(
        review,
        lambda s, a: decide_audit.respond(
            s, a, "The review ends in May.", [document("supplemental_document")]
        ),
    )
    docket.room.withdraw(proposal)
    assert open_steps(docket, review) == [Step.FILE, Step.TABLE, Step.WITHDRAW, Step.RESPOND]
    assert docket.decide(review).stage is Stage.ACCEPTED
    assert entity().status == "suspended"
    assert steps(docket, review)[-5:] == ["table", "respond", "untable", "table", "accept"]

    back = applied(
        docket.later(30), "tpe_reinstatement", name, reason="The review has ended.", **about
    )
    docket.decide(back)
    assert entity().status == "designated"

    gone = applied(
        docket.later(30), "tpe_withdrawal", name, reason="It closes.", voluntary=True, **about
    )
    docket.decide(gone)
    assert entity().status == "withdrawn"


def test_an_entity_is_not_designated(docket: Docket) -> None:
    case = docket.submit(ENTITY, documents("tpe_application_form"))
    docket.step(case, lambda s, a: decide_papers.find_editorial(s, a, ["Scope 1 twice"]))
    assert docket.state(case).awaits == "submitter"
    docket.step(case, lambda s, a: decide_papers.correct(s, a, documents("tpe_application_form")))
    docket.complete(case)

    state = docket.decide(case, "rejected", reason="It is not accredited.")

    assert state.stage is Stage.REJECTED
    assert "TPE-MN-002" not in docket.room.state.ground.entities
