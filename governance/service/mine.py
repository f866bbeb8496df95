"""What awaits one person of a committee, and whom else it awaits, for pages that show days left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from governance.service.awaited import Awaited, Task, awaited
from governance.service.cases import Cases
from governance.service.public_inputs import waiting
from policies.cases.keepers import require_keeper

_FAR = date.max


@dataclass(slots=True)
class AwaitedOf:
    """A task with everyone whom it awaits, by name and side."""

    task: Task
    people: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, side and identifier."""


def days_left(task: Task) -> int | None:
    """Return how many days a task has left; below zero when it is overdue."""
    return None if task.due is None else (task.due - task.today).days


def ordered(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks by day, the overdue first, those without a day last."""
    return sorted(tasks, key=lambda t: (t.due or _FAR, t.committee, t.about, t.clock))


def tasks_in(cases: Cases, code: str) -> list[Awaited]:
    """Return what awaits whom in a committee now."""
    desk = cases.desk
    state = desk.load(code)
    acting = desk.acting(state)
    here = acting.seal is not None
    states, held = cases.open_current(code), partial(waiting, cases)
    return list(awaited(state, states, acting.now, record_key=here, held=held))


def mine(found: Iterable[Awaited], side: str, person: str) -> list[Task]:
    """Return what awaits one person, in order."""
    return ordered(t for p, t in found if (p.side, p.person) == (side, person))


def by_task(cases: Cases, code: str, found: Iterable[Awaited], *, by: str) -> list[AwaitedOf]:
    """Return every task with whom it awaits, in order, for whoever keeps the committee's docket.

    Raises `NotEntitledError` for others.
    """
    state = cases.desk.load(code)
    require_keeper(state.roster, by, cases.desk.acting(state).today(state))
    grouped: dict[Task, AwaitedOf] = {}
    for person, task in found:
        entry = grouped.setdefault(task, AwaitedOf(task))
        entry.people.append((person.name, person.side, person.person))
    return [grouped[task] for task in ordered(grouped)]
