"""Reconciliation: what was decided for each side, what its registry has reported, what differs.

Folded from the credits register, so that the two never disagree: signed decisions and adopted
history count, the merely imported does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from aggregates.committee.events import ReportRecorded
from policies.calendar import day_of, timestamp
from policies.ground import Ground
from policies.sides import Committee
from policies.subjects import Credits, ReportedBlock
from projections.log_reading import LogFilter
from projections.registers import ORDER, REGISTERS, ground_of
from projections.rulebooks import rulebooks_of
from projections.tables import Question, Tables
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "side",
    "report",
    "decision",
    "item",
    "recorded_on",
    "recorded_at",
    "case_name",
    "what",
    "detail",
)


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, ReportRecorded):
        return
    said = event.envelope.value
    for found in event.differences:
        yield (
            entry.recorded.originator_id,
            event.side,
            said["report"],
            event.decision,
            event.item,
            event.on.isoformat(),
            entry.recorded_at,
            event.case,
            found.what.value,
            found.detail,
        )


class Standing(StrEnum):
    """How what a registry reported stands to what was decided for its side."""

    AGREES = "agrees"
    NOTHING_DUE = "nothing due"
    MISSING = "missing"
    LESS = "less"
    MORE = "more"
    UNKNOWN = "unknown"
    """The record does not say what was decided."""


DIFFERENCES = View("report_differences", COLUMNS, _rows, (ReportRecorded,))
"""Everything in which a report differed when it came, whatever became of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of one decided amount."""

    committee: str
    side: str
    credits: Credits
    today: date
    """The day in the committee's time zone, or the day that is asked about."""

    @property
    def decided(self) -> int | None:
        """What the side may issue; null where the record does not say."""
        amounts = self.credits.amounts
        return None if amounts is None else amounts.get(self.side)

    @property
    def reported(self) -> int | None:
        """What its registry has reported; a side of which nothing is awaited is complete."""
        found = self.credits.reported.get(self.side)
        return 0 if found is None and self.decided == 0 else found

    @property
    def difference(self) -> int | None:
        """Decided less reported; null while it is unreported, or not known what was decided."""
        if self.decided is None or self.reported is None:
            return None
        return self.decided - self.reported

    @property
    def blocks(self) -> tuple[ReportedBlock, ...]:
        """The reports that stand, with their serial numbers."""
        return self.credits.reports.get(self.side, ())

    @property
    def complete(self) -> bool:
        """Whether what was decided is what was reported."""
        return self.difference == 0

    @property
    def standing(self) -> Standing:
        """How reported and decided stand to each other, for people to read."""
        if self.decided is None:
            return Standing.UNKNOWN
        if self.difference is None:
            return Standing.MISSING
        if self.difference:
            return Standing.LESS if self.difference > 0 else Standing.MORE
        return Standing.AGREES if self.credits.reported.get(self.side) else Standing.NOTHING_DUE

    @property
    def days_open(self) -> int | None:
        """Days until today from the decision, or from the correction that last said the amounts.

        Null once complete, or for want of a day.
        """
        decided_on = self.credits.amounts_since
        if self.complete or decided_on is None:
            return None
        return (self.today - decided_on).days

    def to_json(self) -> dict[str, Any]:
        """Return the shape of ``jcgov reconcile --json``."""
        return {
            "decision": self.credits.origin.decision,
            "committee": self.committee,
            "project": self.credits.project,
            "side": self.side,
            "decided": self.decided,
            "reported": self.reported,
            "difference": self.difference,
            "days_open": self.days_open,
        }

    def details(self) -> dict[str, Any]:
        """Return the line with its item, its period, its basis, and the serial numbers."""
        period = self.credits.period
        serials = [
            {
                "report": block.report,
                "amount": block.amount,
                "issued_on": None if block.on is None else block.on.isoformat(),
                "first": block.first,
                "last": block.last,
            }
            for block in self.blocks
        ]
        return self.to_json() | {
            "item": self.credits.origin.item,
            "period": None if period is None else [day.isoformat() for day in period],
            "basis": self.credits.origin.basis,
            "reports": serials,
        }


