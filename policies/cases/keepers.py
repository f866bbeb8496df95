"""Who may keep the docket: a side's secretary, and whoever sits in the committee."""

from __future__ import annotations

from datetime import date

from policies.proof.roster import Person, Roster
from policies.refusals import NotEntitledError
from policies.sides import Role

KEEPS = frozenset({Role.SECRETARY, Role.MEMBER, Role.CO_CHAIR, Role.ALTERNATE})


def require_own(roster: Roster, by: str | None, person: str, day: date, what: str) -> str:
    """Return who acts; refuse to touch what is somebody else's (`NotEntitledError`).

    It is touched by the person whose it is, or by a secretary of that person's side. One side
    never speaks for the people of the other, nor rewrites what they wrote: as with appointments,
    each changes its own alone. Whoever has left is followed by the secretary of the side.
    """
    actor = require_keeper(roster, by, day)
    owner = roster.people.get(person)
    if owner is None:
        message = f"{person!r} is nobody in the roster of {roster.committee.code}"
        raise NotEntitledError(message)
    secretary = actor.side == owner.side and Role.SECRETARY in actor.roles(day)
    if actor.person != owner.person and not secretary:
        message = (
            f"{what} is {owner.name}'s ({owner.side}): only {owner.name}, or a secretary of"
            f" {owner.side}, may; {actor.name} ({actor.side}) is neither"
        )
        raise NotEntitledError(message)
    return actor.person


def require_keeper(roster: Roster, person: str | None, day: date) -> Person:
    """Return the person; refuse one who has none of these roles that day (`NotEntitledError`).

    Each side appoints its secretaries as it appoints its members; a registry keeps no docket.
    """
    if person is None:
        message = "say who does this: --by PERSON, or JCGOV_PERSON (a person of the roster)"
        raise NotEntitledError(message)
    known = roster.people.get(person)
    if known is None:
        there = ", ".join(sorted(roster.people)) or "nobody"
        code = roster.committee.code
        message = f"{person!r} is nobody in the roster of {code}; there are {there}"
        raise NotEntitledError(message)
    if not known.roles(day) & KEEPS:
        message = (
            f"{known.name} ({known.side}) is neither secretary nor in the committee on {day}; only"
            " they keep the docket"
        )
        raise NotEntitledError(message)
    return known
