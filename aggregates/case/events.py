"""What can happen to a case. Each event says on which day, by whom, and the stage that results."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

import msgspec

from aggregates.event import Event
from policies.documents import Document
from policies.lifecycles.cases import Stage
from policies.proof.statements import RulebookName


class CaseEvent(Event, frozen=True, kw_only=True):
    """A step of a case: `on` is the day it was taken, `by` a person of the roster.

    `by` is null where the step follows from time, or from what the committee did.
    """

    on: date
    by: str | None
    stage: Stage


class Submitter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has handed something in; `side` is null where it is of neither side."""

    name: str
    side: str | None = None


class CaseSubmitted(CaseEvent, frozen=True, kw_only=True):
    """A case begins. `rulebook` is the one by whose limits and papers it is judged from here on.

    `after` is the version of the committee's stream in which the case was opened; `supersedes`
    names the case that it takes up again.
    """

    topic: ClassVar = "jcm.case-submitted.v1"

    case: str
    committee: str
    kind: str
    title: str
    number: str | None
    submitter: Submitter
    asks: dict[str, Any]
    documents: tuple[Document, ...]
    rulebook: RulebookName
    after: int
    supersedes: str | None


class DesignSubmitted(CaseEvent, frozen=True, kw_only=True):
    """After an idea note: the design document and what goes with it, which begins validation."""

    topic: ClassVar = "jcm.design-submitted.v1"

    number: str
    asks: dict[str, Any]
    documents: tuple[Document, ...]


class DocumentsFiled(CaseEvent, frozen=True, kw_only=True):
    """More documents, or newer versions."""

    topic: ClassVar = "jcm.documents-filed.v1"

    documents: tuple[Document, ...]


class FoundComplete(CaseEvent, frozen=True, kw_only=True):
    """The secretariat finds the papers complete."""

    topic: ClassVar = "jcm.case-found-complete.v1"


class FoundIncomplete(CaseEvent, frozen=True, kw_only=True):
    """The secretariat finds the papers incomplete."""

    topic: ClassVar = "jcm.case-found-incomplete.v1"

    missing: tuple[str, ...]
    reason: str


class EditorialIssuesFound(CaseEvent, frozen=True, kw_only=True):
    """The secretariat asks for editorial corrections."""

    topic: ClassVar = "jcm.editorial-issues-found.v1"

    issues: tuple[str, ...]


class Corrected(CaseEvent, frozen=True, kw_only=True):
    """The submitter has corrected the papers."""

    topic: ClassVar = "jcm.case-corrected.v1"

    documents: tuple[Document, ...]


class PublishedForInputs(CaseEvent, frozen=True, kw_only=True):
    """The papers are public, and everybody may comment from one day to another, both counted."""

    topic: ClassVar = "jcm.case-published.v1"

    opens: date
    closes: date


class InputReceived(CaseEvent, frozen=True, kw_only=True):
    """Somebody has commented; `public` is false where the author asked that it stay unpublished.

    `by` is null where it came without anybody's hand: it is held, and not shown, until a secretary
    has repeated it as it came, which releases it.
    """

    topic: ClassVar = "jcm.input-received.v1"

    author: str
    text: str
    public: bool


class InputsClosed(CaseEvent, frozen=True, kw_only=True):
    """The time for public inputs is over."""

    topic: ClassVar = "jcm.inputs-closed.v1"


class RequestRaised(CaseEvent, frozen=True, kw_only=True):
    """The third-party entity raises a request: corrective action, clarification, forward action."""

    topic: ClassVar = "jcm.request-raised.v1"

    request: str
    what: Literal["CAR", "CL", "FAR"]
    text: str


class RequestAnswered(CaseEvent, frozen=True, kw_only=True):
    """The participants answer a request."""

    topic: ClassVar = "jcm.request-answered.v1"

    request: str
    text: str
    documents: tuple[Document, ...]


