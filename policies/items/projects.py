"""Items about new projects: planning and registration.

Sources: ADB 2019, section 2.4 and Figures 7 and 8; jcm.go.jp project lists and forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar, Literal

import msgspec

from policies.facts import (
    AnyFact,
    ProjectPlanned,
    ProjectRegistered,
)
from policies.findings import Finding, cannot_tell, passed, refuse
from policies.ground import Ground
from policies.items.kind import (
    Item,
    Occasion,
    ScopeNumber,
    Side,
    Text,
    check_free,
    check_number,
    check_scopes,
)
from policies.numbers import Family
from policies.rulebook import Rulebook
from policies.sides import Committee
from policies.subjects import Entity, MethodologyVersion

Work = Literal["validation", "verification"]
PROJECT_REGISTERED = "org.jcm.project.registered.v1"


class Applied(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A methodology in the exact version that a project applies."""

    number: Text
    version: Text


class Participant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project participant of one side."""

    side: Side
    name: Text


class Validation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The validation on which a registration rests."""

    entity: Text
    report: Text
    on: date
    opinion: Literal["positive", "negative"]


class IdeaNote(Item, frozen=True, kw_only=True, tag="pin_no_objection"):
    """The committee has no objection to a planned project."""

    mints: ClassVar = Family.IDEA_NOTE
    outcome: ClassVar = "no objection"
    asked_by: ClassVar = ("project",)

    number: Text

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check the number, and that the rulebook has idea notes."""
        yield from check_number(self.number, Family.IDEA_NOTE, committee)
        yield from _check_idea_notes(rulebook)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the number is new."""
        yield from check_free(self.number, occasion.ground)

    def facts(self) -> Iterator[AnyFact]:
        """Return the planned project."""
        yield ProjectPlanned(number=self.number, title=self.title)


class IdeaNoteWaiver(Item, frozen=True, kw_only=True, tag="pin_procedure_waiver"):
    """Existing projects need no idea note, where others need one."""

    outcome: ClassVar = "decided"

    projects: tuple[Text, ...]

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check that the rulebook has idea notes, and that projects are named, each once."""
        yield from _check_idea_notes(rulebook)
        if not self.projects:
            yield refuse("projects", "the item names no project")
        if len(set(self.projects)) != len(self.projects):
            yield refuse("projects", "a project stands twice")
        for number in self.projects:
            yield from check_number(number, Family.PROJECT, committee)


class Registration(Item, frozen=True, kw_only=True, tag="project_registration"):
    """A project is formally accepted. Nulls are what the decision does not say."""

    mints: ClassVar = Family.PROJECT
    notifies: ClassVar = PROJECT_REGISTERED
    outcome: ClassVar = "registered"
    asked_by: ClassVar = ("project",)

    number: Text
    methodologies: tuple[Applied, ...]
    scopes: tuple[ScopeNumber, ...]
    participants: tuple[Participant, ...]
    validation: Validation | None
    operation_start: date | None
    used_under_other_mechanism: bool | None
    programme: Text | None

    def sound(self, committee: Committee, rulebook: Rulebook) -> Iterator[Finding]:
        """Check everything that needs no history."""
        yield from check_number(self.number, Family.PROJECT, committee)
        yield from check_scopes(self.scopes, rulebook)
        if not self.methodologies:
            yield refuse("methodology", "a project applies at least one approved methodology")
        if not self.scopes:
            yield refuse("scope", "a project falls within at least one sectoral scope")
        for participant in self.participants:
            if participant.side not in committee.sides:
                yield refuse(
                    "side", f"{participant.name}: {participant.side} is no side of the committee"
                )
        if self.participants:
            count, sides = len(self.participants), " and ".join(committee.sides)
            yield passed("side", f"{count} participants, each of {sides}")
        yield from _check_validation(self.validation, rulebook)
        yield from self._check_start(rulebook)
        yield from self._check_single_use(rulebook)

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check the number, the methodologies' versions, and the entity on both days."""
        ground = occasion.ground
        yield from check_free(self.number, ground)
        yield from check_approved(self.methodologies, ground)
        if self.validation is not None:
            report, on = self.validation.report, self.validation.on
            yield from check_report_day("validation", report, on, occasion.day)
            days = (on, occasion.day)
            yield from check_entity(ground, self.validation.entity, "validation", self.scopes, days)

    def facts(self) -> Iterator[AnyFact]:
        """Return the registration."""
        yield ProjectRegistered(
            number=self.number,
            title=self.title,
            methodologies=tuple(f"{m.number} Ver{m.version}" for m in self.methodologies),
            scopes=self.scopes,
            programme=self.programme,
        )

    @property
    def log_entry(self) -> dict[str, object]:
        """The methodologies, as the public lists write them."""
        methodologies = [f"{m.number} Ver{m.version}" for m in self.methodologies]
        return super().log_entry | {"methodologies": methodologies}

    def _check_start(self, rulebook: Rulebook) -> Iterator[Finding]:
        earliest = rulebook.eligibility.operation_starts_on_or_after
        if earliest is None:
            return
        if self.operation_start is None:
            yield cannot_tell(
                rulebook.verdicts.operation_start_unknown,
                "operation-start",
                "cannot tell when operation started: the item does not say",
            )
        elif self.operation_start < earliest.value:
            yield refuse(
                "operation-start",
                f"operation started on {self.operation_start}, before {earliest.value}",
            )
        else:
            yield passed(
                "operation-start",
                f"operation started on {self.operation_start}, on or after {earliest.value}",
            )

    def _check_single_use(self, rulebook: Rulebook) -> Iterator[Finding]:
        if self.used_under_other_mechanism is None:
            yield cannot_tell(
                rulebook.verdicts.other_mechanism_unknown,
                "other-mechanism",
                "cannot tell whether another mechanism uses the project: the item does not say",
            )
        elif self.used_under_other_mechanism:
            yield refuse("other-mechanism", "the project is used under another mechanism")
        else:
            yield passed("other-mechanism", "the item says that no other mechanism uses it")


