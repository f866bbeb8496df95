"""Followers in processes and threads of their own, and what there is for them to follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from unittest import mock

from aggregates.history.events import HistoryRecorded, history_stream
from aggregates.store.record import Record
from aggregates.store.topics import EVENTS
from governance import assembly
from governance.settings import Settings
from policies.history import HistoricalDecision, Row
from projections.all import VIEWS
from projections.follower import catch_up, follow
from projections.postgresql_tables import PostgreSQLTables
from projections.sqlite_tables import SQLiteTables
from projections.tables import Tables
from projections.view import View
from projections.wake import Wake
from tests.faults.loop import Voice

PROBE = View(
    "probe",
    ("topic",),
    lambda entry: [(entry.event.topic,)],
    EVENTS,
)
"""A row for every event: it shows whether any was missed."""
_DAY = date(1990, 1, 1)
_AT = datetime(2026, 1, 2, tzinfo=UTC)


def old_decision(number: int, title: str = "Guidelines") -> HistoryRecorded:
    """Return an event with one old decision of JP-MN."""
    row = Row(
        decision_type="rules_adoption",
        subject_id="",
        subject_title=title,
        outcome="adopted",
        quantity=None,
        amounts=None,
        split="",
        monitoring_period=None,
        extra="",
        source="https://example.invalid/past",
        confidence="high",
    )
    day = _DAY + timedelta(days=number)
    decision = HistoricalDecision(
        number=f"JP-MN/H/{day}/meeting", on=day, procedure="meeting", rows=(row,)
    )
    return HistoryRecorded(at=_AT, committee="JP-MN", file="old.csv", decisions=(decision,))


def write_history(record: Record, count: int, *, batch: int = 100) -> None:
    """Append old decisions, in saves of a size."""
    stream = history_stream("JP-MN")
    version = record.version(stream)
    for first in range(version, version + count, batch):
        events = [old_decision(n) for n in range(first, min(first + batch, version + count))]
        record.append(stream, first, events)


def follow_to_the_end(pipe: Connection, settings: Settings, batch: int) -> None:
    """Bring the views up in batches of a size, and tell of each."""
    voice = Voice(pipe)
    with (
        mock.patch("projections.follower.BATCH", batch),
        assembly.open_record(settings) as record,
        closing(assembly.open_tables(settings, record)) as tables,
    ):
        catch_up(record, tables, VIEWS, lambda count: voice.say("batch", count))
    voice.say("end")


def follow_on(pipe: Connection, settings: Settings, batch: int) -> None:
    """Follow as `jcgov follow` does, in batches of a size, until killed; tell of trouble."""
    voice = Voice(pipe)
    with (
        mock.patch("projections.follower.BATCH", batch),
        assembly.follower(settings, lambda error: voice.say("trouble", str(error))) as run,
    ):
        run()


@contextmanager
def probing(settings: Settings, record: Record) -> Iterator[Tables]:
    """Make and open the probe's table beside the events."""
    if settings.database_url is None:
        with closing(SQLiteTables.open(settings.database, [PROBE])) as tables:
            yield tables
        return
    database = record.table.database  # type: ignore[attr-defined]
    PostgreSQLTables.make(database, [PROBE])
    yield PostgreSQLTables.open(database, [PROBE])


@contextmanager
def tailing(
    record: Record, tables: Tables, wake: Wake, trouble: Callable[[Exception], None]
) -> Iterator[None]:
    """Let a thread follow the record's tail with the probe."""
    stop = threading.Event()
    views = [PROBE]
    thread = threading.Thread(
        target=follow,
        args=(record, tables, views),
        kwargs={"wake": wake, "stop": stop, "trouble": trouble},
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake.stir()
        thread.join(20)
        wake.close()
        assert not thread.is_alive(), "the follower does not end"


def require_nothing_missed(record: Record, tables: Tables, limit: float) -> None:
    """Wait until the probe is at the end, and check that it holds each event once, in order."""
    end = time.monotonic() + limit
    while tables.position(PROBE) < record.position:
        assert time.monotonic() < end, f"{tables.position(PROBE)} of {record.position} in {limit} s"
        time.sleep(0.005)
    with closing(SQLiteTables.scratch([PROBE])) as scratch:
        catch_up(record, scratch, [PROBE])
        assert tables.standing(PROBE) == scratch.standing(PROBE)
    assert tables.standing(PROBE).rows == record.position
