"""What awaits somebody, as pages show it: until when, and the page on which it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregates.committee.state import CommitteeState
from governance.service.awaited import Task
from governance.service.mine import days_left

ROLL_CALL = "roll-call/"
_ELSEWHERE = {"term": "/people", "yearly_meeting": "/meetings"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A task: the link that does it, or `roll_call`, for which a form asks; `left` are days.

    `roll_call` is false where another key than the one that signed in is to answer.
    """

    committee: str
    about: str
    what: str
    due: date | None
    left: int | None
    overdue: bool
    link: str | None
    roll_call: bool


def shown(task: Task, state: CommitteeState, keyid: str) -> Shown:
    """Return a task of a committee as it is shown to who signed in with a key."""
    return Shown(
        task.committee,
        task.about,
        task.what,
        task.due,
        days_left(task),
        task.overdue,
        _place(task, state),
        task.clock.startswith(ROLL_CALL) and task.clock.endswith(f"/{keyid[:16]}"),
    )


def base(state: CommitteeState) -> str:
    """Return below which the desk's pages of a committee stand."""
    return f"/desk/committees/{state.committee.partner}"


def _place(task: Task, state: CommitteeState) -> str | None:
    """Return the page on which a task is done; null where none is."""
    case = task.about.removeprefix(f"{task.committee}/C/")
    if case != task.about and case.isdigit():
        return f"{base(state)}/docket/{int(case)}"
    for proposal in state.proposals.values():
        if proposal.number == task.about:
            return f"{base(state)}/texts/{proposal.id}"
    where = _ELSEWHERE.get(task.clock.partition("/")[0])
    return None if where is None else base(state) + where
