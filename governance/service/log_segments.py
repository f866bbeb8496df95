"""Checking the entries of a log on all cores, cut into segments.

A worker that takes a segment first takes in, unchecked, all before it; whoever has the segment in
which those stand checks them. So if every segment is good, and each begins with the root with which
the one before it ends, every entry was checked by exactly the rules of its place.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from governance.service.workers import available_cores, worker_pool
from policies.proof.log_audit import LogAudit, Reached
from policies.proof.merkle import EMPTY_ROOT
from policies.proof.tile_layout import WIDTH
from policies.refusals import Refusal

SEGMENT = 4 * WIDTH
"""The fewest entries that a worker checks in one go; no more than these are checked right here."""
_SEGMENTS_OF_A_WORKER = 4


class Entries(Protocol):
    """Where a log's entries are read from, in this process and in a worker's."""

    def entries(self, size: int, first: int = 0) -> Iterator[bytes]:
        """Yield the entries of a log of that size from one on."""

    def find_text(self, digest: str) -> str | None:
        """Return a rulebook or an annex by its digest, or null."""


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


def check_entries(
    log: Entries,
    trusted: str,
    size: int,
    *,
    after: int = 0,
    root: bytes = EMPTY_ROOT,
    whole: bool = True,
    cores: int | None = None,
) -> Generator[Found, None, None]:
    """Check the entries from one on, up to a size; those before it, of that root, are good.

    The first fault is the last that is found. Where it is `whole`, the last segment says what the
    log has reached, and refuses one that ends where none does.
    """
    with closing(_checked(log, trusted, size, after=after, whole=whole, cores=cores)) as segments:
        for found in segments:
            if found.fault is None and found.begins != root:
                why = "the entries changed while they were read: its segments do not join"
                yield Found(0, fault=why)
                return
            yield found
            if found.fault is not None:
                return
            root = found.ends


def _checked(
    log: Entries, trusted: str, size: int, *, after: int, whole: bool, cores: int | None
) -> Generator[Found, None, None]:
    arguments = (log, trusted, size, whole)
    workers = min(cores or available_cores(), -(-(size - after) // SEGMENT))
    if workers <= 1:
        yield Segments(*arguments).check(after, size)
        return
    step = max(SEGMENT, -(-(size - after) // (_SEGMENTS_OF_A_WORKER * workers)))
    with worker_pool(workers, _begin_worker, arguments) as pool:
        futures: list[Future[Found]] = [
            pool.submit(_check_segment, begin, min(begin + step, size))
            for begin in range(after, size, step)
        ]
        for future in futures:
            yield future.result()


class Segments:
    """Checks segments of a log, each later than the one before it."""

    def __init__(self, log: Entries, trusted: str, size: int, whole: bool) -> None:  # noqa: FBT001
        self._log, self._size, self._whole = log, size, whole
        self._audit = LogAudit(trusted, self._log.find_text)

    def check(self, after: int, until: int) -> Found:
        """Check the entries from one up to another, taking in unchecked those that are before."""
        audit = self._audit
        audit.place.missing.clear()
        try:
            entries = islice(self._log.entries(self._size, audit.size), until - audit.size)
            for index, entry in enumerate(entries, start=audit.size):
                if index < after:
                    audit.take_again(entry)
                else:
                    audit.take(entry)
            reached = audit.reached() if self._whole and until == self._size else None
        except Refusal as refusal:
            return Found(max(audit.size - after, 0), fault=str(refusal))
        begins, ends = map(audit.place.tree.root_at, (after, until))
        return Found(until - after, begins, ends, frozenset(audit.place.missing), reached)


_worker: Segments | None = None


def _begin_worker(log: Entries, trusted: str, size: int, whole: bool) -> None:  # noqa: FBT001
    global _worker  # noqa: PLW0603 - a worker process has one log
    _worker = Segments(log, trusted, size, whole)


def _check_segment(after: int, until: int) -> Found:
    if _worker is None:
        message = "a worker was not begun"
        raise RuntimeError(message)
    return _worker.check(after, until)
