"""What each kind of statement must keep at its place in a log: the table of kinds.

The same rules as the engine's, as far as a log shows them; each raises a named refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from policies.proof.acknowledging import require_reporter
from policies.proof.adoption import require_of_text
from policies.proof.authority import require_recorded
from policies.proof.chain import Chain
from policies.proof.dsse import Envelope
from policies.proof.log_place import Place, Reported, Said
from policies.proof.reading import require_context
from policies.proof.roll_call import check_answer, check_call
from policies.proof.rules import require_kept, require_sound
from policies.proof.statements import (
    Acknowledgement,
    Adoption,
    Appointment,
    AtMeeting,
    Belonging,
    Call,
    Closed,
    Decision,
    Distribution,
    Engine,
    Founding,
    GovernmentReport,
    OfConvening,
    Receipt,
    RollCall,
    Statement,
)
from policies.refusals import (
    AdoptionRecordError,
    ConsensusMissingError,
    ContextError,
    FoundedAlreadyError,
    LogProofError,
    ReportError,
    SealError,
)
from policies.sides import Seat


@dataclass(frozen=True)
class Kind:
    """How an entry is checked and taken in, and how one that was checked before is taken again."""

    take: Callable[[Place, Envelope, Any], None]
    again: Callable[[Place, Envelope, Any], None]


# Founding, appointments, engine statements


def _found(place: Place, envelope: Envelope, said: Founding) -> None:
    if place.founded is not None:
        message = "a second founding: it would be a second history"
        raise FoundedAlreadyError(message)
    place.begin(Chain.begin(envelope))
    place.rulebook(said.rulebook)


def _found_again(place: Place, envelope: Envelope, _said: Founding) -> None:
    place.begin(Chain.again(envelope))


def _appoint(place: Place, envelope: Envelope, said: Appointment) -> None:
    place.chain.take(envelope)
    place.appoint(said)


def _appoint_again(place: Place, envelope: Envelope, said: Appointment) -> None:
    place.chain.take_again(envelope)
    place.appoint(said)


def _replace(place: Place, envelope: Envelope, said: Engine) -> None:
    """Take an engine statement; where it ends a log, the root must be that of this very tree."""
    place.chain.take(envelope)
    old = said.old_log
    if old is not None and place.tree.root_at(old.size).hex() != old.root:
        message = f"it says that the old log ended with {old.size} entries under another root"
        raise LogProofError(message)
    place.replace_engine()


def _replace_again(place: Place, envelope: Envelope, _said: Engine) -> None:
    place.chain.take_again(envelope)
    place.replace_engine()


# What the record key says


def _recorded(place: Place, envelope: Envelope, said: Belonging) -> None:
    roster = place.chain.roster
    require_context(said, roster.committee.code, roster.founding)
    require_recorded(roster, envelope)


def _distribute(place: Place, envelope: Envelope, said: Distribution) -> None:
    _recorded(place, envelope, said)
    what = said.what
    if isinstance(what, OfConvening):
        known = (what.meeting, what.date) in place.meetings
        about = f"the convening of {what.meeting} on {what.date}"
    else:
        known = what.decision in place.texts or what.decision in place.adopted
        about = f"the text {what.decision[:16]}…"
    if known:
        message = f"{about} went out before, by an earlier entry"
        raise ContextError(message)
    place.distribute(said)


def _receive(place: Place, envelope: Envelope, said: Receipt) -> None:
    """Take a receipt: of one assertion, once, or of a letter, which objects."""
    _recorded(place, envelope, said)
    if (said.assertion is None) == (said.letter is None) or (said.letter and not said.objects):
        message = "a receipt is of an assertion, or of a letter that objects"
        raise ContextError(message)
    if said.decision in place.adopted:
        message = f"a receipt for the text {said.decision[:16]}…, which was adopted before"
        raise ContextError(message)
    if said.assertion in place.assertions:
        message = f"the assertion {str(said.assertion)[:16]}… was received before"
        raise ContextError(message)
    place.receive(said)


def _close(place: Place, envelope: Envelope, said: Closed) -> None:
    _recorded(place, envelope, said)
    for what, known in (
        (said.number, place.numbers.get(said.number)),
        (f"proposal {said.proposal.id}", place.proposals.get(said.proposal.id)),
    ):
        if known is not None:
            message = f"{what} is {known} already, and cannot be given up"
            raise ContextError(message)
    place.close(said)


# Decisions


def _decide(place: Place, envelope: Envelope, said: Decision) -> None:
    """Hold what a decision says of the log against it; its signatures count at its adoption."""
    committee = place.chain.roster.committee.code
    require_context(said, committee, place.chain.roster.founding)
    if not said.number.startswith(f"{committee}/"):
        message = f"{said.number} is no number of {committee}"
        raise ContextError(message)
    if "en" not in said.text:
        message = "the decision has no text in English, the working language"
        raise SealError(message)
    for what, known in (
        (said.number, place.numbers.get(said.number)),
        (f"proposal {said.proposal.id}", place.proposals.get(said.proposal.id)),
    ):
        if known is not None:
            message = f"{what} is {known} already"
            raise ContextError(message)
    named = said.checkpoint
    if named is not None and place.tree.root_at(named.size).hex() != named.root:
        message = f"its text names a log of {named.size} entries that this one does not begin with"
        raise LogProofError(message)
    place.pending = (envelope, said)


def _decide_again(place: Place, envelope: Envelope, said: Decision) -> None:
    place.pending = (envelope, said)


def _adopt(place: Place, envelope: Envelope, said: Adoption) -> None:
    """Check a decision by its adoption: signatures, procedure, distribution, voices, rules."""
    if place.pending is None:
        message = "an adoption stands just after its decision"
        raise ContextError(message)
    decision_envelope, decision = place.pending
    chain, name = place.chain, decision_envelope.digest
    adopted = chain.take_decision(decision_envelope, envelope)
    sent = _sent(place, decision, name)
    require_of_text(sent, decision, name)
    _require_no_objection(place.said.get(name, Said()), adopted.signed, decision.number)
    unknown = set(said.assertions) - place.said.get(name, Said()).affirmed
    if unknown:
        message = (
            f"the adoption names the assertion {min(unknown)[:16]}…, of which no receipt for this"
            " text stands before it"
        )
        raise AdoptionRecordError(message)
    _require_rules(place, decision_envelope, decision, sent)
    place.adopt(decision, name)


def _adopt_again(place: Place, _envelope: Envelope, _said: Adoption) -> None:
    if place.pending is not None:
        envelope, decision = place.pending
        place.chain.put_in_force(decision)
        place.adopt(decision, envelope.digest)


def _sent(place: Place, decision: Decision, name: str) -> Distribution:
    procedure = decision.procedure
    if isinstance(procedure, AtMeeting):
        found = place.meetings.get((procedure.meeting, procedure.date))
    else:
        found = place.texts.get(name)
    if found is None:
        message = f"nothing before it says that the text, or the convening, of {decision.number}"
        raise AdoptionRecordError(f"{message} went out")
    return found


def _require_no_objection(said: Said, signed: tuple[Seat, ...], number: str) -> None:
    """Refuse an adoption while an objection stands; only a letter's falls by its author's word."""
    if said.objected:
        message = f"{number}: the objection {said.objected[0][:16]}… was received, and stands"
        raise ConsensusMissingError(message)
    standing = said.standing([seat.person for seat in signed])
    if standing:
        message = f"{number}: {', '.join(sorted(standing))} objected by letter, and it stands"
        raise ConsensusMissingError(message)


def _require_rules(
    place: Place, envelope: Envelope, decision: Decision, sent: Distribution
) -> None:
    """Hold a decision against its rulebook, and its texts against their digests.

    A text that is not to be had is for the caller to name; all that are there must be right.
    """
    for annex in decision.annexes:
        place.text(annex.digest)
    rulebook = place.rulebook(decision.rulebook)
    if rulebook is not None:
        require_kept(place.chain, envelope, decision, sent, rulebook)
        require_sound(decision, rulebook)


# Reports


def _acknowledge(place: Place, envelope: Envelope, said: Acknowledgement) -> None:
    require_reporter(place.chain.roster, envelope, said)
    _require_new(place.acknowledgements, said)
    place.acknowledgements.take(said)


def _report(place: Place, envelope: Envelope, said: GovernmentReport) -> None:
    require_reporter(place.chain.roster, envelope, said)
    _require_new(place.government, said)
    place.government.take(said)


def _require_new(known: Reported, said: Acknowledgement | GovernmentReport) -> None:
    if (said.side, said.report) in known.names:
        message = f"report {said.report} of {said.side} was made before, with other content"
        raise ReportError(message)
    replaced = None if said.supersedes is None else (said.side, said.supersedes)
    if replaced is not None and (replaced not in known.names or replaced in known.replaced):
        message = f"report {said.report} of {said.side} replaces {said.supersedes}, which is not"
        raise ReportError(f"{message} there, or was replaced before")


# The yearly roll-call


def _call(place: Place, envelope: Envelope, said: Call) -> None:
    check_call(place.chain.roster, envelope)
    if said.year in place.calls:
        message = f"a second roll-call of {said.year}"
        raise ContextError(message)
    place.call(said, envelope.digest)


def _answer(place: Place, envelope: Envelope, said: RollCall) -> None:
    check_answer(place.chain.roster, envelope)
    if place.calls.get(said.year) != said.call:
        message = f"an answer to another roll-call than that of {said.year}"
        raise ContextError(message)


KINDS: dict[type[Statement], Kind] = {
    Founding: Kind(_found, _found_again),
    Appointment: Kind(_appoint, _appoint_again),
    Engine: Kind(_replace, _replace_again),
    Distribution: Kind(_distribute, lambda place, _, said: place.distribute(said)),
    Receipt: Kind(_receive, lambda place, _, said: place.receive(said)),
    Closed: Kind(_close, lambda place, _, said: place.close(said)),
    Decision: Kind(_decide, _decide_again),
    Adoption: Kind(_adopt, _adopt_again),
    Acknowledgement: Kind(
        _acknowledge,
        lambda place, _, said: place.acknowledgements.take(said),
    ),
    GovernmentReport: Kind(_report, lambda place, _, said: place.government.take(said)),
    Call: Kind(_call, lambda place, envelope, said: place.call(said, envelope.digest)),
    RollCall: Kind(_answer, lambda _place, _envelope, _said: None),
}
"""Every kind of statement that a log holds; assertions are not among them."""
