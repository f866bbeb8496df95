"""What awaits somebody, as pages show it: until when, and the page on which it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregates.committee.state import CommitteeState
from governance.service.awaited import Task
from governance.service.desk_places import place
from governance.service.mine import days_left

ROLL_CALL = "roll-call/"


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
        place(task, state),
        task.clock.startswith(ROLL_CALL) and task.clock.endswith(f"/{keyid[:16]}"),
    )
