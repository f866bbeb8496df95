"""Everything that the docket names has words that people read."""

from __future__ import annotations

from aggregates.case.events import EVENTS
from governance.pages import case_terms
from policies.cases import CASE_KINDS
from policies.lifecycles.cases import Stage


def test_every_kind_stage_and_step_of_a_case_is_named() -> None:
    steps = {event.topic.removeprefix("jcm.").rpartition(".")[0] for event in EVENTS}

    assert case_terms.KINDS.keys() == CASE_KINDS.keys()
    assert case_terms.STAGES.keys() == set(Stage)
    assert case_terms.STEPS.keys() == steps
