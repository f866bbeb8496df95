"""The steps that are recorded of cases, to be held against their tables."""

from __future__ import annotations

from collections.abc import Iterator

from aggregates.case import events
from policies.lifecycles.cases import CaseLifecycle, CaseMove, Stage, Step
from tests.aggregates.docket import (
    Docket,
)


def taken(docket: Docket, case: str) -> Iterator[tuple[Step, Stage, Stage]]:
    """Yield the steps that are recorded of a case, with the stages between which they led."""
    before = Stage.NEW
    for event in docket.events(case):
        yield _step(event), before, event.stage
        before = event.stage


def _step(event: events.CaseEvent) -> Step:
    match event:
        case events.CaseSubmitted(stage=Stage.IDEA_NOTE):
            return Step.SUBMIT_IDEA_NOTE
        case events.OpinionGiven(opinion=opinion):
            return Step.OPINE_POSITIVE if opinion == "positive" else Step.OPINE_NEGATIVE
        case events.CaseDecided(kind=kind):
            if kind == "assessment_extension":
                return Step.EXTEND
            return Step.REJECT if kind.endswith("_rejection") else Step.ACCEPT
    return _STEPS[type(event)]


_STEPS: dict[type[events.CaseEvent], Step] = {
    events.CaseSubmitted: Step.SUBMIT,
    events.DesignSubmitted: Step.SUBMIT_DESIGN,
    events.DocumentsFiled: Step.FILE,
    events.FoundComplete: Step.FIND_COMPLETE,
    events.FoundIncomplete: Step.FIND_INCOMPLETE,
    events.EditorialIssuesFound: Step.FIND_EDITORIAL,
    events.Corrected: Step.CORRECT,
    events.PublishedForInputs: Step.PUBLISH,
    events.InputReceived: Step.COMMENT,
    events.InputsClosed: Step.CLOSE_INPUTS,
    events.ResponseGiven: Step.RESPOND,
    events.RequestRaised: Step.RAISE,
    events.RequestAnswered: Step.ANSWER,
    events.RequestResolved: Step.RESOLVE,
    events.DecisionRequested: Step.REQUEST,
    events.CaseTabled: Step.TABLE,
    events.CaseUntabled: Step.UNTABLE,
    events.CaseWithdrawn: Step.WITHDRAW,
    events.DifferenceExplained: Step.EXPLAIN,
    events.DifferenceReconciled: Step.RECONCILE,
}


def every_move(lifecycle: CaseLifecycle) -> set[tuple[Step, Stage, Stage]]:
    """Return what a table has: each step with its stage and the stage that results."""
    moves: tuple[CaseMove, ...] = lifecycle.moves
    return {(move.step, source, move.target) for move in moves for source in move.sources}
