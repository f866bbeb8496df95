"""Who may sign at this place in the log: one fold for the engine, the verifier and the mirror.

The order that counts is that of the envelopes: founding, then each side's appointments, each
naming the one before it. `take_…` applies what was accepted and never checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from policies.proof.canonical import canonical, digest
from policies.proof.checkpoint import LogKeys
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.statements import (
    AddKey,
    Appoint,
    Appointment,
    Authority,
    ChangeAuthority,
    CompromiseKey,
    End,
    Engine,
    Founding,
    LogName,
    RetireKey,
    Witnesses,
)
from policies.refusals import NotEntitledError
from policies.sides import Committee, Role, Seat, Term

Holder = Literal["person", "authority", "record", "log", "witness"]


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A key's one place: whose it is, and whether it still counts."""

    key: KeyRecord
    holder: Holder
    side: str | None = None
    person: str | None = None
    active: bool = True
    compromised: bool = False
    disputed_since: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom a side has appointed, with the terms of every role."""

    person: str
    name: str
    side: str
    terms: tuple[tuple[Role, Term], ...] = ()

    def roles(self, day: date) -> frozenset[Role]:
        """Return the roles held on a day; an alternate is one of the members, or none."""
        held = frozenset(role for role, term in self.terms if term.covers(day))
        return held if Role.MEMBER in held else held - {Role.ALTERNATE}

    def signs(self, day: date) -> bool:
        """Whether the signature is the side's consent on a day."""
        return any(role.signs for role in self.roles(day))

    def takes_up(self, day: date) -> bool:
        """Whether the person may sign for the side from that day on, and not the day before."""
        return self.signs(day) and (day == date.min or not self.signs(day - timedelta(days=1)))


@dataclass
class Roster:
    """The state of the fold: people, keys, authorities, the record key, at one place in the log."""

    committee: Committee
    founding: str
    authorities: dict[str, Authority]
    record: KeyRecord
    log: LogName
    witnesses: Witnesses
    rehearsal: bool = False
    people: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, KeyPlace] = field(default_factory=dict)
    heads: dict[str, str | None] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    engine_head: str | None = None
    engine_seq: int = 0
    statements: list[str] = field(default_factory=list)
    _members: frozenset[str] | None = field(default=None, compare=False, repr=False)

    def branch(self) -> Roster:
        """Return a copy that can take statements without touching this one."""
        return replace(
            self,
            authorities=dict(self.authorities),
            people=dict(self.people),
            keys=dict(self.keys),
            heads=dict(self.heads),
            seqs=dict(self.seqs),
            statements=list(self.statements),
        )

    @property
    def log_keys(self) -> LogKeys:
        """With which keys the log signs here, and which witnesses are enough."""
        return LogKeys.of(self.log, self.witnesses)

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical list of the digests of founding and appointments so far."""
        return _digest_of(tuple(self.statements))

    @property
    def members(self) -> frozenset[str]:
        """Everyone appointed to sit, whenever the term: whose answer a text of now awaits."""
        if self._members is None:
            self._members = frozenset(
                person.person
                for person in self.people.values()
                if any(role.sits for role, _term in person.terms)
            )
        return self._members

    def seats(self, day: date) -> tuple[Seat, ...]:
        """Return everyone who sits in the committee on a day, Japan's side first."""
        return tuple(self._seats(day))

    def registry(self, keyid: str, day: date | None) -> Person | None:
        """Return the registry whose active key this is; without a day, whenever its term."""
        place = self.keys.get(keyid)
        if place is None or not place.active or place.person is None:
            return None
        person = self.people[place.person]
        held = (role for role, _ in person.terms) if day is None else person.roles(day)
        return person if Role.REGISTRY in held else None

    def seat_of(self, keyid: str, day: date) -> Seat:
        """Return the seat of a key's holder; raise `NotEntitledError` if the key does not count."""
        place = self.keys.get(keyid)
        if place is None or place.holder != "person" or place.person is None:
            message = f"key {keyid[:16]}… is no key of a person of {self.committee.code}"
            raise NotEntitledError(message)
        person = self.people[place.person]
        if not place.active:
            message = f"this key of {person.name} ({person.side}) is no longer in use"
            raise NotEntitledError(message)
        roles = frozenset(role for role in person.roles(day) if role.sits)
        if not roles:
            message = f"{person.name} ({person.side}) holds no seat in the committee on {day}"
            raise NotEntitledError(message)
        return Seat(person.person, person.name, person.side, roles)

    def signers(self, envelope: Envelope, day: date) -> tuple[tuple[Seat, str], ...]:
        """Return the seats, with keyids, of all signatures of an envelope; each must be genuine.

        Raises `NotEntitledError` or `SignatureNotGenuineError` for the first that is not good.
        """
        found = []
        for signature in envelope.signatures:
            seat = self.seat_of(signature.keyid, day)
            self.keys[signature.keyid].key.verify(signature.sig, envelope.pae)
            found.append((seat, signature.keyid))
        return tuple(found)

    def _seats(self, day: date) -> Iterator[Seat]:
        for side in self.committee.sides:
            for person in self.people.values():
                roles = frozenset(role for role in person.roles(day) if role.sits)
                if person.side == side and roles:
                    yield Seat(person.person, person.name, side, roles)


