"""A log's folder follows its committee's stream, and finds its place in it again."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from aggregates.store.record import Record
from governance import assembly
from governance.settings import Settings
from policies.refusals import LogFilesError
from projections.transparency.bringing_up import POSITION, Reached, bring_up, place_of
from projections.transparency.log_files import LogFiles
from tests.projections.transparency.logged import (
    CODE,
    Checkpointed,
    checkpointed,
    entries_until,
    record_more,
)


@pytest.fixture
def record(place: Settings) -> Record:
    assembly.make_tables(place)
    return assembly.record_at(place)


@pytest.fixture(autouse=True)
def _close(record: Record) -> object:
    yield
    record.close()


def files_of(record: Record, folder: Path, *published: Checkpointed) -> LogFiles:
    files = LogFiles.open(folder)
    bring_up(record, CODE, files, published)
    return files


def read_from(record: Record, folder: Path, *published: Checkpointed) -> list[int]:
    """Bring a folder up, and return from which versions on the stream was read."""
    with mock.patch.object(record, "stream", wraps=record.stream) as stream:
        files_of(record, folder, *published)
    return [call.kwargs["after"] for call in stream.call_args_list]


def test_a_folder_gets_the_entries_in_the_order_of_the_stream(
    record: Record, tmp_path: Path
) -> None:
    record_more(record, 10)
    files = LogFiles.open(tmp_path / "log")
    assert bring_up(record, CODE, files) == Reached(10, 7)
    assert list(files.entries()) == entries_until(10)

    record_more(record, 12)
    assert bring_up(record, CODE, files) == Reached(12, 8)
    assert bring_up(record, CODE, LogFiles.open(tmp_path / "log")) == Reached(12, 8)
    assert list(LogFiles.open(tmp_path / "log").entries()) == entries_until(12)


def test_a_committee_without_events_makes_no_folder(record: Record, tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path / "log")
    assert bring_up(record, CODE, files) == Reached(0, 0)
    assert not (tmp_path / "log").exists()


def test_the_stream_is_read_on_from_where_the_folder_stopped(
    record: Record, tmp_path: Path
) -> None:
    record_more(record, 10)
    assert read_from(record, tmp_path) == [0]
    record_more(record, 12)
    assert read_from(record, tmp_path) == [10]
    assert read_from(record, tmp_path) == [12]


@pytest.mark.parametrize(
    "spoil", ["absent", "no JSON", "no text", "another root", "another link", "ahead"]
)
def test_a_place_that_does_not_fit_is_not_believed(
    record: Record, tmp_path: Path, spoil: str
) -> None:
    record_more(record, 10)
    files = files_of(record, tmp_path)
    place = tmp_path / POSITION
    kept = place.read_text()
    match spoil:
        case "absent":
            place.unlink()
        case "no JSON":
            place.write_text("{")
        case "no text":
            place.write_bytes(b"\xff")
        case "another root":
            place.write_text(kept.replace(files.head_at(7).hex(), "00" * 32))
        case "another link":
            place.write_text(kept.replace('"link":"', '"link":"0'))
        case "ahead":
            place.write_text(kept.replace('"size":7', '"size":70'))

    record_more(record, 12)
    assert read_from(record, tmp_path, checkpointed(files, 4)) == [4]
    place.unlink()
    assert read_from(record, tmp_path) == [0]
    assert list(LogFiles.open(tmp_path).entries()) == entries_until(12)


def test_a_folder_of_another_record_is_refused_by_name(record: Record, tmp_path: Path) -> None:
    record_more(record, 10, "here")
    other = Record.open(tmp_path / "other.sqlite3")
    record_more(other, 10, "there")
    folder = tmp_path / "log"
    theirs = files_of(other, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with pytest.raises(LogFilesError, match=r"log is not .* entry 0 is another than the record's"):
        bring_up(record, CODE, LogFiles.open(folder))
    ours = files_of(record, tmp_path / "ours")
    with pytest.raises(LogFilesError, match="first 3 entries is not the one that was published"):
        bring_up(record, CODE, LogFiles.open(folder), [checkpointed(ours, 4)])
    other.close()
    assert list(theirs.entries()) == entries_until(10, "there")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_ahead_of_the_record_is_refused(record: Record, tmp_path: Path) -> None:
    record_more(record, 10)
    files = files_of(record, tmp_path)
    files.append([b"an entry that the record never had"])

    with pytest.raises(LogFilesError, match="it has 8 entries, and the record logs 7"):
        bring_up(record, CODE, LogFiles.open(tmp_path))


def test_two_who_bring_up_one_folder_leave_one_log(record: Record, tmp_path: Path) -> None:
    record_more(record, 10)
    first, second = LogFiles.open(tmp_path), LogFiles.open(tmp_path)
    assert bring_up(record, CODE, first) == bring_up(record, CODE, second) == Reached(10, 7)
    record_more(record, 600)
    assert bring_up(record, CODE, second) == Reached(600, 400)
    record_more(record, 601)
    assert bring_up(record, CODE, first) == Reached(601, 401)
    assert list(first.entries()) == entries_until(601)


def test_the_place_of_an_event_s_entries_is_counted_from_the_checkpoint_before(
    record: Record, tmp_path: Path
) -> None:
    record_more(record, 30)
    files = files_of(record, tmp_path)
    published = [checkpointed(files, version) for version in (6, 12)]
    for version in (1, 6, 7, 12, 13, 14, 29):
        assert place_of(record, CODE, version, published) == len(entries_until(version - 1))
    with mock.patch.object(record, "stream", wraps=record.stream) as stream:
        place_of(record, CODE, 14, published)
    assert stream.call_args.kwargs["after"] == 12
