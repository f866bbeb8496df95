"""Whether one decision is adopted: the rule that the engine keeps and the verifier checks.

The engine calls it before it records an adoption, the verifier on what it is handed; both judge
every signature by the roster at the adoption's place in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.calendar import day_of, last_day
from policies.consensus import consenting, silent_sides
from policies.items.rules import RulebookChange, RulesAdoption, RulesRevision
from policies.proof.authority import require_recorded
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.roster import Roster
from policies.proof.statements import (
    Adoption,
    AtMeeting,
    ByElectronicMeans,
    Decision,
    Distribution,
    OfConvening,
    OfText,
)
from policies.refusals import (
    AdoptionRecordError,
    ConsensusMissingError,
    ContextError,
    NotEntitledError,
    RulebookError,
)
from policies.rulebook import Rulebook
from policies.sides import Role, Seat


@dataclass
class RulebookInForce:
    """Which rulebook is in force, and which open numbers may still use the one before."""

    digest: str
    kept: dict[str, frozenset[str]] = field(default_factory=dict)

    def take(self, change: RulebookChange) -> None:
        """Apply a rules item that was adopted."""
        self.kept[change.previous] = frozenset(change.keeps)
        self.digest = change.digest

    def admits(self, number: str, digest: str) -> bool:
        """Whether a decision of that number may be taken under that rulebook."""
        return digest == self.digest or number in self.kept.get(digest, frozenset())


def rulebook_changes(decision: Decision) -> list[RulebookChange]:
    """Return the rulebooks that a decision puts in force."""
    return [
        item.rulebook
        for item in decision.items
        if isinstance(item, RulesAdoption | RulesRevision) and item.rulebook is not None
    ]


def require_in_force(
    in_force: RulebookInForce, decision: Decision, adoption: Adoption | None = None
) -> None:
    """Refuse a decision taken under a rulebook that is not in force for it.

    Raises `RulebookError`; with an adoption, also when that names another rulebook in force.
    """
    named = decision.rulebook
    if not in_force.admits(decision.number, named.digest):
        message = (
            f"{decision.number} names the rulebook {named.version} ({named.digest[:16]}…), but"
            f" {in_force.digest[:16]}… is in force"
        )
        raise RulebookError(message)
    if adoption is not None and adoption.rulebook != in_force.digest:
        message = f"the adoption names {adoption.rulebook[:16]}… as the rulebook in force"
        raise RulebookError(f"{message}, it is {in_force.digest[:16]}…")
    changes = rulebook_changes(decision)
    if len(changes) > 1:
        message = f"{decision.number} puts {len(changes)} rulebooks in force; a decision sets one"
        raise RulebookError(message)
    for change in changes:
        if change.previous != in_force.digest:
            message = f"the new rulebook replaces {change.previous[:16]}…, which is not in force"
            raise RulebookError(message)


def signers(roster: Roster, decision: Envelope, adoption: Adoption) -> tuple[Seat, ...]:
    """Return the people whose signatures under a decision count on the day of its adoption.

    Every signature must be genuine and of a key and person that count then: a published decision
    carries no other. Raises `NotEntitledError` or `SignatureNotGenuineError`.
    """
    found = roster.signers(decision, adoption.adopted_on)
    for seat, _keyid in found:
        if not seat.signs:
            message = f"{seat.name} ({seat.side}) is {seat.title}, whose signature is no consent"
            raise NotEntitledError(message)
    return tuple({seat.person: seat for seat, _keyid in found}.values())


def require_both_sides(roster: Roster, signed: tuple[Seat, ...], what: str) -> None:
    """Refuse unless a co-chair or alternate of each side is among the signers."""
    consent = consenting(signed, [seat.person for seat in signed])
    silent = silent_sides(roster.committee, consent)
    if silent:
        names = ", ".join(f"{seat.name} ({seat.side})" for seat in signed) or "nobody"
        message = (
            f"{what} is signed by {names}; no co-chair or alternate of {' and '.join(silent)} has"
            " signed, and the other side's signatures do not count for it"
        )
        raise ConsensusMissingError(message)


def require_adoption_signed(roster: Roster, envelope: Envelope, adoption: Adoption) -> str:
    """Refuse an adoption that neither the record key nor a co-chair of each side has signed.

    An alternate may agree for a side, but not vouch that its co-chair did not object. Returns who
    did, in words.
    """
    keyids = [signature.keyid for signature in envelope.signatures]
    if keyids == [roster.record.keyid]:
        require_recorded(roster, envelope)
        return "the record key"
    signed = signers(roster, envelope, adoption)
    for seat in signed:
        require_recorder(seat)
    require_both_sides(roster, signed, "the adoption record")
    return " and ".join(f"{seat.name} ({seat.side})" for seat in signed)


def require_recorder(seat: Seat) -> None:
    """Refuse anyone but a co-chair in place of the record key; raises `NotEntitledError`."""
    if Role.CO_CHAIR not in seat.roles:
        message = (
            f"{seat.name} ({seat.side}) is {seat.title}; in place of the record key an adoption is"
            " recorded by the co-chairs"
        )
        raise NotEntitledError(message)


def require_adoption(
    roster: Roster,
    decision_envelope: Envelope,
    decision: Decision,
    adoption: Adoption,
    *,
    signed: tuple[Seat, ...],
    awaited: frozenset[str],
) -> None:
    """Refuse an adoption that does not follow from the decision and its signatures.

    `awaited` are the members of the roster that the decision names. Raises `AdoptionRecordError`,
    `ConsensusMissingError` or `ContextError`.
    """
    require_context(adoption, decision.committee, decision.founding)
    if adoption.decision != decision_envelope.digest:
        message = f"the adoption is of {adoption.decision[:16]}…, not of this decision"
        raise ContextError(message)
    if adoption.roster != roster.digest or adoption.heads != roster.heads:
        message = "the adoption names another roster than the one at its place"
        raise AdoptionRecordError(message)
    if adoption.assertions != tuple(sorted(set(adoption.assertions))):
        message = "the adoption's assertions must be sorted and each stand once"
        raise AdoptionRecordError(message)
    require_both_sides(roster, signed, "the decision")
    if adoption.adopted_on > decision.expires:
        message = f"adopted on {adoption.adopted_on}, after the text expired on {decision.expires}"
        raise AdoptionRecordError(message)
    _require_path(roster, decision, adoption, signed, awaited)


def require_distributed(
    roster: Roster, envelope: Envelope, decision: Decision, decision_digest: str
) -> Distribution:
    """Refuse a distribution that is not of this text, or not of its meeting.

    A record key that was replaced since counts for what it recorded before.
    """
    distribution = read(envelope, Distribution)
    require_context(distribution, decision.committee, decision.founding)
    _require_record_key(roster, envelope)
    require_of_text(distribution, decision, decision_digest)
    return distribution


def require_of_text(distribution: Distribution, decision: Decision, decision_digest: str) -> None:
    """Refuse (`ContextError`) a distribution that is not of this text, or not of its meeting."""
    match decision.procedure, distribution.what:
        case ByElectronicMeans(distributed=distributed, closes=closes), OfText() as of:
            agrees = (of.decision, of.distributed, of.closes) == (
                decision_digest,
                distributed,
                closes,
            )
        case AtMeeting(meeting=meeting, date=day), OfConvening() as of:
            agrees = (of.meeting, of.date) == (meeting, day)
        case _:
            agrees = False
    if not agrees:
        message = "the distribution is of another text or meeting than the decision's"
        raise ContextError(message)


def require_timely(decision: Decision, distribution: Distribution, rulebook: Rulebook) -> None:
    """Refuse a text that was not open for the rulebook's window, or a meeting convened too late.

    A text goes out on the day that it names; a meeting is convened before its date. Days are those
    of the committee's time zone. The text's expiry is bounded by the rulebook.
    """
    sent = day_of(distribution.at, rulebook.zone)
    match decision.procedure:
        case ByElectronicMeans() as window:
            if sent != window.distributed:
                message = f"the text went out on {sent}, it says {window.distributed}"
                raise AdoptionRecordError(message)
            _require_window(window, rulebook)
            _require_expiry(decision, window.distributed, window.closes, rulebook)
        case AtMeeting(date=day):
            if sent >= day:
                message = f"the meeting of {day} was convened on {sent}, not before its date"
                raise AdoptionRecordError(message)
            _require_expiry(decision, day, sent, rulebook)


def require_all_told(
    roster: Roster, awaited: frozenset[str], distribution: Distribution, rulebook: Rulebook
) -> None:
    """Refuse a text that did not go to every awaited member who sat on the day it went out.

    A meeting may be convened before the roster that a text names; it is convened to both sides.
    """
    told = set(distribution.members)
    if isinstance(distribution.what, OfConvening):
        sides = {roster.people[person].side for person in told if person in roster.people}
        missing = [side for side in roster.committee.sides if side not in sides]
    else:
        day = day_of(distribution.at, rulebook.zone)
        sat = (seat for seat in roster.seats(day) if seat.person in awaited)
        missing = [seat.name for seat in sat if seat.person not in told]
    if missing:
        message = f"it did not go to {', '.join(missing)}"
        raise AdoptionRecordError(message)


def _require_window(window: ByElectronicMeans, rulebook: Rulebook) -> None:
    rules = rulebook.decisions
    closes = last_day(
        window.distributed,
        rules.electronic_window_days.value,
        both_ends_count=rules.electronic_window_both_ends_count.value,
    )
    if window.closes != closes:
        message = (
            f"a window from {window.distributed} closes on {closes} under {rulebook.version}, the"
            f" decision says {window.closes}"
        )
        raise AdoptionRecordError(message)


def _require_expiry(decision: Decision, first: date, after: date, rulebook: Rulebook) -> None:
    days = rulebook.decisions.text_expires_within_days.value
    longest = last_day(first, days, both_ends_count=False)
    if not after < decision.expires <= longest:
        message = f"the text must expire after {after} and by {longest}, not {decision.expires}"
        raise AdoptionRecordError(message)


def _require_path(
    roster: Roster,
    decision: Decision,
    adoption: Adoption,
    signed: tuple[Seat, ...],
    awaited: frozenset[str],
) -> None:
    match decision.procedure, adoption.path:
        case AtMeeting(date=day), "meeting":
            earliest = day
            fits = adoption.adopted_on >= day
        case ByElectronicMeans(closes=closes), "window":
            earliest = closes
            fits = adoption.adopted_on > closes
        case ByElectronicMeans(distributed=distributed), "all_affirmed":
            earliest = distributed
            fits = adoption.adopted_on >= distributed
            _require_all_affirmed(roster, adoption, signed, awaited)
        case procedure, path:
            message = f"the path {path} does not belong to {type(procedure).__name__}"
            raise AdoptionRecordError(message)
    if not fits:
        message = (
            f"adopted on {adoption.adopted_on} by the path {adoption.path}, which cannot be before"
            f" {earliest} has come, or passed"
        )
        raise AdoptionRecordError(message)


def _require_all_affirmed(
    roster: Roster, adoption: Adoption, signed: tuple[Seat, ...], awaited: frozenset[str]
) -> None:
    """As many assertions as there are awaited members who have not signed the text itself.

    What each assertion says is not in a bundle; the verifier lists it as unknown.
    """
    sitting = {seat.person for seat in roster.seats(adoption.adopted_on)}
    silent = (awaited & sitting) - {seat.person for seat in signed}
    if not awaited & sitting or len(adoption.assertions) < len(silent):
        message = (
            f"{len(silent)} awaited members have not signed, and the adoption names"
            f" {len(adoption.assertions)} assertions"
        )
        raise AdoptionRecordError(message)


def _require_record_key(roster: Roster, envelope: Envelope) -> None:
    keyids = [signature.keyid for signature in envelope.signatures]
    place = roster.keys.get(keyids[0]) if len(keyids) == 1 else None
    if place is None or place.holder != "record":
        message = "this must be signed by the committee's record key, and by it alone"
        raise NotEntitledError(message)
    place.key.verify_envelope(envelope)


def annexes_complete(decision: Decision, annexes: Mapping[str, str]) -> bool:
    """Whether exactly the annexes that a decision names are there."""
    return {annex.digest for annex in decision.annexes} == set(annexes)