def take_founding(founding: Founding, name: str) -> Roster:
    """Return the fold's first state, from a founding that was accepted."""
    committee = Committee(founding.committee.removeprefix("JP-"))
    roster = Roster(
        committee=committee,
        founding=name,
        authorities=dict(founding.sides),
        record=founding.record,
        log=founding.log,
        witnesses=founding.witnesses,
        rehearsal=founding.rehearsal,
        heads=dict.fromkeys(committee.sides),
        seqs=dict.fromkeys(committee.sides, 0),
        statements=[name],
    )
    for holder, side, key in founding_keys(founding):
        roster.keys[key.keyid] = KeyPlace(key, holder, side)
    return roster


@lru_cache(maxsize=1024)
def _digest_of(statements: tuple[str, ...]) -> str:
    return digest(canonical(list(statements)))


def take_appointment(roster: Roster, appointment: Appointment, name: str) -> None:
    """Apply an appointment that was accepted."""
    side = appointment.side
    roster.heads[side] = name
    roster.seqs[side] = appointment.seq
    roster.statements.append(name)
    roster._members = None
    for act in appointment.acts:
        match act:
            case Appoint():
                _appoint(roster, side, act)
            case End():
                _end(roster, act)
            case AddKey():
                place = KeyPlace(act.key, "person", side, act.person)
                roster.keys[act.key.keyid] = place
            case RetireKey():
                roster.keys[act.keyid] = replace(roster.keys[act.keyid], active=False)
            case CompromiseKey():
                roster.keys[act.keyid] = replace(
                    roster.keys[act.keyid],
                    active=False,
                    compromised=True,
                    disputed_since=act.since,
                )
            case ChangeAuthority():
                _change_authority(roster, side, act.authority)


def take_engine(roster: Roster, engine: Engine, name: str) -> None:
    """Apply an engine statement that was accepted."""
    for keyid, place in list(roster.keys.items()):
        if place.holder in ("record", "log", "witness"):
            roster.keys[keyid] = replace(place, active=False)
    for holder, key in engine_keys(engine):
        roster.keys[key.keyid] = KeyPlace(key, holder)
    roster.record, roster.log, roster.witnesses = engine.record, engine.log, engine.witnesses
    roster.engine_head, roster.engine_seq = name, engine.seq


def founding_keys(founding: Founding) -> list[tuple[Holder, str | None, KeyRecord]]:
    """Return every key that a founding names, with its holder and side."""
    keys: list[tuple[Holder, str | None, KeyRecord]] = [
        ("authority", side, key)
        for side, authority in founding.sides.items()
        for key in authority.keys
    ]
    keys += [("record", None, founding.record)]
    keys += [("log", None, key) for key in founding.log.keys]
    keys += [("witness", witness.side, witness.key) for witness in founding.witnesses.keys]
    return keys


def engine_keys(engine: Engine) -> list[tuple[Holder, KeyRecord]]:
    """Return every key that an engine statement names, with its holder."""
    keys: list[tuple[Holder, KeyRecord]] = [("record", engine.record)]
    keys += [("log", key) for key in engine.log.keys]
    return keys + [("witness", witness.key) for witness in engine.witnesses.keys]


def _appoint(roster: Roster, side: str, act: Appoint) -> None:
    known = roster.people.get(act.person) or Person(act.person, act.name, side)
    term = (act.role, Term(act.begins, act.ends))
    roster.people[act.person] = replace(known, terms=(*known.terms, term))


def _end(roster: Roster, act: End) -> None:
    """From its place in the log on, the role is not held; past terms stay readable in events."""
    person = roster.people[act.person]
    terms = tuple((role, term) for role, term in person.terms if role is not act.role)
    roster.people[act.person] = replace(person, terms=terms)


def _change_authority(roster: Roster, side: str, authority: Authority) -> None:
    kept = {key.keyid for key in authority.keys}
    for keyid, place in list(roster.keys.items()):
        if place.holder == "authority" and place.side == side and keyid not in kept:
            roster.keys[keyid] = replace(place, active=False)
    for key in authority.keys:
        roster.keys.setdefault(key.keyid, KeyPlace(key, "authority", side))
    roster.authorities[side] = authority
