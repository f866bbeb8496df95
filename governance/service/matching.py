"""Whether events say what their envelopes say: the second half of checking the whole record.

The hash chain has no key: whoever holds the machine could write it anew over other events. What
views read from an event beside its envelopes must therefore follow from the envelopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aggregates.committee import events
from aggregates.event import Event
from policies.government import Authorization
from policies.proof.adoption import annexes_complete
from policies.proof.authority import require_authority
from policies.proof.canonical import digest
from policies.proof.chain import Adopted
from policies.proof.dsse import Envelope, Signature
from policies.proof.reading import read, require_context
from policies.proof.roster import Roster
from policies.proof.statements import (
    Acknowledgement,
    Adoption,
    Assertion,
    Closed,
    Decision,
    Distribution,
    Founding,
    GovernmentReport,
    OfConvening,
    OfText,
    Receipt,
)
from policies.refusals import ContextError
from policies.sides import Role


@dataclass
class Texts:
    """One committee's open texts as they were frozen, and whether later events fit them.

    `before` finds a text that was frozen before the events that are followed here.
    """

    frozen: dict[int, Envelope | None] = field(default_factory=dict)
    """By proposal; null for one that has ended, which nothing before can open again."""
    before: Callable[[int], Envelope | None] = lambda _proposal: None

    def follow(self, roster: Roster, event: Event) -> None:
        """Take an event; raise `ContextError` if it says anything else than its envelopes."""
        match event:
            case events.MeetingConvened():
                what = read(event.envelope, Distribution).what
                _agree(what, OfConvening(meeting=event.meeting, date=event.date), "the convening")
            case events.ProposalFrozen():
                self._freeze(event)
            case events.ProposalDistributed():
                what = read(event.envelope, Distribution).what
                named = what.decision if isinstance(what, OfText) else None
                _agree(named, self._text(event.proposal).digest, "the text that went out")
            case events.DecisionSigned(signature=signature):
                require_signature(roster, self._text(event.proposal), signature, event.person)
            case events.AdoptionSigned(adoption=envelope):
                said = read(envelope, Adoption)
                require_context(said, roster.committee.code, roster.founding)
                _agree(said.decision, self._text(event.proposal).digest, "the signed adoption")
                require_authors(roster, envelope, event.person)
            case events.ReceiptGiven():
                self._receive(roster, event)
            case events.ReportRecorded(envelope=envelope):
                self._report(roster, event)
            case events.GovernmentReportRecorded():
                self._government(roster, event)
            case events.ProposalClosed(envelope=Envelope() as envelope):
                ended = read(envelope, Closed)
                given = (event.proposal, event.number, event.reason, event.detail)
                closed = (ended.proposal.id, ended.number, ended.reason, ended.detail)
                _agree(closed, given, "what was closed")
                self.frozen[event.proposal] = None

    def adopt(self, roster: Roster, event: events.DecisionAdopted, adopted: Adopted) -> None:
        """Hold an adoption against the text as it was frozen, and its signers against the seal."""
        _agree(event.decision.digest, self._text(event.proposal).digest, "the adopted text")
        given = (event.number, event.adopted_on)
        sealed = (adopted.decision.number, adopted.adoption.adopted_on)
        _agree(sealed, given, "number and day of the adoption")
        _require_annexes(adopted.decision, event.annexes)
        named = sorted((s.side, s.person, s.name) for s in event.signers)
        signed = sorted((seat.side, seat.person, seat.name) for seat in adopted.signed)
        _agree(signed, named, "the signers")
        self.frozen[event.proposal] = None
        for signer in event.signers:
            held = {role.value for role, _term in roster.people[signer.person].terms}
            require(signer.role in held, f"{signer.name} was never {signer.role}")

    def _freeze(self, event: events.ProposalFrozen) -> None:
        decision = read(event.decision, Decision)
        sealed = (decision.number, decision.proposal.id, decision.proposal.version)
        _agree(sealed, (event.number, event.proposal, event.version), "the frozen text")
        _require_annexes(decision, event.annexes)
        self.frozen[event.proposal] = event.decision

    def _receive(self, roster: Roster, event: events.ReceiptGiven) -> None:
        text = self._text(event.proposal).digest
        if event.assertion is not None:
            said = read(event.assertion, Assertion)
            given = (text, event.objects, event.reason)
            _agree((said.decision, said.says == "objects", said.reason), given, "the assertion")
        else:
            require(event.objects, "an affirmation counts only signed, and this one is not")
        if event.receipt is not None:
            receipt = read(event.receipt, Receipt)
            assertion = None if event.assertion is None else event.assertion.digest
            letter = None if receipt.letter is None else receipt.letter.digest
            sealed = (receipt.decision, receipt.objects, receipt.assertion, letter)
            _agree(sealed, (text, event.objects, assertion, event.letter), "the receipt")
            author = event.person if receipt.letter is None else receipt.letter.person
            _agree(author, event.person, "the letter's author")

    def _report(self, roster: Roster, event: events.ReportRecorded) -> None:
        said = read(event.envelope, Acknowledgement)
        require_context(said, roster.committee.code, roster.founding)
        require_author(roster, event.envelope, event.person)
        registry = roster.people[event.person]
        _agree((said.side, said.side), (registry.side, event.side), "the side of the report")
        held = {role for role, _term in registry.terms}
        require(Role.REGISTRY in held, f"{registry.name} was never a registry")

    def _government(self, roster: Roster, event: events.GovernmentReportRecorded) -> None:
        said = read(event.envelope, GovernmentReport)
        require_context(said, roster.committee.code, roster.founding)
        _agree(said.side, event.side, "the side of the report")
        _agree(said.item is None, event.item is None, "the item of the report")
        by_authority = isinstance(said.says, Authorization)
        _agree(by_authority, event.person is None, "whether the authority has signed")
        if event.person is None:
            require_authority(roster, event.envelope, said.side)
            return
        require_author(roster, event.envelope, event.person)
        _agree(said.side, roster.people[event.person].side, "the side of the registry")

    def _text(self, proposal: int) -> Envelope:
        if proposal not in self.frozen:
            self.frozen[proposal] = self.before(proposal)
        text = self.frozen[proposal]
        if text is None:
            message = f"proposal {proposal} has no frozen text"
            raise ContextError(message)
        return text


def require_first_rulebook(event: events.CommitteeFounded) -> None:
    """Refuse a founding's rulebook that is not the one whose digest was signed."""
    named = read(event.envelope, Founding).rulebook.digest
    _agree(named, digest(event.rulebook.encode("utf-8")), "the first rulebook")


