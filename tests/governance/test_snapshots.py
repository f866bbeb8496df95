"""A snapshot saves time and changes nothing; when one is taken, and that a failure harms nobody."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError

from aggregates.committee.evolve import evolve
from aggregates.committee.snapshot import LATE
from aggregates.committee.state import Proposal
from aggregates.store.record import Record
from aggregates.store.sqlite import SQLiteEvents
from aggregates.store.sqlite_snapshots import SQLiteSnapshots
from governance import assembly
from governance.clock import utc_now
from governance.keys.engine import EngineKeys
from governance.service import snapshots as service
from governance.service.desk import Desk
from governance.service.snapshots import OFTEN, SWEEP, Snapshots
from policies.lifecycles.proposal import Stage
from policies.refusals import StorageError
from tests.governance.long_record import AT, LENGTH, There
from tests.governance.terminal import Terminal

VERSIONS = (1, 2, 9, 10, 150, 499, 500, 777, 1000, 1399, 1400)

# The same state


@pytest.mark.parametrize("version", VERSIONS)
def test_a_snapshot_of_any_version_and_the_events_after_it_are_the_state(
    there: There, version: int
) -> None:
    there.kept(version)

    state = there.snapshots().load(there.code)

    assert state is not None
    assert state.version == version
    assert there.record.fold(there.code, evolve, state, after=version) == there.fold()
    assert service._orders(state) == service._orders(there.fold())


def test_a_snapshot_of_a_state_that_came_of_a_snapshot_is_the_same(there: There) -> None:
    there.kept(VERSIONS[0])

    for before, after in pairwise(VERSIONS):
        state = there.snapshots().load(there.code)
        state = there.record.fold(there.code, evolve, state, after=before, until=after)
        assert state is not None
        there.snapshots().keep(state)

    assert there.snapshots().load(there.code) == there.fold()


def test_what_few_commands_ask_for_is_not_read_with_the_rest(there: There) -> None:
    there.kept()

    state = there.load()

    here = {name: getattr(state.past, name).is_here for name in LATE}
    assert here == {
        "ground": False,
        "reserved": False,
        "decided": False,
        "reports": False,
        "government": False,
    }
    assert state.version == LENGTH
    assert state.ground == there.fold().ground
    assert state.reserved == there.fold().reserved
    assert state.decided == there.fold().decided


def test_only_the_events_after_the_snapshot_are_read(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.kept()
    asked = []
    stream = there.record.table.stream

    def watched(name: str, after: int) -> Iterator[tuple[int, str, bytes]]:
        asked.append(after)
        return stream(name, after)

    monkeypatch.setattr(there.record.table, "stream", watched)

    there.load()

    assert asked == [AT]


# When one is taken


def test_a_load_takes_one_after_many_events_and_not_before(there: There) -> None:
    there.kept(LENGTH - OFTEN)
    there.load()
    assert there.standing() == LENGTH - OFTEN

    there.kept(LENGTH - OFTEN - 1)
    there.load()
    assert there.standing() == LENGTH


def test_a_sweep_takes_one_sooner(there: There) -> None:
    cli = Terminal.at(there.settings)
    cli.run("settle")  # what is due by today
    version = there.record.version(there.code)

    there.kept(version - SWEEP)
    cli.run("settle")
    assert there.standing() == version - SWEEP

    there.kept(version - SWEEP - 1)
    cli.run("settle")
    assert there.standing() == version


def test_a_snapshot_that_another_process_has_taken_is_not_taken_again(
    there: There,
) -> None:
    there.kept(300)
    mine = there.snapshots()
    state = mine.load(there.code)
    there.kept(1200)
    state = there.record.fold(there.code, evolve, state, after=300)
    assert state is not None

    mine.keep_if_due(state)

    assert there.standing() == 1200
    assert not state.past.ground.is_here


@pytest.mark.parametrize(
    "error", [StorageError("no room"), sqlite3.OperationalError("x"), OperationalError("x")]
)
def test_failing_to_take_one_fails_no_load_and_is_not_tried_again_at_once(
    there: There,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def keep(stream: str, parts: Any) -> None:
        tried.append(stream)
        raise error

    seated = there.desk()
    assert seated.snapshots is not None
    monkeypatch.setattr(seated.snapshots.table, "keep", keep)

    assert seated.load(there.code) == there.fold()
    assert seated.load(there.code) == there.fold()
    assert tried == [there.code]


def test_a_value_that_no_snapshot_holds_is_no_fault(there: There) -> None:
    state = there.fold()
    proposal = Proposal(id=1, version=1, stage=Stage.DRAFTED, content={"n": 2**70})
    state.proposals[proposal.id] = proposal

    there.snapshots().keep_if_due(state)

    assert there.standing() is None


def test_where_nothing_may_be_written_none_is_taken(there: There) -> None:
    table = there.snapshots().table
    reading = Snapshots(there.record, table, writable=False)
    seated = Desk(there.record, utc_now, EngineKeys(there.settings.keys), reading)

    assert seated.load(there.code) == there.fold()
    assert there.standing() is None


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
def test_a_record_that_is_opened_to_be_read_gives_its_snapshot_and_takes_none(
    there: There,
) -> None:
    events = SQLiteEvents.open_read_only(there.settings.database)
    with closing(Record(events)) as reading:
        snapshots = Snapshots(reading, SQLiteSnapshots(events.datastore))
        snapshots.keep_if_due(there.fold())
        assert there.standing() is None
        there.kept()
        assert snapshots.load(there.code) is not None


# Writers who meet


def test_of_writers_who_meet_one_snapshot_stays_whole(there: There) -> None:
    versions = (200, 400, 600, 800)
    states = {version: there.fold(version) for version in versions}
    faults = []

    def write(version: int) -> None:
        with assembly.open_record(there.settings) as own:
            for _ in range(10):
                try:
                    There(there.settings, own).snapshots().keep(states[version])
                except Exception as fault:  # noqa: BLE001 - all are told below
                    faults.append(fault)

    writers = [threading.Thread(target=write, args=(version,)) for version in versions]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        state = there.snapshots().load(there.code)
        seen.append(None if state is None else state.version)
    for writer in writers:
        writer.join()

    assert faults == []
    assert set(seen) <= {None, *versions}
    parts = there.parts().values()
    assert None not in parts
    assert len({part.version for part in parts if part is not None}) == 1
    state = there.snapshots().load(there.code)
    assert state is not None
    assert state == states[state.version]


# PostgreSQL


@pytest.mark.parametrize("places", ["postgresql"], indirect=True, scope="session")
def test_init_makes_the_table_that_is_missing_and_anew_one_of_another_declaration(
    there: There,
) -> None:
    cli = Terminal.at(there.settings)
    there.change("DROP TABLE snapshots")
    cli.run("init")
    there.kept()
    cli.run("init")
    assert there.standing() == AT

    there.change("ALTER TABLE snapshots RENAME COLUMN seal TO cork")
    there.change("COMMENT ON TABLE snapshots IS 'another'")
    cli.run("init")

    assert there.standing() is None
    there.kept()
    assert there.standing() == AT


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
def test_on_sqlite_a_table_of_another_version_is_made_anew(there: There) -> None:
    there.kept()
    there.change("ALTER TABLE snapshots RENAME COLUMN seal TO cork")

    there.kept()

    assert there.standing() == AT
    assert there.snapshots().load(there.code) is not None
