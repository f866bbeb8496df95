"""Checking the whole record on all cores: the hash chain, and each envelope by its place's rules.

The record is cut into segments. A worker that takes one first applies, unchecked, what turned
before it; whoever has the segment in which that stands checks it. So if every segment is good,
everything was checked by exactly the rules of its place.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import closing
from typing import Any, NamedTuple

from aggregates.committee.events import DecisionAdopted, ProposalClosed, ProposalFrozen
from aggregates.event import Event
from aggregates.store.chain import Head, follow, missing
from aggregates.store.mapper import recorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from aggregates.store.topics import topics_of
from governance.service.checking import TURNING, Checker
from governance.service.checking_log import Leaves, Logged, Trees, logged_in
from governance.service.workers import available_cores, worker_pool
from policies.proof.dsse import Envelope
from policies.refusals import Refusal, TamperedError

Progress = Callable[[int], None]
Opener = Callable[[], Record]
"""Opens the record anew; it is sent to the workers."""

_SEGMENTS_OF_A_WORKER = 4
SEGMENT = 4 * BATCH
"""The fewest events that a worker checks in one go; a record of no more is checked right here."""


class Checked(NamedTuple):
    """What was found good: how many events, how many envelopes; what is not; what logs gain."""

    events: int
    envelopes: int
    fault: str | None = None
    logged: tuple[Logged, ...] = ()


def check_record(
    record: Record, progress: Progress, opener: Opener | None = None, cores: int | None = None
) -> dict[str, Any]:
    """Check every event; the answer names the first that is not good, and how many are before.

    With an opener the segments are shared out to as many processes as there are cores.
    """
    head = record.head
    events = envelopes = 0
    fault = None
    trees = Trees()
    with closing(_parts(record, head.position, opener, cores)) as parts:
        for part in parts:
            wrong = trees.first_wrong(part.logged)
            if wrong is not None:
                events = wrong.position - 1
                envelopes += wrong.envelopes
                fault = wrong.fault
                break
            events += part.events
            envelopes += part.envelopes
            progress(part.events)
            fault = part.fault
            if fault is not None:
                break
    good = f"{events:,} events stand in their chain; {envelopes:,} envelopes are genuine"
    return {
        "ok": fault is None,
        "events": events,
        "envelopes": envelopes,
        "detail": good if fault is None else fault,
        "head": head.to_json(),
    }


def _parts(
    record: Record, end: int, opener: Opener | None, cores: int | None
) -> Generator[Checked, None, None]:
    """Yield what was found, part after part; the first fault is the last that counts."""
    try:
        record.require_none_before()
    except TamperedError as refusal:
        yield Checked(0, 0, str(refusal))
        return
    workers = min(cores or available_cores(), -(-end // SEGMENT))
    if opener is not None and workers > 1:
        yield from _in_parallel(opener, end, workers)
    else:
        yield from Segments(record).all(end)


class Segments:
    """Checks segments of a record, each later than the one before it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._checker = Checker(self._find_text, self._find_adoption)
        self._leaves = Leaves(record)
        self._turned = 0
        self._looked = 0
        self._found: dict[tuple[str, int], Envelope | None] = {}
        self._adopted: dict[tuple[str, str], int] = {}
        self._from = self._to = 0

    def all(self, end: int) -> Generator[Checked, None, None]:
        """Yield what was checked, page by page, from the first event to a position or a fault."""
        yield from self._pages(Head(), end)

    def check(self, after: int, until: int, turning: list[int]) -> Checked:
        """Check what stands after a position up to another, given the places of what turned."""
        try:
            for position in turning:
                if self._turned < position <= after:
                    self._checker.take(
                        *self._record.onwards(position - 1, 1, until=position).entries
                    )
        except Refusal as refusal:  # an earlier segment's check has named it
            return Checked(0, 0, str(refusal))
        self._checker.forget_texts()
        self._looked, self._turned = after, until
        self._found.clear()
        self._adopted.clear()
        self._from = self._to = after
        found = list(self._pages(self._head_at(after), until))
        events = sum(checked.events for checked in found)
        envelopes = sum(checked.envelopes for checked in found)
        return Checked(
            events,
            envelopes,
            found[-1].fault,
            logged_in((page.envelopes, page.logged) for page in found),
        )

    def turning(self, after: int, until: int) -> list[int]:
        """Return where other people, keys or rules may begin to count.

        What cannot be read is left to whoever checks that segment.
        """
        found: list[int] = []
        while after < until:
            end = min(after + BATCH, until)
            rows = self._record.table.rows(after, end, topics_of(TURNING))
            found += [row[0] for row in rows if _turns(row)]
            after = end
        return found

    def _pages(self, head: Head, end: int) -> Generator[Checked, None, None]:
        while head.position < end:
            head, checked = self._page(head, min(head.position + BATCH, end))
            yield checked
            if checked.fault is not None:
                return

    def _page(self, head: Head, until: int) -> tuple[Head, Checked]:
        """Check event by event, so that the first that is not good is the one that is named."""
        before, envelopes, fault = head.position, 0, None
        found: list[Logged] = []
        try:
            for row in self._record.table.rows(head.position, until):
                reached = follow(head, (row,))
                position, stream, version, topic, state, _link = row
                entry = recorded(stream, version, topic, state, position)
                held = self._checker.check(entry)
                logged = self._leaves.of(entry)
                if logged is not None:
                    found.append(logged._replace(envelopes=envelopes))
                envelopes += held
                head = reached
            if head.position != until:
                raise missing(head)
        except TamperedError as refusal:
            fault = str(refusal)
        return head, Checked(head.position - before, envelopes, fault, tuple(found))

    def _head_at(self, position: int) -> Head:
        """Return the head before a segment as it is stored: the segment before it checks it."""
        rows = self._record.table.rows(position - 1, position)
        return Head(position, rows[0][5]) if rows else Head(position)

    def _find_text(self, stream: str, proposal: int) -> Envelope | None:
        """Look for a text that was open before the segment, its newest version.

        Backwards, a page at a time, and each page once: what else it holds is kept.
        """
        while (stream, proposal) not in self._found and self._looked > 0:
            after = max(self._looked - BATCH, 0)
            for row in reversed(self._record.table.rows(after, self._looked, topics_of(_OF_TEXTS))):
                event = _read(row)
                if isinstance(event, _OF_TEXTS):
                    text = event.decision if isinstance(event, ProposalFrozen) else None
                    self._found.setdefault((row[1], event.proposal), text)
            self._looked = after
        return self._found.get((stream, proposal))

    def _find_adoption(self, stream: str, digest: str, before: int) -> DecisionAdopted | None:
        """Look for the adoption of a digest before a position.

        Backwards, a page at a time, and each page once: where others stand is kept.
        """
        if before > self._to:
            self._note_adopted(self._to, before)
            self._to = before
        while (stream, digest) not in self._adopted and self._from > 0:
            after = max(self._from - BATCH, 0)
            self._note_adopted(after, self._from)
            self._from = after
        position = self._adopted.get((stream, digest))
        if position is None or position >= before:
            return None
        (row,) = self._record.table.rows(position - 1, position)
        event = _read(row)
        return event if isinstance(event, DecisionAdopted) else None

    def _note_adopted(self, after: int, until: int) -> None:
        for first in range(after, until, BATCH):
            end = min(first + BATCH, until)
            for row in self._record.table.rows(first, end, topics_of(_ADOPTED)):
                event = _read(row)
                if isinstance(event, DecisionAdopted):
                    self._adopted.setdefault((row[1], event.decision.digest), row[0])


