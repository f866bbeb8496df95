"""Whose a key is, in every committee that is founded here, now: what the rosters say, no more."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from governance.clock import Clock
from governance.service.desk import Desk
from governance.service.snapshots import Snapshots
from policies.calendar import day_of
from policies.cases.keepers import KEEPS
from policies.proof.roster import Person
from policies.sides import Role


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in one committee today, as that person's side has appointed them."""

    committee: str
    side: str
    person: str
    name: str
    roles: frozenset[Role]
    rehearsal: bool = False

    @property
    def sits(self) -> bool:
        """Whether the person is of the committee, and may affirm or object."""
        return any(role.sits for role in self.roles)

    @property
    def keeps(self) -> bool:
        """Whether the person keeps the docket with others, and reads what lies on the table."""
        return bool(self.roles & KEEPS)

    @property
    def signs(self) -> bool:
        """Whether the person's signature is the side's consent."""
        return any(role.signs for role in self.roles)


@dataclass(frozen=True, slots=True)
class _Held:
    """A key in use: whose it is, and where the committee's days are counted."""

    person: Person
    committee: str
    zone: ZoneInfo
    rehearsal: bool

    def seat(self, now: datetime) -> Seat | None:
        person, roles = self.person, self.person.roles(day_of(now, self.zone))
        if not roles:
            return None
        return Seat(self.committee, person.side, person.person, person.name, roles, self.rehearsal)


class Rosters:
    """The rosters of all committees, folded on as the record grows; safe for threads.

    A desk of its own: the one that writes belongs to one writer at a time.
    """

    def __init__(self, writing: Desk, clock: Clock) -> None:
        found = writing.snapshots
        snapshots = found and Snapshots(found.record, found.table, writable=False)
        self._desk = Desk(writing.record, clock, writing.keys, snapshots)
        self._clock = clock
        self._turn = threading.Lock()
        self._at: int | None = None
        self._held: dict[str, list[_Held]] = {}
        self._known: frozenset[str] = frozenset()

    def seats(self, keyid: str) -> tuple[Seat, ...]:
        """Return the seats of a key that is in use, by committee; none for an ended key or term."""
        with self._turn:
            self._bring_up()
            held = self._held.get(keyid, ())
        now = self._clock()
        return tuple(seat for each in held if (seat := each.seat(now)) is not None)

    def keys(self, seat: Seat) -> list[str]:
        """Return the keys in use of a person in a committee."""
        with self._turn:
            self._bring_up()
            return [
                keyid
                for keyid, held in self._held.items()
                if any(
                    (h.committee, h.person.person) == (seat.committee, seat.person) for h in held
                )
            ]

    def known(self) -> frozenset[str]:
        """Return every key that is, or was, a person's somewhere."""
        with self._turn:
            self._bring_up()
            return self._known

    def _bring_up(self) -> None:
        position = self._desk.record.position
        if position == self._at:
            return
        found: dict[str, list[_Held]] = defaultdict(list)
        known = set()
        for code in self._desk.committees():
            state = self._desk.find(code)
            if state is None:  # of some only the past was imported
                continue
            roster, zone = state.roster, state.rulebook.zone
            for keyid, place in roster.keys.items():
                if place.holder != "person" or place.person is None:
                    continue
                known.add(keyid)
                if place.active:
                    person = roster.people[place.person]
                    found[keyid].append(_Held(person, code, zone, roster.rehearsal))
        self._at, self._held, self._known = position, dict(found), frozenset(known)
