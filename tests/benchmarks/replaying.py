"""Replay into the decision log, against a plain loop: select, decode, insert 1000."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from aggregates.event import Recorded
from aggregates.store.record import Record
from aggregates.store.topics import decode
from projections.decision_log import DECISION_LOG
from projections.follower import catch_up
from projections.postgresql_tables import PostgreSQLTables, column_types
from projections.sqlite_tables import SQLiteTables
from projections.view import KEY, Entry
from tests.benchmarks.measuring import Row, rates

PAGE = 1000
_MARKS = ", ".join("?" for _ in (*KEY, *DECISION_LOG.columns))


def on_sqlite(file: Path, folder: Path, rounds: int) -> Row:
    """Compare on SQLite, into fresh files with the same settings."""
    record = Record.open_read_only(file)
    events = record.position

    def ours() -> float:
        target = folder / "ours.sqlite3"
        with closing(SQLiteTables.open(target, [DECISION_LOG])) as tables:
            began = time.perf_counter()
            catch_up(record, tables, [DECISION_LOG])
            taken = time.perf_counter() - began
        _remove(target)
        return events / taken

    def floor() -> float:
        target = folder / "floor.sqlite3"
        with closing(SQLiteTables.open(target, [DECISION_LOG])):
            pass  # the same tables
        with (
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(target, isolation_level=None)) as into,
        ):
            into.execute("PRAGMA synchronous = NORMAL")
            began = time.perf_counter()
            selected = source.execute(
                "SELECT originator_id, originator_version, topic, state FROM events ORDER BY rowid"
            )
            while page := selected.fetchmany(PAGE):
                into.execute("BEGIN")
                rows = [row for stored in page for row in _rows(*stored)]
                into.executemany(f"INSERT INTO decision_log VALUES ({_MARKS})", rows)  # noqa: S608
                into.execute("COMMIT")
            taken = time.perf_counter() - began
        _remove(target)
        return events / taken

    row = rates("replay into the log, SQLite", ours, floor, goal=0.95, rounds=rounds)
    record.close()
    return row


def on_postgresql(url: str, rounds: int) -> Row:
    """Compare on PostgreSQL: a cursor of the server, decode, COPY of 1000."""
    record = Record.connect(url)
    events = record.position
    tables = PostgreSQLTables.open(record.table.database, [DECISION_LOG])  # type: ignore[attr-defined]

    def ours() -> float:
        tables.replace(DECISION_LOG, 0, [])
        began = time.perf_counter()
        catch_up(record, tables, [DECISION_LOG])
        return events / (time.perf_counter() - began)

    def floor() -> float:
        with psycopg.connect(url) as source, psycopg.connect(url) as into:
            into.execute("DROP TABLE IF EXISTS floor_log")
            into.execute("CREATE TABLE floor_log (LIKE jcgov.decision_log INCLUDING ALL)")
            into.commit()
            began = time.perf_counter()
            with source.cursor("events", binary=True) as selected:
                selected.execute(
                    "SELECT originator_id, originator_version, topic, state FROM jcgov.events"
                    " ORDER BY notification_id"
                )
                while page := selected.fetchmany(PAGE):
                    _copy(into, [row for stored in page for row in _rows(*stored)])
                    into.commit()
            return events / (time.perf_counter() - began)

    row = rates("replay into the log, PostgreSQL", ours, floor, goal=0.80, rounds=rounds)
    record.close()
    return row


def _copy(into: psycopg.Connection[Any], rows: list[tuple[Any, ...]]) -> None:
    with into.cursor() as cursor, cursor.copy("COPY floor_log FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(column_types(DECISION_LOG))
        for row in rows:
            copy.write_row(row)


def _rows(stream: str, version: int, topic: str, state: bytes) -> list[tuple[Any, ...]]:
    event = decode(topic, state)
    recorded = Recorded(originator_id=stream, originator_version=version, event=event)
    return DECISION_LOG.keyed(Entry(recorded))


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
