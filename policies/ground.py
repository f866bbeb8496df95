"""What is decided already: the ground on which a new decision is judged, built of facts.

Taking a fact never checks; checks belong to the moment of deciding. The same ground, built of the
facts up to a day, answers what was in force on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import singledispatchmethod
from typing import Literal

from policies import facts
from policies.facts import Scope
from policies.numbers import projects_in, version_key

Basis = Literal["signed", "adopted", "imported"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which item of which decision says so; `digest` is what a later change names."""

    decision: str
    item: int
    digest: str | None
    on: date | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class MethodologyVersion:
    """One approved version of a methodology."""

    version: str
    title: str
    scopes: tuple[int, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Entity:
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

    def may(self, work: Literal["validation", "verification"], scope: int, day: date) -> bool:
        """Whether the entity may do that work in that scope on that day."""
        held = self.validation if work == "validation" else self.verification
        if self.status not in ("designated", "provisional") or scope in self.suspended:
            return False
        if self.until is not None and day > self.until:
            return False
        last = held.get(scope)
        return scope in held and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class Project:
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


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits that one item decided, and what each side has reported of them."""

    project: str
    period: tuple[date, date] | None
    quantity: int | None
    amounts: dict[str, int | None] | None
    origin: Origin
    report: str | None = None
    verified: int | None = None
    reported: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """A temporary rule."""

    title: str
    until: date | None
    origin: Origin


@dataclass
class Ground:
    """Everything that later decisions can rest on, by number."""

    methodologies: dict[str, dict[str, MethodologyVersion]] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    credits: dict[tuple[str, int], Credits] = field(default_factory=dict)
    credits_of: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    documents: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def branch(self) -> Ground:
        """Return a copy that can take facts without touching this one."""
        return Ground(
            methodologies={number: dict(found) for number, found in self.methodologies.items()},
            entities=dict(self.entities),
            projects=dict(self.projects),
            credits=dict(self.credits),
            credits_of={project: list(keys) for project, keys in self.credits_of.items()},
            documents=dict(self.documents),
            measures=dict(self.measures),
            numbers=set(self.numbers),
        )

    def latest_version(self, methodology: str) -> MethodologyVersion | None:
        """Return the newest approved version of a methodology."""
        found = self.methodologies.get(methodology, {})
        return max(found.values(), key=lambda v: version_key(v.version), default=None)

    def approves(self, methodology: str, version: str) -> bool:
        """Whether that version of a methodology is approved (``1.1`` and ``01.1`` are one)."""
        known = self.methodologies.get(methodology, {})
        return version_key(version) in {version_key(approved) for approved in known}

    def scopes_of(self, project: Project) -> tuple[int, ...]:
        """Return a project's scopes; those of its methodologies where it was registered without."""
        if project.scopes:
            return project.scopes
        found: set[int] = set()
        for applied in project.methodologies:
            number, _separator, version = applied.partition(" Ver")
            for approved in self.methodologies.get(number, {}).values():
                if version_key(approved.version) == version_key(version):
                    found.update(approved.scopes)
        return tuple(sorted(found))

    def credits_of_project(self, project: str) -> list[Credits]:
        """Return what was decided for a project, alone or jointly with others, in that order."""
        keys = (key for name in _each(project) for key in self.credits_of.get(name, ()))
        return [self.credits[key] for key in dict.fromkeys(keys)]

    def entity(self, number: str | None, name: str) -> str | None:
        """Return the key under which an entity stands: its number, or its name while it has none.

        Lists of the past name one entity with its number here and without it there.
        """
        if number is not None and number in self.entities:
            return number
        for key, entity in self.entities.items():
            if entity.name == name and (number is None or entity.number is None):
                return key
        return None

    def take_past(self, fact: facts.AnyFact, origin: Origin) -> None:
        """Take a fact of the adopted record, unless a signed decision has said more since."""
        known: MethodologyVersion | Entity | Project | Credits | Measure | None
        match fact:
            case facts.MethodologyApproved(number=number, version=version):
                known = self.methodologies.get(number, {}).get(version)
            case (
                facts.EntityDesignated(number=entity, name=name)
                | facts.EntityScopesAdded(number=entity, name=name)
                | facts.EntityStatus(number=entity, name=name)
            ):
                known = self.entities.get(self.entity(entity, name) or "")
            case (
                facts.ProjectPlanned(number=number)
                | facts.ProjectRegistered(number=number)
                | facts.ProjectStatus(number=number)
                | facts.ProjectChanged(number=number)
            ):
                known = self.projects.get(number)
            case facts.CreditsDecided() | facts.CreditsReported():
                known = self.credits.get((origin.decision, origin.item))
            case facts.MeasureTaken(title=title):
                known = self.measures.get(title)
            case facts.RulesAdopted(documents=documents):
                unsigned = tuple(named for named in documents if not self._signed(named[0]))
                fact, known = facts.RulesAdopted(documents=unsigned), None
            case _:
                known = None
        if known is None or known.origin.basis != "signed":
            self.take(fact, origin)

    def _signed(self, document: str) -> bool:
        known = self.documents.get(document)
        return known is not None and known[1].basis == "signed"

    @singledispatchmethod
    def take(self, fact: facts.Fact, origin: Origin) -> None:
        """Take a fact as given. Never refuses."""
        raise TypeError(f"no register takes {type(fact).__name__}")

    @take.register
    def _(self, fact: facts.MethodologyApproved, origin: Origin) -> None:
        versions = self.methodologies.setdefault(fact.number, {})
        versions[fact.version] = MethodologyVersion(fact.version, fact.title, fact.scopes, origin)
        self.numbers.add(fact.number)

    @take.register
    def _(self, fact: facts.EntityDesignated, origin: Origin) -> None:
        designated = Entity(
            number=fact.number,
            name=fact.name,
            status=fact.status,
            validation=_scopes(fact.validation),
            verification=_scopes(fact.verification),
            origin=origin,
            side=fact.side,
            until=fact.until,
            provisional_on=origin.on if fact.status == "provisional" else None,
        )
        self._keep(designated, self.entity(fact.number, fact.name))

    @take.register
    def _(self, fact: facts.EntityScopesAdded, origin: Origin) -> None:
        key = self.entity(fact.number, fact.name)
        fresh = Entity(fact.number, fact.name, "designated", {}, {}, origin)
        entity = fresh if key is None else self.entities[key]
        extended = replace(
            entity,
            number=fact.number,
            validation=entity.validation | _scopes(fact.validation),
            verification=entity.verification | _scopes(fact.verification),
            origin=origin,
        )
        self._keep(extended, key)

    @take.register
    def _(self, fact: facts.EntityReaccredited, origin: Origin) -> None:
        known = self.entities.get(fact.number)
        if known is not None:
            self.entities[fact.number] = replace(
                known,
                status="designated",
                until=None,
                validation=_scopes(fact.validation),
                verification=_scopes(fact.verification),
                origin=origin,
            )

    @take.register
    def _(self, fact: facts.EntityStatus, origin: Origin) -> None:
        key = self.entity(fact.number, fact.name)
        if key is not None:
            changed = _with_status(self.entities[key], fact)
            self._keep(replace(changed, number=fact.number, origin=origin), key)
        elif fact.name and fact.scopes is None:
            self._keep(Entity(fact.number, fact.name, fact.status, {}, {}, origin), None)

    @take.register
    def _(self, fact: facts.ProjectPlanned, origin: Origin) -> None:
        self.projects[fact.number] = Project(
            fact.number, fact.title, "no objection to plan", (), (), origin
        )
        self.numbers.add(fact.number)

    @take.register
    def _(self, fact: facts.ProjectRegistered, origin: Origin) -> None:
        self.projects[fact.number] = Project(
            number=fact.number,
            title=fact.title,
            status="registered",
            methodologies=fact.methodologies,
            scopes=fact.scopes,
            origin=origin,
            registered_on=origin.on,
            programme=fact.programme,
        )
        self.numbers.add(fact.number)

    @take.register
    def _(self, fact: facts.ProjectStatus, origin: Origin) -> None:
        known = self.projects.get(fact.number)
        if known is None:
            known = Project(fact.number, fact.title or "", fact.status, (), (), origin)
        self.projects[fact.number] = replace(known, status=fact.status, origin=origin)
        self.numbers.add(fact.number)

    @take.register
    def _(self, fact: facts.ProjectChanged, origin: Origin) -> None:
        known = self.projects.get(fact.number)
        if known is not None:
            self.projects[fact.number] = replace(
                known,
                title=fact.title or known.title,
                methodologies=(
                    known.methodologies if fact.methodologies is None else fact.methodologies
                ),
                crediting_until=fact.crediting_until or known.crediting_until,
                origin=origin,
            )

    @take.register
    def _(self, fact: facts.CreditsDecided, origin: Origin) -> None:
        key = (origin.decision, origin.item)
        if key not in self.credits:
            for name in _each(fact.project):
                self.credits_of.setdefault(name, []).append(key)
        self.credits[key] = Credits(
            project=fact.project,
            period=fact.period,
            quantity=fact.quantity,
            amounts=fact.amounts,
            origin=origin,
            report=fact.report,
            verified=fact.verified,
        )

    @take.register
    def _(self, fact: facts.CreditsReported, origin: Origin) -> None:
        key = (origin.decision, origin.item)
        known = self.credits.get(key)
        if known is not None:
            reported = known.reported | {fact.side: fact.amount}
            self.credits[key] = replace(known, reported=reported)

    @take.register
    def _(self, fact: facts.CreditsCorrected, origin: Origin) -> None:
        key = (fact.decision, fact.item)
        known = self.credits.get(key)
        if known is not None:
            self.credits[key] = replace(
                known,
                period=known.period if fact.period is None else fact.period,
                quantity=known.quantity if fact.quantity is None else fact.quantity,
                amounts=known.amounts if fact.amounts is None else fact.amounts,
                origin=replace(known.origin, digest=origin.digest, basis=origin.basis),
            )

    @take.register
    def _(self, fact: facts.TitleCorrected, origin: Origin) -> None:
        project = self.projects.get(fact.number)
        entity = self.entities.get(fact.number)
        latest = self.latest_version(fact.number)
        if project is not None:
            self.projects[fact.number] = replace(project, title=fact.title, origin=origin)
        elif entity is not None:
            self.entities[fact.number] = replace(entity, name=fact.title, origin=origin)
        elif latest is not None:
            self.methodologies[fact.number][latest.version] = replace(
                latest, title=fact.title, origin=origin
            )

    @take.register
    def _(self, fact: facts.RulesAdopted, origin: Origin) -> None:
        for document, version in fact.documents:
            self.documents[document] = (version, origin)

    @take.register
    def _(self, fact: facts.MeasureTaken, origin: Origin) -> None:
        self.measures[fact.title] = Measure(fact.title, fact.until, origin)

    @take.register
    def _(self, fact: facts.RequestClosed, origin: Origin) -> None:
        self.numbers.add(fact.subject)

    def _keep(self, entity: Entity, before: str | None) -> None:
        """Put an entity in the place of `before`; a number that it once had stays its own."""
        known = None if before is None else self.entities.pop(before)
        if known is not None and entity.number is None:
            entity = replace(entity, number=known.number)
        self.entities[entity.number or entity.name] = entity
        if entity.number is not None:
            self.numbers.add(entity.number)


def _each(subject: str) -> tuple[str, ...]:
    """Return a subject, and each project where it names several."""
    return tuple(dict.fromkeys((subject, *projects_in(subject))))


def _scopes(scopes: tuple[Scope, ...]) -> dict[int, date | None]:
    return {scope.scope: scope.until for scope in scopes}


def _with_status(entity: Entity, fact: facts.EntityStatus) -> Entity:
    """Apply a status to the whole entity, or to the scopes that are named."""
    if fact.scopes is None:
        if fact.status != "designated":
            return replace(entity, status=fact.status)
        # Lifting a suspension makes no full designation of a provisional one.
        standing = "designated" if entity.until is None else "provisional"
        return replace(entity, status=standing, suspended=frozenset())
    named = frozenset(fact.scopes)
    if fact.status == "suspended":
        return replace(entity, suspended=entity.suspended | named)
    if fact.status == "designated":
        return replace(entity, suspended=entity.suspended - named)
    return replace(
        entity,
        validation={s: d for s, d in entity.validation.items() if s not in named},
        verification={s: d for s, d in entity.verification.items() if s not in named},
        suspended=entity.suspended - named,
    )
