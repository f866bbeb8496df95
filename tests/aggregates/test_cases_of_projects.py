"""Days at the secretariat: projects and their credits, from the idea note to the notification."""

from __future__ import annotations

from datetime import date
from typing import Any

from aggregates.case import decide_audit, decide_inputs, decide_papers, events
from governance.service.cases import Hand
from policies.lifecycles.cases import Stage, Step
from policies.refusals import PreconditionError
from tests.aggregates.docket import (
    ALLOCATED,
    CHANGE,
    DESIGNATED,
    PROJECT,
    REQUEST,
    Docket,
    documents,
)


def raises(docket: Docket, case: str, what: Any, text: str) -> None:
    docket.step(case, lambda s, a: decide_audit.raise_request(s, a, what, text))


def answers(docket: Docket, case: str, request: str, text: str) -> None:
    docket.step(case, lambda s, a: decide_audit.answer(s, a, request, text))


def resolves(docket: Docket, case: str, request: str) -> None:
    docket.step(case, lambda s, a: decide_audit.resolve(s, a, request))


def requests(docket: Docket, case: str, kind: str = "project", **asks: Any) -> None:
    papers = docket.papers(kind, Step.REQUEST)
    docket.step(case, lambda s, a: decide_audit.request(s, a, asks, papers))


def validated(docket: Docket) -> str:
    """Return a project with a positive opinion."""
    case = docket.submit(PROJECT, docket.papers("project", Step.PUBLISH))
    docket.hear_the_public(case)
    docket.opine(case)
    return case


def test_a_project_goes_from_its_idea_note_to_its_registration(docket: Docket) -> None:
    noted = {name: part for name, part in PROJECT.items() if name != "asks"}
    papers = docket.papers("project", Step.SUBMIT_IDEA_NOTE)
    case = docket.on("2026-06-15").submit(noted, papers, idea_note=True)
    assert (docket.state(case).number, docket.state(case).awaits) == ("MN_PIN001", "committee")
    assert docket.decide(case).stage is Stage.PLANNED
    assert docket.room.state.ground.numbers >= {"MN_PIN001"}

    # The design document comes, with the project's number; the public is heard.
    docket.on("2026-08-03")
    papers = docket.papers("project", Step.PUBLISH)
    docket.cases.submit_design(case, Hand(docket.by), PROJECT["asks"], papers)
    state = docket.state(case)
    assert (state.number, state.planned, state.stage) == ("MN002", "MN_PIN001", Stage.VALIDATION)
    assert docket.cases.load("MN_PIN001", "JP-MN").case == docket.cases.load("MN002").case
    docket.on("2026-08-04").publish(case)
    docket.on("2026-08-10")
    docket.step(case, lambda s, a: decide_inputs.comment(s, a, "Oyun", "What of noise?"))

    # The entity asks; a negative opinion is no end.
    raises(docket, case, "CAR", "The meter is not calibrated.")
    raises(docket, case, "CL", "Who reads it?")
    raises(docket, case, "FAR", "Calibrate it each year.")
    raises(docket, case, "CAR", "The baseline is of another year.")
    assert list(docket.state(case).requests) == ["CAR1", "CL1", "FAR1", "CAR2"]
    docket.opine(case, "negative")
    for request in ("CAR1", "CL1", "CAR2"):
        answers(docket, case, request, "Done.")
        resolves(docket, case, request)
    docket.on("2026-09-04")
    state = docket.opine(case)
    assert (state.stage, state.awaits) == (Stage.VALIDATED, "participants")

    # The request: incomplete once, then an editorial round.
    requests(docket, case)
    docket.on("2026-09-07")
    docket.step(case, lambda s, a: decide_papers.find_incomplete(s, a, "A page is gone."))
    assert docket.state(case).stage is Stage.VALIDATED
    docket.on("2026-09-14")
    requests(docket, case)
    docket.on("2026-09-16")
    docket.step(case, lambda s, a: decide_papers.find_editorial(s, a, ["kWh, not kW"]))
    assert docket.state(case).awaits == "submitter"
    docket.on("2026-09-18")
    docket.step(case, lambda s, a: decide_papers.correct(s, a, documents("pdd")))
    docket.on("2026-09-21").complete(case)

    state = docket.on("2026-09-25").decide(case)

    assert state.stage is Stage.REGISTERED
    project = docket.room.state.ground.projects["MN002"]
    assert (project.status, project.registered_on) == ("registered", date(2026, 9, 25))


def test_a_project_that_is_withdrawn_is_filed_again_under_a_new_number(docket: Docket) -> None:
    case = validated(docket)
    requests(docket, case)
    form = docket.papers("project", Step.WITHDRAW)
    docket.step(case, lambda s, a: decide_papers.withdraw(s, a, "No money", form))
    assert docket.state(case).stage is Stage.WITHDRAWN

    # The committee notes it; the case has ended before, and does not move.
    docket.agree({"case": case, "outcome": "withdrawn", "reason": "No money"})
    project = docket.room.state.ground.projects["MN002"]
    assert project.status == "registration request withdrawn"
    assert isinstance(docket.events(case)[-1], events.CaseWithdrawn)

    anew = docket.later(60).submit(PROJECT, supersedes="MN002")
    state = docket.state(anew)
    assert (state.number, state.supersedes) == ("MN003", case)


