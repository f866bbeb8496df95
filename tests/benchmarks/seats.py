"""Who sits in one committee of a history, with which keys, and what its authorities record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from aggregates.committee.events import (
    AppointmentRecorded,
    CommitteeFounded,
    EngineStatementRecorded,
)
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.roster import Roster, take_appointment, take_engine, take_founding
from policies.proof.statements import (
    AddKey,
    AnyAct,
    Appoint,
    Appointment,
    Authority,
    End,
    Engine,
    Founding,
    LogName,
    RetireKey,
    RulebookName,
    Statement,
    Witnesses,
)
from policies.rulebook import RulebookText
from policies.sides import JAPAN, Role, Seat
from tests.benchmarks.signers import Scheme, Signer, envelope_of

_AUTHORITY, _THRESHOLD = 3, 2
_PLACES: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("chair", (Role.CO_CHAIR,)),
    ("deputy", (Role.MEMBER, Role.ALTERNATE)),
    ("member", (Role.MEMBER,)),
    ("registry", (Role.REGISTRY,)),
)
"""The places of each side, in the order of their appointment."""


@dataclass
class Seats:
    """One committee's roster, as the engine folds it, and the hands of everyone in it."""

    seed: int
    code: str
    signers: dict[str, Signer] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[str, str]:
        """Both sides, Japan first."""
        return JAPAN, self.code.removeprefix(f"{JAPAN}-")

    def found(self, text: RulebookText, at: datetime) -> CommitteeFounded:
        """Found the committee by both sides' authorities."""
        founding = Founding(
            committee=self.code,
            sides={
                side: Authority(
                    keys=tuple(hand.record for hand in self._authority(side)),
                    threshold=_THRESHOLD,
                )
                for side in self.sides
            },
            record=self._hand("record-1", "ed25519").record,
            log=LogName(origin=f"jcm.invalid/{self.code}", key=self._hand("log", "ed25519").record),
            witnesses=Witnesses(keys=(), quorum=()),
            rulebook=RulebookName(version=text.version, digest=text.digest),
            rehearsal=True,
        )
        envelope = self._by_authorities(founding, *self.sides)
        self.roster: Roster = take_founding(read(envelope, Founding), envelope.digest)
        self._look(at.date())
        return CommitteeFounded(at=at, envelope=envelope, rulebook=text.text)

    def seat_side(self, side: str, day: date, at: datetime) -> AppointmentRecorded:
        """Appoint everyone of a side."""
        acts = [act for place, _roles in _PLACES for act in self._seating(side, place, day)]
        return self._appoint(side, acts, at)

    def replace_chair(self, side: str, day: date, at: datetime) -> AppointmentRecorded:
        """Appoint a new co-chair in place of the old one, who leaves."""
        old = End(person=self.person(side, "chair"), role=Role.CO_CHAIR)
        return self._appoint(side, [old, *self._seating(side, "chair", day)], at)

    def replace_key(self, side: str, place: str, at: datetime) -> AppointmentRecorded:
        """Give someone a new key in place of the old one."""
        person = self.person(side, place)
        old = self.signers[person].record.keyid
        new = self._new_hand(person)
        acts: list[AnyAct] = [AddKey(person=person, key=new.record), RetireKey(keyid=old)]
        return self._appoint(side, acts, at)

    def add_member(self, side: str, day: date, at: datetime) -> AppointmentRecorded:
        """Appoint one member more."""
        return self._appoint(side, list(self._seating(side, "member", day)), at)

    def replace_record_key(self, at: datetime) -> EngineStatementRecorded:
        """Let both authorities put a new record key in the old one's place."""
        roster, seq = self.roster, self.roster.engine_seq + 1
        statement = Engine(
            committee=self.code,
            founding=roster.founding,
            seq=seq,
            prev=roster.engine_head,
            record=self._hand(f"record-{seq + 1}", "ed25519").record,
            log=roster.log,
            old_log=None,
            witnesses=roster.witnesses,
        )
        envelope = self._by_authorities(statement, *self.sides)
        take_engine(roster, statement, envelope.digest)
        return EngineStatementRecorded(at=at, envelope=envelope)

    def record(self, statement: Statement) -> Envelope:
        """Seal a statement with the record key."""
        envelope = envelope_of(statement)
        hand = self.signers[f"record-{self.roster.engine_seq + 1}"]
        return envelope.signed_by(hand.sign(envelope))

    def person(self, side: str, place: str) -> str:
        """Return who holds a place of a side now."""
        return _person(side, place, self.numbers[f"{side} {place}"])

    # What changes only with the roster

    def _look(self, day: date) -> None:
        self.seats: tuple[Seat, ...] = self.roster.seats(day)
        self.of: dict[str, Seat] = {seat.person: seat for seat in self.seats}
        self.members = tuple(seat.person for seat in self.seats)
        self.digest = self.roster.digest
        self.heads = dict(self.roster.heads)

    # How an appointment is made

    def _appoint(self, side: str, acts: list[AnyAct], at: datetime) -> AppointmentRecorded:
        statement = Appointment(
            committee=self.code,
            founding=self.roster.founding,
            side=side,
            seq=self.roster.seqs[side] + 1,
            prev=self.roster.heads[side],
            acts=tuple(acts),
        )
        envelope = self._by_authorities(statement, side)
        added = (self.signers[act.person] for act in acts if isinstance(act, AddKey))
        envelope = envelope.signed_by(*(hand.sign(envelope) for hand in added))
        take_appointment(self.roster, statement, envelope.digest)
        self._look(max((a.begins for a in acts if isinstance(a, Appoint)), default=at.date()))
        return AppointmentRecorded(at=at, envelope=envelope)

    def _seating(self, side: str, place: str, day: date) -> Iterator[AnyAct]:
        number = self.numbers[f"{side} {place}"] = self.numbers.get(f"{side} {place}", 0) + 1
        person = _person(side, place, number)
        for role in dict(_PLACES)[place]:
            yield Appoint(
                person=person,
                name=f"{place.capitalize()} {number} of {side}",
                role=role,
                begins=day,
                ends=None,
            )
        yield AddKey(person=person, key=self._new_hand(person).record)

    def _new_hand(self, person: str) -> Signer:
        """Make a person's next key: the kinds take turns, so that both are met everywhere."""
        number = self.numbers[person] = self.numbers.get(person, 0) + 1
        scheme: Scheme = "p256" if (number + len(self.signers)) % 2 else "ed25519"
        hand = Signer(self.seed, f"{self.code}/{person}/{number}", scheme)
        self.signers[person] = hand
        return hand

    def _authority(self, side: str) -> list[Signer]:
        schemes: tuple[Scheme, ...] = ("ed25519", "p256", "ed25519")
        return [
            self._hand(f"{side}-authority-{n}", schemes[n % len(schemes)])
            for n in range(_AUTHORITY)
        ]

    def _hand(self, name: str, scheme: Scheme) -> Signer:
        if name not in self.signers:
            self.signers[name] = Signer(self.seed, f"{self.code}/{name}", scheme)
        return self.signers[name]

    def _by_authorities(self, statement: Statement, *sides: str) -> Envelope:
        envelope = envelope_of(statement)
        hands = (hand for side in sides for hand in self._authority(side)[:_THRESHOLD])
        return envelope.signed_by(*(hand.sign(envelope) for hand in hands))


def _person(side: str, place: str, number: int) -> str:
    return f"{side.lower()}-{place}-{number}"
