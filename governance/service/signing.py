"""Requests out, signatures in: plain files that go by e-mail as well as by disk."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aggregates.committee import decide_founding, decide_voices
from aggregates.committee.decide_proposal import frozen
from aggregates.committee.events import DecisionAdopted, ProposalClosed
from aggregates.committee.settle import Command
from aggregates.committee.standing import adoption_statement, standing
from aggregates.committee.state import CommitteeState, Frozen, Proposal
from aggregates.event import Event
from governance.service.desk import Desk
from governance.service.founding import found_committee
from policies.proof.canonical import canonical, digest, parse_canonical
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.statements import (
    Adoption,
    Appointment,
    Assertion,
    Decision,
    Engine,
    Founding,
    Statement,
)
from policies.refusals import ContextError, SealError, UnreadableError
from policies.rulebook import RulebookText
from policies.texts import require_readable

REQUEST_TYPE = "application/vnd.jcm.request.v1+json"
_MEMBERS = {"mediaType", "envelope", "annexes"}


@dataclass(frozen=True, slots=True)
class Request:
    """What someone is asked to sign, and what lies beside it to be read.

    `decision` is the text that the statement speaks of by its digest, where it is not that text
    itself; `annexes` are what the text names. Neither is signed: each has the digest that is.
    """

    envelope: Envelope
    annexes: dict[str, str]
    decision: Envelope | None = None

    def to_bytes(self) -> bytes:
        """Return the request as a file's bytes."""
        members = {
            "mediaType": REQUEST_TYPE,
            "envelope": self.envelope.to_json(),
            "annexes": self.annexes,
        }
        if self.decision is not None:
            members["decision"] = self.decision.to_json()
        return canonical(members, "the request")

    @classmethod
    def from_bytes(cls, data: bytes, what: str = "the request") -> Request:
        """Read a request, or an envelope that others have signed already.

        `what` names the file in the refusals: `UnreadableError` or `SealError`.
        """
        value = parse_canonical(data.removesuffix(b"\n"), what)
        if isinstance(value, dict) and set(value) == {"payload", "payloadType", "signatures"}:
            return cls(Envelope.from_json(value, what), {})
        if not isinstance(value, dict) or set(value) - {"decision"} != _MEMBERS:
            message = f"{what} is neither a request nor a signature file"
            raise UnreadableError(message)
        if value["mediaType"] != REQUEST_TYPE:
            message = f"{what}: mediaType is {value['mediaType']!r}, expected {REQUEST_TYPE!r}"
            raise UnreadableError(message)
        envelope = Envelope.from_json(value["envelope"], f"{what}: envelope")
        decision = _decision(envelope, value["decision"], what) if "decision" in value else None
        return cls(envelope, _annexes(value["annexes"], what), decision)


def _annexes(annexes: Any, what: str) -> dict[str, str]:
    if not isinstance(annexes, dict) or not all(isinstance(t, str) for t in annexes.values()):
        message = f"{what}: the annexes must be texts by digest"
        raise UnreadableError(message)
    for name, text in annexes.items():
        if digest(text.encode("utf-8")) != name:
            message = f"{what}: annex {name[:16]}… has another digest"
            raise SealError(message)
    return annexes


