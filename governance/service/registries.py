"""Who of a committee looks at what about its registries: one's own side's, or both sides'."""

from __future__ import annotations

from datetime import date

from aggregates.committee.state import CommitteeState
from policies.cases.keepers import KEEPS
from policies.own_side import FOLLOWS, require_of_side
from policies.refusals import NotEntitledError
from policies.sides import Role


def sides_seen(state: CommitteeState, by: str, day: date) -> tuple[str, ...]:
    """Return the sides whose feed, reports and amounts somebody compares, Japan's first.

    Whoever keeps the docket sees both sides, a registry its own alone. Raises `NotEntitledError`
    for others: a stranger, an ended term.
    """
    person = state.roster.people.get(by)
    roles = frozenset[Role]() if person is None else person.roles(day)
    if roles & KEEPS:
        return state.committee.sides
    if person is not None and Role.REGISTRY in roles:
        return (person.side,)
    message = f"{by} is neither of the committee, nor secretary, nor a registry on {day}"
    raise NotEntitledError(message)


def require_pushes(state: CommitteeState, by: str, side: str, day: date) -> None:
    """Refuse who may not see how the pushes to a side's registry went (`NotEntitledError`)."""
    what = f"how the pushes to {side} went"
    require_of_side(state.roster, by, day, side=side, roles=FOLLOWS, what=what)


def sees_pushes(state: CommitteeState, by: str, side: str, day: date) -> bool:
    """Whether somebody may see how the pushes to a side's registry went."""
    try:
        require_pushes(state, by, side, day)
    except NotEntitledError:
        return False
    return True
