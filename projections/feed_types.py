"""What each side's registry is told, as events: one declaration for each type.

Rows, JSON Schema, AsyncAPI, the page of the feed and the check of a stranger's feed follow from it.
Within a version members are only added, so readers ignore those that they do not know; anything
else is a new type. Every member is always present, null where there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from policies.items.corrections import ISSUANCE_CORRECTED, Correction
from policies.items.entities import ENTITY_CHANGED
from policies.items.issuance import ISSUANCE_DECIDED, Issuance
from policies.items.kind import Item, Period
from policies.items.methodologies import METHODOLOGY_CHANGED
from policies.items.project_changes import PROJECT_WITHDRAWN
from policies.items.projects import PROJECT_REGISTERED
from policies.items.rules import RULES_CHANGED
from policies.proof.statements import Decision
from policies.sides import Committee
from projections.feed_parts import (
    Amount,
    CommitteeCode,
    Count,
    Days,
    Digest,
    Document,
    Envelope,
    MethodologyVersion,
    Participant,
    Replaced,
    RulebookName,
    Scope,
    Share,
    Side,
    Text,
)

SEQUENCE_DIGITS = 16
"""Of a position in the feed as text: all that JSON's readers agree on as a number (2^53)."""


def _said(what: str) -> Meta:
    return Meta(description=what)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What every event says of the item that was decided, and by what it is verified."""

    event_type: ClassVar[str] = ""

    committee: CommitteeCode
    founding: Annotated[Digest, _said("Of the committee's founding: compare your trust file.")]
    side: Annotated[Side, _said("Whose registry is told.")]
    decision: Annotated[Digest, _said("Of the decision's envelope (SHA-256 of its PAE).")]
    number: Annotated[Text, _said("The decision's number.")]
    item: Annotated[Count, _said("The item's place in the decision, from 1.")]
    kind: Annotated[Text, _said("The item's kind, as the decision has it.")]
    subject: Annotated[str | None, _said("The number of what the item is about.")]
    title: Annotated[Text, _said("What people call the subject.")]
    outcome: Annotated[Text, _said("In the words of the public log.")]
    adopted_on: Annotated[date, _said("The day of the decision, in the committee's time zone.")]
    rulebook: Annotated[RulebookName, _said("The rulebook under which it was taken.")]
    bundle: Annotated[Text, _said("Where the proof is, a path on the engine that tells this.")]
    envelope: Annotated[Envelope, _said("The decision, as it was signed.")] | UnsetType = UNSET
    adoption: Annotated[Envelope, _said("Its adoption record.")] | UnsetType = UNSET

    @classmethod
    def own(cls, item: Item, side: str) -> dict[str, Any]:  # noqa: ARG003 - as the figures need
        """Return the members of this type alone: what the item has under the same names."""
        names = cls.__struct_fields__[len(Told.__struct_fields__) :]
        return {name: getattr(item, name, None) for name in names}


class ProjectRegistered(Told, frozen=True, kw_only=True):
    """A project is registered, or a change after its registration is approved (see `kind`).

    Of a change, null members stay as they were.
    """

    event_type: ClassVar[str] = PROJECT_REGISTERED

    methodologies: tuple[MethodologyVersion, ...] | None
    scopes: Annotated[tuple[Count, ...] | None, _said("Sectoral scopes.")]
    participants: tuple[Participant, ...] | None
    programme: str | None
    new_title: Annotated[str | None, _said("Of a change: the title from here on.")]
    summary: Annotated[str | None, _said("Of a change: what it is.")]

    @classmethod
    def own(cls, item: Item, side: str) -> dict[str, Any]:
        """Return its members; a change's methodologies are new ones."""
        own = super().own(item, side)
        return own | {"methodologies": getattr(item, "new_methodologies", own["methodologies"])}


class ProjectWithdrawn(Told, frozen=True, kw_only=True):
    """A registered project is withdrawn; credits issued before stay."""

    event_type: ClassVar[str] = PROJECT_WITHDRAWN

    reason: Text


class IssuanceDecided(Told, frozen=True, kw_only=True):
    """The side may issue credits of a project (`subject`) for a monitoring period."""

    event_type: ClassVar[str] = ISSUANCE_DECIDED

    amount: Annotated[Amount, _said("Of this side alone, in tCO2e; 0 needs no report.")]
    monitoring_period: Days
    allocation: Annotated[
        tuple[Share, ...] | None, _said("Of this side's amount; null: the decision does not say.")
    ]

    @classmethod
    def own(cls, item: Item, side: str) -> dict[str, Any]:
        """Return the side's own figures."""
        assert isinstance(item, Issuance)  # noqa: S101 - for the type checker
        period = item.monitoring_period
        return {"amount": item.amounts[side], **_credits(item, side, period)}


