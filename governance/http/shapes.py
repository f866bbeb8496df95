"""The shapes of answers, for the description of the interface; what is sent is made by the views.

The tests compare the two.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Exactly these members."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


Day = str
Basis = Literal["signed", "adopted", "imported"]


class CommitteeShape(Shape):
    """A committee of which something is recorded here."""

    committee: str = Field(examples=["JP-MN"])
    sides: list[str]
    founded: bool
    founding: str | None = Field(description="Digest of the founding; null while not founded.")
    rehearsal: bool | None
    rulebook: str | None = Field(description="Version of the rulebook in force.")


class SignerShape(Shape):
    """Who signed a decision."""

    side: str
    name: str
    role: str


class ItemShape(Shape):
    """One item of a decision."""

    kind: str
    subject: str | None
    title: str | None
    outcome: str | None
    quantity: int | None
    amounts: dict[str, int | None] | None
    monitoring_period: list[Day] | None
    methodologies: list[str]
    source: str | None


class DecisionShape(Shape):
    """A decision, as in the public log."""

    number: str
    committee: str
    adopted_on: Day | None
    recorded_at: str
    status: Literal["signed", "historical"]
    procedure: Literal["meeting", "electronic", "unknown"]
    rulebook: str | None
    signers: list[SignerShape]
    items: list[ItemShape]


class MethodologyShape(Shape):
    """A version of a methodology."""

    number: str
    version: str
    title: str | None
    scope: list[int]
    approved_on: Day | None
    until: Day | None
    basis: Basis


class ScopeShape(Shape):
    """A sectoral scope that an entity holds."""

    scope: int
    until: Day | None


class EntityShape(Shape):
    """A third-party entity."""

    number: str
    name: str | None
    status: str
    validation: list[ScopeShape]
    verification: list[ScopeShape]
    basis: Basis


class ProjectShape(Shape):
    """A project."""

    number: str
    title: str | None
    status: str
    registered_on: Day | None
    methodologies: list[str]
    basis: Basis


class CreditsShape(Shape):
    """Credits of a project, a period and a side."""

    project: str
    period: list[Day] | None
    side: str
    decided: int | None
    reported: int | None
    basis: Basis


class CaseShape(Shape):
    """A case of the docket."""

    case: str
    committee: str
    kind: str
    title: str
    status: str
    step: str | None
    awaits: str | None
    opened: Day
    due: Day | None
    days_left: int | None
    overdue: bool


class InputShape(Shape):
    """An input of the public; `recorded` has what reads otherwise since a correction."""

    on: Day
    author: str | None
    text: str
    recorded: dict[str, Any] | None


class OpenInputsShape(Shape):
    """A case that is open for the public's inputs."""

    case: str
    committee: str
    number: str | None
    kind: str
    title: str
    opens: Day
    closes: Day
    days_left: int
    documents: list[dict[str, Any]]
    inputs: list[InputShape]


class ReconciliationShape(Shape):
    """What was decided for a side and what its registry has reported."""

    decision: str
    committee: str
    project: str
    side: str
    decided: int | None
    reported: int | None
    difference: int | None = Field(description="Decided less reported; null while unreported.")
    days_open: int | None


class ViewShape(Shape):
    """How far a view has read."""

    position: int
    behind: int


class WitnessAnswerShape(Shape):
    """What a witness of a log last answered."""

    witness: str
    side: str | None = Field(description="Null for a third that neither side runs.")
    outcome: str
    detail: str
    at: str


class LogStandingShape(Shape):
    """How a committee's transparency log stands."""

    waiting: int = Field(description="Entries that stand under no checkpoint yet.")
    size: int | None = Field(description="Of the last published checkpoint; null before the first.")
    published_at: str | None
    waiting_since: str | None = Field(
        description="When the first that waits was recorded; null where none does."
    )
    witnesses: list[WitnessAnswerShape]


class HealthShape(Shape):
    """That the service answers, from what, and how current."""

    status: Literal["ok"]
    events: int
    views: dict[str, ViewShape]
    logs: dict[str, LogStandingShape] = Field(description="By committee.")


class TakenShape(Shape):
    """What became of an envelope."""

    committee: str
    subject: str = Field(description="The decision's number, or the committee.")
    digest: str
    recorded: bool = Field(description="False where it was recorded before.")
    says: str


class EnvelopeSignature(Shape):
    """A signature of an envelope."""

    keyid: str = Field(pattern=r"^[0-9a-f]{64}$")
    sig: str


class EnvelopeShape(Shape):
    """A DSSE envelope in the strict profile."""

    payload: str
    payloadType: str  # noqa: N815 - as DSSE writes it
    signatures: list[EnvelopeSignature]


ENVELOPE = "#/components/schemas/EnvelopeShape"
"""Where the description has the shape of an envelope."""


class ProblemError(BaseModel):
    """One thing that is wrong with a request."""

    detail: str
    pointer: str


class ProblemShape(BaseModel):
    """RFC 9457; `refusal` is the name of the rule's refusal."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    refusal: str | None = None
    errors: list[ProblemError] | None = None


class AttemptShape(Shape):
    """One try to push an event."""

    number: int
    at: str
    event: str
    sequence: int
    attempt: int
    status: int | None
    error: str | None
    milliseconds: int
    next_try: str | None


class DeliveryShape(Shape):
    """A subscription of a side's registry, and how its newest pushes went."""

    id: str
    side: str
    url: str
    committee: str | None
    types: list[str]
    state: str
    reason: str | None
    position: int
    behind: int
    failures: int
    next_try: str | None
    made_at: str
    secrets: int = Field(description="How many shared secrets sign now.")
    last_success: str | None = Field(
        description="When something was acknowledged last, among the last 10,000 attempts."
    )
    attempts: list[AttemptShape]
