"""What is decided already: the ground on which a new decision is judged, built of facts.

Taking a fact never checks; checks belong to the moment of deciding. The same ground, built of the
facts up to a day, answers what was in force on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import singledispatch

from msgspec.structs import replace

from policies import facts
from policies.facts import Scope
from policies.numbers import projects_in, version_key
from policies.subjects import (
    Credits,
    Entity,
    Measure,
    MethodologyVersion,
    Origin,
    Project,
    ReportedBlock,
)


@dataclass
class Ground:
    """Everything that later decisions can rest on, by number."""

    methodologies: dict[str, dict[str, MethodologyVersion]] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    credits: dict[tuple[str, int], Credits] = field(default_factory=dict)
    credits_of: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    corrected: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """The item whose credits an item says anew, by the item that does."""
    documents: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    named: dict[str, dict[str, None]] = field(default_factory=dict)
    """The keys of the entities of a name, in the order in which they came to it."""

    def branch(self) -> Ground:
        """Return a copy that can take facts without touching this one."""
        return Ground(
            methodologies={number: dict(found) for number, found in self.methodologies.items()},
            entities=dict(self.entities),
            projects=dict(self.projects),
            credits=dict(self.credits),
            credits_of={project: list(keys) for project, keys in self.credits_of.items()},
            corrected=dict(self.corrected),
            documents=dict(self.documents),
            measures=dict(self.measures),
            numbers=set(self.numbers),
            named={name: dict(keys) for name, keys in self.named.items()},
        )

    def latest_version(self, methodology: str) -> MethodologyVersion | None:
        """Return the newest approved version of a methodology."""
        found = self.methodologies.get(methodology, {})
        return max(found.values(), key=lambda v: version_key(v.version), default=None)

    def approves(self, methodology: str, version: str) -> bool:
        """Whether that version of a methodology is approved (``1.1`` and ``01.1`` are one)."""
        return self.approved(methodology, version) is not None

    def approved(self, methodology: str, version: str) -> MethodologyVersion | None:
        """Return that version of a methodology, if it is approved."""
        wanted = version_key(version)
        known = self.methodologies.get(methodology, {})
        return next((found for v, found in known.items() if version_key(v) == wanted), None)

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
        if number is None:
            return next(iter(self.named.get(name, ())), None)
        if number in self.entities:
            return number
        unnumbered = self.entities.get(name)
        return name if unnumbered is not None and unnumbered.number is None else None

    def credits_by(self, decision: str, item: int) -> Credits | None:
        """Return the credits that an item decided, or says anew."""
        key = (decision, item)
        return self.credits.get(self.corrected.get(key, key))

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

    def take(self, fact: facts.Fact, origin: Origin) -> None:
        """Take a fact as given. Never refuses."""
        _take(fact, self, origin)

    def _keep(self, entity: Entity, before: str | None) -> None:
        """Put an entity in the place of `before`; a number that it once had stays its own."""
        known = None if before is None else self.entities.pop(before)
        if known is not None and before is not None:
            del self.named[known.name][before]
        if known is not None:
            entity = entity.following(known)
        if known is not None and entity.number is None:
            entity = replace(entity, number=known.number)
        key = entity.number or entity.name
        self.entities[key] = entity
        self.named.setdefault(entity.name, {})[key] = None
        if entity.number is not None:
            self.numbers.add(entity.number)


@singledispatch
def _take(fact: facts.Fact, _ground: Ground, _origin: Origin) -> None:
    raise TypeError(f"no register takes {type(fact).__name__}")


@_take.register
def _(fact: facts.MethodologyApproved, ground: Ground, origin: Origin) -> None:
    versions = ground.methodologies.setdefault(fact.number, {})
    versions[fact.version] = MethodologyVersion(fact.version, fact.title, fact.scopes, origin)
    ground.numbers.add(fact.number)


@_take.register
def _(fact: facts.EntityDesignated, ground: Ground, origin: Origin) -> None:
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
    ground._keep(designated, ground.entity(fact.number, fact.name))


@_take.register
def _(fact: facts.EntityScopesAdded, ground: Ground, origin: Origin) -> None:
    key = ground.entity(fact.number, fact.name)
    fresh = Entity(fact.number, fact.name, "designated", {}, {}, origin)
    entity = fresh if key is None else ground.entities[key]
    extended = replace(
        entity,
        number=fact.number,
        validation=entity.validation | _scopes(fact.validation),
        verification=entity.verification | _scopes(fact.verification),
        origin=origin,
    )
    ground._keep(extended, key)


@_take.register
def _(fact: facts.EntityReaccredited, ground: Ground, origin: Origin) -> None:
    known = ground.entities.get(fact.number)
    if known is not None:
        renewed = replace(
            known,
            status="designated",
            until=None,
            validation=_scopes(fact.validation),
            verification=_scopes(fact.verification),
            origin=origin,
        )
        ground.entities[fact.number] = renewed.following(known)


@_take.register
def _(fact: facts.EntityStatus, ground: Ground, origin: Origin) -> None:
    key = ground.entity(fact.number, fact.name)
    if key is not None:
        changed = _with_status(ground.entities[key], fact)
        ground._keep(replace(changed, number=fact.number, origin=origin), key)
    elif fact.name and fact.scopes is None:
        ground._keep(Entity(fact.number, fact.name, fact.status, {}, {}, origin), None)


@_take.register
def _(fact: facts.ProjectPlanned, ground: Ground, origin: Origin) -> None:
    ground.projects[fact.number] = Project(
        fact.number, fact.title, "no objection to plan", (), (), origin
    )
    ground.numbers.add(fact.number)


@_take.register
def _(fact: facts.ProjectRegistered, ground: Ground, origin: Origin) -> None:
    ground.projects[fact.number] = Project(
        number=fact.number,
        title=fact.title,
        status="registered",
        methodologies=fact.methodologies,
        scopes=fact.scopes,
        origin=origin,
        registered_on=origin.on,
        programme=fact.programme,
    )
    ground.numbers.add(fact.number)


@_take.register
def _(fact: facts.ProjectStatus, ground: Ground, origin: Origin) -> None:
    known = ground.projects.get(fact.number)
    if known is None:
        known = Project(fact.number, fact.title or "", fact.status, (), (), origin)
    ground.projects[fact.number] = replace(known, status=fact.status, origin=origin)
    ground.numbers.add(fact.number)


@_take.register
def _(fact: facts.ProjectChanged, ground: Ground, origin: Origin) -> None:
    known = ground.projects.get(fact.number)
    if known is not None:
        ground.projects[fact.number] = replace(
            known,
            title=fact.title or known.title,
            methodologies=(
                known.methodologies if fact.methodologies is None else fact.methodologies
            ),
            crediting_until=fact.crediting_until or known.crediting_until,
            origin=origin,
        )


@_take.register
def _(fact: facts.CreditsDecided, ground: Ground, origin: Origin) -> None:
    key = (origin.decision, origin.item)
    known = ground.credits.get(key)
    if known is None:
        for name in _each(fact.project):
            ground.credits_of.setdefault(name, []).append(key)
    found = Credits(
        project=fact.project,
        period=fact.period,
        quantity=fact.quantity,
        amounts=fact.amounts,
        origin=origin,
        report=fact.report,
        verified=fact.verified,
    )
    if known is not None and known.reports:  # a record that is adopted anew undoes no report
        reported = {side: known.reported[side] for side in known.reports}
        found = replace(found, reported=reported, reports=known.reports)
    ground.credits[key] = found


@_take.register
def _(fact: facts.CreditsReported, ground: Ground, origin: Origin) -> None:
    key = (origin.decision, origin.item)
    known = ground.credits.get(key)
    if known is None:
        return
    standing = known.reports.get(fact.side, ())
    if fact.report is None:
        if not standing:  # what the registry has signed goes before what others have published
            ground.credits[key] = replace(known, reported=known.reported | {fact.side: fact.amount})
        return
    total = known.reported[fact.side] if standing else 0
    if fact.supersedes is not None:
        total -= sum(b.amount for b in standing if b.report == fact.supersedes)
        standing = tuple(b for b in standing if b.report != fact.supersedes)
    block = ReportedBlock(fact.report, fact.amount, fact.on, fact.first, fact.last)
    ground.credits[key] = replace(
        known,
        reported=known.reported | {fact.side: total + fact.amount},
        reports=known.reports | {fact.side: (*standing, block)},
    )


@_take.register
def _(fact: facts.CreditsCorrected, ground: Ground, origin: Origin) -> None:
    key = (fact.decision, fact.item)
    known = ground.credits.get(key)
    if known is not None:
        ground.corrected[origin.decision, origin.item] = key
        ground.credits[key] = replace(
            known,
            period=known.period if fact.period is None else fact.period,
            quantity=known.quantity if fact.quantity is None else fact.quantity,
            amounts=known.amounts if fact.amounts is None else fact.amounts,
            origin=replace(known.origin, digest=origin.digest, basis=origin.basis),
            corrected_on=known.corrected_on if fact.amounts is None else origin.on,
        )


@_take.register
def _(fact: facts.TitleCorrected, ground: Ground, origin: Origin) -> None:
    project = ground.projects.get(fact.number)
    entity = ground.entities.get(fact.number)
    latest = ground.latest_version(fact.number)
    if project is not None:
        ground.projects[fact.number] = replace(project, title=fact.title, origin=origin)
    elif entity is not None:
        ground._keep(replace(entity, name=fact.title, origin=origin), fact.number)
    elif latest is not None:
        ground.methodologies[fact.number][latest.version] = replace(
            latest, title=fact.title, origin=origin
        )


@_take.register
def _(fact: facts.RulesAdopted, ground: Ground, origin: Origin) -> None:
    for document, version in fact.documents:
        ground.documents[document] = (version, origin)


@_take.register
def _(fact: facts.MeasureTaken, ground: Ground, origin: Origin) -> None:
    ground.measures[fact.title] = Measure(fact.title, fact.until, origin)


@_take.register
def _(fact: facts.RequestClosed, ground: Ground, _origin: Origin) -> None:
    ground.numbers.add(fact.subject)


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