_ADOPTED = (DecisionAdopted,)
_OF_TEXTS = (ProposalFrozen, ProposalClosed, DecisionAdopted)
"""What opens a text, and what ends it."""


def _turns(row: Sequence[Any]) -> bool:
    """Whether who may sign, or by which rules, may differ after an event.

    A decision that sets a rulebook carries its text as an annex.
    """
    event = _read(row)
    return not isinstance(event, DecisionAdopted) or bool(event.annexes)


def _read(row: Sequence[Any]) -> Event | None:
    """Return the event of a row, or nothing if it is not one: its segment's check says so."""
    position, stream, version, topic, state, _link = row
    try:
        return recorded(stream, version, topic, state, position).event
    except Refusal:
        return None


# --- on all cores


def _in_parallel(opener: Opener, end: int, workers: int) -> Generator[Checked, None, None]:
    size = min(max(SEGMENT, end // (_SEGMENTS_OF_A_WORKER * workers)), 8 * SEGMENT)
    segments = [(after, min(after + size, end)) for after in range(0, end, size)]
    with worker_pool(workers, _begin_worker, (opener,)) as pool:
        turning = [position for found in pool.map(_turning_in, segments) for position in found]
        futures: list[Future[Checked]] = [
            pool.submit(_check_segment, after, until, turning) for after, until in segments
        ]
        for future in futures:
            yield future.result()


_worker: Segments | None = None


def _begin_worker(opener: Opener) -> None:
    global _worker  # noqa: PLW0603 - a worker process has one record
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
