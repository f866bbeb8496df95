"""The sweep: settle every committee, then announce what its deadlines have come to.

It is the same whoever calls it and whenever: what is due is settled by its own day, and what turned
is computed from the events alone; only what was not announced yet is recorded. So two sweeps at
once, or one after three weeks, record what one every minute would have.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from aggregates.announcements.decide import announce
from aggregates.announcements.events import DeadlineAnnounced, announcements_stream
from aggregates.announcements.evolve import evolve
from aggregates.announcements.state import AnnouncementsState
from aggregates.committee.events import EVENTS as COMMITTEE_EVENTS
from aggregates.committee.times import CommitteeTimes
from aggregates.event import Event
from aggregates.store.table import BATCH
from governance.service.desk import ATTEMPTS, PAUSE, Desk
from policies.refusals import Refusal, SomeoneActedFirstError
from policies.timetable import Turned

MAX_EVENTS = 100
"""Announcements of one save; each stands for itself, so that several saves need not be one."""


class Times(Protocol):
    """The fold of one stream into its timetable."""

    def take(self, event: Event) -> None:
        """Apply the next event of the stream."""

    def turned(self, now: datetime) -> Iterable[Turned]:
        """Return what has turned before an instant, in any order."""


class Source(NamedTuple):
    """Streams that have deadlines: the events of theirs, and the fold that begins each of them.

    A stream's name begins with its committee: ``JP-MN`` or ``JP-MN/C/001``.
    """

    events: tuple[type[Event], ...]
    begin: Callable[[], Times]


SOURCES: tuple[Source, ...] = (Source(COMMITTEE_EVENTS, CommitteeTimes),)
"""Everything that has deadlines."""

Settle = Callable[[str], Sequence[Event]]
"""Records what has become due of a committee by now, and returns it."""


@dataclass
class Swept:
    """What a sweep recorded, by committee, and which committees it could not sweep."""

    settled: dict[str, list[Event]] = field(default_factory=dict)
    announced: dict[str, list[DeadlineAnnounced]] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)


class Sweep:
    """Sweeps one record; the folds stay between sweeps, each reads on from where the last ended.

    `settles` are called in order for each committee: first the committee itself.
    """

    def __init__(
        self,
        desk: Desk,
        sources: Sequence[Source] = SOURCES,
        settles: Sequence[Settle] = (),
    ) -> None:
        self._desk = desk
        self._record = desk.record
        self._begins = {kind: source.begin for source in sources for kind in source.events}
        self._settles: tuple[Settle, ...] = (desk.settle, *settles)
        self._times: dict[str, dict[str, Times]] = defaultdict(dict)
        self._position = 0
        self._known: dict[str, AnnouncementsState] = {}

    def __call__(self, committees: Collection[str] | None = None) -> Swept:
        """Sweep all committees, or those of these codes.

        What one of them refuses (its events are not good, other writers were first again and
        again) does not keep the others waiting; it is in the answer. Raises `FaultError` where the
        database is away: what was recorded until then is recorded.
        """
        swept = Swept()
        now = self._desk.clock()
        codes = self._desk.committees() if committees is None else sorted(committees)
        for code in codes:
            try:
                for settle in self._settles:
                    swept.settled.setdefault(code, []).extend(settle(code))
            except Refusal as refusal:
                swept.refused[code] = refusal
        self._read_on()
        for code in codes:
            if code in swept.refused:
                continue
            try:
                swept.announced[code] = self._announce(code, now)
            except Refusal as refusal:
                swept.refused[code] = refusal
        return swept

    def _read_on(self) -> None:
        """Take what was recorded since the last time; what is left half taken is begun anew."""
        try:
            end = self._record.position
            while self._position < end:
                page = self._record.onwards(self._position, BATCH, tuple(self._begins), end)
                for entry in page.entries:
                    self._take(entry.originator_id, entry.event)
                self._position = page.reached
        except BaseException:
            self._times.clear()
            self._position = 0
            raise

    def _take(self, stream: str, event: Event) -> None:
        times = self._times[stream.partition("/")[0]]
        if stream not in times:
            times[stream] = self._begins[type(event)]()
        times[stream].take(event)

    def _announce(self, code: str, now: datetime) -> list[DeadlineAnnounced]:
        """Announce on the newest state; where another sweep was first, decide anew."""
        turned = [t for times in self._times[code].values() for t in times.turned(now)]
        recorded: list[DeadlineAnnounced] = []
        attempt = 0
        while True:
            attempt += 1
            state = self._announcements(code)
            events = announce(state, turned, now)
            try:
                for batch in _batches(events):
                    self._record.append(announcements_stream(code), state.version, batch)
                    for event in batch:
                        state = evolve(state, event)
                    recorded += batch
            except SomeoneActedFirstError:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(random.uniform(0, PAUSE * attempt))  # noqa: S311 - no secret
            else:
                return recorded

    def _announcements(self, code: str) -> AnnouncementsState:
        known = self._known.pop(code, None) or AnnouncementsState(code)
        stream = announcements_stream(code)
        state = self._record.fold(stream, evolve, known, after=known.version) or known
        self._known[code] = state
        return state


def _batches(events: Sequence[DeadlineAnnounced]) -> Iterator[Sequence[DeadlineAnnounced]]:
    for first in range(0, len(events), MAX_EVENTS):
        yield events[first : first + MAX_EVENTS]
