"""Timetables: which deadlines stood when, so that it makes no difference when anybody looks.

A *run* of a deadline begins at the instant from which it stands and ends at the instant from which
it no longer does. What it came to in between is a function of the recorded events alone: a server
that was off for three weeks, or in which commands were given meanwhile, announces what one that
ran would have.

- What is recorded late (a step whose limit had passed already) comes to something when its run
  begins; of several turns that lie before that, only the last counts: who hears *overdue* need not
  hear *due* as well.
- A run that begins and ends at one instant comes to nothing.
- Only what lies *before* now has happened: another event may still be recorded at this instant.
- What was settled (recorded whenever somebody next looked, though it came about on a day of its
  own) counts from the start of that day for what it begins, and until that day is over for what it
  ends. All turns lie at the bounds of days, so that the instant of the recording drops out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from policies.calendar import end_of, start_of
from policies.deadlines import Deadline, Turn, turns


class Reckoning(NamedTuple):
    """How days are counted, and how many of them ahead a last day is announced as due."""

    zone: ZoneInfo
    limit_notice: int = 0
    expiry_notice: int = 0

    def turns(self, deadline: Deadline) -> list[tuple[datetime, Turn]]:
        """Return what a deadline comes to, with the instants, in order."""
        notice = self.limit_notice if deadline.kind == "limit" else self.expiry_notice
        return turns(deadline, self.zone, notice)


class Moment(NamedTuple):
    """From when an event counts for what it begins, and until when for what it ends (UTC)."""

    begins: datetime
    ends: datetime

    @classmethod
    def at(cls, instant: datetime) -> Moment:
        """Return the moment of what somebody did: its own instant."""
        return cls(instant, instant)

    @classmethod
    def settled(cls, day: date, zone: ZoneInfo) -> Moment:
        """Return the moment of what came about on a day, whenever it was recorded."""
        return cls(start_of(day, zone), end_of(day, zone))


class Turned(NamedTuple):
    """What a deadline came to: `since` by the calendar, `at` as it could first be known."""

    at: datetime
    since: datetime
    turn: Turn
    deadline: Deadline

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What is announced once: about, clock, last day, turn."""
        return key_of(self.deadline.about, self.deadline.clock, self.deadline.due, self.turn)


def key_of(about: str, clock: str, due: date, turn: str) -> tuple[str, str, str, str]:
    """Return the one name of an announcement."""
    return (about, clock, due.isoformat(), str(turn))


class Run(NamedTuple):
    """A deadline from the instant at which it first stood; days are counted as they were then."""

    deadline: Deadline
    begins: datetime
    reckoning: Reckoning

    def turned(self, ends: datetime | None = None) -> list[Turned]:
        """Return what the run comes to until it ends (null: it still stands), in order."""
        found = [
            Turned(max(at, self.begins), at, turn, self.deadline)
            for at, turn in self.reckoning.turns(self.deadline)
        ]
        passed = [turned for turned in found if turned.at == self.begins]
        found = found[max(len(passed) - 1, 0) :]
        return [turned for turned in found if ends is None or turned.at < ends]


@dataclass
class Timetable:
    """The fold over one stream: the runs that stand, by part, and what ended ones came to."""

    running: dict[Hashable, dict[Deadline, Run]] = field(default_factory=dict)
    ended: list[Turned] = field(default_factory=list)

    def stand(
        self,
        deadlines: Iterable[Deadline],
        moment: Moment,
        reckoning: Reckoning,
        part: Hashable = None,
    ) -> None:
        """Say which deadlines of a part stand from a moment on; those that stood go on.

        One whose awaited or title has changed is a new run of the same name: announced once, in the
        words of the instant at which it turned.
        """
        before = self.running.get(part, {})
        now = dict.fromkeys(deadlines)
        for deadline, run in before.items():
            if deadline not in now:
                self.ended += run.turned(moment.ends)
        found = {d: before.get(d) or Run(d, moment.begins, reckoning) for d in now}
        if found:
            self.running[part] = found
        else:
            self.running.pop(part, None)

    @property
    def standing(self) -> Iterator[Deadline]:
        """The deadlines that stand, in the order in which they came to."""
        for runs in self.running.values():
            yield from runs

    def turned(self, now: datetime) -> Iterator[Turned]:
        """Yield what has turned before an instant, in no particular order."""
        yield from (turned for turned in self.ended if turned.at < now)
        for runs in self.running.values():
            for run in runs.values():
                yield from run.turned(now)


def in_order(turned: Iterable[Turned]) -> list[Turned]:
    """Return each announcement once, as it could first be known, in that order."""
    found: dict[tuple[str, str, str, str], Turned] = {}
    for entry in sorted(turned, key=_order):
        found.setdefault(entry.key, entry)
    return list(found.values())


def _order(turned: Turned) -> tuple[datetime, datetime, str, str, str, str]:
    return (turned.at, turned.since, *turned.key)
