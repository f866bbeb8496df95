"""From a draft to a decision: which step leads where, and what has ended stays ended."""

from __future__ import annotations

import pytest

from policies.lifecycles.proposal import PROPOSAL, Stage, Step, stage_after
from policies.refusals import StepNotAllowedError

D, F, O, X = Stage.DRAFTED, Stage.FROZEN, Stage.OPEN, Stage.OBJECTED  # noqa: E741
LEADS: dict[Step, dict[Stage, Stage]] = {
    Step.DRAFT: {D: D},
    Step.FREEZE: {D: F},
    Step.TABLE: {D: O},
    Step.DISTRIBUTE: {F: O},
    Step.SIGN: {F: F, O: O, X: X},
    Step.AFFIRM: {O: O, X: X},
    Step.OBJECT: {O: X, X: X},
    Step.RELIEVE: {X: O},
    Step.REVISE: {D: D, F: D, O: D, X: D},
    Step.ADOPT: {O: Stage.ADOPTED},
    Step.WITHDRAW: {D: Stage.CLOSED, F: Stage.CLOSED, O: Stage.CLOSED, X: Stage.CLOSED},
    Step.LAPSE: {F: Stage.CLOSED, O: Stage.CLOSED, X: Stage.CLOSED},
    Step.CONFLICT: {O: Stage.CLOSED},
}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("stage", Stage)
def test_each_step_is_possible_where_the_rules_of_procedure_have_it(
    step: Step, stage: Stage
) -> None:
    if stage in LEADS[step]:
        assert stage_after(step, stage, "it") is LEADS[step][stage]
    else:
        said = "freeze" if step is Step.TABLE else step.value
        with pytest.raises(StepNotAllowedError, match=f"it is {stage.value}; {said} is not"):
            stage_after(step, stage, "it")


def test_the_table_binds_no_proposal_and_offers_no_step_of_its_own() -> None:
    assert PROPOSAL.machine.models == []
    assert set(PROPOSAL.machine.events) == {step.value for step in Step}
