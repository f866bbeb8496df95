"""What is one side's own: who of that side may see it, and who may ask its authority."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from policies.proof.roster import Person, Roster
from policies.refusals import NotEntitledError
from policies.sides import Role

ASKS = frozenset({Role.CO_CHAIR, Role.SECRETARY})
"""Who writes what a side's authority is asked to sign; only the authority's signatures count."""
FOLLOWS = frozenset({Role.REGISTRY, Role.SECRETARY, Role.CO_CHAIR})
"""Who sees how the pushes to a side's registry went: its addresses, and what failed."""


def require_of_side(
    roster: Roster, by: str, day: date, *, side: str, roles: Collection[Role], what: str
) -> Person:
    """Return who acts; refuse whoever holds none of these roles for that side on the day.

    Raises `NotEntitledError`: one side's officer never acts for, nor looks into, the other's.
    """
    person = roster.people.get(by)
    if person is not None and person.side == side and person.roles(day) & frozenset(roles):
        return person
    wanted = ", ".join(role.value for role in Role if role in roles)
    who = by if person is None else f"{person.name} ({person.side})"
    message = f"{what} is for {side}'s own {wanted}; {who} is none of them on {day}"
    raise NotEntitledError(message)
