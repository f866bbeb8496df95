"""A record and two plain views of it, for tests of what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregates.committee.events import ProposalClosed
from aggregates.store.record import Record
from governance.settings import Settings
from projections.sqlite_tables import SQLiteTables
from projections.tables import Tables
from projections.view import Entry, Row, View

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)


def closed(proposal: int) -> ProposalClosed:
    return ProposalClosed(
        at=NOW, proposal=proposal, number=None, reason="withdrawn", detail="", envelope=None
    )


def _rows(entry: Entry) -> Iterator[Row]:
    assert isinstance(entry.event, ProposalClosed)
    yield (entry.event.proposal, entry.recorded_at)
    yield (-entry.event.proposal, None)


FIRST = View("first", ("item", "at"), _rows, (ProposalClosed,))
SECOND = View("second", ("item", "at"), _rows, (ProposalClosed,))
VIEWS = (FIRST, SECOND)
ROWS = (
    b"partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
    b"quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
    b"KE,2020-01-01,meeting,pin_no_objection,,Wind,decided,,,,,jcm.go.jp,high\n"
)
"""A file of decisions whose import records an event."""


@dataclass(frozen=True)
class Desk:
    """A record, and the tables of two views of it, as often as they are opened."""

    settings: Settings
    record: Record
    tables: Tables

    def again(self) -> Tables:
        """Open the tables as another follower would."""
        return opened(self.settings, self.record)


def opened(settings: Settings, record: Record) -> Tables:
    if settings.database_url is None:
        return SQLiteTables.open(settings.database, VIEWS)
    from aggregates.store.postgresql import PostgreSQLEvents
    from projections.postgresql_tables import PostgreSQLTables

    assert isinstance(record.table, PostgreSQLEvents)
    PostgreSQLTables.make(record.table.database, VIEWS)
    return PostgreSQLTables.open(record.table.database, VIEWS)


def items(tables: Tables, view: View = FIRST) -> list[int]:
    return [int(row[0]) for row in tables.select(view)]


def wanted(last: int) -> list[int]:
    return [item for n in range(1, last + 1) for item in (n, -n)]
