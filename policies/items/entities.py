"""Items about third-party entities: designation, scopes, accreditation, suspension, withdrawal.

Sources: ADB 2019, section 2.3; jcm.go.jp lists of third-party entities; for Indonesia's
provisional designations its guidelines for designation, paragraph 41.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from policies.facts import (
    AnyFact,
    EntityDesignated,
    EntityReaccredited,
    EntityScopesAdded,
    EntityStatus,
    RequestClosed,
    Scope,
)
from policies.findings import Finding, cannot_tell, passed, refuse
from policies.ground import Ground
from policies.items.kind import (
    Digest,
    Item,
    Occasion,
    ScopeNumber,
    ScopeUntil,
    Side,
    Text,
    check_free,
    check_number,
    check_previous,
    check_scopes,
)
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Entity, Origin

Accreditation = Literal["ISO 14065", "CDM designated operational entity"]
ENTITY_CHANGED = "org.jcm.entity.changed.v1"


class _AboutEntity(Item, frozen=True, kw_only=True):
    """An item about one entity; its title is the entity's name."""

    notifies: ClassVar = ENTITY_CHANGED

    number: Text

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number."""
        yield from check_number(self.number, Family.ENTITY, committee)

    def standing(self, ground: Ground) -> Origin | None:
        """Return who last set the entity's status or scopes."""
        entity = ground.entities.get(self.number)
        return None if entity is None else entity.origin


