"""The fold over what sets authority and rules: one for a bundle's chain, a whole log, a mirror.

Founding, appointments, engine statements, and decisions with their adoptions, in the order of the
log; each is checked on what those before it leave, then applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from policies.proof import adoption as rule
from policies.proof.authority import check_appointment, check_engine, check_founding
from policies.proof.checkpoint import LogTerm
from policies.proof.dsse import Envelope
from policies.proof.post_quantum import require_asked_in_chain
from policies.proof.reading import read, read_any, read_recorded, require_context
from policies.proof.roster import Roster, take_appointment, take_engine, take_founding
from policies.proof.statements import (
    AddKey,
    Adoption,
    Appoint,
    Appointment,
    Decision,
    Engine,
    Founding,
)
from policies.refusals import ContextError, SealError
from policies.sides import Seat


@dataclass(frozen=True, slots=True)
class Adopted:
    """A decision that was adopted, and who signed it."""

    decision: Decision
    adoption: Adoption
    signed: tuple[Seat, ...]
    recorder: str


def rulebooks_named(envelopes: Iterable[Envelope]) -> frozenset[str]:
    """Return the digests of the rulebooks that a chain's decisions were taken under."""
    decisions = (e for e in envelopes if e.payload_type == Decision.payload_type)
    return frozenset(read(envelope, Decision).rulebook.digest for envelope in decisions)


@dataclass
class Chain:
    """The roster and the rulebook in force at this place, and who sat under each roster so far.

    `log_terms` are the keys that the log has had, one term after the other; `appointed` says in
    words under which appointment a person sits, and which one added a key.
    """

    roster: Roster
    in_force: rule.RulebookInForce
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    log_terms: list[LogTerm] = field(default_factory=list)
    appointed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, envelope: Envelope) -> Chain:
        """Check a founding and begin with it."""
        check_founding(envelope)
        return cls.again(envelope)

    @classmethod
    def again(cls, envelope: Envelope) -> Chain:
        """Begin with a founding that is checked elsewhere."""
        founding = read_recorded(envelope, Founding)
        roster = take_founding(founding, envelope.digest)
        chain = cls(roster, rule.RulebookInForce(founding.rulebook.digest))
        chain.members[roster.digest] = roster.members
        chain.log_terms.append(LogTerm(roster.log_keys))
        return chain

    @classmethod
    def fold(cls, envelopes: tuple[Envelope, ...], rulebooks: Mapping[str, str]) -> Chain:
        """Check and apply a bundle's chain in its order; any other order is refused.

        A decision stands there only because it set the rulebook, followed by its adoption. It is
        held against the rulebook that it names, whose text is one of `rulebooks`, by digest.
        """
        chain = cls.begin(envelopes[0])
        rest = iter(envelopes[1:])
        for envelope in rest:
            statement = read_any(envelope)
            if not isinstance(statement, Decision):
                chain.take(envelope)
                continue
            follows = next(rest, None)
            if follows is None:
                message = f"{statement.number} is not followed by its adoption"
                raise SealError(message)
            if not rule.rulebook_changes(statement):
                message = f"{statement.number} sets no rulebook and does not belong into the chain"
                raise SealError(message)
            adopted = chain.check_decision(envelope, follows)
            require_asked_in_chain(chain.roster, envelope, adopted.decision, rulebooks)
            chain.put_in_force(adopted.decision)
        return chain

    def take(self, envelope: Envelope) -> None:
        """Check an appointment or engine statement at this place, and apply it."""
        match read_any(envelope):
            case Appointment():
                self._appoint(check_appointment(self.roster, envelope), envelope.digest)
            case Engine():
                self._replace(check_engine(self.roster, envelope), envelope.digest)
            case other:
                message = f"a {type(other).__name__.lower()} does not belong into the chain here"
                raise SealError(message)

    def take_again(self, envelope: Envelope) -> None:
        """Apply an appointment, an engine statement or an adopted decision checked elsewhere."""
        match read_any(envelope):
            case Appointment() as appointment:
                self._appoint(appointment, envelope.digest)
            case Engine() as engine:
                self._replace(engine, envelope.digest)
            case Decision() as decision:
                self.put_in_force(decision)

    def put_in_force(self, decision: Decision) -> None:
        """Put the rulebooks in force that an adopted decision sets."""
        for change in rule.rulebook_changes(decision):
            self.in_force.take(change)

    def check_decision(self, decision_envelope: Envelope, adoption_envelope: Envelope) -> Adopted:
        """Check an adopted decision at this place: keys, both sides, procedure, rulebook."""
        decision = read(decision_envelope, Decision)
        adoption = read(adoption_envelope, Adoption)
        require_context(decision, self.roster.committee.code, self.roster.founding)
        signed = rule.signers(self.roster, decision_envelope, adoption)
        recorder = self.check_consensus(
            decision_envelope, decision, adoption_envelope, adoption, signed=signed
        )
        rule.require_in_force(self.in_force, decision, adoption)
        return Adopted(decision, adoption, signed, recorder)

    def check_consensus(
        self,
        decision_envelope: Envelope,
        decision: Decision,
        adoption_envelope: Envelope,
        adoption: Adoption,
        *,
        signed: tuple[Seat, ...],
    ) -> str:
        """Check that the adoption follows from the signatures; says who recorded it."""
        awaited = self.members.get(decision.roster)
        if awaited is None:
            message = f"{decision.number} names a roster that the chain does not lead to"
            raise ContextError(message)
        rule.require_adoption(
            self.roster, decision_envelope, decision, adoption, signed=signed, awaited=awaited
        )
        return rule.require_adoption_signed(self.roster, adoption_envelope, adoption)

    def take_decision(self, decision_envelope: Envelope, adoption_envelope: Envelope) -> Adopted:
        """Check an adopted decision at this place, and put the rulebooks that it sets in force."""
        adopted = self.check_decision(decision_envelope, adoption_envelope)
        self.put_in_force(adopted.decision)
        return adopted

    def _appoint(self, appointment: Appointment, name: str) -> None:
        take_appointment(self.roster, appointment, name)
        said = f"appointment {appointment.seq} of {appointment.side} ({name[:16]}…)"
        for act in appointment.acts:
            match act:
                case Appoint(person=person):
                    self.appointed[person] = said
                case AddKey(key=key):
                    self.appointed[key.keyid] = said
        self.members[self.roster.digest] = self.roster.members

    def _replace(self, engine: Engine, name: str) -> None:
        take_engine(self.roster, engine, name)
        self.log_terms.append(LogTerm(self.roster.log_keys, engine.old_log))
