"""Governments' reports under Article 6.2, as they were recorded, and those that stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from aggregates.committee.events import GovernmentReportRecorded
from policies.calendar import timestamp
from policies.government import AnyAct
from policies.proof.reading import read_recorded
from policies.proof.statements import GovernmentReport
from projections.tables import Tables
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "side",
    "report",
    "supersedes",
    "event",
    "digest",
    "recorded_on",
    "recorded_at",
    "decision",
    "item",
    "project",
    "differences",
    "act",
)
ORDER = "stream, version, part"
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyAct)


class Reported(NamedTuple):
    """A report, and the event of its committee's stream (counted from 1) that records it."""

    committee: str
    side: str
    report: str
    supersedes: str | None
    event: int
    digest: str
    recorded_on: date
    recorded_at: str
    decision: str | None
    item: int | None
    project: str | None
    differences: tuple[str, ...]
    act: AnyAct


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, GovernmentReportRecorded):
        return
    said = read_recorded(event.envelope, GovernmentReport)
    yield (
        entry.recorded.originator_id,
        event.side,
        said.report,
        said.supersedes,
        entry.recorded.originator_version,
        event.envelope.digest,
        event.on.isoformat(),
        entry.recorded_at,
        event.decision,
        event.item,
        event.project,
        _ENCODER.encode([found.detail for found in event.differences]).decode("utf-8"),
        _ENCODER.encode(said.says).decode("utf-8"),
    )


GOVERNMENT_REPORTS = View(
    "government_reports",
    COLUMNS,
    _rows,
    (GovernmentReportRecorded,),
    integers=frozenset({"item", "event"}),
)
"""What the governments have reported; never a decision of the committee."""


def reported(tables: Tables, committee: str, known_at: datetime | None = None) -> list[Reported]:
    """Return a committee's reports as known at an instant, in the order of their events."""
    where, values = "committee = ?", [committee]
    if known_at is not None:
        where, values = f"{where} AND recorded_at <= ?", [committee, timestamp(known_at)]
    return [_reported(row) for row in tables.select(GOVERNMENT_REPORTS, where, values, ORDER)]


def standing(reports: Iterable[Reported]) -> list[Reported]:
    """Return the reports that no later one of them has replaced."""
    found = list(reports)
    replaced = {(report.side, report.supersedes) for report in found}
    return [report for report in found if (report.side, report.report) not in replaced]


def _reported(row: Any) -> Reported:
    found = Reported(*row)
    return found._replace(
        recorded_on=date.fromisoformat(row[6]),
        differences=tuple(msgspec.json.decode(row[11])),
        act=_DECODER.decode(row[12]),
    )
