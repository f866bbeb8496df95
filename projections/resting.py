"""The work, registrations and issuances of one committee, linked: who did what, for what, when.

Made of the registers' rows and those of `projections.work`, read as of one day and one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from policies.facts import (
    AnyFact,
    EntityDesignated,
    EntityReaccredited,
    EntityScopesAdded,
    EntityStatus,
    ProjectChanged,
    ProjectRegistered,
)
from policies.ground import Ground
from policies.numbers import projects_in
from policies.subjects import Credits, Entity, Origin
from projections.registers import facts_of_rows, iso
from projections.work import Done, Work

_ENTITY_FACTS = (EntityDesignated, EntityScopesAdded, EntityReaccredited, EntityStatus)
_WORKING = ("designated", "provisional")


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration, what it applied from the first, and what changes put in its place."""

    work: Work
    origin: Origin
    project: str | None
    scopes: tuple[int, ...]
    methodologies: tuple[str, ...]
    changes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """An issuance; for each of its projects who validated it, and what it then applied.

    A validator that the record does not name is null; so is a project of which it says nothing.
    """

    work: Work
    origin: Origin
    project: str | None
    projects: tuple[str, ...]
    scopes: tuple[int, ...]
    validators: tuple[str | None, ...]
    methodologies: tuple[tuple[str, ...], ...]
    credits: Credits | None


@dataclass(frozen=True, slots=True)
class _Applied:
    on: date | None
    origin: Origin
    methodologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    entity: Entity
    origin: Origin
    dated: bool
    """Whether the day is that of the status; lists of the past give the status of their own day."""


class Resting:
    """What one committee's record says of work, registrations and issuances."""

    def __init__(self, registers: Iterable[Iterable[Sequence[Any]]], done: Sequence[Done]) -> None:
        """Take the rows of each register, in the order of their days, and the work."""
        self.ground = Ground()
        self._done = done
        self._applied: dict[str, list[_Applied]] = {}
        self._standings: dict[str, list[_Standing]] = {}
        for rows in registers:
            for fact, origin in facts_of_rows(rows):
                self.ground.take(fact, origin)
                self._follow(fact, origin)

    @property
    def known(self) -> bool:
        """Whether anything at all is recorded."""
        ground = self.ground
        return bool(self._done or ground.entities or ground.projects or ground.methodologies)

    @cached_property
    def registrations(self) -> list[Registered]:
        """Every registration, in the order of their days."""
        return [self._registered(done) for done in self._done if done.work.work == "validation"]

    @cached_property
    def issuances(self) -> list[Issued]:
        """Every issuance, in the order of their days."""
        return [self._issued(done) for done in self._done if done.work.work == "verification"]

    def standings(self, number: str) -> Iterator[dict[str, Any]]:
        """Yield what an entity was from each day on; `from` is null where the day is not known."""
        for standing in self._standings.get(number, []):
            yield {
                "status": standing.entity.status,
                "suspended_scopes": sorted(standing.entity.suspended),
                "from": iso(standing.origin.on) if standing.dated else None,
                "decision": standing.origin.decision,
                "item": standing.origin.item,
                "basis": standing.origin.basis,
            }

    def status_on(self, number: str, day: date | None, scopes: Sequence[int]) -> str | None:
        """Return what an entity was on a day, for work in these scopes; None: cannot tell."""
        known = self._standings.get(number)
        if day is None or not known:
            return None
        before = [s for s in known if s.origin.on is None or s.origin.on <= day]
        if not before:
            return "not designated"
        last = before[-1]
        if not last.dated:
            return None
        if last.entity.status in _WORKING and last.entity.suspended:
            if not scopes:
                return None
            if last.entity.suspended & set(scopes):
                return "suspended"
        return last.entity.status

    def _follow(self, fact: AnyFact, origin: Origin) -> None:
        if isinstance(fact, ProjectRegistered):
            self._applied[fact.number] = [_Applied(origin.on, origin, fact.methodologies)]
        elif isinstance(fact, ProjectChanged) and fact.methodologies is not None:
            changed = _Applied(origin.on, origin, fact.methodologies)
            self._applied.setdefault(fact.number, []).append(changed)
        elif isinstance(fact, _ENTITY_FACTS):
            self._stand(fact, origin)

    def _stand(self, fact: AnyFact, origin: Origin) -> None:
        number = getattr(fact, "number", None)
        key = self.ground.entity(number, getattr(fact, "name", ""))
        entity = None if key is None else self.ground.entities.get(key)
        if entity is None or key is None:
            return
        # A designation that says "withdrawn" is a list's word of its own day, not of that day.
        dated = not isinstance(fact, EntityDesignated) or fact.status in _WORKING
        known = self._standings.setdefault(entity.number or key, [])
        last = known[-1].entity if known else None
        if last is None or (last.status, last.suspended) != (entity.status, entity.suspended):
            known.append(_Standing(entity, origin, dated))

    def _registered(self, done: Done) -> Registered:
        number = done.work.project
        applied = self._applied.get(number or "", [])
        first = [entry for entry in applied if _same(entry.origin, done.origin)]
        return Registered(
            work=done.work,
            origin=done.origin,
            project=number,
            scopes=self._scopes((number,) if number else ()),
            methodologies=first[0].methodologies if first else (),
            changes=tuple(entry.methodologies for entry in applied if entry not in first),
        )

    def _issued(self, done: Done) -> Issued:
        subject = done.work.project
        projects = () if subject is None else projects_in(subject) or (subject,)
        return Issued(
            work=done.work,
            origin=done.origin,
            project=subject,
            projects=projects,
            scopes=self._scopes(projects),
            validators=tuple(self._validators.get(project) for project in projects),
            methodologies=tuple(self._on(project, done.origin.on) for project in projects),
            credits=self.ground.credits.get((done.origin.decision, done.origin.item)),
        )

    @cached_property
    def _validators(self) -> dict[str, str | None]:
        """Who validated each project; what is signed last counts."""
        named = [done.work for done in self._done if done.work.work == "validation"]
        found: dict[str, str | None] = {}
        for work in named:
            if work.project is not None:
                found[work.project] = work.entity or found.get(work.project)
        return found

    def _on(self, project: str, day: date | None) -> tuple[str, ...]:
        """Return what a project applied on a day; undated: what it applies now."""
        applied = self._applied.get(project, [])
        then = [e for e in applied if day is None or e.on is None or e.on <= day]
        return then[-1].methodologies if then else ()

    def _scopes(self, projects: Iterable[str]) -> tuple[int, ...]:
        """Return the projects' scopes; none if those of one of them are not known."""
        found: set[int] = set()
        for number in projects:
            project = self.ground.projects.get(number)
            scopes = () if project is None else self.ground.scopes_of(project)
            if not scopes:
                return ()
            found.update(scopes)
        return tuple(sorted(found))


def _same(one: Origin, other: Origin) -> bool:
    return (one.decision, one.item) == (other.decision, other.item)
