"""The public registers: methodologies, entities, projects, and credits for each side.

A register's view holds facts, with the day they are in force from and the instant at which they
were recorded; reading folds the facts up to a day and an instant into the ground of that moment,
the same that new decisions are judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import msgspec

from aggregates.committee.events import DecisionAdopted, ReportRecorded
from aggregates.committee.reporting import reported_fact
from aggregates.history.events import HistoryRecorded
from policies import facts, history
from policies.facts import AnyFact, Fact
from policies.ground import Ground
from policies.items.past import HistoryAdoption
from policies.proof.reading import read_recorded
from policies.proof.statements import Acknowledgement
from policies.sides import Committee
from policies.subjects import Basis, Credits, Entity, MethodologyVersion, Origin
from projections.view import Entry, Row, View

ORDER = "adopted_on NULLS FIRST, stream, version, part"
"""The order in which a register's rows are folded: undated first, then by day."""
COLUMNS = (
    "committee",
    "decision",
    "item",
    "digest",
    "adopted_on",
    "recorded_at",
    "basis",
    "fact",
)

_TAKES: dict[str, tuple[type[Fact], ...]] = {
    "methodologies": (facts.MethodologyApproved, facts.TitleCorrected),
    "entities": (
        facts.EntityDesignated,
        facts.EntityScopesAdded,
        facts.EntityReaccredited,
        facts.EntityStatus,
        facts.TitleCorrected,
    ),
    "projects": (
        facts.ProjectPlanned,
        facts.ProjectRegistered,
        facts.ProjectStatus,
        facts.ProjectChanged,
        facts.TitleCorrected,
    ),
    "credits": (facts.CreditsDecided, facts.CreditsReported, facts.CreditsCorrected),
}
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyFact)


def _rows(takes: tuple[type[Fact], ...], entry: Entry) -> Iterator[Row]:
    for origin, fact in _facts(entry):
        if isinstance(fact, takes):
            yield (
                entry.recorded.originator_id.partition("/")[0],
                origin.decision,
                origin.item,
                origin.digest,
                None if origin.on is None else origin.on.isoformat(),
                entry.recorded_at,
                origin.basis,
                _ENCODER.encode(fact).decode("utf-8"),
            )


_EVENTS = (DecisionAdopted, HistoryRecorded, ReportRecorded)

REGISTERS: dict[str, View] = {
    name: View(name, COLUMNS, partial(_rows, takes), _EVENTS) for name, takes in _TAKES.items()
}
"""Every register by its name."""


def ground_of(
    rows: Iterable[Sequence[Any]],
    *,
    imported: bool = True,
    as_of: date | None = None,
    onto: Ground | None = None,
) -> Ground:
    """Fold rows of COLUMNS, in the order of their days, into a ground: a new one, or `onto` one.

    What a committee has adopted replaces what was merely imported; `imported` leaves that out.
    As of a day, nothing that was issued later is reported: the record of the past has what was
    issued together with what was decided.
    """
    ground = Ground() if onto is None else onto
    for fact, origin in facts_of_rows(rows, imported=imported):
        if as_of is None or not _issued_after(fact, as_of):
            ground.take(fact, origin)
    return ground


def _issued_after(fact: AnyFact, day: date) -> bool:
    return isinstance(fact, facts.CreditsReported) and fact.on is not None and fact.on > day


def facts_of_rows(
    rows: Iterable[Sequence[Any]], *, imported: bool = True
) -> Iterator[tuple[AnyFact, Origin]]:
    """Yield the facts of rows as `ground_of` takes them: first those of the past, then signed."""
    found = [row for row in rows if imported or row[6] != "imported"]
    replaced = {(row[1], row[2]) for row in found if row[6] == "adopted"}
    for row in found:
        known = row[6] == "imported" and (row[1], row[2]) in replaced
        if row[6] != "signed" and not known:
            yield _DECODER.decode(row[7]), _origin(row)
    for row in found:
        if row[6] == "signed":
            yield _DECODER.decode(row[7]), _origin(row)


