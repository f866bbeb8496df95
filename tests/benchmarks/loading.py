"""Loading one committee from its stream, against select and decode."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from aggregates.committee.evolve import evolve
from aggregates.store.record import Record
from aggregates.store.topics import decode
from tests.benchmarks.measuring import Row, seconds, times


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