def test_a_project_validated_after_the_entitys_scope_has_ended_is_not_registered(
    docket: Docket,
) -> None:
    until = [{"scope": 1, "until": "2026-06-30"}]
    docket.agree(DESIGNATED | {"title": "Gobi", "validation": until, "verification": until})
    asks = PROJECT["asks"] | {"entity": "TPE-MN-002"}
    case = docket.submit(PROJECT | {"asks": asks}, docket.papers("project", Step.PUBLISH))
    docket.hear_the_public(case)
    docket.on("2026-07-13").opine(case)
    requests(docket, case)
    docket.complete(case)

    proposed = docket.propose({"case": case})
    assert any(
        "TPE-MN-002 may not do validation in scope 1 on 2026-07-13" in said
        for said in proposed.findings
    )
    docket.room.stage.engine.proposals.distribute("JP-MN", proposed.proposal)
    docket.room.sign(proposed.proposal, "jp-hara", "mn-bold")
    docket.later(11).sweep()

    closed = docket.room.closed(proposed.proposal)
    assert closed is not None
    assert closed.reason == "conflict"
    state = docket.state(case)
    assert (state.stage, state.tabled) == (Stage.READY, None)
    assert "MN002" not in docket.room.state.ground.projects


def test_a_registration_is_rejected(docket: Docket) -> None:
    case = validated(docket)
    requests(docket, case)
    docket.complete(case)

    state = docket.decide(case, "rejected", reason="It is registered elsewhere.")

    assert state.stage is Stage.REJECTED
    assert docket.room.state.ground.projects["MN002"].status == "registration rejected"


def verified(docket: Docket, quantity: int = 1000) -> str:
    """Return an issuance request of MN001 whose amount is verified."""
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE)
    case = docket.submit(REQUEST, papers)
    docket.opine(case, "positive", quantity)
    return case


def test_credits_go_from_monitoring_to_the_notification(docket: Docket) -> None:
    papers = docket.papers("issuance_request", Step.OPINE_POSITIVE)
    case = docket.on("2026-07-01").submit(REQUEST, papers)
    assert (docket.state(case).stage, docket.state(case).number) == (Stage.VERIFICATION, None)
    raises(docket, case, "CAR", "A month is missing.")
    answers(docket, case, "CAR1", "Here it is.")
    resolves(docket, case, "CAR1")
    docket.on("2026-07-20").opine(case, "positive", 1200)

    requests(docket, case, "issuance_request", **ALLOCATED)
    docket.step(case, lambda s, a: decide_papers.find_editorial(s, a, ["The period is in UTC"]))
    docket.step(case, lambda s, a: decide_papers.correct(s, a, documents("monitoring_report")))
    docket.complete(case)
    state = docket.on("2026-08-03").decide(case)

    assert state.stage is Stage.NOTIFIED
    (credits,) = docket.room.state.ground.credits_of_project("MN001")
    assert (credits.quantity, credits.amounts) == (1000, {"JP": 600, "MN": 400})
    assert (credits.report, credits.verified) == ("report 1", 1200)


def test_no_more_is_issued_than_was_verified(docket: Docket) -> None:
    case = verified(docket, 999)
    requests(docket, case, "issuance_request", **ALLOCATED)
    docket.complete(case)

    with docket.refuses(PreconditionError, "1,000 is more than the 999 verified"):
        docket.propose({"case": case})


def test_an_issuance_request_is_rejected_and_another_one_filed(docket: Docket) -> None:
    case = verified(docket)
    requests(docket, case, "issuance_request", **ALLOCATED)
    docket.complete(case)
    docket.decide(case, "rejected", reason="The meter was broken.")

    anew = docket.submit(REQUEST, supersedes=case)

    assert docket.state(case).stage is Stage.REJECTED
    assert docket.state(anew).supersedes == case


def test_a_registered_project_is_changed_and_then_withdrawn(docket: Docket) -> None:
    changed = docket.submit(
        CHANGE | {"asks": CHANGE["asks"] | {"new_title": "Boilers in Erdenet and Darkhan"}},
        docket.papers("post_registration_change", Step.FIND_COMPLETE),
    )
    docket.complete(changed)
    assert docket.decide(changed).stage is Stage.ACCEPTED
    assert docket.room.state.ground.projects["MN001"].title == "Boilers in Erdenet and Darkhan"

    again = docket.submit(CHANGE, docket.papers("post_registration_change", Step.FIND_COMPLETE))
    docket.complete(again)
    assert docket.decide(again, "rejected", reason="No new validation.").stage is Stage.REJECTED

    gone = docket.submit(
        CHANGE
        | {
            "kind": "project_withdrawal",
            "asks": {"project": "MN001", "reason": "The plant is closed."},
        },
        docket.papers("project_withdrawal", Step.FIND_COMPLETE),
    )
    docket.complete(gone)
    assert docket.decide(gone).stage is Stage.ACCEPTED
    assert docket.room.state.ground.projects["MN001"].status == "withdrawn"
