"""The subjects of decisions as they stand: methodologies, entities, projects, credits, measures."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import msgspec

Basis = Literal["signed", "adopted", "imported"]
BASES: tuple[Basis, ...] = get_args(Basis)
"""On what a record rests, the firmest first; figures of different ones are never added up."""


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Which item of which decision says so; `digest` is what a later change names."""

    decision: str
    item: int
    digest: str | None
    on: date | None
    basis: Basis

    @property
    def place(self) -> str:
        """Who says so, as evidence names it."""
        return f"{self.decision} item {self.item}"


class MethodologyVersion(msgspec.Struct, frozen=True, gc=False):
    """One approved version of a methodology."""

    version: str
    title: str
    scopes: tuple[int, ...]
    origin: Origin


class Entity(msgspec.Struct, frozen=True, gc=False):
    """A third-party entity with its scopes for each kind of work."""

    number: str | None
    name: str
    status: str
    validation: dict[int, date | None]
    verification: dict[int, date | None]
    origin: Origin
    side: str | None = None
    until: date | None = None
    suspended: frozenset[int] = frozenset()
    provisional_on: date | None = None
    earlier: tuple[Entity, ...] = ()
    """What it was before each change, the oldest first, each without its own past."""

    def at(self, day: date) -> Entity | None:
        """Return what the entity was on a day; null before it was designated.

        What has no day was so from the beginning.
        """
        for version in (self, *reversed(self.earlier)):
            if version.origin.on is None or version.origin.on <= day:
                return version
        return None

    def following(self, known: Entity) -> Entity:
        """Return this as what the entity has become, after what was known of it.

        What says the same again, as a record that is adopted twice does, is no change.
        """
        before = msgspec.structs.replace(known, earlier=())
        if before == msgspec.structs.replace(self, earlier=()):
            return known
        return msgspec.structs.replace(self, earlier=(*known.earlier, before))

    def may(self, work: Literal["validation", "verification"], scope: int, day: date) -> bool:
        """Whether the entity may do that work in that scope on that day."""
        held = self.validation if work == "validation" else self.verification
        if self.status not in ("designated", "provisional") or scope in self.suspended:
            return False
        if self.until is not None and day > self.until:
            return False
        last = held.get(scope)
        return scope in held and (last is None or day <= last)


class Project(msgspec.Struct, frozen=True, gc=False):
    """A project, from the planned one to the withdrawn one."""

    number: str
    title: str
    status: str
    methodologies: tuple[str, ...]
    scopes: tuple[int, ...]
    origin: Origin
    registered_on: date | None = None
    programme: str | None = None
    crediting_until: date | None = None


class ReportedBlock(msgspec.Struct, frozen=True, gc=False):
    """One report of a side's registry that stands: what it has issued, and under which serials."""

    report: str
    amount: int
    on: date | None
    first: str | None
    last: str | None


class Credits(msgspec.Struct, frozen=True, gc=False):
    """Credits that one item decided, and what each side has reported of them."""

    project: str
    period: tuple[date, date] | None
    quantity: int | None
    amounts: dict[str, int | None] | None
    origin: Origin
    report: str | None = None
    verified: int | None = None
    reported: dict[str, int] = msgspec.field(default_factory=dict)
    reports: dict[str, tuple[ReportedBlock, ...]] = msgspec.field(default_factory=dict)
    """Each side's reports that stand, with their serial numbers; signed ones alone."""
    corrected_on: date | None = None
    """When a correction last said the amounts anew."""

    @property
    def amounts_since(self) -> date | None:
        """The day from which these amounts are decided; null for want of a day."""
        return self.origin.on if self.corrected_on is None else self.corrected_on


class Measure(msgspec.Struct, frozen=True, gc=False):
    """A temporary rule."""

    title: str
    until: date | None
    origin: Origin
