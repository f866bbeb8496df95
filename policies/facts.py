"""What a decision's items, or the rows of the past, change: the one vocabulary of the registers.

A kind of item says which facts follow from it; the ground of later decisions and every public
register are made of these facts and of nothing else.
"""

from __future__ import annotations

from datetime import date

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="fact", omit_defaults=True):
    """Something that is so from the day of the decision that says it."""


class Scope(msgspec.Struct, frozen=True, order=True):
    """A sectoral scope, and the last day on which it may be used (null: none is stated)."""

    scope: int
    until: date | None = None


class MethodologyApproved(Fact, frozen=True, kw_only=True, tag="methodology-approved"):
    """A methodology, or its next version, is approved."""

    number: str
    version: str
    title: str
    scopes: tuple[int, ...] = ()


class EntityDesignated(Fact, frozen=True, kw_only=True, tag="entity-designated"):
    """A third-party entity is designated; `until` only where the designation is provisional."""

    number: str | None
    name: str
    validation: tuple[Scope, ...] = ()
    verification: tuple[Scope, ...] = ()
    status: str = "designated"
    side: str | None = None
    until: date | None = None


class EntityScopesAdded(Fact, frozen=True, kw_only=True, tag="entity-scopes-added"):
    """An entity may work in further scopes."""

    number: str | None
    name: str
    validation: tuple[Scope, ...] = ()
    verification: tuple[Scope, ...] = ()


class EntityReaccredited(Fact, frozen=True, kw_only=True, tag="entity-reaccredited"):
    """An entity's designation rests on a new accreditation, with these scopes instead."""

    number: str
    validation: tuple[Scope, ...]
    verification: tuple[Scope, ...]


class EntityStatus(Fact, frozen=True, kw_only=True, tag="entity-status"):
    """An entity is suspended, reinstated or withdrawn, whole or in some scopes (null: whole).

    `name` is given where the entity may have no number.
    """

    number: str | None
    status: str
    name: str = ""
    scopes: tuple[int, ...] | None = None


class ProjectPlanned(Fact, frozen=True, kw_only=True, tag="project-planned"):
    """The committee has no objection to a planned project."""

    number: str
    title: str


class ProjectRegistered(Fact, frozen=True, kw_only=True, tag="project-registered"):
    """A project is registered with the versions of the methodologies that it applies."""

    number: str
    title: str
    methodologies: tuple[str, ...]
    scopes: tuple[int, ...] = ()
    programme: str | None = None


class ProjectStatus(Fact, frozen=True, kw_only=True, tag="project-status"):
    """A project, or the request for its registration, is withdrawn or rejected."""

    number: str
    status: str
    title: str | None = None


class ProjectChanged(Fact, frozen=True, kw_only=True, tag="project-changed"):
    """A registered project's data change."""

    number: str
    title: str | None = None
    methodologies: tuple[str, ...] | None = None
    crediting_until: date | None = None


class CreditsDecided(Fact, frozen=True, kw_only=True, tag="credits-decided"):
    """Credits of a project and period, as decided; null is what the record does not say."""

    project: str
    period: tuple[date, date] | None
    quantity: int | None
    amounts: dict[str, int | None] | None
    report: str | None = None
    verified: int | None = None


class CreditsReported(Fact, frozen=True, kw_only=True, tag="credits-reported"):
    """A side has reported its issuance of the credits decided by the same item.

    `report` is null for what the past shows; reports of one side add up, but for the one that a
    later report replaces.
    """

    project: str
    side: str
    amount: int
    on: date | None
    report: str | None = None
    supersedes: str | None = None
    first: str | None = None
    last: str | None = None


class CreditsCorrected(Fact, frozen=True, kw_only=True, tag="credits-corrected"):
    """A later decision states anew what an earlier item decided; null members stay as they were."""

    decision: str
    item: int
    period: tuple[date, date] | None
    quantity: int | None
    amounts: dict[str, int | None] | None


class TitleCorrected(Fact, frozen=True, kw_only=True, tag="title-corrected"):
    """A later decision corrects a clerical error in a title or name."""

    number: str
    title: str


class RulesAdopted(Fact, frozen=True, kw_only=True, tag="rules-adopted"):
    """Rules, guidelines or forms are adopted or revised."""

    documents: tuple[tuple[str, str], ...]


class MeasureTaken(Fact, frozen=True, kw_only=True, tag="measure-taken"):
    """A temporary rule is taken or extended."""

    title: str
    until: date | None


class RequestClosed(Fact, frozen=True, kw_only=True, tag="request-closed"):
    """A proposal, application or request ended without what it asked for."""

    subject: str
    status: str


AnyFact = (
    MethodologyApproved
    | EntityDesignated
    | EntityScopesAdded
    | EntityReaccredited
    | EntityStatus
    | ProjectPlanned
    | ProjectRegistered
    | ProjectStatus
    | ProjectChanged
    | CreditsDecided
    | CreditsReported
    | CreditsCorrected
    | TitleCorrected
    | RulesAdopted
    | MeasureTaken
    | RequestClosed
)