def methodologies(ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield every approved version; `until` is the day on which the next one was approved."""
    for number in sorted(ground.methodologies):
        versions = list(ground.methodologies[number].values())
        versions.sort(key=lambda version: _first(version.origin.on))
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            yield {
                "number": number,
                "version": version.version,
                "title": version.title,
                "scope": list(version.scopes),
                "approved_on": iso(version.origin.on),
                "until": _until(following),
                "basis": version.origin.basis,
            }


def entities(ground: Ground, as_of: date | None = None) -> Iterator[dict[str, Any]]:
    """Yield every designated entity with its scopes for each kind of work, and their last day.

    As of a day, only what may be used on that day.
    """
    for key in sorted(ground.entities):
        entity = ground.entities[key]
        yield {
            "number": entity.number,
            "name": entity.name,
            "status": entity.status,
            "validation": _scopes(entity, entity.validation, as_of),
            "verification": _scopes(entity, entity.verification, as_of),
            "basis": entity.origin.basis,
        }


def projects(ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield every project, the planned and the withdrawn ones too."""
    for number in sorted(ground.projects):
        project = ground.projects[number]
        yield {
            "number": number,
            "title": project.title,
            "status": project.status,
            "registered_on": iso(project.registered_on),
            "methodologies": list(project.methodologies),
            "basis": project.origin.basis,
        }


def credits_by_side(ground: Ground, sides: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield what was decided and reported, one entry for each project, period and side."""
    decided = sorted(ground.credits.values(), key=_credit_order)
    for entry in decided:
        period = None if entry.period is None else [day.isoformat() for day in entry.period]
        for side in sides:
            amount = None if entry.amounts is None else entry.amounts.get(side)
            reported = entry.reported.get(side)
            yield {
                "project": entry.project,
                "period": period,
                "side": side,
                "decided": amount,
                "reported": 0 if reported is None and amount == 0 else reported,
                "basis": entry.origin.basis,
            }


def entries(
    name: str, ground: Ground, committee: Committee, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return a register's entries in the shape of ``jcgov register … --json``."""
    if name == "credits":
        return list(credits_by_side(ground, committee.sides))
    if name == "entities":
        return list(entities(ground, as_of))
    return list(_ENTRIES[name](ground))


_ENTRIES: dict[str, Callable[[Ground], Iterator[dict[str, Any]]]] = {
    "methodologies": methodologies,
    "projects": projects,
}


def _facts(entry: Entry) -> Iterator[tuple[Origin, AnyFact]]:
    event = entry.event
    if isinstance(event, HistoryRecorded):
        yield from _past(event.decisions, event.committee, "imported", None)
        return
    if isinstance(event, ReportRecorded):
        said = read_recorded(event.envelope, Acknowledgement)
        # By the day on which it was recorded: reports are taken in the order in which they came.
        origin = Origin(event.decision, event.item, event.envelope.digest, event.on, "signed")
        yield origin, reported_fact(said, event.project)
        return
    if not isinstance(event, DecisionAdopted):
        return
    name = event.decision.digest
    for number, item in enumerate(entry.decision.items, start=1):
        origin = Origin(event.number, number, name, event.adopted_on, "signed")
        for fact in item.facts():
            yield origin, fact
        if isinstance(item, HistoryAdoption):
            record = history.parse_record(event.annexes[item.record])
            yield from _past(record.decisions, record.committee, "adopted", name)


def _past(
    decisions: Iterable[history.HistoricalDecision],
    committee: str,
    basis: Basis,
    digest: str | None,
) -> Iterator[tuple[Origin, AnyFact]]:
    sides = Committee.parse(committee).sides
    for past in decisions:
        for number, row in past.items:
            origin = Origin(past.number, number, digest, past.on, basis)
            for fact in history.facts_of(row, sides):
                yield origin, fact


def _origin(row: Sequence[Any]) -> Origin:
    day = None if row[4] is None else date.fromisoformat(row[4])
    return Origin(row[1], row[2], row[3], day, row[6])


def _scopes(
    entity: Entity, held: dict[int, date | None], as_of: date | None
) -> list[dict[str, Any]]:
    """Return scopes with their last day; a provisional designation bounds them all.

    A suspended scope may not be used, so it is not listed while the suspension lasts.
    """
    found = []
    for scope in sorted(held.keys() - entity.suspended):
        last = min((day for day in (held[scope], entity.until) if day is not None), default=None)
        if as_of is None or last is None or as_of <= last:
            found.append({"scope": scope, "until": iso(last)})
    return found


def _until(following: MethodologyVersion | None) -> str | None:
    return None if following is None else iso(following.origin.on)


def _credit_order(entry: Credits) -> tuple[str, date, str, int]:
    begins = entry.period[0] if entry.period is not None else date.min
    return (entry.project, begins, entry.origin.decision, entry.origin.item)


def _first(day: date | None) -> date:
    return day or date.min


def iso(day: date | None) -> str | None:
    """Return a day as readers see it; null stays null."""
    return None if day is None else day.isoformat()