def _decision(envelope: Envelope, value: Any, what: str) -> Envelope:
    """Return the text beside a statement, which must be the very one that the statement names."""
    decision = Envelope.from_json(value, f"{what}: decision")
    statement = envelope.value
    if not isinstance(statement, dict) or statement.get("decision") != decision.digest:
        message = (
            f"{what}: the decision beside the statement has the digest {decision.digest[:16]}…,"
            " which is not the one that is signed; ask for the whole request again"
        )
        raise SealError(message)
    return decision


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission did: the events, and in words what stands now."""

    committee: str
    subject: str
    events: tuple[Event, ...]
    says: str


def decision_request(proposal: Proposal) -> Request:
    """Return the request to sign a frozen text."""
    text = frozen(proposal)
    return Request(text.envelope.unsigned(), dict(text.annexes))


def adoption_request(desk: Desk, state: CommitteeState, proposal: Proposal) -> Request:
    """Return the request to record an adoption by both co-chairs, in place of the record key."""
    result = standing(state, proposal, desk.acting(state).now)
    return _about(frozen(proposal), adoption_statement(state, proposal, result))


def assertion_request(
    state: CommitteeState, proposal: Proposal, *, objects: bool, reason: str | None
) -> Request:
    """Return the request by which a member affirms, or objects with a reason."""
    text = frozen(proposal)
    require_readable(reason, "reason")
    statement = Assertion(
        committee=state.committee.code,
        founding=state.roster.founding,
        decision=text.envelope.digest,
        says="objects" if objects else "affirms",
        reason=reason,
        nonce=secrets.token_hex(16),
    )
    return _about(text, statement)


def _about(text: Frozen, statement: Statement) -> Request:
    """Return the request to sign a statement about a text, with the text to be read beside it."""
    return Request(statement.envelope(), dict(text.annexes), text.envelope.unsigned())


def merge(envelopes: Iterable[Envelope]) -> list[Envelope]:
    """Return each statement once, in the order of the first file of each, with all its signatures.

    Raises `SealError` if two files hold different signatures of one key.
    """
    merged: dict[str, Envelope] = {}
    for envelope in envelopes:
        known = merged.get(envelope.digest, envelope.unsigned())
        clash = {s.keyid: s for s in known.signatures}
        for signature in envelope.signatures:
            if clash.get(signature.keyid, signature) != signature:
                message = f"two files hold different signatures of key {signature.keyid[:16]}…"
                raise SealError(message)
        merged[envelope.digest] = known.signed_by(*envelope.signatures)
    return list(merged.values())


def submit(
    desk: Desk, envelopes: Iterable[Envelope], rulebook: RulebookText | None = None
) -> Iterator[Submitted]:
    """Take signature files, several of one statement together, and yield each statement's outcome.

    Raises the refusal of the first statement that is not taken; those yielded before it are
    recorded, and those after it are not looked at.
    """
    for envelope in merge(envelopes):
        yield _submit(desk, envelope, rulebook)


def _submit(desk: Desk, envelope: Envelope, rulebook: RulebookText | None) -> Submitted:
    statement = read_any(envelope)
    code = statement.committee
    if isinstance(statement, Founding):
        new = found_committee(desk, envelope, rulebook)
        word = "founded" if new else "was founded by this already"
        return Submitted(code, code, (), f"{code} {word}; its founding is {envelope.digest}")
    command = _command(statement, envelope)
    events = tuple(desk.act(code, command))
    return Submitted(code, _subject(statement), events, _says(desk, statement, events))


def _command(statement: Statement, envelope: Envelope) -> Command:
    match statement:
        case Appointment():
            return lambda state, acting: decide_founding.appoint(state, acting, envelope)
        case Engine():
            return lambda state, acting: decide_founding.state_engine(state, acting, envelope)
        case Decision():
            return lambda state, acting: decide_voices.sign(state, acting, envelope)
        case Adoption():
            return lambda state, acting: decide_voices.sign_adoption(state, acting, envelope)
        case Assertion():
            return lambda state, acting: decide_voices.assertion(state, acting, envelope)
    message = f"a {type(statement).__name__.lower()} is made by the record key, not submitted"
    raise ContextError(message)


def _subject(statement: Statement) -> str:
    number: Any = getattr(statement, "number", None)
    return str(number or statement.committee)


def _says(desk: Desk, statement: Statement, events: tuple[Event, ...]) -> str:
    """Say what stands after a submission; every door shows who is awaited."""
    for event in events:
        if isinstance(event, DecisionAdopted):
            return f"{event.number} is adopted on {event.adopted_on}"
        if isinstance(event, ProposalClosed):
            return f"{event.number} is closed, {event.reason}: {event.detail}"
    if isinstance(statement, Appointment):
        word = "recorded" if events else "recorded before"
        return f"appointment {statement.seq} of {statement.side} {word}"
    state = desk.load(statement.committee)
    name = statement.envelope().digest if isinstance(statement, Decision) else None
    name = getattr(statement, "decision", name)
    proposal = None if name is None else state.with_text(name)
    if proposal is not None:
        word = "recorded" if events else "recorded before"
        result = standing(state, proposal, desk.acting(state).now)
        return f"{word}; {proposal.name}: {result.says}"
    if name in state.decided:
        return f"{state.decided[name]} is adopted already; nothing changed"
    return "recorded" if events else "nothing changed"
