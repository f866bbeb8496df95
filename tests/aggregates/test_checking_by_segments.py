"""Checking the whole record by segments: the same answer as in one go, whatever was done to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pytest
from eventsourcing.persistence import StoredEvent
from msgspec.structs import replace

from aggregates.committee.events import (
    CommitteeFounded,
    DecisionAdopted,
    DecisionSigned,
    ProposalClosed,
    ProposalFrozen,
)
from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.store.record import Record
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.service import whole_record, workers
from governance.service.whole_record import Segments, check_record
from governance.settings import Settings
from tests.aggregates.long_story import tell
from tests.aggregates.room import CODE, Room
from tests.governance.terminal import ROOT
from tests.places import SQLitePlaces, record_in_memory

Told = list[tuple[str, Event]]
"""The events of a record, each with its stream."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A record in which people, keys and rules change while texts are open."""
    settings = SQLitePlaces().make(tmp_path_factory.mktemp("segments") / "home")
    clock = ToldClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        room = Room.seated(Stage(made, clock, Voice(), settings.keys / "people"))
        tell(room)
    return settings


@pytest.fixture(scope="module")
def told(place: Settings) -> Told:
    with assembly.open_record(place) as record:
        return [(e.originator_id, e.event) for e in record.onwards().entries]


def recorded(told: Told) -> Record:
    """Record events anew, under a chain that fits them."""
    record, versions = record_in_memory(), dict.fromkeys({s for s, _ in told}, 0)
    stored = []
    for stream, event in told:
        versions[stream] += 1
        state = record.mapper.to_stored_event(_entry(event)).state
        stored.append(StoredEvent(stream, versions[stream], event.topic, state))
    record.table.insert_events(stored)
    return record


def _entry(event: Event) -> Any:
    from aggregates.event import Recorded

    return Recorded(originator_id="", originator_version=1, event=event)


class Pool:
    """Two workers in this process, which take the segments in turn."""

    def __init__(self, workers: int, *, initargs: tuple[Any, Any], **_: Any) -> None:
        _begin, (opener,) = initargs
        self.workers = cycle([Segments(opener()) for _ in range(workers)])

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, _call: object, segments: Sequence[tuple[int, int]]) -> list[list[int]]:
        return [next(self.workers).turning(*segment) for segment in segments]

    def submit(self, _call: object, after: int, until: int, turning: list[int]) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(next(self.workers).check(after, until, turning))
        except Exception as error:  # noqa: BLE001 - as a pool does
            future.set_exception(error)
        return future

    def shutdown(self, **_: Any) -> None:
        pass


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Callable[[Record, int], dict[str, Any]]:
    """Return the check by segments of a size, without processes."""
    monkeypatch.setattr(workers, "ProcessPoolExecutor", Pool)

    def check(record: Record, size: int) -> dict[str, Any]:
        monkeypatch.setattr(whole_record, "SEGMENT", size)
        return check_record(record, lambda _count: None, lambda: record, cores=2)

    return check


def at_once(record: Record) -> dict[str, Any]:
    return check_record(record, lambda _count: None)


Apart = Callable[[Record, int], dict[str, Any]]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_a_good_record_is_good_however_it_is_cut(told: Told, apart: Apart, size: int) -> None:
    with closing(recorded(told)) as record:
        found = apart(record, size)

        assert found["ok"], found["detail"]
        assert found == at_once(record)
        assert found["events"] == len(told)


def test_the_story_has_texts_whose_signatures_and_ends_stand_in_later_segments(told: Told) -> None:
    kinds = [type(event) for _, event in told]
    frozen, adopted = kinds.index(ProposalFrozen), kinds.index(DecisionAdopted)

    assert adopted - frozen > 7
    assert sum(kind is DecisionAdopted for kind in kinds) == 4
    assert {CommitteeFounded, DecisionSigned, ProposalClosed, HistoryRecorded} <= set(kinds)


# Tampering: each event in turn


def _bytes_changed(record: Record, position: int) -> None:
    _edit(record, f"state = CAST(state || ' ' AS BLOB) WHERE rowid = {position}")


def _unreadable(record: Record, position: int) -> None:
    _edit(record, f"state = x'7b' WHERE rowid = {position}")


def _other_topic(record: Record, position: int) -> None:
    _edit(record, f"topic = 'jcm.of-the-future.v1' WHERE rowid = {position}")


def _other_stream(record: Record, position: int) -> None:
    _edit(record, f"originator_id = 'JP-KE' WHERE rowid = {position}")


def _edit(record: Record, change: str) -> None:
    from aggregates.store.sqlite import SQLiteEvents

    assert isinstance(record.table, SQLiteEvents)
    with record.table.datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TRIGGER events_stay")
        cursor.execute(f"UPDATE events SET {change}")  # noqa: S608


@pytest.mark.parametrize(
    "change", [_bytes_changed, _unreadable, _other_topic, _other_stream], ids=lambda c: c.__name__
)
def test_whichever_event_is_altered_is_named_with_all_before_it_as_good(
    told: Told, apart: Apart, change: Callable[[Record, int], None]
) -> None:
    for position in range(1, len(told) + 1):
        with closing(recorded(told)) as record:
            change(record, position)

            found = apart(record, 1 + position % 5)

            assert found == at_once(record)
            assert (found["ok"], found["events"]) == (False, position - 1)
            assert f"(position {position}) is not as it was recorded" in found["detail"]
            assert f"the {position - 1} events before it are good" in found["detail"]


