"""Checking the entries of a log on all cores, in segments.

A worker that takes a segment first takes in, unchecked, all entries before it; whoever has the
segment in which those stand checks them. So if every segment is good, and each begins with the root
with which the one before it ends, every entry was checked by exactly the rules of its place.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from governance.exchange.log_folder import LogFolder
from governance.service.workers import available_cores, worker_pool
from policies.proof.log_audit import LogAudit, Reached
from policies.proof.tile_layout import WIDTH
from policies.refusals import Refusal

SEGMENT = 4 * WIDTH
"""The fewest entries that a worker checks in one go; a log of no more is checked right here."""
_SEGMENTS_OF_A_WORKER = 4


@dataclass(frozen=True)
class Found:
    """What a segment's check found: its last place, or the first entry that is not good.

    `begins` and `ends` are the roots of the log up to its first entry, and with its last.
    """

    entries: int
    begins: bytes = b""
    ends: bytes = b""
    missing: frozenset[str] = frozenset()
    reached: Reached | None = None
    fault: str | None = None


def segments_of(
    folder: LogFolder, trusted: str, size: int, cores: int | None = None
) -> Generator[Found, None, None]:
    """Yield what was found, segment after segment; the first fault is the last that counts."""
    workers = min(cores or available_cores(), -(-size // SEGMENT))
    if workers <= 1:
        yield Segments(folder, trusted, size).check(0, size)
        return
    step = max(SEGMENT, -(-size // (_SEGMENTS_OF_A_WORKER * workers)))
    with worker_pool(workers, _begin_worker, (folder, trusted, size)) as pool:
        futures: list[Future[Found]] = [
            pool.submit(_check_segment, after, min(after + step, size))
            for after in range(0, size, step)
        ]
        for future in futures:
            yield future.result()


class Segments:
    """Checks segments of a log, each later than the one before it."""

    def __init__(self, folder: LogFolder, trusted: str, size: int) -> None:
        self._folder, self._size = folder, size
        self._audit = LogAudit(trusted, self._folder.find_text)

    def check(self, after: int, until: int) -> Found:
        """Check the entries from one up to another, taking in unchecked those that are before."""
        audit = self._audit
        audit.place.missing.clear()
        try:
            for index, entry in enumerate(self._read(audit.size, until), start=audit.size):
                if index < after:
                    audit.take_again(entry)
                else:
                    audit.take(entry)
            reached = audit.reached() if until == self._size else None
        except Refusal as refusal:
            return Found(max(audit.size - after, 0), fault=str(refusal))
        begins, ends = map(audit.place.tree.root_at, (after, until))
        return Found(until - after, begins, ends, frozenset(audit.place.missing), reached)

    def _read(self, first: int, until: int) -> Iterator[bytes]:
        for index, entry in enumerate(self._folder.entries(self._size, first), start=first):
            if index >= until:
                return
            yield entry


_worker: Segments | None = None


def _begin_worker(folder: LogFolder, trusted: str, size: int) -> None:
    global _worker  # noqa: PLW0603 - a worker process has one log
    _worker = Segments(folder, trusted, size)


def _check_segment(after: int, until: int) -> Found:
    if _worker is None:
        message = "a worker was not begun"
        raise RuntimeError(message)
    return _worker.check(after, until)