def check_approved(methodologies: Iterable[Applied], ground: Ground) -> Iterator[Finding]:
    """Yield a refusal for each methodology whose version is not approved here."""
    for applied in methodologies:
        found = ground.approved(applied.number, applied.version)
        if found is None:
            yield refuse(
                "methodology", f"{applied.number} version {applied.version} is not approved here"
            )
        else:
            yield passed("methodology", _approval(applied, found, ground))


def _approval(applied: Applied, found: MethodologyVersion, ground: Ground) -> str:
    said = f"{applied.number} version {found.version} approved"
    on = "" if found.origin.on is None else f" on {found.origin.on}"
    latest = ground.latest_version(applied.number)
    newest = "" if latest in (None, found) else f"; its newest version is {latest.version}"
    return f"{said}{on} by {found.origin.place}{newest}"


def check_registered(ground: Ground, number: str) -> Iterator[Finding]:
    """Yield a refusal unless a project is registered here and not withdrawn."""
    project = ground.projects.get(number)
    if project is None:
        yield refuse("project-registered", f"{number} is not registered here")
    elif project.status != "registered":
        yield refuse("project-registered", f"{number} is {project.status}, not registered")
    else:
        since = project.registered_on or "a day that the record does not say"
        yield passed(
            "project-registered",
            f"{number} is registered since {since}, last set by {project.origin.place}",
        )


def check_entity(
    ground: Ground,
    number: str,
    work: Work,
    scopes: tuple[int, ...],
    days: tuple[date, ...],
) -> Iterator[Finding]:
    """Yield a refusal unless an entity might do the work in the scopes, on each of the days.

    Each day is judged by what the entity was then: before its designation, or while it was
    suspended, it did no work that counts, whatever it is today. Reading taken: a project in several
    scopes needs an entity that holds all of them.
    """
    entity = ground.entities.get(number)
    if entity is None:
        yield refuse("entity-in-scope", f"{number} is no designated entity")
        return
    if not entity.validation and not entity.verification:
        message = f"cannot tell in which scopes {number} works: the record does not say"
        yield cannot_tell("refuse", "entity-in-scope", message)
        return
    held = bool(scopes)
    for day in days:
        then = entity.at(day)
        if then is None:
            held = False
            yield refuse("entity-in-scope", f"{number} was not designated yet on {day}")
            continue
        missing = [str(scope) for scope in scopes if not then.may(work, scope, day)]
        if missing or not scopes:
            held = False
            named = f"scope {', '.join(missing)}" if missing else "an unknown scope"
            yield refuse("entity-in-scope", f"{number} may not do {work} in {named} on {day}")
    if held:
        yield passed("entity-in-scope", _holding(entity, number, work, scopes, days))


def _holding(
    entity: Entity, number: str, work: Work, scopes: tuple[int, ...], days: tuple[date, ...]
) -> str:
    """Say what the entity holds, until when, by which decision, and the days looked at."""
    named = []
    for scope in scopes:
        last = (entity.validation if work == "validation" else entity.verification)[scope]
        named.append(f"{scope} {'with no last day stated' if last is None else f'until {last}'}")
    ends = "" if entity.until is None else f", provisional until {entity.until}"
    asked = " and ".join(str(day) for day in days)
    return (
        f"{number} holds {work} in scope {', '.join(named)}{ends} ({entity.origin.place}), on"
        f" {asked}"
    )


def check_report_day(check: str, report: str, on: date, day: date) -> Iterator[Finding]:
    """Yield a refusal for a report that is dated after the day of the decision."""
    if on > day:
        yield refuse(check, f"{report} is dated {on}, after the decision of {day}")
    else:
        yield passed(check, f"{report} is dated {on}, by {day}")


def _check_idea_notes(rulebook: Rulebook) -> Iterator[Finding]:
    if not rulebook.eligibility.project_idea_notes.value:
        yield refuse("idea-note", f"the rulebook {rulebook.version} has no project idea notes")
    else:
        yield passed("idea-note", f"the rulebook {rulebook.version} has project idea notes")


def _check_validation(validation: Validation | None, rulebook: Rulebook) -> Iterator[Finding]:
    if validation is None:
        yield cannot_tell(
            rulebook.verdicts.validation_unknown,
            "validation",
            "cannot tell who validated the project: the item does not say",
        )
    elif validation.opinion != "positive":
        yield refuse("validation", "the validation opinion is negative")
