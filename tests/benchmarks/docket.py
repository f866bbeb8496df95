"""What comes to a committee's table from its docket: cases, from their submission to the proposal.

How many decisions come so, how long each step takes, and what is asked or corrected on the way, no
source says: these shares are this file's choice.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from msgspec import structs

from aggregates.committee.events import CaseNumbered, CaseOpened
from policies.calendar import end_of
from policies.items import AnyItem
from policies.items.entities import Designation
from policies.items.methodologies import MethodologyApproval
from policies.items.projects import IdeaNote, Registration
from policies.lifecycles.cases import Stage
from policies.numbers import Family
from tests.benchmarks.agenda import PEOPLE, Recorded
from tests.benchmarks.cases import ASKED, HistoryCase
from tests.benchmarks.items import items_like, made_of
from tests.benchmarks.mix import Rows

if TYPE_CHECKING:
    from tests.benchmarks.proceedings import Proceedings

FROM_DOCKET = 0.5
"""Of the decisions."""
_COMMENTED, _ASKED_BACK, _EDITED = 0.4, 0.3, 0.15
"""Of the cases."""
_CLOSES = 2**62
"""The rank of a window that closes: after what time does to proposals, before what people do."""


class Pause(NamedTuple):
    """What was recorded, until when nothing happens to the case, and with which rank it goes on."""

    recorded: Recorded
    until: datetime
    rank: int = PEOPLE


Life: TypeAlias = Generator[Pause, datetime, Recorded]
"""A case between two instants: pauses with what was recorded, and returns the last of it."""


@dataclass
class Brought:
    """The cases of one decision to come, and how many of them are not ready yet."""

    waiting: int
    cases: list[HistoryCase] = field(default_factory=list)


class Docket:
    """The cases of a committee that somebody has brought and nobody has decided."""

    def __init__(self, room: Proceedings) -> None:
        self.room = room
        self.planned: list[HistoryCase] = []

    def open(self, at: datetime) -> Recorded:
        """Let somebody ask for what a real decision decided, each item by a case of its own."""
        room, day = self.room, self.room.day_of(at)
        items = room.deck.deal(lambda rows: self._asked(rows, at))
        brought = Brought(len(items))
        first, *others = (partial(self._begin, brought, item) for item in items)
        for step in others:
            room.at(at, step)
        assert room.day_of(at) == day
        return first(at)

    def decided(self, case: HistoryCase) -> None:
        """Note that a case is decided: a planned project waits for its design document."""
        if case.state.stage is Stage.PLANNED:
            self.planned.append(case)

    def given_up(self, case: HistoryCase, at: datetime) -> None:
        """Let the participants take a case back whose proposal was given up."""
        room = self.room
        day = room.offset(at) + room.rng.uniform(1, 5)
        room.on(day, lambda at: [case.withdraw(at)])

    # How a case begins

    def _asked(self, rows: Rows, at: datetime) -> tuple[AnyItem, ...] | None:
        """Return items without the numbers that the committee gives when it opens or decides."""
        if self.room.rulebook.rulebook.clocks is None or not made_of(rows, ASKED):
            return None
        subjects = self.room.subjects
        before = {family: subjects.counts[family.name] for family in Family}
        items = items_like(rows, subjects, self.room.day_of(at))
        subjects.counts.update({f.name: n - subjects.counts[f.name] for f, n in before.items()})
        return items

    def _begin(self, brought: Brought, item: AnyItem, at: datetime) -> Recorded:
        room = self.room
        if isinstance(item, Registration) and self.planned:
            case = self.planned.pop(0)
            number = room.subjects.mint(Family.PROJECT)
            numbered = CaseNumbered(at=at, case=case.name, number=number)
            recorded: Recorded = [numbered, case.submit_design(number, item, at)]
        else:
            case = HistoryCase(room, room.next_case(), item)
            family = Family.IDEA_NOTE if isinstance(item, IdeaNote) else case.kind.family
            minted = None if family is None else room.subjects.mint(family)
            opened = CaseOpened(at=at, case=case.name, kind=case.kind.name, number=minted)
            recorded = [opened, case.submit(minted, room.version + 1, at)]
        brought.cases.append(case)
        life = self._life(case, recorded, at)
        return self._go_on(life, brought, None, at)

    def _go_on(self, life: Life, brought: Brought, sent: datetime | None, at: datetime) -> Recorded:
        """Live on to the next pause, or bring everything to the table once nobody is waiting."""
        try:
            pause = next(life) if sent is None else life.send(sent)
        except StopIteration as end:
            brought.waiting -= 1
            if not brought.waiting:
                self.room.at(self._later(at, 0.5, 2), partial(self._bring, brought))
            recorded: Recorded = end.value
            return recorded

        def step(at: datetime) -> Recorded:
            return self._go_on(life, brought, at, at)

        self.room.at(pause.until, step, sweep=pause.rank)
        return pause.recorded

    # From the submission to the table

    def _life(self, case: HistoryCase, recorded: Recorded, at: datetime) -> Life:
        if isinstance(case.item, IdeaNote):
            return recorded
        at = yield self._pause(recorded, at, 1, 5)
        if case.kind.work is None:
            found = yield from self._checked(case, at)
            if not case.kind.hears(published=False):
                return found
            at = yield self._pause(found, case.state.last_at, 0.1, 2)
            return (yield from self._heard(case, at))
        closed: Recorded = []
        if case.kind.window is not None:
            closed = yield from self._heard(case, at)
            at = yield self._pause(closed, case.state.last_at, 1, 5)
        at = yield from self._audited(case, at)
        at = yield self._pause([case.request(at)], at, 1, 5)
        return (yield from self._checked(case, at))

    def _heard(self, case: HistoryCase, at: datetime) -> Life:
        """Publish the papers until the window closes."""
        recorded: Recorded = [case.publish(at)]
        window = case.state.window
        assert window is not None
        closes = end_of(window.closes, case.rulebook.rulebook.zone)
        if self.room.rng.random() < _COMMENTED:
            at = yield self._pause(recorded, at, 1, 10)
            recorded = [case.comment(at)]
        at = yield Pause(recorded, closes, _CLOSES)
        return [case.close_inputs(at)]

    def _checked(self, case: HistoryCase, at: datetime) -> Life:
        """Find the papers complete, after a correction where that lifecycle has one."""
        if case.kind.lifecycle.name not in _NEVER_EDITED and self.room.rng.random() < _EDITED:
            at = yield self._pause([case.find_editorial(at)], at, 1, 5)
            at = yield self._pause([case.correct(at)], at, 0.2, 2)
        return [case.find_complete(at)]

    def _audited(self, case: HistoryCase, at: datetime) -> Generator[Pause, datetime, datetime]:
        """Let the entity give its opinion; returns the instant of what follows it."""
        if self.room.rng.random() < _ASKED_BACK:
            at = yield self._pause([case.raise_request(at)], at, 1, 5)
            at = yield self._pause([case.answer(at)], at, 1, 3)
            at = yield self._pause([case.resolve(at)], at, 0.2, 2)
        return (yield self._pause([case.opine(at)], at, 1, 4))

    def _pause(self, recorded: Recorded, at: datetime, low: float, high: float) -> Pause:
        return Pause(recorded, self._later(at, low, high))

    def _later(self, at: datetime, low: float, high: float) -> datetime:
        """Return an instant of a working day, so many days later."""
        room = self.room
        return max(at, room.instant(room.offset(at) + room.rng.uniform(low, high)))

    # To the table

    def _bring(self, brought: Brought, at: datetime) -> Recorded:
        """Propose what is ready; methodologies and entities get their numbers with the text."""
        items = tuple(self._numbered(case.decided_item()) for case in brought.cases)
        room = self.room
        return room.bring(
            lambda meeting, at: room.table(items, meeting, None, at, brought.cases), at
        )

    def _numbered(self, item: AnyItem) -> AnyItem:
        mint = self.room.subjects.mint
        if isinstance(item, MethodologyApproval):
            return structs.replace(item, number=mint(Family.METHODOLOGY))
        if isinstance(item, Designation):
            return structs.replace(item, number=mint(Family.ENTITY))
        return item


_NEVER_EDITED = frozenset({"methodology_proposal", "methodology_revision"})
"""Lifecycles in which the secretariat asks for no corrections."""
