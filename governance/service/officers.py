"""Who takes a committee's steps, where a door has proven who it is: roles are asked for here.

The operator's command line names nobody (`by` is null) unless it is told to. The desk always names
the person who signed in, as that committee's roster does.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregates.committee.acting import Acting
from aggregates.committee.settle import Command
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.cases.keepers import require_keeper, require_own


def by_keeper(by: str | None, command: Command) -> Command:
    """Let a step that is the committee's be taken by a secretary, or by whoever sits, of a side.

    The command raises `NotEntitledError` for others: a registry, a stranger, an ended term.
    """

    def checked(state: CommitteeState, acting: Acting) -> Iterable[Event]:
        if by is not None:
            require_keeper(state.roster, by, acting.today(state))
        return command(state, acting)

    return checked


def by_own_side(by: str | None, person: str, what: str, command: Command) -> Command:
    """Let a step that speaks for a person be taken by that person, or a secretary of their side.

    The command raises `NotEntitledError` for others, the other side's officers above all.
    """

    def checked(state: CommitteeState, acting: Acting) -> Iterable[Event]:
        if by is not None:
            require_own(state.roster, by, person, acting.today(state), what)
        return command(state, acting)

    return checked
