"""Followers killed in their batches, and several of them at once: each event counts once."""

from __future__ import annotations

import itertools
import random
import threading
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from governance import assembly
from governance.settings import Settings
from policies.refusals import UnreachableError
from projections.all import VIEWS
from projections.view import View
from tests.faults.conftest import LONG
from tests.faults.following import follow_on, follow_to_the_end, write_history
from tests.faults.invariants import require_true, require_whole, wait_until_alone
from tests.faults.loop import Orders, Running, Told

HISTORY = 3000
KILLS = 60 if LONG else 6
BATCH = HISTORY // (KILLS * 4)


def test_a_follower_killed_in_its_batches_goes_on_without_gap_or_duplicate(
    place: Settings,
) -> None:
    chance = random.Random(20261125)
    assembly.make_tables(place)
    with assembly.open_record(place) as record:
        write_history(record, HISTORY)
    for _ in range(KILLS):
        with Running(follow_to_the_end, place, BATCH) as follower:
            batches = chance.randrange(1, 4)
            follower.hear(partial(_has_done, batches))
            time.sleep(chance.uniform(0, 0.004))
            follower.kill()
        if place.database_url is not None:
            wait_until_alone(place.database_url)
        with (
            assembly.open_record(place) as record,
            closing(assembly.open_tables(place, record)) as tables,
        ):
            require_true(record, tables)
            reached = set(tables.positions().values())
        assert all(0 < at < HISTORY and at % BATCH == 0 for at in reached)
    with Running(follow_to_the_end, place, BATCH) as follower:
        told = follower.wait()

    assert told.ended
    assert sum(told.batches) == HISTORY - min(reached)
    assert require_whole(place).position == HISTORY


def test_two_followers_in_processes_and_two_in_threads_share_one_writers_events(
    place: Settings, cast: Path
) -> None:
    assembly.make_tables(place)
    troubles: list[Exception] = []
    with (
        Running(follow_on, place, 7) as one,
        Running(follow_on, place, 64) as other,
        assembly.follower(place, troubles.append) as first,
        assembly.follower(place, troubles.append) as second,
    ):
        threads = [threading.Thread(target=run, daemon=True) for run in (first, second)]
        for thread in threads:
            thread.start()
        with Running.commands(Orders(place, cast, steps=40)) as writer:
            told = writer.wait()
        assert told.ended
        assert not told.troubles
        _wait_for_views(place)
        one.kill()
        other.kill()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert not troubles
    assert require_whole(place, told) == told.heads[-1]


@pytest.mark.parametrize("places", ["postgresql"], indirect=True, scope="session")
@pytest.mark.parametrize("number", range(1, 5))
def test_a_batch_that_came_late_on_a_connection_that_breaks_is_nothing_new(
    place: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    wait, waited = psycopg.Connection.wait, itertools.count(1)

    def breaking(self: psycopg.Connection[Any], *arguments: Any) -> Any:
        answer = wait(self, *arguments)
        if next(waited) == number:
            self.close()
        return answer

    with (
        assembly.open_record(place) as record,
        closing(assembly.open_tables(place, record)) as tables,
        monkeypatch.context() as patched,
    ):
        rows: dict[View, list[tuple[Any, ...]]] = {view: [] for view in VIEWS}
        patched.setattr(psycopg.Connection, "wait", breaking)
        with suppress(UnreachableError):
            assert not tables.add(rows, 7, 8)
    require_whole(place)


def _has_done(batches: int, told: Told) -> bool:
    return len(told.batches) >= batches


def _wait_for_views(place: Settings) -> None:
    """Wait, a bounded time, until all views are at the end by the followers alone."""
    end = time.monotonic() + 5
    with (
        assembly.open_record(place) as record,
        closing(assembly.open_tables(place, record)) as tables,
    ):
        while set(tables.positions().values()) != {record.position}:
            assert time.monotonic() < end, tables.positions()
            time.sleep(0.01)
        require_true(record, tables)
        assert len(tables.positions()) == len(VIEWS)


@pytest.fixture(autouse=True)
def _batches_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.follower.BATCH", 13)
