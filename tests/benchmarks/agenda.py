"""What a committee does next, and when: steps by instant, days in the committee's time zone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias
from zoneinfo import ZoneInfo

from aggregates.event import Event
from tests.benchmarks.cases import Aside

Recorded: TypeAlias = list[Event | Aside]
Step = Callable[[datetime], Recorded]

_DAY_BEGINS, _DAY_HAS = time(9), timedelta(hours=8)
"""When people work, in the committee's time zone."""
PEOPLE = sys.maxsize
"""The rank of what people do, after what time alone does."""


class Agenda:
    """Steps in the order of their instants; days are counted from a beginning."""

    def __init__(self, begins: date, zone: ZoneInfo) -> None:
        self.begins, self.zone = begins, zone
        self._agenda: list[tuple[datetime, int, int, Step]] = []
        self._order = count()

    def next_step(self) -> tuple[datetime, Recorded]:
        """Take the next step; what one sweep of the engine completes is one command."""
        at, rank, _order, step = heappop(self._agenda)
        events = step(at)
        while rank < PEOPLE and self._agenda[0][:2] < (at, PEOPLE):
            events += heappop(self._agenda)[3](at)
        return at, events

    def on(self, day: float, step: Step) -> None:
        """Put a step on the agenda of a day, counted from the beginning; its fraction is the hour.

        What was put for a time that is over comes next.
        """
        self.at(self.instant(day), step)

    def at(self, instant: datetime, step: Step, *, sweep: int = PEOPLE) -> None:
        """Put a step on the agenda; with `sweep` it is what time alone does, of that rank.

        That comes before what people do: to proposals in their order, then to cases.
        """
        heappush(self._agenda, (instant, sweep, next(self._order), step))

    def instant(self, day: float) -> datetime:
        """Return the instant of a working day's fraction, in UTC."""
        local = self.begins + timedelta(days=int(day))
        seconds = int(day % 1 * _DAY_HAS.total_seconds())
        morning = datetime.combine(local, _DAY_BEGINS, tzinfo=self.zone)
        return morning.astimezone(UTC) + timedelta(seconds=seconds)

    def day_of(self, at: datetime) -> date:
        """Return the committee's day."""
        return at.astimezone(self.zone).date()

    def offset(self, at: datetime) -> float:
        """Return an instant of a working day as `instant` takes it."""
        local = at.astimezone(self.zone)
        morning = datetime.combine(local.date(), _DAY_BEGINS, tzinfo=self.zone)
        return (local.date() - self.begins).days + max(0.0, (local - morning) / _DAY_HAS)
