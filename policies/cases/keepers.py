"""Who may keep the docket: a side's secretary, and whoever sits in the committee."""

from __future__ import annotations

from datetime import date

from policies.proof.roster import Roster
from policies.refusals import NotEntitledError
from policies.sides import Role

KEEPS = frozenset({Role.SECRETARY, Role.MEMBER, Role.CO_CHAIR, Role.ALTERNATE})


def require_keeper(roster: Roster, person: str | None, day: date) -> None:
    """Refuse a person who holds none of these roles on that day (`NotEntitledError`).

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
