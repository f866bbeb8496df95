"""What can happen to a Joint Committee. Envelopes are kept as they were signed."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import msgspec

from aggregates.event import Event
from policies.lifecycles.proposal import Stage
from policies.preflight import Examined
from policies.proof.dsse import Envelope, Signature
from policies.reports import Difference


class CommitteeFounded(Event, frozen=True, kw_only=True):
    """Both sides' authorities have founded the committee; `rulebook` is the first one's text."""

    topic: ClassVar = "jcm.committee-founded.v1"

    envelope: Envelope
    rulebook: str


class AppointmentRecorded(Event, frozen=True, kw_only=True):
    """A side's authority has changed its people or keys."""

    topic: ClassVar = "jcm.appointment-recorded.v1"

    envelope: Envelope


class EngineStatementRecorded(Event, frozen=True, kw_only=True):
    """Both authorities have replaced the record key, the log or the witnesses."""

    topic: ClassVar = "jcm.engine-statement-recorded.v1"

    envelope: Envelope


class RollCalled(Event, frozen=True, kw_only=True):
    """The keys of the roster were called for a year."""

    topic: ClassVar = "jcm.roll-called.v1"

    envelope: Envelope


class RollCallAnswered(Event, frozen=True, kw_only=True):
    """A key has answered the call of its year. It decides nothing."""

    topic: ClassVar = "jcm.roll-call-answered.v1"

    envelope: Envelope


class MeetingConvened(Event, frozen=True, kw_only=True):
    """A meeting's convening went out to all members."""

    topic: ClassVar = "jcm.meeting-convened.v1"

    meeting: str
    date: date
    place: str
    envelope: Envelope


class CaseOpened(Event, frozen=True, kw_only=True):
    """A case of the docket was opened, in a stream of its own; `number` is null where it has none.

    The number is the committee's: never given again, whatever becomes of the case.
    """

    topic: ClassVar = "jcm.case-opened.v1"

    case: str
    kind: str
    number: str | None


class ReportRecorded(Event, frozen=True, kw_only=True):
    """A side's registry has reported an issuance; `differences` are what somebody has to look at.

    `on` is the day in the committee's time zone. `decision` is the number of the decision (its
    digest where it is unknown) and `item` the item that the report counts for: for a correction
    those of what it corrected. `case` is the docket's case of the item's differences.
    """

    topic: ClassVar = "jcm.report-recorded.v1"

    on: date
    side: str
    person: str
    decision: str
    item: int
    project: str | None
    differences: tuple[Difference, ...]
    case: str | None
    envelope: Envelope


class GovernmentReportRecorded(Event, frozen=True, kw_only=True):
    """A government has reported what it authorized, transferred or acquired under Article 6.2.

    `on` is the day in the committee's time zone. `person` is its registry; null for its authority.
    `decision` is the number of the decision (its digest where it is unknown) and `item` the item
    whose credits these are; null for an authorization.
    """

    topic: ClassVar = "jcm.government-report-recorded.v1"

    on: date
    side: str
    person: str | None
    decision: str | None
    item: int | None
    project: str | None
    differences: tuple[Difference, ...]
    envelope: Envelope


class CaseNumbered(Event, frozen=True, kw_only=True):
    """A case got a further number: a planned project becomes a project."""

    topic: ClassVar = "jcm.case-numbered.v1"

    case: str
    number: str


class ProposalDrafted(Event, frozen=True, kw_only=True):
    """A draft, or a new version of it; signatures and assertions on the old one are void."""

    topic: ClassVar = "jcm.proposal-drafted.v1"

    proposal: int
    version: int
    stage: Stage
    content: dict[str, Any]


class ProposalFrozen(Event, frozen=True, kw_only=True):
    """The text is fixed and has its number; `findings` are the advice of that moment.

    `preflight` is what every check said of every item then, passes too; empty where the text was
    fixed before that was kept.
    """

    topic: ClassVar = "jcm.proposal-frozen.v2"

    proposal: int
    version: int
    stage: Stage
    number: str
    decision: Envelope
    annexes: dict[str, str]
    findings: tuple[str, ...]
    preflight: tuple[Examined, ...]


class ProposalDistributed(Event, frozen=True, kw_only=True):
    """The frozen text went out to all members, with its window."""

    topic: ClassVar = "jcm.proposal-distributed.v1"

    proposal: int
    stage: Stage
    envelope: Envelope


class DecisionSigned(Event, frozen=True, kw_only=True):
    """A co-chair or alternate has signed the text."""

    topic: ClassVar = "jcm.decision-signed.v1"

    proposal: int
    stage: Stage
    person: str
    signature: Signature


class AdoptionSigned(Event, frozen=True, kw_only=True):
    """A co-chair or alternate has signed the adoption record, in place of the record key."""

    topic: ClassVar = "jcm.adoption-signed.v1"

    proposal: int
    person: str
    adoption: Envelope


class ReceiptGiven(Event, frozen=True, kw_only=True):
    """A member's assertion, or a letter, has arrived. Exactly one of the two is there.

    `receipt` is null for an objection that came while the record key was away: it counts all the
    same, or whoever holds that key could keep objections out.
    """

    topic: ClassVar = "jcm.receipt-given.v1"

    proposal: int
    stage: Stage
    person: str
    objects: bool
    reason: str | None
    assertion: Envelope | None
    letter: str | None
    receipt: Envelope | None


class ProposalClosed(Event, frozen=True, kw_only=True):
    """The proposal ended unadopted; its number, if it had one, is given up by the envelope."""

    topic: ClassVar = "jcm.proposal-closed.v1"

    proposal: int
    number: str | None
    reason: str
    detail: str
    envelope: Envelope | None


class InterestDeclared(Event, frozen=True, kw_only=True):
    """Somebody of the committee has declared an interest in a case, or in an item of a proposal.

    Either `case` is there, or `proposal`, its `version` and `item`; `title` is what that was called
    then. `by` is the person, or a secretary who had a `letter` (its digest). It decides nothing.
    """

    topic: ClassVar = "jcm.interest-declared.v1"

    interest: int
    person: str
    on: date
    by: str
    case: str | None
    proposal: int | None
    version: int | None
    item: int | None
    title: str
    text: str
    letter: str | None


class InterestWithdrawn(Event, frozen=True, kw_only=True):
    """The person has taken a declaration back, alone or through a secretary who had a letter."""

    topic: ClassVar = "jcm.interest-withdrawn.v1"

    interest: int
    person: str
    on: date
    by: str
    reason: str
    letter: str | None


class Signer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has signed an adopted decision, and for whom."""

    side: str
    person: str
    name: str
    role: str


class DecisionAdopted(Event, frozen=True, kw_only=True):
    """The decision stands: complete, with its adoption beside it."""

    topic: ClassVar = "jcm.decision-adopted.v1"

    proposal: int
    number: str
    adopted_on: date
    decision: Envelope
    adoption: Envelope
    distribution: Envelope
    annexes: dict[str, str]
    signers: tuple[Signer, ...]


EVENTS: tuple[type[Event], ...] = (
    CommitteeFounded,
    AppointmentRecorded,
    EngineStatementRecorded,
    MeetingConvened,
    CaseOpened,
    CaseNumbered,
    ReportRecorded,
    GovernmentReportRecorded,
    ProposalDrafted,
    ProposalFrozen,
    ProposalDistributed,
    DecisionSigned,
    AdoptionSigned,
    ReceiptGiven,
    ProposalClosed,
    DecisionAdopted,
    InterestDeclared,
    InterestWithdrawn,
    RollCalled,
    RollCallAnswered,
)
