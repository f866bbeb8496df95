"""From the commit of an event to its row in the decision log, 99th percentile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from aggregates.event import Event
from aggregates.store.postgresql import CHANNEL
from aggregates.store.record import Record
from projections.decision_log import DECISION_LOG
from projections.follower import follow
from projections.postgresql_tables import PostgreSQLTables
from projections.sqlite_tables import SQLiteTables
from projections.tables import Tables
from projections.wake import Wake, WakeOnSQLite
from projections.wake_postgresql import WakeOnPostgreSQL
from tests.benchmarks.measuring import Row, absolute, times

APPENDS = 300
PAUSE = 0.015


def on_sqlite(folder: Path, event: Event) -> Row:
    """Measure on SQLite, writer and follower in one process, against 10 ms."""
    file = folder / "latency.sqlite3"
    record = Record.open(file)
    tables = SQLiteTables.open(file, [DECISION_LOG])
    found = _followed(record, tables, WakeOnSQLite(record, file), event)
    tables.close()
    record.close()
    return absolute("commit to decision log, p99, SQLite", found, goal=0.010, unit="s")


def on_postgresql(url: str, event: Event, rounds: int) -> Row:
    """Compare on PostgreSQL with raw LISTEN/NOTIFY and an insert."""
    record = Record.connect(url)
    tables = PostgreSQLTables.open(record.table.database, [DECISION_LOG])  # type: ignore[attr-defined]
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE TABLE raw_events (state bytea NOT NULL)")
        raw.execute("CREATE TABLE raw_log (state bytea NOT NULL)")

    def ours() -> float:
        return _followed(record, tables, WakeOnPostgreSQL(url, CHANNEL), event)

    row = times(
        "commit to decision log, p99, PostgreSQL",
        ours,
        lambda: _raw(url, bytes(4000)),
        goal=1.5,
        rounds=rounds,
    )
    record.close()
    return row


def _followed(record: Record, tables: Tables, wake: Wake, event: Event) -> float:
    """Append beside a follower; returns the 99th percentile of the time until the row is there."""
    reached = _Reached(tables)
    stop = threading.Event()
    version = record.version("JP-MN")
    thread = threading.Thread(
        target=follow,
        args=(record, tables, [DECISION_LOG]),
        kwargs={"wake": wake, "stop": stop, "trouble": print},
    )
    thread.start()
    try:
        reached.wait(record.position)

        def append(number: int) -> None:
            record.append("JP-MN", version + number, [event])

        start = record.position
        return _percentile([_timed(append, n, reached, start + n + 1) for n in range(APPENDS)])
    finally:
        stop.set()
        wake.stir()
        thread.join()
        wake.close()
        reached.undo()


def _timed(append: Callable[[int], None], number: int, reached: _Reached, position: int) -> float:
    time.sleep(PAUSE)
    began = time.perf_counter()
    append(number)
    return reached.wait(position) - began


class _Reached:
    """Notes when the tables have committed up to a position, without asking them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._add = tables.add
        self._condition = threading.Condition()
        self._position = max(tables.positions().values())
        self._at = time.perf_counter()
        tables.add = self._noting  # type: ignore[method-assign]

    def _noting(self, rows, before: int, reached: int) -> bool:  # type: ignore[no-untyped-def]
        added = self._add(rows, before, reached)
        at = time.perf_counter()
        with self._condition:
            self._position, self._at = reached, at
            self._condition.notify_all()
        return added

    def wait(self, position: int) -> float:
        with self._condition:
            if not self._condition.wait_for(lambda: self._position >= position, timeout=10):
                raise TimeoutError(f"the log has not reached position {position}")
            return self._at

    def undo(self) -> None:
        self._tables.add = self._add  # type: ignore[method-assign]


def _raw(url: str, state: bytes) -> float:
    """Insert and notify; a listener inserts what it is told of."""
    told = threading.Semaphore(0)
    times_at: list[float] = []
    stop = threading.Event()

    def listen() -> None:
        with psycopg.connect(url, autocommit=True) as listening:
            listening.execute("LISTEN raw")
            told.release()
            with psycopg.connect(url, autocommit=True) as writing:
                while not stop.is_set():
                    for _ in listening.notifies(timeout=0.2, stop_after=1):
                        writing.execute("INSERT INTO raw_log VALUES (%s)", (state,), prepare=True)
                        times_at.append(time.perf_counter())
                        told.release()

    thread = threading.Thread(target=listen)
    thread.start()
    told.acquire()
    taken = []
    with psycopg.connect(url) as writer:
        for _ in range(APPENDS):
            time.sleep(PAUSE)
            began = time.perf_counter()
            writer.execute("INSERT INTO raw_events VALUES (%s)", (state,), prepare=True)
            writer.execute("NOTIFY raw")
            writer.commit()
            told.acquire(timeout=10)
            taken.append(times_at[-1] - began)
    stop.set()
    thread.join()
    return _percentile(taken)


def _percentile(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.99)]
