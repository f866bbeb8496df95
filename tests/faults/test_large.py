"""Saves of several megabytes: psycopg's pipelines once hung on half of one."""

from __future__ import annotations

from contextlib import closing
from multiprocessing.connection import Connection

import pytest

from aggregates.history.events import history_stream
from governance import assembly
from governance.settings import Settings
from projections.all import VIEWS
from projections.follower import catch_up
from tests.faults.following import old_decision
from tests.faults.invariants import require_whole
from tests.faults.loop import Running, Voice

MB = 2**20
BOUND = 30.0
"""Seconds in which a save of a second must have ended."""


def save(pipe: Connection, settings: Settings, events: int, size: int) -> None:
    """Append some large events in one save, and bring the views up in one batch."""
    voice = Voice(pipe)
    assembly.make_tables(settings)
    with assembly.open_record(settings) as record:
        large = [old_decision(number, "x" * size) for number in range(events)]
        record.append(history_stream("JP-MN"), 0, large)
        with closing(assembly.open_tables(settings, record)) as tables:
            catch_up(record, tables, VIEWS)
    voice.say("end")


@pytest.mark.parametrize(("events", "size"), [(1, 4 * MB), (400, 10_000)])
def test_a_save_of_four_megabytes_ends(place: Settings, events: int, size: int) -> None:
    with Running(save, place, events, size) as saving:
        assert saving.wait(BOUND).ended

    assert require_whole(place).position == events
