"""Loading one committee: from its stream, against select and decode; and with a snapshot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from aggregates.committee.evolve import evolve
from aggregates.store.record import Record
from aggregates.store.sqlite import SQLiteEvents
from aggregates.store.sqlite_snapshots import SQLiteSnapshots
from aggregates.store.topics import decode
from governance.clock import utc_now
from governance.keys.engine import EngineKeys
from governance.service.desk import Desk
from governance.service.snapshots import Snapshots
from tests.benchmarks.measuring import Row, seconds, times

TAIL = 400
"""Events beyond the snapshot: fewer than those after which a load takes another."""
_LOADS = 5


def whole_stream(file: Path, rounds: int) -> Row:
    """Compare the load of the record's first committee, without a snapshot."""
    record = Record.open_read_only(file)
    stream = next(name for name in record.streams() if "/" not in name)

    def floor() -> None:
        with closing(sqlite3.connect(file)) as source:
            selected = source.execute(
                "SELECT topic, state FROM events WHERE originator_id = ?"
                " ORDER BY originator_version",
                (stream,),
            )
            while page := selected.fetchmany(1000):
                for topic, state in page:
                    decode(topic, state)

    row = times(
        f"loading a committee of {record.version(stream):,} events",
        lambda: seconds(lambda: record.fold(stream, evolve)),
        lambda: seconds(floor),
        goal=1.5,
        rounds=rounds,
    )
    record.close()
    return row


def with_snapshot(long: Path, short: Path, rounds: int) -> Row:
    """Compare the load of a long committee with that of a short one, each with its snapshot.

    A desk of its own each time, as a process that has just begun; as many events lie after each
    snapshot. What a command first asks of the past is not in it.
    """
    events = {file: SQLiteEvents.open(file) for file in (long, short)}
    codes = {}
    counts = []
    for file, table in events.items():
        record = Record(table)
        code = codes[file] = next(name for name in record.streams() if "/" not in name)
        counts.append(record.version(code))
        state = record.fold(code, evolve, until=counts[-1] - TAIL)
        if state is None:
            raise ValueError(f"{file} holds no committee")
        Snapshots(record, SQLiteSnapshots(table.datastore)).keep(state)

    def load(file: Path) -> None:
        record = Record(events[file])
        for _ in range(_LOADS):
            snapshots = Snapshots(record, SQLiteSnapshots(events[file].datastore), writable=False)
            Desk(record, utc_now, EngineKeys(file.parent), snapshots).load(codes[file])

    row = times(
        f"loading with a snapshot, {counts[0]:,} against {counts[1]:,} events",
        lambda: seconds(lambda: load(long)),
        lambda: seconds(lambda: load(short)),
        goal=1.3,
        rounds=rounds,
    )
    for table in events.values():
        table.close()
    return row
