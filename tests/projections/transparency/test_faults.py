"""A log that is interrupted, altered, or written by two: always a valid log, or refused by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from policies.refusals import LogFilesError
from projections.transparency.log_files import CHECKPOINT, LogFiles
from tests.faults.conftest import LONG
from tests.governance.terminal import ROOT
from tests.projections.transparency.plain import entries, names, note_of, root_of_entries

SIZE = 600
RACED = 300
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder below it is made


def run(module: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.projections.transparency.{module}", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def test_a_log_is_valid_and_goes_on_wherever_it_was_interrupted() -> None:
    memory = MEMORY if MEMORY.is_dir() else None  # a hundred folders, and no disk is asked of them
    with tempfile.TemporaryDirectory(prefix="jcgov-", dir=memory) as scratch:
        process = run("crashing", scratch, 1 if LONG else 4)
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    killed, failed = map(int, told.split())
    assert killed > 80, "so many things are asked of the file system"
    assert failed > 80


def test_two_processes_on_one_folder_leave_one_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    both = [run("racing", folder, RACED, step) for step in (11, 17)]
    assert [process.wait(120) for process in both] == [0, 0]
    for process in both:
        process.communicate()

    files = LogFiles.open(folder)
    files.require_whole()
    assert list(files.entries()) == entries(RACED)
    assert files.checkpoint() == note_of(RACED)


def test_nothing_is_written_again_but_the_checkpoint(tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path)
    seen: dict[str, tuple[int, int, bytes]] = {}
    for size in (1, 2, 100, 101, 255, 256, 257, 511, 513, 600):
        files.append(entries(size, files.size))
        if size % 2:
            files.publish(note_of(size))
        for name in names(tmp_path) - {CHECKPOINT}:
            path = tmp_path / name
            found = (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
            assert seen.setdefault(name, found) == found
    assert len(seen) > 20
    assert files.checkpoint() == note_of(513)


def test_a_tile_that_is_there_with_other_bytes_is_refused(tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path)
    files.append(entries(3))
    other = tmp_path / "tile/entries/000.p/5"
    other.write_bytes(b"\0\1x" * 5)

    with pytest.raises(LogFilesError, match=r"tile/entries/000\.p/5 is there with other bytes"):
        files.append(entries(5, 3))
    assert other.read_bytes() == b"\0\1x" * 5
    assert LogFiles.open(tmp_path).size == 3


FILES = (
    *("tile/entries/000", "tile/entries/002.p/88", "tile/0/000", "tile/0/001", "tile/0/002.p/88"),
    "tile/1/000.p/2",
)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["one bit", "a byte less", "a byte more", "absent", "a link"])
def test_an_altered_file_of_the_log_is_refused_by_name(tmp_path: Path, name: str, how: str) -> None:
    files = LogFiles.open(tmp_path)
    files.append(entries(SIZE))
    root = files.head_at(SIZE)
    path = tmp_path / name
    data = path.read_bytes()
    path.unlink()
    match how:
        case "one bit":
            path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
        case "a byte less":
            path.write_bytes(data[:-1])
        case "a byte more":
            path.write_bytes(data + b"\0")
        case "a link":
            path.symlink_to("/dev/zero")

    if how == "absent" and name.startswith("tile/1"):
        # It is made from the tiles below it, which a crash may have left without it.
        LogFiles.open(tmp_path).require_whole()
        assert LogFiles.open(tmp_path).head_at(SIZE) == root
        return
    with pytest.raises(LogFilesError, match=re.escape(str(tmp_path))):
        believed(tmp_path, root)


def believed(folder: Path, root: bytes) -> None:
    """Read the log as its writer does: a shorter one is not that of the checkpoint."""
    again = LogFiles.open(folder)
    again.require_whole()
    again.publish(note_of(SIZE, root))


def test_a_damaged_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    files = LogFiles.open(tmp_path)
    files.append(entries(3))
    (tmp_path / CHECKPOINT).write_text("nothing of ours")
    with pytest.raises(LogFilesError, match="checkpoint is damaged"):
        files.publish(note_of(3))


def test_a_proof_through_an_altered_tile_is_refused_not_given(tmp_path: Path) -> None:
    from policies.proof.merkle import inclusion_path

    files = LogFiles.open(tmp_path)
    files.append(entries(SIZE))
    tile = tmp_path / "tile/0/001"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])

    again = LogFiles.open(tmp_path)
    assert again.head_at(SIZE) == root_of_entries(SIZE), "the tile is not needed for it"
    with pytest.raises(LogFilesError, match=r"tile/0/001 and tile 0 of level 1 contradict"):
        inclusion_path(300, SIZE, again.subtrees(SIZE))
    with pytest.raises(LogFilesError, match="contradict"):
        again.entry(300)
