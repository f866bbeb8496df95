"""What the committee's invariants need; what is closed folds to its number and digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import msgspec
from msgspec.structs import replace

from aggregates.committee.events import InterestDeclared
from aggregates.committee.late import Late
from policies.consensus import Objection, Voices
from policies.government_reports import GovernmentReports
from policies.ground import Ground
from policies.lifecycles.proposal import Stage
from policies.proof.adoption import RulebookInForce
from policies.proof.dsse import Envelope, Signature
from policies.proof.post_quantum import missing_scheme
from policies.proof.reading import read_recorded
from policies.proof.roster import Roster
from policies.proof.statements import Decision
from policies.reports import Reports
from policies.rulebook import Rulebook, RulebookText
from policies.sides import Committee


class Meeting(msgspec.Struct, frozen=True):
    """A meeting that was convened."""

    meeting: str
    date: date
    place: str
    envelope: Envelope


class Said(msgspec.Struct, frozen=True):
    """A signature or assertion on the current text: whose, with which key, and when.

    `assertion` is the digest of an affirmation's envelope; null for a signature.
    """

    person: str
    at: datetime
    keyid: str
    assertion: str | None = None


class Standing(msgspec.Struct, frozen=True):
    """An objection on the current text, with the digest that a new version answers."""

    objection: Objection
    digest: str


class Frozen(msgspec.Struct, frozen=True, dict=True):
    """A fixed text: the envelope that is signed, and what goes with it."""

    envelope: Envelope
    annexes: Mapping[str, str]
    awaited: frozenset[str]
    findings: tuple[str, ...] = ()

    @cached_property
    def decision(self) -> Decision:
        """What the envelope says."""
        return read_recorded(self.envelope, Decision)


class Proposal(msgspec.Struct, frozen=True):
    """A proposal that is not decided yet."""

    id: int
    version: int
    stage: Stage
    content: dict[str, Any]
    number: str | None = None
    text: Frozen | None = None
    distribution: Envelope | None = None
    signatures: tuple[tuple[Said, Signature], ...] = ()
    affirmed: tuple[Said, ...] = ()
    objections: tuple[Standing, ...] = ()
    answers: tuple[str, ...] = ()
    adoption: Envelope | None = None
    known: frozenset[tuple[str, str]] = frozenset()
    relieved: datetime | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.number or f"proposal {self.id}"

    def author(self, digest: str) -> str | None:
        """Return whose assertion of that digest is recorded already."""
        return next((person for name, person in self.known if name == digest), None)

    def voices(self, roster: Roster, rulebook: Rulebook) -> Voices:
        """Return what has been said with keys that still count; people once, at the first time.

        Where the rulebook asks for two schemes, a person has signed when both are there.
        """
        schemes: dict[str, dict[bool, datetime]] = {}
        for said, _signature in self.signatures:
            place = roster.keys[said.keyid]
            if place.active:
                own = schemes.setdefault(said.person, {})
                own.setdefault(place.key.post_quantum, said.at)
        signed: dict[str, datetime] = {}
        in_part: dict[str, str] = {}
        for person, own in schemes.items():
            missing = missing_scheme(own) if rulebook.post_quantum else None
            if missing is not None:
                in_part[person] = missing
            else:
                signed[person] = max(own.values()) if rulebook.post_quantum else min(own.values())
        affirmed: dict[str, datetime] = {}
        for said in self.affirmed:
            if roster.keys[said.keyid].active:
                affirmed.setdefault(said.person, said.at)
        objections = tuple(entry.objection for entry in self.objections)
        return Voices(signed, affirmed, objections, self.relieved, in_part)

    def without_letters_of(self, person: str, at: datetime | None = None) -> Proposal:
        """Let a letter's objection fall, because its author has now signed the contrary."""
        if not self.objections:
            return self
        kept = tuple(
            entry
            for entry in self.objections
            if not (entry.objection.by_letter and entry.objection.person == person)
        )
        return replace(self, objections=kept, relieved=self.relieved if kept else at)


class Called(msgspec.Struct, frozen=True):
    """A year's roll-call: the call's digest, when it went out, and when each key answered."""

    call: str
    at: datetime
    answered: Mapping[str, datetime] = {}


@dataclass
class Past:
    """What grows with everything ever decided, and what few commands ask for."""

    ground: Late[Ground] = field(default_factory=lambda: Late.here(Ground()))
    reserved: Late[dict[str, int | str]] = field(default_factory=lambda: Late.here({}))
    """Every number that was ever given, with its proposal (a count) or its case (a name)."""
    decided: Late[dict[str, str]] = field(default_factory=lambda: Late.here({}))
    """The number of every adopted decision, by its digest."""
    reports: Late[Reports] = field(default_factory=lambda: Late.here(Reports()))
    """Every issuance that the sides' registries have reported."""
    government: Late[GovernmentReports] = field(
        default_factory=lambda: Late.here(GovernmentReports())
    )
    """Everything that the governments have reported under Article 6.2."""


@dataclass
class CommitteeState:
    """One committee, folded from its stream."""

    committee: Committee
    roster: Roster
    in_force: RulebookInForce
    rulebooks: dict[str, RulebookText]
    past: Past = field(default_factory=Past)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    statements: set[str] = field(default_factory=set)
    counts: dict[int, int] = field(default_factory=dict)
    last_proposal: int = 0
    last_case: int = 0
    last_interest: int = 0
    interests: dict[int, InterestDeclared] = field(default_factory=dict)
    last_at: datetime | None = None
    left: dict[str, datetime] = field(default_factory=dict)
    roll_calls: dict[int, Called] = field(default_factory=dict)
    version: int = 0

    @property
    def ground(self) -> Ground:
        """What is decided, by subject: on this a new decision is judged. Not to be changed."""
        return self.past.ground.value

    @property
    def reserved(self) -> dict[str, int | str]:
        """The numbers that were given, with their proposals or cases. Not to be changed."""
        return self.past.reserved.value

    @property
    def reports(self) -> Reports:
        """What the sides' registries have reported. Not to be changed."""
        return self.past.reports.value

    @property
    def government(self) -> GovernmentReports:
        """What the governments have reported. Not to be changed."""
        return self.past.government.value

    @property
    def decided(self) -> dict[str, str]:
        """The numbers of the adopted decisions, by digest. Not to be changed."""
        return self.past.decided.value

    def with_text(self, digest: str) -> Proposal | None:
        """Return the open proposal whose text has this digest."""
        for proposal in self.proposals.values():
            if proposal.text is not None and proposal.text.envelope.digest == digest:
                return proposal
        return None

    def has_decided(self, digest: str) -> bool:
        """Whether a decision is adopted; asked of an open text, nothing of the past is read."""
        return self.with_text(digest) is None and digest in self.decided

    def interests_in(self, proposal: Proposal) -> tuple[InterestDeclared, ...]:
        """Return the declarations about a proposal's items, or the cases that they answer."""
        cases = {answer["case"] for answer in proposal.content.get("cases", [])}
        return tuple(
            said
            for said in self.interests.values()
            if said.proposal == proposal.id or said.case in cases
        )

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force."""
        return self.rulebooks[self.in_force.digest].rulebook

    def rulebook_of(self, decision: Decision) -> Rulebook:
        """Return the rulebook that a decision names, if the committee ever had it in force."""
        return self.rulebooks[decision.rulebook.digest].rulebook
