"""A log as files: what lies where, what is proved from it, and what is refused."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from unittest import mock

import pytest

from policies.proof.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    require_consistent,
    root_by_inclusion,
)
from policies.refusals import LogFilesError, LogProofError
from projections.transparency.log_files import LogFiles
from projections.transparency.tiles import TileFolder
from tests.projections.transparency.plain import entries, names, note_of, root_of_entries


def filled(folder: Path, size: int) -> LogFiles:
    files = LogFiles.open(folder)
    files.append(entries(size))
    return files


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, {"tile/entries/000.p/1", "tile/0/000.p/1"}),
        (255, {"tile/entries/000.p/255", "tile/0/000.p/255"}),
        (256, {"tile/entries/000", "tile/0/000", "tile/1/000.p/1"}),
        (
            257,
            {
                *("tile/entries/000", "tile/0/000", "tile/1/000.p/1"),
                *("tile/entries/001.p/1", "tile/0/001.p/1"),
            },
        ),
    ],
)
def test_a_log_has_the_tiles_of_its_size_and_no_others(
    tmp_path: Path, size: int, expected: set[str]
) -> None:
    files = filled(tmp_path / "MN", size)

    assert names(tmp_path / "MN") == expected
    assert files.size == LogFiles.open(tmp_path / "MN").size == size
    assert files.head_at(size) == files.frontier.root == root_of_entries(size)


def test_the_specification_s_example_of_70_000_entries(tmp_path: Path) -> None:
    filled(tmp_path, 70_000)

    found = names(tmp_path)
    assert len([name for name in found if name.startswith("tile/0/")]) == 273 + 1
    assert {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= found


def test_an_index_above_a_thousand_has_a_folder_for_each_three_digits() -> None:
    from projections.transparency.tiles import tile_name

    assert tile_name(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_name("entries", 5, 7) == "tile/entries/005.p/7"


def test_an_absent_folder_is_an_empty_log_and_is_not_made(tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path / "absent")

    assert (files.size, files.checkpoint()) == (0, None)
    assert files.head_at(0) == EMPTY_ROOT
    with pytest.raises(LogProofError, match="not in a log of 0"):
        files.entry(0)
    assert not (tmp_path / "absent").exists()


def test_every_entry_is_proved_from_the_tiles_at_every_later_size(tmp_path: Path) -> None:
    size = 600
    files = filled(tmp_path, size)

    for later in (1, 2, 255, 256, 257, 511, 512, 600):
        root = root_of_entries(later)
        for index in {0, later // 2, later - 1}:
            path = inclusion_path(index, later, files.subtrees(later))
            entry = files.entry(index)
            assert entry == f"entry {index}".encode()
            assert root_by_inclusion(leaf_hash(entry), index, later, path) == root
        path = consistency_path(later, size, files.subtrees(size))
        require_consistent(later, root, size, root_of_entries(size), path)


def test_appending_in_pieces_gives_the_log_that_appending_at_once_gives(tmp_path: Path) -> None:
    sizes = [0, 1, 3, 255, 256, 258, 700, 2000]
    for size, later in pairwise(sizes):
        LogFiles.open(tmp_path / "pieces").append(entries(later, size))
    filled(tmp_path / "once", sizes[-1])

    pieces, once = names(tmp_path / "pieces"), names(tmp_path / "once")
    assert pieces == once
    for name in once:
        assert (tmp_path / "pieces" / name).read_bytes() == (tmp_path / "once" / name).read_bytes()


def test_partial_tiles_of_a_checkpoint_stay_until_the_tile_is_full(tmp_path: Path) -> None:
    files = filled(tmp_path, 3)
    files.publish(note_of(3))
    files.append(entries(5, 3))
    files.append(entries(9, 5))
    assert {"tile/0/000.p/3", "tile/0/000.p/9", "tile/entries/000.p/3"} <= names(tmp_path)
    assert "tile/0/000.p/5" not in names(tmp_path), "nothing was published for five"

    files.append(entries(300, 9))
    assert not any(name.startswith("tile/0/000.p") for name in names(tmp_path))


def test_a_checkpoint_of_an_earlier_size_gets_the_partial_tiles_it_needs(tmp_path: Path) -> None:
    files = filled(tmp_path, 9)
    files.publish(note_of(7))

    assert files.checkpoint() == note_of(7)
    assert {"tile/0/000.p/7", "tile/entries/000.p/7"} <= names(tmp_path)


def test_an_older_checkpoint_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    files = filled(tmp_path, 9)
    files.publish(note_of(9))
    files.publish(note_of(7))

    assert files.checkpoint() == note_of(9)


@pytest.mark.parametrize(
    ("note", "why"),
    [(note_of(10), "it ends at 9"), (note_of(9, bytes(32)), "has another root")],
)
def test_a_checkpoint_that_does_not_fit_the_tiles_is_refused(
    tmp_path: Path, note: str, why: str
) -> None:
    files = filled(tmp_path, 9)
    files.publish(note_of(8))
    with pytest.raises(LogFilesError, match=why):
        files.publish(note)
    assert files.checkpoint() == note_of(8)


def test_entries_that_are_there_are_taken_once_and_others_are_refused(tmp_path: Path) -> None:
    first, second = filled(tmp_path, 300), LogFiles.open(tmp_path)
    first.append(entries(310, 300))
    second.append(entries(320, 300))
    assert second.size == 320

    with pytest.raises(LogFilesError, match="entry 310 is another"):
        first.append([b"something else"])
    with pytest.raises(LogFilesError, match="ends at 320, and entry 400"):
        first.append([b"later"], first=400)
    with pytest.raises(LogFilesError, match="65536 bytes cannot be logged"):
        second.append([b"x" * 65_536])
    assert LogFiles.open(tmp_path).size == 320


def test_the_largest_entry_is_logged(tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path)
    files.append([b"x" * 65_535, b"y"])
    assert (files.entry(0), files.entry(1)) == (b"x" * 65_535, b"y")


def test_who_reads_while_another_appends_goes_on_reading(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    reader, writer = LogFiles.open(tmp_path), LogFiles.open(tmp_path)
    for size in (9, 256, 600):
        writer.append(entries(size, writer.size))
        assert "tile/0/000.p/5" not in names(tmp_path)
        assert reader.entry(3) == b"entry 3"
        assert reader.head_at(5) == root_of_entries(5)
    assert reader.head_at(600) == root_of_entries(600), "it looks again for what is beyond"


def test_a_tile_that_is_dropped_while_it_is_looked_for_is_found_in_a_wider_one(
    tmp_path: Path,
) -> None:
    writer = filled(tmp_path, 5)
    reader = LogFiles.open(tmp_path)
    widths = TileFolder.widths

    def meanwhile(folder: TileFolder, level: int | str, index: int) -> list[int]:
        found = widths(folder, level, index)
        if writer.size == 6:
            writer.append(entries(7, 6))
        return found

    writer.append(entries(6, 5))
    with mock.patch.object(reader._tree.tiles, "widths", partial(meanwhile, reader._tree.tiles)):
        assert reader.entry(3) == b"entry 3"
    assert writer.size == 7
