"""What members and co-chairs say on a text: signatures, assertions, and letters.

A signature or assertion that is known already changes nothing.
"""

from __future__ import annotations

from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import frozen
from aggregates.committee.events import AdoptionSigned, DecisionSigned, ReceiptGiven
from aggregates.committee.standing import adoption_statement, question_of, standing
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from policies.lifecycles.proposal import Stage, Step, stage_after
from policies.proof.adoption import require_recorder
from policies.proof.dsse import MAX_ENVELOPE, Envelope
from policies.proof.reading import read, require_context
from policies.proof.statements import Adoption, Assertion, AtMeeting, Decision, Letter, Receipt
from policies.refusals import (
    AdoptionRecordError,
    ConsensusMissingError,
    ContextError,
    MeetingNotYetError,
    NotEntitledError,
    NotFoundError,
    StepNotAllowedError,
    TooLargeError,
)
from policies.sides import Role, Seat
from policies.texts import require_readable


def sign(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Record co-chairs' signatures under a decision's text; the text must be the frozen one.

    Raises `NotFoundError`, `ContextError`, `NotEntitledError`, `SignatureNotGenuineError`, or
    `MeetingNotYetError` for a signature before the day of its meeting.
    """
    decision = read(envelope, Decision)
    require_context(decision, state.committee.code, state.roster.founding)
    if state.has_decided(envelope.digest):
        return []
    proposal = _of(state, envelope.digest, decision)
    stage = stage_after(Step.SIGN, proposal.stage, proposal.name)
    today = acting.today(state)
    meeting = decision.procedure
    if isinstance(meeting, AtMeeting) and today < meeting.date:
        message = (
            f"{decision.number}: the meeting is on {meeting.date};"
            " signatures count from that day on: hand them in then"
        )
        raise MeetingNotYetError(message)
    _require_room(proposal, envelope)
    known = {signature.keyid for _said, signature in proposal.signatures}
    events: list[Event] = []
    for seat, keyid in state.roster.signers(envelope, today):
        _require_chair(seat)
        if keyid not in known:
            proposal = proposal.without_letters_of(seat.person)
            signature = next(s for s in envelope.signatures if s.keyid == keyid)
            event = DecisionSigned(
                at=acting.now,
                proposal=proposal.id,
                stage=_relieved(proposal, stage),
                person=seat.person,
                signature=signature,
            )
            events.append(event)
    if not envelope.signatures:
        message = f"{decision.number}: nobody has signed this file"
        raise NotEntitledError(message)
    return events


def _require_room(proposal: Proposal, envelope: Envelope) -> None:
    """Refuse signatures with which the text would no longer be one entry of the log.

    One by ML-DSA-65 takes some 4,600 bytes.
    """
    given = (signature for _said, signature in proposal.signatures)
    size = len(envelope.signed_by(*given).to_bytes())
    if size > MAX_ENVELOPE:
        message = (
            f"with these signatures the text has {size} bytes, and {MAX_ENVELOPE} are allowed: one"
            " co-chair or alternate of each side is enough"
        )
        raise TooLargeError(message)


def sign_adoption(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Record co-chairs' signatures under the adoption record, in place of the record key.

    Raises `ConsensusMissingError` while consensus is not reached, and `AdoptionRecordError` if
    the record says anything else than what follows.
    """
    adoption = read(envelope, Adoption)
    require_context(adoption, state.committee.code, state.roster.founding)
    if state.has_decided(adoption.decision):
        return []
    proposal = _by_digest(state, adoption.decision)
    result = standing(state, proposal, acting.now)
    if not result:
        message = f"{proposal.name} is not agreed: {result.says}"
        raise ConsensusMissingError(message)
    if adoption_statement(state, proposal, result) != adoption:
        message = f"the record does not say how {proposal.name} was agreed; ask for a new one"
        raise AdoptionRecordError(message)
    for seat, _keyid in state.roster.signers(envelope, adoption.adopted_on):
        require_recorder(seat)
    before = proposal.adoption
    merged = envelope
    if before is not None and before.digest == envelope.digest:
        merged = before.signed_by(*envelope.signatures)
    if merged == before or not envelope.signatures:
        return []
    person = state.roster.keys[envelope.signatures[0].keyid].person or ""
    return [AdoptionSigned(at=acting.now, proposal=proposal.id, person=person, adoption=merged)]


def assertion(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Receive a member's signed assertion, and give the receipt.

    Members object until the window ends, co-chairs until adoption; an affirmation counts only
    signed. Raises `NotEntitledError`, `NotFoundError`, `StepNotAllowedError`.
    """
    said = read(envelope, Assertion)
    require_context(said, state.committee.code, state.roster.founding)
    proposal = _by_digest(state, said.decision)
    author = proposal.author(envelope.digest)
    if author is not None and _signed_by(state, envelope, author):
        return []
    signers = state.roster.signers(envelope, acting.today(state))
    if len(signers) != 1:
        message = f"an assertion has one signature, this has {len(signers)}"
        raise NotEntitledError(message)
    if said.reason is not None:
        require_readable(said.reason, "reason")
    seat = signers[0][0]
    if author is not None:
        of = state.roster.people[author].name
        message = f"this assertion is {of}'s; {seat.name} asks for a request of their own"
        raise ContextError(message)
    objects = said.says == "objects"
    return [
        _receipt(
            state,
            acting,
            proposal,
            seat,
            objects=objects,
            reason=said.reason,
            envelope=envelope,
        )
    ]


def _signed_by(state: CommitteeState, envelope: Envelope, person: str) -> bool:
    """Whether nobody but that person has signed, by the keyids."""
    places = (state.roster.keys.get(signature.keyid) for signature in envelope.signatures)
    return all(place is not None and place.person == person for place in places)


def letter(
    state: CommitteeState,
    acting: Acting,
    proposal: Proposal,
    came: Letter,
    *,
    reason: str | None = None,
) -> list[Event]:
    """Record an objection that came by letter; it falls when its author signs the contrary.

    A letter of several members is recorded for each of them.
    """
    if (came.digest, came.person) in proposal.known:
        return []
    if reason is not None:
        require_readable(reason, "reason")
    today = acting.today(state)
    seats = {seat.person: seat for seat in state.roster.seats(today)}
    if came.person not in seats:
        message = f"{came.person!r} holds no seat in the committee on {today}"
        raise NotEntitledError(message)
    seat = seats[came.person]
    return [_receipt(state, acting, proposal, seat, objects=True, reason=reason, letter=came)]


def _receipt(
    state: CommitteeState,
    acting: Acting,
    proposal: Proposal,
    seat: Seat,
    *,
    objects: bool,
    reason: str | None,
    envelope: Envelope | None = None,
    letter: Letter | None = None,
) -> ReceiptGiven:
    step = Step.OBJECT if objects else Step.AFFIRM
    stage = stage_after(step, proposal.stage, proposal.name)
    if objects:
        _require_in_time(state, acting, proposal, seat)
    else:
        stage = _relieved(proposal.without_letters_of(seat.person), stage)
    statement = Receipt(
        committee=state.committee.code,
        founding=state.roster.founding,
        decision=frozen(proposal).envelope.digest,
        assertion=None if envelope is None else envelope.digest,
        letter=letter,
        objects=objects,
        at=acting.now,
    )
    without_key = objects and acting.seal is None
    return ReceiptGiven(
        at=acting.now,
        proposal=proposal.id,
        stage=stage,
        person=seat.person,
        objects=objects,
        reason=reason,
        assertion=envelope,
        letter=None if letter is None else letter.digest,
        receipt=None if without_key else acting.record(statement),
    )


def _relieved(proposal: Proposal, stage: Stage) -> Stage:
    """An objected text is open again when the last letter's author has signed the contrary."""
    if stage is Stage.OBJECTED and not proposal.objections:
        return stage_after(Step.RELIEVE, stage, proposal.name)
    return stage


def _require_in_time(state: CommitteeState, acting: Acting, proposal: Proposal, seat: Seat) -> None:
    closes = question_of(state, proposal, acting.now).closes
    if closes is not None and acting.now >= closes and Role.CO_CHAIR not in seat.roles:
        message = (
            f"the window of {proposal.name} is over; until adoption only a co-chair may object"
        )
        raise StepNotAllowedError(message)


def _require_chair(seat: Seat) -> None:
    if not seat.signs:
        message = (
            f"{seat.name} ({seat.side}) is {seat.title}; decisions are signed by a co-chair or"
            " alternate, members affirm or object"
        )
        raise NotEntitledError(message)


def _of(state: CommitteeState, digest: str, decision: Decision) -> Proposal:
    """Return the proposal with exactly this text, or say what has become of it."""
    for proposal in state.proposals.values():
        if proposal.text is not None and proposal.text.envelope.digest == digest:
            return proposal
        if proposal.number == decision.number:
            message = (
                f"{decision.number} is at version {proposal.version}; the signature is under"
                f" version {decision.proposal.version} and is void"
                if decision.proposal.version != proposal.version
                else f"{decision.number} was frozen with another text than this signature's"
                f" ({digest[:16]}…); ask for the request again"
            )
            raise ContextError(message)
    return _by_digest(state, digest)


def _by_digest(state: CommitteeState, digest: str) -> Proposal:
    proposal = state.with_text(digest)
    if proposal is not None:
        return proposal
    if digest in state.decided:
        message = f"{state.decided[digest]} is adopted; a mistake is corrected by a new decision"
        raise StepNotAllowedError(message)
    message = f"no open text of {state.committee.code} has the digest {digest[:16]}…"
    raise NotFoundError(message)