class IssuanceCorrected(Told, frozen=True, kw_only=True):
    """A later decision says anew what the side may issue; null members stay as they were.

    The amount is the whole amount from here on, not a difference.
    """

    event_type: ClassVar[str] = ISSUANCE_CORRECTED

    replaces: Replaced
    amount: Annotated[Amount | None, _said("Of this side alone, in tCO2e, in whole.")]
    monitoring_period: Days | None
    allocation: Annotated[
        tuple[Share, ...] | None,
        _said("Of a changed amount; null: the decision does not say, and the former one is void."),
    ]
    reason: Text

    @classmethod
    def own(cls, item: Item, side: str) -> dict[str, Any]:
        """Return the side's own figures, and what they replace."""
        assert isinstance(item, Correction)  # noqa: S101 - for the type checker
        return {
            "replaces": {"number": item.decision, "item": item.item},
            "amount": None if item.amounts is None else item.amounts[side],
            **_credits(item, side, item.monitoring_period),
            "reason": item.reason,
        }


class EntityChanged(Told, frozen=True, kw_only=True):
    """A third-party entity is designated, or its scopes or status change (see `kind`).

    Members that the kind does not have are null.
    """

    event_type: ClassVar[str] = ENTITY_CHANGED

    validation: Annotated[tuple[Scope, ...] | None, _said("Scopes that are given, for validation.")]
    verification: Annotated[
        tuple[Scope, ...] | None, _said("Scopes that are given, for verification.")
    ]
    accreditation: str | None
    until: Annotated[date | None, _said("The last day of a provisional designation.")]
    scopes: Annotated[
        tuple[Count, ...] | None,
        _said("Scopes that are suspended, reinstated or withdrawn; null: the whole entity."),
    ]
    voluntary: Annotated[bool | None, _said("Of a withdrawal: on the entity's own wish.")]
    reason: str | None


class MethodologyChanged(Told, frozen=True, kw_only=True):
    """A methodology is approved, or a further version of it."""

    event_type: ClassVar[str] = METHODOLOGY_CHANGED

    version: Text
    scopes: Annotated[tuple[Count, ...], _said("Sectoral scopes.")]
    proposed: Annotated[str | None, _said("The number under which it was proposed.")]


class RulesChanged(Told, frozen=True, kw_only=True):
    """Rules, guidelines or forms are adopted or revised, perhaps with a new rulebook."""

    event_type: ClassVar[str] = RULES_CHANGED

    documents: tuple[Document, ...]
    new_rulebook: Annotated[RulebookName | None, _said("The rulebook that takes force.")]

    @classmethod
    def own(cls, item: Item, side: str) -> dict[str, Any]:
        """Return its members; the item's rulebook is the new one."""
        return super().own(item, side) | {"new_rulebook": getattr(item, "rulebook", None)}


EVENT_TYPES: dict[str, type[Told]] = {
    told.event_type: told
    for told in (
        ProjectRegistered,
        ProjectWithdrawn,
        IssuanceDecided,
        IssuanceCorrected,
        EntityChanged,
        MethodologyChanged,
        RulesChanged,
    )
}
"""Every type of event by its name."""

T = TypeVar("T", bound=Told)


class CloudEvent(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A CloudEvent 1.0 in JSON; dedupe on `source` and `id`."""

    specversion: Literal["1.0"]
    id: Annotated[Text, _said("Of decision, item, side and type: the same on every retry.")]
    source: Annotated[
        str, Meta(pattern="^urn:jcm:committee:JP-[A-Z]{2}$", description="The committee.")
    ]
    type: Text
    time: Annotated[datetime, Meta(tz=True, description="When the adoption was recorded, in UTC.")]
    datacontenttype: Literal["application/json"]
    sequence: Annotated[
        str,
        Meta(
            pattern=f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
            description="The position in the feed; rises, and gaps mean nothing.",
        ),
    ]
    data: T
    subject: Annotated[Text, _said("The data's subject; absent where it has none.")] | UnsetType = (
        UNSET
    )


def told(decision: Decision, digest: str, adopted_on: date) -> Iterator[Told]:
    """Yield what both sides are told of an adopted decision, in the order of the feed.

    The envelopes are left unset: who reads the feed has them beside it.
    """
    for number, item in enumerate(decision.items, start=1):
        if item.notifies is None or not _concerns_registries(item):
            continue
        kind = EVENT_TYPES[item.notifies]
        for side in Committee.parse(decision.committee).sides:
            members = {
                "committee": decision.committee,
                "founding": decision.founding,
                "side": side,
                "decision": digest,
                "number": decision.number,
                "item": number,
                "kind": item.kind,
                "subject": item.subject,
                "title": item.title,
                "outcome": item.conclusion,
                "adopted_on": adopted_on,
                "rulebook": decision.rulebook,
                "bundle": f"/v1/decisions/{decision.number}/bundle",
                **kind.own(item, side),
            }
            yield msgspec.convert(members, kind, from_attributes=True)


def event_id(said: Told) -> str:
    """Return the id of an event: the same whenever, and however often, it is told."""
    return f"{said.number}#{said.item}/{said.side}/{said.event_type}"


def _concerns_registries(item: Item) -> bool:
    """A correction of a title changes no amount; registries are told of amounts and periods."""
    return not isinstance(item, Correction) or item.number is None


def _credits(item: Issuance | Correction, side: str, period: Period | None) -> dict[str, Any]:
    shares = item.allocation
    return {
        "monitoring_period": None if period is None else (period.begins, period.ends),
        "allocation": None if shares is None else tuple(s for s in shares if s.side == side),
    }