class RequestResolved(CaseEvent, frozen=True, kw_only=True):
    """The third-party entity accepts the answer."""

    topic: ClassVar = "jcm.request-resolved.v1"

    request: str


class OpinionGiven(CaseEvent, frozen=True, kw_only=True):
    """The third-party entity's opinion; `quantity` is what a verification has verified, tCO2e."""

    topic: ClassVar = "jcm.opinion-given.v1"

    opinion: Literal["positive", "negative"]
    entity: str
    report: str
    quantity: int | None
    documents: tuple[Document, ...]


class DecisionRequested(CaseEvent, frozen=True, kw_only=True):
    """The participants ask the committee to register the project, or to decide the credits."""

    topic: ClassVar = "jcm.decision-requested.v1"

    asks: dict[str, Any]
    documents: tuple[Document, ...]


class ResponseGiven(CaseEvent, frozen=True, kw_only=True):
    """The entity says what it has to say before the committee decides about it."""

    topic: ClassVar = "jcm.response-given.v1"

    text: str
    documents: tuple[Document, ...]


class CaseTabled(CaseEvent, frozen=True, kw_only=True):
    """The case lies on the committee's table, as an item of a proposal."""

    topic: ClassVar = "jcm.case-tabled.v1"

    proposal: int
    version: int
    item: int
    number: str | None


class CaseUntabled(CaseEvent, frozen=True, kw_only=True):
    """The proposal ended, or goes on without the case."""

    topic: ClassVar = "jcm.case-untabled.v1"

    proposal: int
    reason: str


class CaseDecided(CaseEvent, frozen=True, kw_only=True):
    """The committee has decided; `adoption` is the digest of the adoption record.

    `until` is the new last day of an assessment that was extended.
    """

    topic: ClassVar = "jcm.case-decided.v1"

    decision: str
    adoption: str
    item: int
    kind: str
    outcome: str
    reason: str | None
    until: date | None


class CaseWithdrawn(CaseEvent, frozen=True, kw_only=True):
    """The submitter takes the case back."""

    topic: ClassVar = "jcm.case-withdrawn.v1"

    reason: str
    documents: tuple[Document, ...]


class SlipCorrected(CaseEvent, frozen=True, kw_only=True):
    """A side has corrected a clerical slip of its own; the entry itself stays as it was recorded.

    `entry` is the place of the corrected entry in the case's stream, and `member` what of it was
    wrong, such as ``title`` or ``documents[2].title``; of a document, `document` is the one that is
    meant, as it stood before. `public` is false where the public does not see what is corrected.
    No step of the case: it moves neither its stage nor its last day.
    """

    topic: ClassVar = "jcm.case-slip-corrected.v1"

    entry: int
    member: str
    said: str
    says: str
    reason: str
    document: Document | None
    public: bool


class DifferenceExplained(CaseEvent, frozen=True, kw_only=True):
    """A secretary has explained why a report differs from what was decided."""

    topic: ClassVar = "jcm.difference-explained.v1"

    reason: str
    documents: tuple[Document, ...]


class DifferenceReconciled(CaseEvent, frozen=True, kw_only=True):
    """The side's reports agree with what was decided by now; `report` is the last's digest.

    A later report, or a later decision, has mended it.
    """

    topic: ClassVar = "jcm.difference-reconciled.v1"

    report: str


EVENTS: tuple[type[Event], ...] = (
    CaseSubmitted,
    DesignSubmitted,
    DocumentsFiled,
    FoundComplete,
    FoundIncomplete,
    EditorialIssuesFound,
    Corrected,
    PublishedForInputs,
    InputReceived,
    InputsClosed,
    RequestRaised,
    RequestAnswered,
    RequestResolved,
    OpinionGiven,
    DecisionRequested,
    ResponseGiven,
    CaseTabled,
    CaseUntabled,
    CaseDecided,
    CaseWithdrawn,
    DifferenceExplained,
    DifferenceReconciled,
    SlipCorrected,
)
