"""Requests out, signatures in: plain files that go by e-mail as well as by disk."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aggregates.committee import (
    decide_founding,
    decide_government,
    decide_roll_call,
    decide_voices,
)
from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import frozen
from aggregates.committee.events import (
    DecisionAdopted,
    GovernmentReportRecorded,
    ProposalClosed,
    ReceiptGiven,
    ReportRecorded,
)
from aggregates.committee.government import before_first_transfer
from aggregates.committee.settle import Command
from aggregates.committee.standing import adoption_statement, standing
from aggregates.committee.state import CommitteeState, Frozen, Proposal
from aggregates.event import Event
from governance.service.checkpoints import log_ended, uncovered
from governance.service.desk import Desk
from governance.service.founding import found_committee
from governance.service.reports import report_command, take_report
from governance.service.requests import Request
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.statements import (
    Acknowledgement,
    Adoption,
    Appointment,
    Assertion,
    Decision,
    Engine,
    Founding,
    GovernmentReport,
    RollCall,
    Statement,
)
from policies.refusals import (
    ContextError,
    NotFoundError,
    SealError,
    SignatureNotGenuineError,
    StepNotAllowedError,
)
from policies.rulebook import RulebookText
from policies.texts import require_readable


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
    if isinstance(statement, Acknowledgement):
        events = tuple(take_report(desk, code, envelope))
    elif isinstance(statement, Engine):
        events = tuple(_take_engine(desk, code, envelope))
    elif isinstance(statement, Assertion):
        events = _take_assertion(desk, code, envelope)
    else:
        events = tuple(desk.act(code, _command(statement, envelope)))
    return Submitted(code, _subject(statement), events, _says(desk, statement, events))


def _take_engine(desk: Desk, code: str, envelope: Envelope) -> list[Event]:
    """Record an engine statement, once the keys before it have signed what they can of the log."""
    desk.settle(code)
    for told in desk.turning:
        told(code)
    return desk.act(code, _engine_command(desk, code, envelope))


def _engine_command(desk: Desk, code: str, envelope: Envelope) -> Command:
    def command(state: CommitteeState, acting: Acting) -> list[Event]:
        here = desk.keys.log_hand(code, state.roster.log) is not None
        return decide_founding.state_engine(
            state,
            acting,
            envelope,
            ended=log_ended(desk.record, code),
            uncovered=uncovered(desk.record, code, state.version) if here else 0,
        )

    return command


def foresee(desk: Desk, envelope: Envelope) -> bool:
    """Return whether handing an envelope in would record anything, by what stands now.

    What was due is recorded; of the envelope nothing is. Raises what `submit` would raise.
    """
    statement = read_any(envelope)
    code = statement.committee
    desk.settle(code)
    state = desk.load(code)
    acting = desk.acting(state)
    try:
        return bool(list(_any_command(desk, statement, envelope)(state, acting)))
    except (NotFoundError, StepNotAllowedError):
        if isinstance(statement, Assertion) and _came_before(desk, code, envelope):
            return False
        raise


def _any_command(desk: Desk, statement: Statement, envelope: Envelope) -> Command:
    match statement:
        case Acknowledgement():
            return report_command(desk, envelope)
        case Engine():
            return _engine_command(desk, statement.committee, envelope)
        case Assertion():
            return lambda state, acting: decide_voices.assertion(state, acting, envelope)
    return _command(statement, envelope)


def _command(statement: Statement, envelope: Envelope) -> Command:
    match statement:
        case Appointment():
            return lambda state, acting: decide_founding.appoint(state, acting, envelope)
        case Decision():
            return lambda state, acting: decide_voices.sign(state, acting, envelope)
        case Adoption():
            return lambda state, acting: decide_voices.sign_adoption(state, acting, envelope)
        case GovernmentReport():
            return lambda state, acting: decide_government.report(state, acting, envelope)
        case RollCall():
            return lambda state, acting: decide_roll_call.answer(state, acting, envelope)
    message = f"a {type(statement).__name__.lower()} is made by the record key, not submitted"
    raise ContextError(message)


def _take_assertion(desk: Desk, code: str, envelope: Envelope) -> tuple[Event, ...]:
    """Receive an assertion; one that came before changes nothing, whatever became of its text."""
    try:
        return tuple(
            desk.act(code, lambda state, acting: decide_voices.assertion(state, acting, envelope))
        )
    except (NotFoundError, StepNotAllowedError):
        if _came_before(desk, code, envelope):
            return ()
        raise


def _came_before(desk: Desk, code: str, envelope: Envelope) -> bool:
    """Whether an assertion was received on a text that is no longer open.

    The state keeps no voices of such a text, so the stream is read; only for whoever has genuinely
    signed, so that a stranger cannot ask for that much.
    """
    keys = desk.load(code).roster.keys
    try:
        for signature in envelope.signatures:
            keys[signature.keyid].key.verify(signature.sig, envelope.pae)
    except (KeyError, SignatureNotGenuineError):
        return False
    signers = {keys[signature.keyid].person for signature in envelope.signatures}
    return any(
        isinstance(entry.event, ReceiptGiven)
        and entry.event.assertion is not None
        and entry.event.assertion.digest == envelope.digest
        and signers == {entry.event.person}
        for entry in desk.record.stream(code)
    )


def _subject(statement: Statement) -> str:
    number: Any = getattr(statement, "number", None)
    return str(number or statement.committee)


def _note(desk: Desk, statement: Statement, event: Event) -> str:
    """Return what a registry should know of an issuance that was not transferred first."""
    if not isinstance(event, ReportRecorded):
        return ""
    note = before_first_transfer(desk.load(statement.committee), event)
    return "" if note is None else f"; note: {note}"


def _says(desk: Desk, statement: Statement, events: tuple[Event, ...]) -> str:
    """Say what stands after a submission; every door shows who is awaited."""
    for event in events:
        if isinstance(event, DecisionAdopted):
            return f"{event.number} is adopted on {event.adopted_on}"
        if isinstance(event, ReportRecorded | GovernmentReportRecorded):
            differing = "; ".join(found.detail for found in event.differences)
            word = f"recorded, and differs: {differing}" if differing else "recorded"
            about = "" if event.item is None else f" on {event.decision} item {event.item}"
            return f"report of {event.side}{about} {word}{_note(desk, statement, event)}"
        if isinstance(event, ProposalClosed):
            return f"{event.number} is closed, {event.reason}: {event.detail}"
    if isinstance(statement, Acknowledgement | GovernmentReport):
        return f"report {statement.report} of {statement.side} was recorded before"
    if isinstance(statement, Appointment):
        word = "recorded" if events else "recorded before"
        return f"appointment {statement.seq} of {statement.side} {word}"
    if isinstance(statement, RollCall):
        word = "answered" if events else "had answered already"
        whose = statement.person or f"the authority of {statement.side}"
        return f"roll-call {statement.year}: key {statement.keyid[:16]}… of {whose} {word}"
    if isinstance(statement, Engine):
        word = "recorded" if events else "recorded before"
        return f"engine statement {statement.seq} of {statement.committee} {word}"
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
