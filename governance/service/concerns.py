"""What each side should look after: terms that end, keys without a second one or an answer.

All of it is shown, and bars nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from aggregates.committee.deadlines import of_people
from aggregates.committee.state import CommitteeState
from policies.proof.roll_call import called
from policies.proof.roster import Person, Roster
from policies.sides import Role

WITHIN = 90
"""Days ahead that are looked at unless somebody says otherwise."""
_WITH_KEYS = (Role.CO_CHAIR, Role.ALTERNATE, Role.REGISTRY)
"""Whoever has one of these roles should have a second key, put away."""


class Concern(NamedTuple):
    """Something that a side should look after; `until` is the last day of what ends, if it does."""

    side: str
    about: str
    what: str
    until: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        until = None if self.until is None else self.until.isoformat()
        return {"side": self.side, "about": self.about, "what": self.what, "until": until}


def concerns(state: CommitteeState, today: date, within: int = WITHIN) -> list[Concern]:
    """Return what the sides should look after, each side's most pressing first."""
    found: list[Concern] = []
    for side in state.committee.sides:
        found += _chairs(state.roster, side, today)
        found += _authority(state.roster, side)
        found += _second_keys(state.roster, side, today)
        found += _ending(state.roster, side, today, within)
        found += _unanswered(state, side, today)
    return found


def _keys_of(roster: Roster, person: Person) -> int:
    return sum(p.active for p in roster.keys.values() if p.person == person.person)


def _holders(roster: Roster, side: str, role: Role, day: date) -> list[Person]:
    people = [person for person in roster.people.values() if person.side == side]
    return [person for person in people if role in person.roles(day)]


def _chairs(roster: Roster, side: str, today: date) -> Iterator[Concern]:
    able = {
        role: any(_keys_of(roster, person) for person in _holders(roster, side, role, today))
        for role in (Role.CO_CHAIR, Role.ALTERNATE)
    }
    if able[Role.CO_CHAIR]:
        return
    also = (
        "an alternate can still sign"
        if able[Role.ALTERNATE]
        else "nor an alternate: nothing can be decided"
    )
    yield Concern(side, side, f"no co-chair with a key in use today; {also}")


def _authority(roster: Roster, side: str) -> Iterator[Concern]:
    authority = roster.authorities[side]
    usable = sum(roster.keys[key.keyid].active for key in authority.keys)
    if usable <= authority.threshold:
        yield Concern(
            side,
            side,
            f"its authority has {usable} usable keys and needs {authority.threshold}: with one lost"
            " it can never act again",
        )


def _second_keys(roster: Roster, side: str, today: date) -> Iterator[Concern]:
    for person in roster.people.values():
        held = [role for role in _WITH_KEYS if role in person.roles(today)]
        count = _keys_of(roster, person)
        if person.side == side and held and count < 2:
            word = "no key in use" if count == 0 else "no second key"
            yield Concern(side, person.person, f"{person.name}, {held[0].value}, has {word}")


def _ending(roster: Roster, side: str, today: date, within: int) -> Iterator[Concern]:
    last = today + timedelta(days=within)
    ending = [
        (deadline.due, deadline.about, deadline.clock.partition("/")[2])
        for deadline in of_people(roster)
        if deadline.clock.startswith("term/")
        and today <= deadline.due <= last
        and roster.people[deadline.about].side == side
    ]
    for due, about, role in sorted(ending):
        follows = _holders(roster, side, Role(role), due + timedelta(days=1))
        after = ", ".join(person.name for person in follows if person.person != about)
        then = f"; {after} follows" if after and role == Role.CO_CHAIR else ""
        name = roster.people[about].name
        yield Concern(side, about, f"the term of {name} as {role} ends{then}", due)


def _unanswered(state: CommitteeState, side: str, today: date) -> Iterator[Concern]:
    known = state.roll_calls.get(today.year)
    if known is None:
        return
    for place in called(state.roster, today):
        if place.side == side and place.key.keyid not in known.answered:
            whose = place.person or f"the authority of {side}"
            short = place.key.keyid[:16]
            what = f"key {short}… of {whose} has not answered the roll-call of {today.year}"
            yield Concern(side, place.person or side, what)