def reconciliation(tables: Tables, wanted: LogFilter, now: datetime) -> list[Line]:
    """Return each side of each amount that a filter asks for, by committee and decision.

    As of a day, the decisions and the reports that there were on that day count, and days are
    counted until then; else until today in each committee's time zone.
    """
    where, values = wanted.where
    rows: dict[str, list[Sequence[Any]]] = {}
    for row in tables.select(REGISTERS["credits"], where, values, ORDER):
        rows.setdefault(row[0], []).append(row)
    rulebooks = rulebooks_of(tables, wanted.committee)
    found: list[Line] = []
    for code in sorted(rows.keys() & rulebooks.keys()):
        *_, newest = rulebooks[code].values()
        ground = ground_of(rows[code], imported=False, as_of=wanted.as_of)
        today = wanted.as_of or day_of(now, newest.zone)
        found += lines(code, Committee.parse(code).sides, ground, today)
    return found


def differences(tables: Tables, wanted: LogFilter) -> list[dict[str, Any]]:
    """Return in what reports differed when they came, in their order."""
    conditions = {
        "committee = ?": wanted.committee,
        "recorded_on <= ?": None if wanted.as_of is None else wanted.as_of.isoformat(),
        "recorded_at <= ?": None if wanted.known_at is None else timestamp(wanted.known_at),
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    rows = tables.select(DIFFERENCES, " AND ".join(given), list(given.values()))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def newest_differences(
    tables: Tables, committee: str, sides: Sequence[str], offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return in what sides' reports differed, the newest first, a page of it; and how many."""
    where = f"committee = ? AND side IN ({', '.join('?' for _ in sides)})"
    values = [committee, *sides]
    rows = tables.select(
        DIFFERENCES, where, values, "version DESC, stream, part", limit=offset + limit
    )
    found = [dict(zip(COLUMNS, row, strict=True)) for row in islice(rows, offset, None)]
    ((total,),) = tables.grouped(DIFFERENCES, (), ("count(*)",), Question(where, values))
    return found, int(total)


def cases_about(
    tables: Tables, committee: str, decisions: Sequence[str]
) -> dict[tuple[str, str, int], str]:
    """Return the last case about a report's difference, by side, decision and item."""
    if not decisions:
        return {}
    where = f"committee = ? AND decision IN ({', '.join('?' for _ in decisions)})"
    rows = tables.select(DIFFERENCES, where, [committee, *decisions])
    return {(row[1], row[3], int(row[4])): row[7] for row in rows if row[7] is not None}


def lines(committee: str, sides: Iterable[str], ground: Ground, today: date) -> Iterator[Line]:
    """Yield each side of each decided amount, in the order of the decisions."""
    decided = sorted(ground.credits.values(), key=_order)
    for credits in decided:
        for side in sides:
            yield Line(committee, side, credits, today)


def totals(found: Iterable[Line]) -> list[dict[str, Any]]:
    """Return what was decided and reported by committee, project, side and year of the decision.

    A sum leaves out amounts that the record does not say, and counts them.
    """
    sums: dict[tuple[str, str, str, int | None], dict[str, int]] = {}
    for line in found:
        on = line.credits.origin.on
        key = (line.committee, line.credits.project, line.side, None if on is None else on.year)
        entry = sums.setdefault(key, {"decided": 0, "reported": 0, "open": 0, "unknown": 0})
        entry["decided"] += line.decided or 0
        entry["reported"] += line.reported or 0
        entry["open"] += not line.complete
        entry["unknown"] += line.decided is None
    names = ("committee", "project", "side", "year")
    ordered = sorted(sums, key=lambda key: (key[0], key[1], key[3] or 0, key[2]))
    return [dict(zip(names, key, strict=True)) | sums[key] for key in ordered]


def _order(entry: Credits) -> tuple[date, str, int]:
    origin = entry.origin
    return (origin.on or date.min, origin.decision, origin.item)
