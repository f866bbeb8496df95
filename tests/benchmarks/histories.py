"""Histories of any size, genuine to the last signature, as the engine itself would record them.

    history = History(committees=200, events=1_000_000, seed=1)
    fill(Record.open(file), history)

Committees proceed side by side, as in a real record, with the cases of their dockets and the
reports of their registries; the same seed gives the same events, whatever the number of processes.
No more than a few pages are ever held.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from eventsourcing.persistence import StoredEvent

from aggregates.announcements.events import DeadlineAnnounced
from aggregates.case.events import (
    DifferenceExplained,
    DocumentsFiled,
    FoundIncomplete,
    ResponseGiven,
    SlipCorrected,
)
from aggregates.committee.events import (
    AdoptionSigned,
    GovernmentReportRecorded,
    ProposalDrafted,
    RollCallAnswered,
    RollCalled,
)
from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from aggregates.store.topics import decode, encode
from aggregates.transparency.events import CheckpointPublished
from policies.lifecycles.proposal import Stage
from tests.benchmarks.mix import real_mix
from tests.benchmarks.partners import first_rulebooks
from tests.benchmarks.proceedings import Command, Pace, Proceedings
from tests.benchmarks.shards import Row, StoredCommand, in_order, side_by_side

BEGINS = date(2017, 1, 9)
_YEARS = 6
"""Over how many years a history is spread, unless it is small: then two weeks lie between two
proposals of a committee."""
_EVENTS_OF_A_DECISION = 13
_SEASONS = 8
_SMALL = 20_000
"""Events that are made sooner than a process is started."""

Page = list[tuple[str, int, Event]]

NOT_HELD: dict[type[Event], str] = {
    GovernmentReportRecorded: "one transfer under Article 6.2 is on record (Thailand, 2025)",
    CheckpointPublished: "the log's own stream, which follows from the others and from witnesses",
    AdoptionSigned: "takes the place of the record key where that is away; here it is there",
    HistoryRecorded: "these committees begin with their founding, and have no past to import",
    DeadlineAnnounced: "decides nothing; follows from the others and from when somebody sweeps: the"
    " timetable of every stream would have to be kept, which costs more than all the rest",
    DocumentsFiled: "papers are whole when a case begins, or come with the step that needs them",
    FoundIncomplete: "ends a case in vain; cases end in vain here by being withdrawn",
    ResponseGiven: "nobody suspends or withdraws an entity: no real decision in the mix did",
    DifferenceExplained: "registries put right what differed, which ends the case as well",
    RollCalled: "decides nothing; how many keys answer a call, no source says",
    RollCallAnswered: "as the call",
    SlipCorrected: "an entry is as it should be: how often one is not, no source says",
}
"""Kinds of events that no history holds, and why."""


@dataclass(frozen=True)
class History:
    """Exactly so many events of so many committees.

    `processes` is 1 for small histories and otherwise as many as there are cores, unless it is
    given. Raises `ValueError` for more committees than there are country codes, or fewer events
    than committees.
    """

    committees: int = 200
    events: int = 1_000_000
    seed: int = 1
    processes: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.committees <= self.events:
            raise ValueError("a history has a committee at least, and an event of each at least")

    def pages(self, size: int = BATCH) -> Iterator[Page]:
        """Yield pages of stream, version and event, in the order of the record."""
        for page in self.stored(size):
            yield [
                (str(row.originator_id), row.originator_version, decode(row.topic, row.state))
                for row in page
            ]

    def stored(self, size: int = BATCH) -> Iterator[list[StoredEvent]]:
        """Yield pages of rows as they are stored, in the order of the record."""
        page: list[StoredEvent] = []
        for row in self._rows():
            page.append(row)
            if len(page) == size:
                yield page
                page = []
        if page:
            yield page

    def proceedings(self) -> list[Proceedings]:
        """Return every committee's proceedings from the beginning."""
        mix, rng = real_mix(), Random(self.seed)
        decisions = max(1, self.events // self.committees // _EVENTS_OF_A_DECISION)
        days = min(14.0, _YEARS * 365 / decisions)
        found = []
        for text in first_rulebooks(self.committees, BEGINS):
            pace = Pace(
                begins=BEGINS + timedelta(days=rng.randint(0, 27)),
                days_between=days * rng.uniform(0.7, 1.3),
                season=max(4, decisions // _SEASONS),
            )
            found.append(Proceedings(self.seed, text, mix, pace))
        return found

    def commands(self, shard: int = 0, shards: int = 1) -> Iterator[Command]:
        """Yield what the committees of a shard do, in the order of the instants, without end."""
        found = self.proceedings()[shard::shards]
        return in_order([proceedings.commands() for proceedings in found])

    def _rows(self) -> Iterator[StoredEvent]:
        """Yield exactly so many rows; a command that does not fit gives way to mere drafts."""
        processes = self.processes or (1 if self.events <= _SMALL else os.cpu_count() or 1)
        left = self.events
        with side_by_side(self, min(processes, self.committees)) as commands:
            for command in commands:
                rows = command.rows
                if len(rows) > left:
                    rows = [_draft(command, number) for number in range(1, left + 1)]
                for row in rows:
                    yield StoredEvent(*row)
                left -= len(rows)
                if not left:
                    return


def fill(record: Record, history: History, told: Callable[[int], None] | None = None) -> None:
    """Append a history to an empty record, page by page; `told` hears of each page's events."""
    for page in history.stored():
        _append(record, page)
        if told is not None:
            told(len(page))


def _append(record: Record, page: list[StoredEvent]) -> None:
    """Append rows of several streams in one transaction, linked into the record's chain."""
    record.table.insert_events(page)


def _draft(command: StoredCommand, number: int) -> Row:
    event = ProposalDrafted(
        at=command.at,
        proposal=command.last_proposal + number,
        version=1,
        stage=Stage.DRAFTED,
        content={
            "procedure": {"kind": "electronic"},
            "items": [
                {"kind": "interim_special_measure", "title": "On-site visits", "result": "adopted"}
            ],
            "text": {"en": "The Joint Committee decides."},
            "annexes": [],
        },
    )
    return command.stream, command.version + number, event.topic, encode(event)
