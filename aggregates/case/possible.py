"""What could be done to a case now: each step is tried as it would be decided, and not recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aggregates.case import decide_audit, decide_inputs, decide_papers
from aggregates.case.acting import ON_THE_TABLE, Acting, papers_missing, taken
from aggregates.case.state import CaseState
from policies.lifecycles.cases import BY_THE_ENGINE, Step
from policies.refusals import Refusal

_ANYTHING = "-"
"""Stands for what somebody would write."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A step that the lifecycle has at this stage.

    `missing` are kinds of documents that it needs; `hindered` says why it would be refused now.
    """

    step: Step
    missing: tuple[str, ...]
    hindered: str | None


def possible(state: CaseState, acting: Acting) -> tuple[Possible, ...]:
    """Return the steps for which a case waits, in the lifecycle's order.

    The committee's own, and those of time, are left out, but for laying the case on the table. Once
    it lies there, only who may still be heard is.
    """
    steps = state.kind.lifecycle.possible(state.stage)
    by_people = [step for step in steps if step is Step.TABLE or step not in BY_THE_ENGINE]
    if state.tabled is not None:
        by_people = [step for step in by_people if step in ON_THE_TABLE - {Step.TABLE}]
    return tuple(_tried(state, acting, s) for s in by_people if _applies(state, acting, s))


def _tried(state: CaseState, acting: Acting, step: Step) -> Possible:
    hindered = _hindered(state, acting, step)
    if step in _TRIED and hindered is None:
        return Possible(step, (), None)
    return Possible(
        step, papers_missing(state.kind, acting.rulebook, step, state.documents), hindered
    )


def _applies(state: CaseState, acting: Acting, step: Step) -> bool:
    """Whether there is anything, beside the stage, to which a step could be applied."""
    asked = [request for request in state.requests.values() if not request.resolved]
    if step is Step.PUBLISH:
        return state.window is None
    if step is Step.COMMENT:
        window = state.window
        return window is not None and window.opens <= acting.today <= window.closes
    if step is Step.ANSWER:
        return any(not request.answered for request in asked)
    if step is Step.RESOLVE:
        return any(request.answered for request in asked)
    return True


def _opine(state: CaseState, acting: Acting) -> object:
    verified = 0 if state.kind.work == "verification" else None
    return decide_audit.opine(state, acting, "positive", _ANYTHING, documents=(), quantity=verified)


def _withdraw(state: CaseState, acting: Acting) -> object:
    return decide_papers.withdraw(state, acting, _ANYTHING)


_TRIED: Mapping[Step, Callable[[CaseState, Acting], object]] = {
    Step.FIND_COMPLETE: decide_papers.find_complete,
    Step.PUBLISH: decide_inputs.publish,
    Step.OPINE_POSITIVE: _opine,
    Step.WITHDRAW: _withdraw,
}
"""The steps that need more than their stage and what is written."""


def _hindered(state: CaseState, acting: Acting, step: Step) -> str | None:
    try:
        tried = _TRIED.get(step)
        if tried is None:
            taken(state, acting, step)
        else:
            tried(state, acting)
    except Refusal as refusal:
        return str(refusal)
    return None
