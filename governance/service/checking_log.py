"""Checking published checkpoints: each is of the tree over its committee's entries, and grows.

Leaves are hashed by whoever has the segment; the trees are put together here, in the record's
order, so that the check goes on all cores. Keys and signatures are the checker's part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from aggregates.event import Recorded
from aggregates.store.record import Record
from aggregates.transparency.decide import require_follows
from aggregates.transparency.entries import entries_of
from aggregates.transparency.events import CheckpointPublished, log_stream
from aggregates.transparency.published import Published
from policies.proof.merkle import Frontier, leaf_hash
from policies.refusals import LogProofError, Refusal, TamperedError


class Logged(NamedTuple):
    """What an event adds to its committee's log: leaves, or that a checkpoint was published."""

    position: int
    stream: str
    version: int
    leaves: tuple[bytes, ...] = ()
    checkpoint: CheckpointPublished | None = None
    envelopes: int = 0
    """How many envelopes stand before it in its part of the record."""


class Wrong(NamedTuple):
    """A checkpoint that is not of its tree: where, what stands before it in its part, and why."""

    position: int
    envelopes: int
    fault: str


def logged_in(pages: Iterable[tuple[int, Sequence[Logged]]]) -> tuple[Logged, ...]:
    """Return what logs gain in pages that follow one another, as if they were one.

    A page is how many envelopes it holds, and what logs gain in it.
    """
    found: list[Logged] = []
    before = 0
    for envelopes, logged in pages:
        found += (one._replace(envelopes=one.envelopes + before) for one in logged)
        before += envelopes
    return tuple(found)


class Leaves:
    """Says what events add to the logs of a record, as far as a checkpoint was published."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._until: dict[str, int] = {}

    def of(self, entry: Recorded) -> Logged | None:
        """Return what an event adds; None where no checkpoint covers it."""
        stream, event = entry.originator_id, entry.event
        place = (entry.position, stream, entry.originator_version)
        if isinstance(event, CheckpointPublished):
            return Logged(*place, checkpoint=replace(event, note=""))
        if "/" in stream or entry.originator_version > self._covered(stream):
            return None
        leaves = tuple(leaf_hash(envelope.to_bytes()) for envelope in entries_of(event))
        return Logged(*place, leaves)

    def _covered(self, committee: str) -> int:
        """Return the version up to which the last checkpoint has a committee's events."""
        if committee not in self._until:
            try:
                last = Published(self._record, committee).last()
            except Refusal:  # whoever checks that event names it
                last = None
            self._until[committee] = 0 if last is None else last.version
        return self._until[committee]


@dataclass
class _Tree:
    """One committee's tree so far, and what stands beyond the last checkpoint."""

    frontier: Frontier = field(default_factory=Frontier.empty)
    last: CheckpointPublished | None = None
    version: int = 0
    beyond: deque[Logged] = field(default_factory=deque)

    def root_at(self, version: int) -> tuple[int, str]:
        """Return size and root of the tree with the committee's events up to a version."""
        while self.beyond and self.beyond[0].version <= version:
            for leaf in self.beyond.popleft().leaves:
                self.frontier.append(leaf)
        return self.frontier.size, self.frontier.root.hex()


class Trees:
    """The trees of all committees, put together in the record's order."""

    def __init__(self) -> None:
        self._trees: dict[str, _Tree] = {}

    def first_wrong(self, logged: Iterable[Logged]) -> Wrong | None:
        """Take what logs gain; return the first checkpoint that is not of its tree."""
        for one in logged:
            try:
                self._take(one)
            except TamperedError as refusal:
                return Wrong(one.position, one.envelopes, str(refusal))
        return None

    def _take(self, logged: Logged) -> None:
        event = logged.checkpoint
        if event is None:
            tree = self._trees.setdefault(logged.stream, _Tree())
            tree.version = logged.version
            tree.beyond.append(logged)
            return
        try:
            self._check(event)
        except Refusal as refusal:
            message = (
                f"event {logged.version} of {log_stream(event.committee)} (position"
                f" {logged.position}) is not good: {refusal}; all before it are"
            )
            raise TamperedError(message) from None

    def _check(self, event: CheckpointPublished) -> None:
        tree = self._trees.setdefault(event.committee, _Tree())
        require_follows(event, tree.last)
        if event.version > tree.version:
            message = f"it is of {event.committee}'s event {event.version}, which is not there yet"
            raise LogProofError(message)
        size, root = tree.root_at(event.version)
        if (event.size, event.root) != (size, root):
            message = (
                f"the record's tree has {size} entries and the root {root[:16]}…, the checkpoint"
                f" says {event.size} and {event.root[:16]}…"
            )
            raise LogProofError(message)
        tree.last = event
