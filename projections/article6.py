"""A Party's tables of the agreed electronic format for one year, each row with its event.

What happened in the year, whatever the vintage; what is held, at the year's end. A committee's
record knows what the governments have reported to it, and nothing of use or cancellation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from policies.calendar import timestamp
from policies.government import Acquisition, Authorization, FirstTransfer, Moved
from policies.parties import alpha3
from policies.refusals import NotFoundError
from policies.sides import Committee
from projections.article6_template import (
    ACTIONS,
    AUTHORIZATIONS,
    ENTITIES,
    FIVE_TABLES,
    HOLDINGS,
    Cell,
    Line,
    Table,
    Template,
)
from projections.government import Reported, reported, standing
from projections.tables import Tables

PROVENANCE = (
    "table",
    "row",
    "committee",
    "event",
    "side",
    "report",
    "envelope",
    "recorded_at",
    "decision",
    "item",
    "project",
    "differences",
)
"""The columns that say where each row of a table comes from; rows are counted from 1."""


class Filled(NamedTuple):
    """A table with the lines of its rows."""

    table: Table
    lines: tuple[Line, ...]

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """The rows, in the order of the lines."""
        return [self.table.row(line) for line in self.lines]


class Article6(NamedTuple):
    """A side's tables of one year, as known at an instant (null: now)."""

    committee: str
    side: str
    year: int
    known_at: datetime | None
    template: Template
    filled: tuple[Filled, ...]
    awaited: tuple[Reported, ...]
    """First transfers to this Party of which it has reported no acquisition."""

    @property
    def provenance(self) -> list[tuple[Cell, ...]]:
        """Where every row comes from."""
        return [
            _provenance(filled.table, number, line.reported)
            for filled in self.filled
            for number, line in enumerate(filled.lines, start=1)
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the shape of ``jcgov article6 --json``."""
        return {
            "committee": self.committee,
            "side": self.side,
            "party": alpha3(self.side),
            "year": self.year,
            "known_at": None if self.known_at is None else timestamp(self.known_at),
            "template": self.template.name,
            "tables": {
                filled.table.name: [
                    dict(zip(filled.table.labels, row, strict=True)) for row in filled.rows
                ]
                for filled in self.filled
            },
            "provenance": [dict(zip(PROVENANCE, row, strict=True)) for row in self.provenance],
        }


def article6(
    tables: Tables,
    committee: Committee,
    side: str,
    year: int,
    *,
    known_at: datetime | None = None,
    template: Template = FIVE_TABLES,
) -> Article6:
    """Return a side's tables of a year; raises `NotFoundError` for a side of another committee."""
    if side not in committee.sides:
        message = f"{side} is no side of {committee.code}: {', '.join(committee.sides)}"
        raise NotFoundError(message)
    every = reported(tables, committee.code, known_at)
    reports = sorted(standing(every), key=_by_day)
    own = [report for report in reports if report.side == side]
    authorizations = [report for report in every if report.side == committee.partner]
    authorized = standing(r for r in every if r.side == side and r.act.on.year <= year)
    lines = {
        AUTHORIZATIONS: _authorized(authorized, year),
        ACTIONS: _moved((r for r in own if r.act.on.year == year), authorizations),
        HOLDINGS: _moved((r for r in own if _held(r, year)), authorizations),
        ENTITIES: _entities(authorized, year),
    }
    filled = tuple(Filled(table, tuple(lines[table.name])) for table in template.tables)
    awaited = tuple(_awaited(reports, side, year))
    return Article6(committee.code, side, year, known_at, template, filled, awaited)


def _authorized(at_years_end: Iterable[Reported], year: int) -> Iterator[Line]:
    """Yield the year's authorizations, each in the version that stood when the year ended."""
    for report in sorted(at_years_end, key=_by_day):
        if isinstance(report.act, Authorization) and report.act.on.year == year:
            yield Line(report, report.act)


def _entities(at_years_end: Iterable[Reported], year: int) -> Iterator[Line]:
    for line in _authorized(at_years_end, year):
        for entity in line.named.entities:
            yield line._replace(entity=entity)


def _moved(reports: Iterable[Reported], authorizations: list[Reported]) -> Iterator[Line]:
    for report in reports:
        if isinstance(report.act, Moved):
            yield Line(report, _named(report, report.act.authorization, authorizations))


def _named(report: Reported, name: str, authorizations: list[Reported]) -> Authorization | None:
    """Return an authorization as it stood when it was used: a later version changes no past year.

    One that was reported afterwards is the one that was meant, where there was none before.
    """
    known = [
        (other.event, other.act)
        for other in authorizations
        if isinstance(other.act, Authorization) and other.act.authorization == name
    ]
    before = [act for event, act in known if event < report.event]
    return before[-1] if before else next((act for _event, act in known), None)


def _held(report: Reported, year: int) -> bool:
    """Whether it is held at the year's end, for all that is reported here."""
    return isinstance(report.act, Acquisition) and report.act.on.year <= year


def _by_day(report: Reported) -> tuple[date, int]:
    return (report.act.on, report.event)


def _awaited(reports: Iterable[Reported], side: str, year: int) -> Iterator[Reported]:
    party = alpha3(side)
    found = list(reports)
    acquired = [r.act.itmos.range for r in found if isinstance(r.act, Acquisition)]
    for report in found:
        act = report.act
        if not isinstance(act, FirstTransfer) or act.acquiring != party or act.on.year > year:
            continue
        given = act.itmos.range
        same = (r for r in acquired if r.first._replace(serial=0) == given.first._replace(serial=0))
        shared = (
            min(r.last.serial, given.last.serial) - max(r.first.serial, given.first.serial) + 1
            for r in same
        )
        if sum(max(count, 0) for count in shared) < given.size:
            yield report


def _provenance(table: Table, number: int, report: Reported) -> tuple[Cell, ...]:
    return (
        table.name,
        number,
        report.committee,
        report.event,
        report.side,
        report.report,
        report.digest,
        report.recorded_at,
        report.decision,
        report.item,
        report.project,
        "; ".join(report.differences) or None,
    )
