"""Where at the desk what awaits somebody is done."""

from __future__ import annotations

from aggregates.committee.state import CommitteeState, Proposal
from governance.service.awaited import Task

_ELSEWHERE = {"term": "/people", "yearly_meeting": "/meetings"}


def base(state: CommitteeState) -> str:
    """Return below which the desk's pages of a committee stand."""
    return f"/desk/committees/{state.committee.partner}"


def place(task: Task, state: CommitteeState) -> str | None:
    """Return the page on which a task is done; null where none is."""
    case = task.about.removeprefix(f"{task.committee}/C/")
    if case != task.about and case.isdigit():
        return f"{base(state)}/docket/{int(case)}"
    proposal = text_of(task, state)
    if proposal is not None:
        return f"{base(state)}/texts/{proposal.id}"
    where = _ELSEWHERE.get(task.clock.partition("/")[0])
    return None if where is None else base(state) + where


def text_of(task: Task, state: CommitteeState) -> Proposal | None:
    """Return the proposal whose text a task is about; null where it is about none."""
    numbered = (found for found in state.proposals.values() if found.number == task.about)
    return next(numbered, None)
