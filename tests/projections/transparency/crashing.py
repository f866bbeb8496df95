"""A log that is appended to and published, while the process ends, or a fault comes, at the k-th
thing that it asks of the file system. Run as a process of its own, which forks one for each point.

Ends with the number of points; with an exception where a folder is no valid log after one.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.proof.checkpoint import TreeHead
from policies.proof.note import Note
from policies.refusals import LogFilesError, StorageError
from projections.transparency.log_files import CHECKPOINT, LogFiles
from tests.projections.transparency.plain import entries, names, note_of

BEGINS, MIDDLE, ENDS = 250, 300, 520
DIED = 86
CHANGING = {"os.link", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "fcntl.flock"}


def grow(folder: Path) -> None:
    """Do what is interrupted."""
    files = LogFiles.open(folder)
    files.append(entries(MIDDLE, files.size), first=files.size)
    files.keep(".position", f"{MIDDLE}\n")
    files.publish(note_of(MIDDLE))
    files.append(entries(ENDS, files.size))
    files.publish(note_of(ENDS))


def grown(folder: Path) -> int:
    """Do it to the end, and return the exit code of that."""
    grow(folder)
    return 0


class Points:
    """Counts what is asked of the file system; at the k-th the process dies, or it fails."""

    def __init__(self, number: int, *, dies: bool) -> None:
        self.number, self.dies, self.passed = number, dies, 0

    def watch(self) -> None:
        """Begin to count, for as long as the process lives."""
        sys.addaudithook(self._audit)
        os.fsync = lambda fd: self.reach()

    def reach(self) -> None:
        """Count one."""
        self.passed += 1
        if self.passed == self.number:
            if self.dies:
                os._exit(DIED)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        writing = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGING or writing:
            self.reach()


def forked(work: Callable[[], int]) -> int:
    """Do some work in a process of its own; return its exit code."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def interrupted(folder: Path, number: int, *, dies: bool) -> int:
    """Grow until the point; 0 where it was not reached."""
    points = Points(number, dies=dies)

    def work() -> int:
        points.watch()
        try:
            grow(folder)
        except (LogFilesError, StorageError):
            return DIED
        return DIED if points.passed >= number else 0

    return forked(work)


def require_valid(folder: Path, before: dict[str, bytes]) -> None:
    """Hold what an outsider finds against what a log is."""
    there = names(folder)
    for name, data in before.items():
        if name in there and name != CHECKPOINT:
            assert (folder / name).read_bytes() == data, f"{name} was written again"
    files = LogFiles.open(folder)
    files.require_whole()
    note = files.checkpoint()
    assert note in {note_of(size) for size in (BEGINS, MIDDLE, ENDS)}
    head = TreeHead.parse(Note.parse(str(note)).text)
    assert files.head_at(head.size) == head.root
    bundle, width = divmod(head.size, 256)
    for kind in ("entries", "0"):
        own, full = f"tile/{kind}/00{bundle}.p/{width}", f"tile/{kind}/00{bundle}"
        assert own in there or full in there, f"{head.size} was published, and {own} is not there"


def main(scratch: Path, step: int) -> int:
    """Interrupt at every point by ending, and let every so-manieth fail.

    What reaches the disk later is not at stake here.
    """
    os.fsync = lambda fd: None
    begin, whole, folder = scratch / "begin", scratch / "whole", scratch / "log"
    files = LogFiles.open(begin)
    files.append(entries(BEGINS))
    files.publish(note_of(BEGINS))
    before = {name: (begin / name).read_bytes() for name in names(begin)}
    shutil.copytree(begin, whole)
    assert forked(lambda: grown(whole)) == 0
    expected = {name: (whole / name).read_bytes() for name in names(whole)}
    for dies in (True, False):
        number = 0
        while True:
            number += 1 if dies else step
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(begin, folder)
            code = interrupted(folder, number, dies=dies)
            assert code in (0, DIED), code
            require_valid(folder, before)
            assert forked(lambda: grown(folder)) == 0, f"it does not go on after {number}"
            require_valid(folder, before)
            for name, data in expected.items():
                assert (folder / name).read_bytes() == data, name
            if code == 0:
                break
        print(number - 1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2])))
