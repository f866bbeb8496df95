"""The file of the record: whose it is, and many writers at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregates.committee.events import ProposalClosed
from aggregates.store.format import APPLICATION_ID, FORMAT
from aggregates.store.record import Record
from policies.refusals import SomeoneActedFirstError, StorageError, WrongHomeError

EACH = 15
WRITERS = 3


def closed(proposal: int) -> ProposalClosed:
    """Return some event."""
    now = datetime(2026, 1, 12, 2, tzinfo=UTC)
    return ProposalClosed(
        at=now, proposal=proposal, number=None, reason="withdrawn", detail="", envelope=None
    )


def proposals(record: Record, stream: str) -> list[int]:
    events = [entry.event for entry in record.stream(stream)]
    return [event.proposal for event in events if isinstance(event, ProposalClosed)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jcgov.sqlite3"


def test_a_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = file.read_bytes()

    with pytest.raises(WrongHomeError, match="of another program; name another home"):
        Record.open(file)

    assert file.read_bytes() == before


def test_a_record_of_another_format_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()

    with pytest.raises(WrongHomeError, match=f"format {FORMAT + 1}; this program reads"):
        Record.open(file)
    with pytest.raises(WrongHomeError, match=f"format {FORMAT + 1}; this program reads"):
        Record.open_read_only(file)


def test_a_file_that_is_no_database_is_refused(file: Path) -> None:
    file.write_text("Minutes of the first meeting\n" * 100, "utf-8")

    with pytest.raises(WrongHomeError, match="cannot be read as a record"):
        Record.open(file)


def test_an_empty_file_becomes_a_record(file: Path) -> None:
    file.touch()

    record = Record.open(file)

    record.append("JP-MN", 0, [closed(1)])

    assert record.position == 1
    record.close()


def test_a_record_opened_to_be_read_only_takes_no_event(file: Path) -> None:
    written = Record.open(file)
    written.append("JP-MN", 0, [closed(1)])
    reader = Record.open_read_only(file)

    with pytest.raises(StorageError, match="cannot be written by this user"):
        reader.append("JP-MN", 1, [closed(2)])

    assert proposals(reader, "JP-MN") == [1]
    reader.close()
    written.close()


# Many writers


def write(record: Record, stream: str, first: int) -> None:
    """Append one by one, each time after whatever is there; where another was first, again."""
    for number in range(first, first + EACH):
        while True:
            try:
                record.append(stream, record.version(stream), [closed(number)])
            except SomeoneActedFirstError:
                continue
            break


def write_in_a_process(file: str, own: str, first: int, barrier: Any) -> None:
    """Open the file together with the others, and write to a stream of one's own and a shared."""
    barrier.wait(60)
    record = Record.open(Path(file))
    write(record, own, first)
    write(record, "JP-MN", first)
    record.close()


def require_nothing_lost(file: Path, streams: list[str]) -> None:
    record = Record.open(file)
    starts = [100 * writer for writer in range(WRITERS)]
    wanted = [number for start in starts for number in range(start, start + EACH)]
    assert sorted(proposals(record, "JP-MN")) == wanted
    for stream, start in zip(streams, starts, strict=True):
        assert proposals(record, stream) == list(range(start, start + EACH))
    assert list(record.verify_chain())[-1] == len(wanted) * 2
    record.close()


def test_processes_that_begin_a_new_record_together_lose_nothing(file: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(WRITERS)
    streams = [f"JP-X{writer}" for writer in range(WRITERS)]
    processes = [
        spawn.Process(target=write_in_a_process, args=(str(file), stream, 100 * writer, barrier))
        for writer, stream in enumerate(streams)
    ]

    for process in processes:
        process.start()
    for process in processes:
        process.join(120)

    assert [process.exitcode for process in processes] == [0] * WRITERS
    require_nothing_lost(file, streams)


def test_threads_that_share_a_record_lose_nothing(file: Path) -> None:
    record = Record.open(file)
    streams = [f"JP-X{writer}" for writer in range(WRITERS)]

    def act(stream: str, first: int) -> None:
        write(record, stream, first)
        write(record, "JP-MN", first)

    threads = [
        threading.Thread(target=act, args=(stream, 100 * writer))
        for writer, stream in enumerate(streams)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    record.close()

    require_nothing_lost(file, streams)


def test_a_record_is_opened_while_another_program_writes(file: Path) -> None:
    Record.open(file).close()
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")

    record = Record.open(file)

    assert record.streams() == []
    record.close()
    writer.execute("ROLLBACK")
    writer.close()


def test_opening_a_new_record_leaves_one_file(file: Path) -> None:
    Record.open(file).close()

    assert [path.name for path in file.parent.iterdir()] == [file.name]