def require_author(roster: Roster, envelope: Envelope, person: str) -> None:
    """Refuse an envelope that one key of that person, and nothing else, has not signed.

    The key may have been retired since, or the seat given up: it counted when it was recorded.
    """
    require(len(envelope.signatures) == 1, f"{len(envelope.signatures)} have signed, not one")
    require_signature(roster, envelope, envelope.signatures[0], person)


def require_signature(roster: Roster, text: Envelope, signature: Signature, person: str) -> None:
    """Refuse a signature of a text that no key of that person has made."""
    place = roster.keys.get(signature.keyid)
    _agree(None if place is None else place.person, person, "the author")
    if place is not None:
        place.key.verify(signature.sig, text.pae)


def require_authors(roster: Roster, envelope: Envelope, person: str) -> None:
    """Refuse an envelope that others than people's keys have signed, or that person has not.

    As above, a key may have been retired since its signature came.
    """
    people = set()
    for signature in envelope.signatures:
        place = roster.keys.get(signature.keyid)
        require(place is not None and place.person is not None, "a key of nobody has signed")
        if place is not None:
            place.key.verify_envelope(envelope)
            people.add(place.person)
    require(person in people, f"{person} has not signed")


def _require_annexes(decision: Decision, annexes: dict[str, str]) -> None:
    complete = annexes_complete(decision, annexes)
    genuine = all(digest(text.encode("utf-8")) == name for name, text in annexes.items())
    require(complete and genuine, "the annexes are not those that the text names")


def require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise `ContextError` with that message unless something holds."""
    if not holds:
        raise ContextError(message)


def _agree(sealed: Any, given: Any, what: str) -> None:
    if sealed != given:
        message = f"{what}: the event says {given}, its envelope {sealed}"
        raise ContextError(message)
