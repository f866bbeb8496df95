"""Every lifecycle, step by step as its table says, through the service; whatever else is refused.

What is tried follows from the tables: a new step without a way to take it fails here.
"""

from __future__ import annotations

import pytest

from policies.cases import LIFECYCLES
from policies.lifecycles.cases import CaseLifecycle, Stage, Step
from policies.refusals import NotFoundError, StepNotAllowedError
from tests.aggregates.docket import Docket
from tests.aggregates.recorded_steps import every_move, taken
from tests.aggregates.ways import BY_LIFECYCLE, FILED, NO_COMMAND, Walks


@pytest.fixture(params=BY_LIFECYCLE)
def walks(request: pytest.FixtureRequest, docket: Docket) -> Walks:
    return Walks(docket, BY_LIFECYCLE[request.param])


def test_there_is_a_case_for_every_lifecycle() -> None:
    assert FILED.keys() == BY_LIFECYCLE.keys()


def test_every_step_of_the_table_leads_to_its_stage(walks: Walks) -> None:
    for step, source, target in walks.moves():
        case = walks.go(source)
        case = walks.take(step, case)
        assert walks.docket.state(case).stage is target, (step, source)

    recorded = {move for case in walks.opened for move in taken(walks.docket, case)}
    assert recorded == every_move(walks.lifecycle)
    assert {target for _step, _source, target in recorded} | {Stage.NEW} == set(
        walks.lifecycle.stages
    )


def test_every_other_step_is_refused_and_nothing_is_recorded(walks: Walks) -> None:
    lifecycle, docket = walks.lifecycle, walks.docket
    for stage in lifecycle.stages:
        case = walks.go(stage)
        for step in lifecycle.steps:
            if lifecycle.allows(step, stage):
                continue
            if step in NO_COMMAND:
                _cannot_happen(walks, step, case)
                continue
            refusal = StepNotAllowedError if case else NotFoundError
            with docket.refuses(refusal):
                walks.attempt(step, case or "JP-MN/C/999")
        assert not case or docket.state(case).stage is stage


def _cannot_happen(walks: Walks, step: Step, case: str) -> None:
    """Claim that a step that no command takes does not come by itself, and is refused if asked."""
    docket = walks.docket
    stage = docket.state(case).stage if case else Stage.NEW
    record = docket.room.stage.engine.record
    docket.sweep()
    before = record.position
    docket.sweep()
    assert record.position == before
    with pytest.raises(StepNotAllowedError):
        walks.lifecycle.after(step, stage, case)


def test_a_move_that_nobody_takes_is_noticed(docket: Docket) -> None:
    walks = Walks(docket, BY_LIFECYCLE["issuance"])
    case = walks.go(Stage.VERIFIED)

    missed = every_move(walks.lifecycle) - set(taken(docket, case))

    assert (Step.REQUEST, Stage.VERIFIED, Stage.REQUESTED) in missed
    assert (Step.OPINE_POSITIVE, Stage.VERIFICATION, Stage.VERIFIED) not in missed


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda found: found.name)
def test_every_stage_can_be_reached_and_left_or_is_an_end(lifecycle: CaseLifecycle) -> None:
    walks = Walks(None, lifecycle)  # type: ignore[arg-type]  # nothing is done, only planned
    for stage in lifecycle.stages:
        assert stage is lifecycle.first or walks.route(stage)
        assert (stage in lifecycle.ends) == (not lifecycle.possible(stage))
