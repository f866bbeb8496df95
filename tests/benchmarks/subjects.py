"""What a committee's decisions are about: what stands, as far as later items rest on it.

Keeps what later items need: numbers given, the newest methodologies, entities and projects, and
what an open proposal is about to change. The ground beside it is what the checks look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from policies.ground import Ground
from policies.items import AnyItem
from policies.items.entities import Designation, ScopeExtension
from policies.items.methodologies import MethodologyApproval, MethodologyRevision
from policies.items.projects import Registration
from policies.items.rules import RulesAdoption, RulesRevision, SpecialMeasure
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.subjects import Origin

T = TypeVar("T")
SCOPES = range(1, 14)
"""Sectoral scopes that are given: scope 14 is not every forest, nor 15 every rulebook's."""
_REMEMBERED = 64
"""How many of the newest methodologies, entities and projects later items may rest on."""
_MUST_REMAIN = timedelta(days=180)
"""An entity is chosen for work only if its scopes outlast every decision that may take."""


class MissingError(Exception):
    """Nothing stands yet on which the item could rest."""


@dataclass
class StandingMethodology:
    """An approved methodology in its newest version, and the decision that set it."""

    number: str
    version: int
    title: str
    scope: int
    digest: str


@dataclass
class StandingEntity:
    """A designated entity, since when it has each scope, and the decision that set them last."""

    number: str
    name: str
    scopes: dict[int, date]
    until: date
    digest: str


@dataclass
class StandingProject:
    """A registered project, and the first day for which no credits were asked yet."""

    number: str
    title: str
    scope: int
    monitored_from: date


@dataclass
class Subjects:
    """One committee's subjects by number, as far as later items need them.

    `changing` names what open proposals are about to change: nobody else may.
    """

    partner: str
    rulebook: Rulebook
    rng: Random
    counts: Counter[str] = field(default_factory=Counter)
    changing: set[str] = field(default_factory=set)
    methodologies: dict[str, StandingMethodology] = field(default_factory=dict)
    entities: dict[str, StandingEntity] = field(default_factory=dict)
    projects: dict[str, StandingProject] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    ground: Ground = field(default_factory=Ground)

    def take(self, items: Iterable[AnyItem], number: str, name: str, day: date) -> None:
        """Take the items of a decision adopted on a day, of that number and digest, as standing."""
        for place, item in enumerate(items, start=1):
            self.release(item)
            self._take(item, name, day)
            origin = Origin(number, place, name, day, "signed")
            for fact in item.facts():
                self.ground.take(fact, origin)

    def release(self, item: AnyItem) -> None:
        """Let others change what an item was about to change: it is decided, or given up."""
        match item:
            case MethodologyRevision() | ScopeExtension():
                self.changing.discard(item.number)
            case SpecialMeasure():
                self.changing.discard(item.title)
            case RulesAdoption() | RulesRevision():
                self.changing.difference_update(document.title for document in item.documents)

    def mint(self, family: Family) -> str:
        """Return the next number of a family; none is ever given twice."""
        return f"{family.prefix(self.partner)}{self.count(family.name):03}"

    def count(self, what: str) -> int:
        """Return how often this was asked."""
        self.counts[what] += 1
        return self.counts[what]

    def entity_for(self, scope: int, day: date) -> StandingEntity:
        """Return an entity that may work in a scope from that day on for long enough."""
        until = day + _MUST_REMAIN
        return self.chosen(
            e for e in self.entities.values() if scope in e.scopes and e.until > until
        )

    def chosen(self, among: Iterable[T]) -> T:
        """Return one of them; raise `MissingError` if there is none."""
        found = list(among)
        if not found:
            raise MissingError
        return self.rng.choice(found)

    def _take(self, item: AnyItem, name: str, day: date) -> None:
        match item:
            case MethodologyApproval(number=number, title=title, scopes=scopes):
                approved = StandingMethodology(number, 1, title, scopes[0], name)
                _remember(self.methodologies, number, approved)
            case MethodologyRevision(number=number) if number in self.methodologies:
                revised = self.methodologies[number]
                revised.version, revised.digest = int(item.version.split(".")[0]), name
            case Designation(number=number, title=title):
                given = {entry.scope: day for entry in item.validation}
                until = min(entry.until or date.max for entry in item.validation)
                _remember(self.entities, number, StandingEntity(number, title, given, until, name))
            case ScopeExtension(number=number) if number in self.entities:
                extended = self.entities[number]
                extended.scopes |= {entry.scope: day for entry in item.validation}
                extended.digest = name
            case Registration(number=number, title=title, scopes=scopes):
                begins = item.operation_start or date.max
                _remember(self.projects, number, StandingProject(number, title, scopes[0], begins))
            case SpecialMeasure(title=title):
                self.measures[title] = name


def _remember(pool: dict[str, T], number: str, subject: T) -> None:
    """Add the newest, and forget the oldest of too many."""
    pool[number] = subject
    if len(pool) > _REMEMBERED:
        del pool[next(iter(pool))]