class _WithScopes(_AboutEntity, frozen=True, kw_only=True):
    """An item that gives scopes, for validation and for verification apart."""

    validation: tuple[ScopeUntil, ...]
    verification: tuple[ScopeUntil, ...]

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number, that scopes are given, and that each is one, once."""
        yield from super().sound(committee, rulebook)
        for held in (self.validation, self.verification):
            numbers = tuple(entry.scope for entry in held)
            yield from check_scopes(numbers, rulebook)
            if len(set(numbers)) != len(numbers):
                yield refuse("scope", "a scope stands twice in one list")
        given = (*self.validation, *self.verification)
        if not given:
            yield refuse("scope", "no scope is given, for validation or for verification")
        if any(entry.until is None for entry in given):
            yield cannot_tell(
                rulebook.verdicts.scope_expiry_unknown,
                "scope-expiry",
                "cannot tell until when each scope may be used",
            )
        elif given:
            yield passed("scope-expiry", "the item says until when each scope may be used")


class Designation(_WithScopes, frozen=True, kw_only=True, tag="tpe_designation"):
    """An eligible entity is designated."""

    mints: ClassVar = Family.ENTITY
    outcome: ClassVar = "designated"
    asked_by: ClassVar = ("tpe_designation",)

    accreditation: Accreditation

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the number is new; a provisional entity is re-accredited under its own."""
        yield from check_free(self.number, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return the designation."""
        yield EntityDesignated(
            number=self.number,
            name=self.title,
            validation=_scopes(self.validation),
            verification=_scopes(self.verification),
        )


class ProvisionalDesignation(
    _WithScopes, frozen=True, kw_only=True, tag="tpe_provisional_designation"
):
    """An entity whose accreditation is under way may work for a time (Indonesia)."""

    mints: ClassVar = Family.ENTITY
    outcome: ClassVar = "designated provisionally"
    asked_by: ClassVar = ("tpe_provisional_designation",)

    side: Side
    until: date

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check that the rulebook knows provisional entities, and whose the entity is."""
        yield from super().sound(committee, rulebook)
        if rulebook.eligibility.provisional_entities_per_side_and_year is None:
            yield refuse(
                "provisional", f"{rulebook.name} has no provisional designation in its rulebook"
            )
        if self.side not in committee.sides:
            yield refuse("side", f"{self.side} is no side of {committee.code}")

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check the number, the last day, and how many of that side were designated this year.

        One that has become a full designation since counts; one whose side is not known counts
        for both.
        """
        yield from check_free(self.number, occasion.ground)
        if self.until < occasion.day:
            yield refuse("provisional", f"the designation ends on {self.until}, in the past")
        limit = occasion.rulebook.eligibility.provisional_entities_per_side_and_year
        if limit is None:
            return
        year = occasion.day.year
        count = sum(
            entity.provisional_on is not None
            and entity.provisional_on.year == year
            and entity.side in (None, self.side)
            for entity in occasion.ground.entities.values()
        )
        if count >= limit.value:
            yield refuse(
                "provisional",
                f"{self.side} has {count} provisional entities of {year}; {limit.value} at most",
            )
        else:
            yield passed(
                "provisional",
                f"{self.side} has {count} of {limit.value} provisional entities of {year}; this"
                f" one works until {self.until}",
            )

    def facts(self) -> Iterator[AnyFact]:
        """Return the provisional designation."""
        yield EntityDesignated(
            number=self.number,
            name=self.title,
            validation=_scopes(self.validation),
            verification=_scopes(self.verification),
            status="provisional",
            side=self.side,
            until=self.until,
        )


class _Rescoping(_WithScopes, frozen=True, kw_only=True):
    """An item that changes the scopes of an entity that works."""

    previous: Digest | None

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the entity is designated or provisional."""
        yield from _check_status(self, occasion.ground, ("designated", "provisional"))


class ScopeExtension(_Rescoping, frozen=True, kw_only=True, tag="tpe_scope_extension"):
    """A designated entity may work in further scopes."""

    outcome: ClassVar = "scopes added"
    asked_by: ClassVar = ("tpe_scope_extension",)

    def facts(self) -> Iterator[AnyFact]:
        """Return the added scopes."""
        yield EntityScopesAdded(
            number=self.number,
            name=self.title,
            validation=_scopes(self.validation),
            verification=_scopes(self.verification),
        )


class Reaccreditation(_Rescoping, frozen=True, kw_only=True, tag="tpe_reaccreditation"):
    """A designation rests on a new accreditation from here on."""

    outcome: ClassVar = "designated on a new accreditation"
    asked_by: ClassVar = ("tpe_reaccreditation",)

    accreditation: Accreditation

    def facts(self) -> Iterator[AnyFact]:
        """Return the scopes of the new accreditation."""
        yield EntityReaccredited(
            number=self.number,
            validation=_scopes(self.validation),
            verification=_scopes(self.verification),
        )


class _StatusOfEntity(_AboutEntity, frozen=True, kw_only=True):
    """An item that changes whether an entity may work, whole or in some scopes (null: whole)."""

    scopes: tuple[ScopeNumber, ...] | None
    reason: Text
    previous: Digest | None

    sets: ClassVar[str] = ""
    where: ClassVar[tuple[str, ...]] = ()

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number, and that a list of scopes names one (null is the whole entity)."""
        yield from super().sound(committee, rulebook)
        if self.scopes == ():
            yield refuse("scope", "no scope is named; null means the whole entity")

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the entity is at a status from which this can be said, with these scopes."""
        yield from _check_status(self, occasion.ground, self.where)
        entity = occasion.ground.entities.get(self.number)
        for scope in self.scopes or ():
            if entity is not None and not _concerns(entity, scope, self.sets):
                yield refuse("scope", f"{self.number}: scope {scope} cannot become {self.sets}")

    def facts(self) -> Iterator[AnyFact]:
        """Return the new status."""
        yield EntityStatus(number=self.number, status=self.sets, scopes=self.scopes)


class Suspension(_StatusOfEntity, frozen=True, kw_only=True, tag="tpe_suspension"):
    """An entity may not work until it is reinstated."""

    outcome: ClassVar = "suspended"
    sets: ClassVar = "suspended"
    where: ClassVar = ("designated", "provisional")


class Reinstatement(_StatusOfEntity, frozen=True, kw_only=True, tag="tpe_reinstatement"):
    """A suspension is lifted."""

    outcome: ClassVar = "reinstated"
    sets: ClassVar = "designated"
    where: ClassVar = ("suspended", "designated", "provisional")

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that there is a suspension to lift."""
        yield from super().stands(occasion)
        entity = occasion.ground.entities.get(self.number)
        if (
            entity is not None
            and self.scopes is None
            and entity.status in ("designated", "provisional")
            and not entity.suspended
        ):
            yield refuse("status", f"{self.number} is not suspended")


class EntityWithdrawal(_StatusOfEntity, frozen=True, kw_only=True, tag="tpe_withdrawal"):
    """A designation ends, by the committee or on the entity's own wish; its number stays used."""

    outcome: ClassVar = "withdrawn"
    sets: ClassVar = "withdrawn"
    where: ClassVar = ("designated", "provisional", "suspended")

    voluntary: bool


class EntityRejection(Item, frozen=True, kw_only=True, tag="tpe_rejection"):
    """An application for designation is refused."""

    outcome: ClassVar = "not designated"

    application: Text
    reason: Text

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the application has not ended before."""
        yield from check_free(self.application, occasion.ground)

    @property
    def subject(self) -> str | None:
        """The application."""
        return self.application

    def facts(self) -> Iterator[AnyFact]:
        """Return that the application is closed."""
        yield RequestClosed(subject=self.application, status="not designated")


def _scopes(given: tuple[ScopeUntil, ...]) -> tuple[Scope, ...]:
    return tuple(Scope(entry.scope, entry.until) for entry in given)


def _check_status(item: _AboutEntity, ground: Ground, where: tuple[str, ...]) -> Iterator[Finding]:
    entity = ground.entities.get(item.number)
    if entity is None:
        yield refuse("entity-exists", f"{item.number} is no designated entity")
        return
    if entity.status not in where:
        yield refuse(
            "status", f"{item.number} is {entity.status}; this needs it to be {' or '.join(where)}"
        )
    else:
        yield passed("status", f"{item.number} is {entity.status} ({entity.origin.place})")
    yield from check_previous(item, ground)


def _concerns(entity: Entity, scope: int, sets: str) -> bool:
    if sets == "designated":
        return scope in entity.suspended
    return scope in entity.validation or scope in entity.verification
