"""Checking the whole record on all cores: the hash chain, and each envelope by its place's rules.

The record is cut into segments. A worker that takes one first applies, unchecked, what turned
before it; whoever has the segment in which that stands checks it. So if every segment is good,
everything was checked by exactly the rules of its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, NamedTuple

from aggregates.committee.events import DecisionAdopted, ProposalFrozen
from aggregates.store.chain import Head, follow, missing
from aggregates.store.mapper import recorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from governance.service.checking import TURNING, Checker
from policies.proof.dsse import Envelope
from policies.refusals import TamperedError

Progress = Callable[[int], None]
Opener = Callable[[], Record]
"""Opens the record anew; it is sent to the workers."""

SEGMENT = 4 * BATCH
"""Events that a worker checks in one go; a record of no more than this is checked right here."""


class Checked(NamedTuple):
    """What was checked: how many events, and how many envelopes they held."""

    events: int
    envelopes: int


def check_record(
    record: Record, progress: Progress, opener: Opener | None = None, cores: int | None = None
) -> dict[str, Any]:
    """Check every event; the answer names the first that is not good, and how many are before.

    With an opener the segments are shared out to as many processes as there are cores.
    """
    head = record.head
    workers = min(cores or _cores(), -(-head.position // SEGMENT))
    events = envelopes = 0
    try:
        record.require_none_before()
        parts = (
            _in_parallel(opener, head.position, workers)
            if opener is not None and workers > 1
            else Segments(record).all(head.position)
        )
        for part in parts:
            events += part.events
            envelopes += part.envelopes
            progress(part.events)
    except TamperedError as refusal:
        answer = {"ok": False, "events": events, "envelopes": envelopes, "detail": str(refusal)}
    else:
        detail = f"{events:,} events stand in their chain; {envelopes:,} envelopes are genuine"
        answer = {"ok": True, "events": events, "envelopes": envelopes, "detail": detail}
    return {**answer, "head": head.to_json()}


class Segments:
    """Checks segments of a record, each later than the one before it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._checker = Checker(self._find_text)
        self._turned = 0
        self._start = 0

    def all(self, end: int) -> Iterator[Checked]:
        """Yield what was checked, page by page, from the first event to a position."""
        head = Head()
        while head.position < end:
            head, checked = self._page(head, min(head.position + BATCH, end))
            yield checked

    def check(self, after: int, until: int, turning: list[int]) -> Checked:
        """Check what stands after a position up to another, given the places of what turned."""
        for position in turning:
            if self._turned < position <= after:
                self._checker.take(*self._record.onwards(position - 1, 1).entries)
        self._checker.forget_texts()
        self._start, self._turned = after, until
        head = self._head_at(after)
        events = envelopes = 0
        while head.position < until:
            head, checked = self._page(head, min(head.position + BATCH, until))
            events += checked.events
            envelopes += checked.envelopes
        return Checked(events, envelopes)

    def turning(self, after: int, until: int) -> list[int]:
        """Return where other people, keys or rules may begin to count."""
        found = []
        while after < until:
            page = self._record.onwards(after, BATCH, TURNING, until)
            found += [entry.position for entry in page.entries if _turns(entry.event)]
            after = page.reached
        return found

    def _page(self, head: Head, until: int) -> tuple[Head, Checked]:
        rows = self._record.table.rows(head.position, until)
        reached = follow(head, rows)
        if reached.position != until:
            raise missing(reached)
        envelopes = 0
        for position, stream, version, topic, state, _link in rows:
            envelopes += self._checker.check(recorded(stream, version, topic, state, position))
        return reached, Checked(len(rows), envelopes)

    def _head_at(self, position: int) -> Head:
        """Return the head before a segment as it is stored: the segment before it checks it."""
        rows = self._record.table.rows(position - 1, position)
        return Head(position, rows[0][5]) if rows else Head(position)

    def _find_text(self, stream: str, proposal: int) -> Envelope | None:
        """Look for a text that was frozen before the segment, its newest version."""
        before = self._start
        while before > 0:
            after = max(before - BATCH, 0)
            page = self._record.onwards(after, BATCH, (ProposalFrozen,), before)
            for event in (e.event for e in reversed(page.entries) if e.originator_id == stream):
                if isinstance(event, ProposalFrozen) and event.proposal == proposal:
                    return event.decision
            before = after
        return None


def _turns(event: object) -> bool:
    """Whether who may sign, or by which rules, may differ after an event.

    A decision that sets a rulebook carries its text as an annex.
    """
    return not isinstance(event, DecisionAdopted) or bool(event.annexes)


# --- on all cores


def _in_parallel(opener: Opener, end: int, workers: int) -> Iterator[Checked]:
    segments = [(after, min(after + SEGMENT, end)) for after in range(0, end, SEGMENT)]
    with ProcessPoolExecutor(
        workers,
        # Spawned, not forked: an open database does not survive a fork.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(opener,),
    ) as pool:
        turning = [position for found in pool.map(_turning_in, segments) for position in found]
        futures: list[Future[Checked]] = [
            pool.submit(_check_segment, after, until, turning) for after, until in segments
        ]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


_worker: Segments | None = None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin_worker(opener: Opener) -> None:
    global _worker  # noqa: PLW0603 - a worker process has one record
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts ends the one that waits
    _worker = Segments(opener())


def _turning_in(segment: tuple[int, int]) -> list[int]:
    return _own().turning(*segment)


def _check_segment(after: int, until: int, turning: list[int]) -> Checked:
    return _own().check(after, until, turning)


def _own() -> Segments:
    if _worker is None:
        message = "a worker was not begun"
        raise RuntimeError(message)
    return _worker
