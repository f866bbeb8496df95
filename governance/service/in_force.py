"""What a text would change of what is in force now: each subject as it stands, and as it would.

Made of the same facts as the registers: the items' facts are taken on a copy of the ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from aggregates.committee.state import CommitteeState
from policies import facts
from policies.figures import Figure, figures
from policies.ground import Ground
from policies.proof.statements import Decision
from policies.rulebook import Rulebook, parse_rulebook
from policies.subjects import Credits, Origin

Register = Literal["methodology", "entity", "project", "credits", "document", "measure"]
Subject = tuple[Register, str]
Members = dict[str, str]
"""What stands of a subject, member by member."""
_LAST = 12
"""Periods of a project's credits that are shown beside a new one."""
_THIS = "this text"


@dataclass(frozen=True, slots=True)
class Change:
    """A subject that an item changes: what stands of it, null if nothing does, and what would.

    `origin` is the item that last set it.
    """

    item: int
    register: Register
    name: str
    now: Members | None
    then: Members
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of the rulebook in force that a proposed one has otherwise; null: it has none."""

    place: str
    now: Figure[Any] | None
    then: Figure[Any] | None


def changes(state: CommitteeState, decision: Decision, day: date) -> list[Change]:
    """Return what the items of a text change, in their order, as if they were adopted on a day."""
    ground = state.ground
    trial = ground.branch()
    touched: dict[Subject, tuple[int, Subject]] = {}
    for number, item in enumerate(decision.items, start=1):
        origin = Origin(_THIS, number, None, day, "signed")
        for fact in item.facts():
            before = list(_subjects(fact, trial))
            trial.take(fact, origin)
            after = list(_subjects(fact, trial))
            known = before if len(before) == len(after) else after
            for subject, name in zip(after, known, strict=True):
                touched.setdefault(subject, (number, name))
    return [
        Change(number, *subject, _stands(ground, name), then, _origin(ground, name))
        for subject, (number, name) in touched.items()
        if (then := _stands(trial, subject)) is not None
    ]


def rulebook_changes(
    state: CommitteeState, decision: Decision, annexes: Mapping[str, str]
) -> list[FigureChange] | None:
    """Return by figure what a proposed rulebook changes; null where no rulebook is proposed.

    Raises `RulebookError` for an annexed text that is none.
    """
    for item in decision.items:
        proposed = getattr(item, "rulebook", None)
        if proposed is not None and proposed.digest in annexes:
            return figure_changes(state.rulebook, parse_rulebook(annexes[proposed.digest]).rulebook)
    return None


def figure_changes(now: Rulebook, then: Rulebook) -> list[FigureChange]:
    """Return every figure that is not the same, its value, source and standing taken together."""
    ours, theirs = dict(figures(now)), dict(figures(then))
    return [
        FigureChange(place, ours.get(place), theirs.get(place))
        for place in dict.fromkeys((*ours, *theirs))
        if ours.get(place) != theirs.get(place)
    ]


def _subjects(fact: facts.AnyFact, ground: Ground) -> Iterator[Subject]:
    """Yield whom a fact is about, by the name under which the ground has it."""
    match fact:
        case facts.MethodologyApproved(number=number):
            yield "methodology", number
        case (
            facts.EntityDesignated(number=entity, name=name)
            | facts.EntityScopesAdded(number=entity, name=name)
            | facts.EntityStatus(number=entity, name=name)
        ):
            key = ground.entity(entity, name)
            if key is not None:
                yield "entity", key
        case facts.EntityReaccredited(number=number):
            yield "entity", number
        case (
            facts.ProjectPlanned(number=number)
            | facts.ProjectRegistered(number=number)
            | facts.ProjectStatus(number=number)
            | facts.ProjectChanged(number=number)
        ):
            yield "project", number
        case facts.CreditsDecided(project=project):
            yield "credits", project
        case facts.CreditsCorrected(decision=decision, item=item):
            corrected = ground.credits_by(decision, item)
            if corrected is not None:
                yield "credits", corrected.project
        case facts.TitleCorrected(number=number):
            yield from _titled(number, ground)
        case facts.RulesAdopted(documents=documents):
            yield from (("document", title) for title, _version in documents)
        case facts.MeasureTaken(title=title):
            yield "measure", title


def _titled(number: str, ground: Ground) -> Iterator[Subject]:
    if number in ground.methodologies:
        yield "methodology", number
    elif number in ground.entities:
        yield "entity", number
    elif number in ground.projects:
        yield "project", number


def _stands(ground: Ground, subject: Subject) -> Members | None:
    register, name = subject
    found: dict[str, Any] | None = None
    if register == "methodology" and (latest := ground.latest_version(name)) is not None:
        found = {"version": latest.version, "title": latest.title, "scopes": latest.scopes}
    elif register == "entity" and (entity := ground.entities.get(name)) is not None:
        found = {
            "name": entity.name,
            "status": entity.status,
            "until": entity.until,
            "validation": _scopes(entity.validation),
            "verification": _scopes(entity.verification),
            "suspended": sorted(entity.suspended),
        }
    elif register == "project" and (project := ground.projects.get(name)) is not None:
        found = {
            "title": project.title,
            "status": project.status,
            "methodologies": project.methodologies,
            "scopes": project.scopes,
            "programme": project.programme,
            "crediting_until": project.crediting_until,
        }
    elif register == "credits" and (decided := ground.credits_of_project(name)):
        found = {_period(credits): _amounts(credits) for credits in decided[-_LAST:]}
    elif register == "document" and (document := ground.documents.get(name)) is not None:
        found = {"version": document[0]}
    elif register == "measure" and (measure := ground.measures.get(name)) is not None:
        found = {"until": measure.until}
    return None if found is None else {member: _text(value) for member, value in found.items()}


def _origin(ground: Ground, subject: Subject) -> Origin | None:
    register, name = subject
    holder: Any = None
    match register:
        case "methodology":
            holder = ground.latest_version(name)
        case "entity":
            holder = ground.entities.get(name)
        case "project":
            holder = ground.projects.get(name)
        case "credits":
            holder = next(reversed(ground.credits_of_project(name)), None)
        case "document":
            known = ground.documents.get(name)
            return None if known is None else known[1]
        case "measure":
            holder = ground.measures.get(name)
    origin: Origin | None = getattr(holder, "origin", None)
    return origin


def _scopes(held: Mapping[int, Any]) -> list[str]:
    return [
        str(scope) if until is None else f"{scope} (until {until})"
        for scope, until in sorted(held.items())
    ]


def _period(credits: Credits) -> str:
    where = f" [{credits.origin.place}]" if credits.origin.decision != _THIS else ""
    period = "?" if credits.period is None else f"{credits.period[0]} – {credits.period[1]}"
    return f"{period}{where}"


def _amounts(credits: Credits) -> str:
    if credits.amounts is None:
        return "?" if credits.quantity is None else f"{credits.quantity:,} tCO2e"
    sides = (f"{side} {'?' if a is None else f'{a:,}'}" for side, a in credits.amounts.items())
    return f"{', '.join(sides)} tCO2e"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
