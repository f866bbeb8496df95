"""Which documents come with a step: what it needs itself, and what the next one would ask for."""

from __future__ import annotations

import pytest

from policies.cases import CASE_KINDS
from policies.lifecycles.cases import Stage, Step
from policies.refusals import StepNotAllowedError
from policies.rulebook import Rulebook, versions

MONGOLIA: Rulebook = versions("MN")[-1].rulebook


@pytest.mark.parametrize(
    ("kind", "step", "stage", "needed_by"),
    [
        ("methodology_proposal", Step.SUBMIT, Stage.NEW, Step.FIND_COMPLETE),
        ("project", Step.SUBMIT_IDEA_NOTE, Stage.NEW, Step.SUBMIT_IDEA_NOTE),
        ("project", Step.SUBMIT, Stage.NEW, Step.PUBLISH),
        ("project", Step.REQUEST, Stage.VALIDATED, Step.FIND_COMPLETE),
        ("issuance_request", Step.SUBMIT, Stage.NEW, Step.OPINE_POSITIVE),
    ],
)
def test_what_the_step_or_the_next_one_needs_is_wanted(
    kind: str, step: Step, stage: Stage, needed_by: Step
) -> None:
    found = CASE_KINDS[kind]
    assert found.required(needed_by, MONGOLIA)
    assert found.wanted(step, stage, MONGOLIA) == found.required(needed_by, MONGOLIA)


def test_what_only_a_withdrawal_would_need_is_not_wanted() -> None:
    project = CASE_KINDS["project"]
    withdrawal = project.required(Step.WITHDRAW, MONGOLIA)
    assert withdrawal
    assert not set(withdrawal) & set(project.wanted(Step.SUBMIT, Stage.NEW, MONGOLIA))


def test_a_step_that_is_not_possible_there_is_refused() -> None:
    with pytest.raises(StepNotAllowedError):
        CASE_KINDS["project"].wanted(Step.REQUEST, Stage.NEW, MONGOLIA)