def _again(told: Told, place: int) -> Told:
    return [*told[: place + 1], told[place], *told[place + 1 :]]


def _left_out(told: Told, place: int) -> Told:
    return [*told[:place], *told[place + 1 :]]


def _at_the_end(told: Told, place: int) -> Told:
    return [*told, told[place]]


def _elsewhere(told: Told, place: int) -> Told:
    stream, event = told[place]
    other = "JP-ID" if stream == CODE else CODE
    return [*told[:place], (other, event), *told[place + 1 :]]


def _before_the_one_before(told: Told, place: int) -> Told:
    return [*told[: place - 1], told[place], told[place - 1], *told[place + 1 :]] if place else told


def _signatures_cut(told: Told, place: int) -> Told:
    stream, event = told[place]
    for name in ("envelope", "adoption", "decision", "distribution", "assertion", "receipt"):
        envelope = getattr(event, name, None)
        if envelope is not None and envelope.signatures:
            event = replace(event, **{name: envelope.unsigned()})
            break
    return [*told[:place], (stream, event), *told[place + 1 :]]


@pytest.mark.parametrize(
    "change",
    [_again, _left_out, _at_the_end, _elsewhere, _before_the_one_before, _signatures_cut],
    ids=lambda c: c.__name__,
)
def test_a_chain_written_anew_is_judged_alike_by_segments(
    told: Told, apart: Apart, change: Callable[[Told, int], Told]
) -> None:
    refused = 0
    for place in range(len(told)):
        with closing(recorded(change(told, place))) as record:
            found = apart(record, 1 + place % 4)

            assert found == at_once(record), (place, told[place][1].topic)
            refused += not found["ok"]

    assert refused > 3


def test_of_two_faults_the_first_is_named_whatever_kind_it_is(told: Told, apart: Apart) -> None:
    forged = _signatures_cut(told, 8)
    assert forged != told
    with closing(recorded(forged)) as record:
        _unreadable(record, len(told) - 1)

        found = apart(record, 100)

        assert found["events"] == 8
        assert "(position 9) is not good" in found["detail"]
        assert found == at_once(record) == apart(record, 4)


def test_a_text_that_has_ended_is_not_open_again_in_a_later_segment(
    told: Told, apart: Apart
) -> None:
    signed = next(event for _, event in told if isinstance(event, DecisionSigned))
    assert isinstance(signed, DecisionSigned)
    with closing(recorded([*told, (CODE, signed)])) as record:
        for size in (1, 2, 100):
            found = apart(record, size)

            assert not found["ok"]
            assert f"proposal {signed.proposal} has no frozen text" in found["detail"]


# What stands where nothing of its kind belongs


def test_events_without_a_founding_are_named(told: Told, apart: Apart) -> None:
    later = [(stream, event) for stream, event in told if not isinstance(event, CommitteeFounded)]
    with closing(recorded(later)) as record:
        assert "no founding stands before it" in apart(record, 2)["detail"]


def test_a_second_founding_and_one_in_anothers_stream_are_named(told: Told, apart: Apart) -> None:
    founding = next(event for _, event in told if isinstance(event, CommitteeFounded))
    for stream, says in ((CODE, "a second founding"), ("JP-KE", "the founding of another")):
        with closing(recorded([*told, (stream, founding)])) as record:
            assert says in apart(record, 3)["detail"]


def test_a_past_in_another_committees_stream_is_named(told: Told, apart: Apart) -> None:
    past = next(event for _, event in told if isinstance(event, HistoryRecorded))
    for stream in (CODE, "JP-KE/H", "JP-KE"):
        with closing(recorded([*told, (stream, past)])) as record:
            assert f"the past of JP-MN in {stream}" in apart(record, 3)["detail"]


# With real processes


@pytest.mark.parametrize("size", [3, 10])
def test_real_workers_find_the_same(
    place: Settings, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(whole_record, "SEGMENT", size)
    counted: list[int] = []
    with assembly.open_record(place) as record:
        opener = partial(assembly.record_at, place)
        found = check_record(record, counted.append, opener, cores=2)

        assert found["ok"], found["detail"]
        assert found == at_once(record)
    assert sum(counted) == found["events"]


INTERRUPTED = """
import sys, time
from functools import partial
from pathlib import Path
from governance import assembly
from governance.service import whole_record
from governance.settings import Settings

if __name__ == "__main__":
    home = Path(sys.argv[1])
    settings = Settings(home, home / "keys")
    whole_record.SEGMENT = 1
    def waiting(count):
        print("begun", flush=True)
        time.sleep(60)
    with assembly.open_record(settings) as record:
        opener = partial(assembly.record_at, settings)
        whole_record.check_record(record, waiting, opener, cores=2)
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_who_ends_the_check_leaves_no_worker(
    place: Settings, tmp_path: Path, ending: signal.Signals
) -> None:
    script = tmp_path / "check.py"
    script.write_text(INTERRUPTED, "utf-8")
    process = subprocess.Popen(
        [sys.executable, script, place.home],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    with process, process.stdout as out:
        assert out.readline() == b"begun\n"
        workers = psutil.Process(process.pid).children(recursive=True)
        assert len(workers) >= 2
        process.send_signal(ending)
        process.wait(30)
    assert _ended(workers)


def _ended(workers: list[psutil.Process]) -> bool:
    """Wait for processes that are not our own children."""
    end = time.monotonic() + 20
    while any(_alive(worker) for worker in workers):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _alive(worker: psutil.Process) -> bool:
    try:
        return bool(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
