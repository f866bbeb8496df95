"""What one committee does from its founding on, command by command, as the engine records it.

An agenda of what comes next, by instant. Nothing is decided here by the engine's own code, which
would be too slow for a million events; the tests let the engine decide the same and compare.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from msgspec import structs

from aggregates.committee.events import MeetingConvened, ProposalDrafted, ProposalFrozen
from aggregates.event import Event
from policies.items import AnyItem
from policies.items.kind import Occasion
from policies.items.rules import RulebookChange, RulesRevision
from policies.lifecycles.proposal import Stage
from policies.numbers import decision_number
from policies.preflight import Examined, examine
from policies.proof.statements import AtMeeting, OfConvening
from policies.rulebook import RulebookText
from tests.benchmarks.items import items_like
from tests.benchmarks.mix import Deck, Mix, Rows
from tests.benchmarks.partners import next_rulebook
from tests.benchmarks.seats import Seats
from tests.benchmarks.subjects import Subjects
from tests.benchmarks.texts import Text
from tests.benchmarks.voices import HALF_AN_HOUR, Voices

Step = Callable[[datetime], list[Event]]

_DAY_BEGINS, _DAY_HAS = time(9), timedelta(hours=8)
"""When people work, in the committee's time zone."""
_PEOPLE = sys.maxsize
_RULES_CHANGE_EVERY = 4
"""Seasons."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When a committee is founded, the days between two proposals, and proposals of a season.

    Between two seasons nothing is open, and people, keys or rules change.
    """

    begins: date
    days_between: float
    season: int


@dataclass(frozen=True, slots=True)
class Command:
    """The events of one command, after a stream's version and its last proposal."""

    at: datetime
    stream: str
    version: int
    last_proposal: int
    events: list[Event]


class Proceedings:
    """One committee's history, without end."""

    def __init__(self, seed: int, text: RulebookText, mix: Mix, pace: Pace) -> None:
        country = text.rulebook.country
        self.seats = Seats(seed, f"JP-{country}")
        self.rulebook, self.pace, self.mix = text, pace, mix
        self.zone = text.rulebook.zone
        self.rng = Random(f"{seed}/{country}")
        self.deck = Deck(mix, self.rng)
        self.subjects = Subjects(country, text.rulebook, self.rng)
        self.voices = Voices(self)
        self.day = 0.0
        self.last_proposal = 0
        self.in_season = 0
        self.seasons = 0
        self.rules_are_changing = False
        self.meetings = 0
        self.meeting: AtMeeting | None = None
        self.decisions: Counter[int] = Counter()
        self.open = 0
        self._agenda: list[tuple[datetime, int, int, Step]] = []
        self._order = count()

    def commands(self) -> Iterator[Command]:
        """Yield what is recorded, command by command, in the order of the instants."""
        self._begin()
        version = 0
        while True:
            proposals = self.last_proposal
            at, events = self._next()
            if events:
                yield Command(at, self.seats.code, version, proposals, events)
                version += len(events)

    def _next(self) -> tuple[datetime, list[Event]]:
        """Take the next step; what one sweep of the engine completes is one command."""
        at, rank, _order, step = heappop(self._agenda)
        events = step(at)
        while rank < _PEOPLE and self._agenda[0][:2] < (at, _PEOPLE):
            events += heappop(self._agenda)[3](at)
        return at, events

    # The agenda

    def on(self, day: float, step: Step) -> None:
        """Put a step on the agenda of a day, counted from the beginning; its fraction is the hour.

        What was put for a time that is over comes next.
        """
        self.at(self.instant(day), step)

    def at(self, instant: datetime, step: Step, *, sweep: int = _PEOPLE) -> None:
        """Put a step on the agenda; with `sweep` it is what time alone does to that proposal.

        That comes before what people do, and in the order of the proposals.
        """
        heappush(self._agenda, (instant, sweep, next(self._order), step))

    def instant(self, day: float) -> datetime:
        """Return the instant of a working day's fraction, in UTC."""
        local = self.pace.begins + timedelta(days=int(day))
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
        return (local.date() - self.pace.begins).days + max(0.0, (local - morning) / _DAY_HAS)

    # Founding, and what changes between two seasons

    def _begin(self) -> None:
        self.on(0.0, lambda at: [self.seats.found(self.rulebook, at)])
        for number, side in enumerate(self.seats.sides, start=1):
            self.on(number / 10, partial(self._seat, side))
        self.day = 1.0 + self.rng.random()
        self.on(self.day, self._open)

    def _seat(self, side: str, at: datetime) -> list[Event]:
        return [self.seats.seat_side(side, self.pace.begins, at)]

    def ended(self, text: Text, at: datetime) -> None:
        """Note that a proposal is adopted or given up; when nothing is open, a season may end."""
        text.ended = True
        self.open -= 1
        if self.open or self.in_season < self.pace.season:
            return
        tomorrow = float(int(self.offset(at))) + 1 + self.rng.random()
        if self.rules_are_changing:
            self.rules_are_changing = False
            self._resume(tomorrow)
        else:
            self.on(tomorrow, self._change_people)

    def _change_people(self, at: datetime) -> list[Event]:
        seats, day, number = self.seats, self.day_of(at), self.seasons
        ours, theirs = seats.sides
        changes: tuple[Callable[[], Event], ...] = (
            lambda: seats.replace_chair(theirs, day, at),
            lambda: seats.replace_key(ours, "chair", at),
            lambda: seats.add_member(ours, day, at),
            lambda: seats.replace_record_key(at),
            lambda: seats.replace_chair(ours, day, at),
            lambda: seats.replace_key(theirs, "deputy", at),
        )
        change = changes[number % len(changes)]()
        self.seasons += 1
        self.meeting = None
        after = self.offset(at) + 1
        if number % _RULES_CHANGE_EVERY == 0:
            self.rules_are_changing = True
            self.on(after, self._propose_rules)
        else:
            self._resume(after)
        return [change]

    def _resume(self, day: float) -> None:
        self.in_season = 0
        self.day = max(self.day, day)
        self.on(self.day, self._open)

    # Opening proposals

    def _open(self, at: datetime) -> list[Event]:
        """Begin with the next proposal, and put the one after it on the agenda."""
        self.in_season += 1
        self.open += 1
        if self.in_season < self.pace.season:
            self.day += self.pace.days_between * self.rng.uniform(0.5, 1.5)
            self.on(self.day, self._open)
        if self.rng.random() >= self.mix.at_meetings:
            return self._propose(None, at)
        if self.meeting is not None and self.meeting.date > self.day_of(at) + timedelta(days=1):
            return self._propose(self.meeting, at)
        return self._convene(at)

    def _convene(self, at: datetime) -> list[Event]:
        """Convene a meeting, for which the proposal is made half an hour later."""
        self.meetings += 1
        day = self.day_of(at) + timedelta(days=self.rng.randint(14, 35))
        name = f"{self.seats.code}/M/{self.meetings:03}"
        meeting = self.meeting = AtMeeting(meeting=name, date=day)
        envelope = self.voices.sent(OfConvening(meeting=name, date=day), at)
        self.voices.convenings[name] = envelope
        place = "Tokyo" if self.meetings % 2 else self.rulebook.rulebook.name
        self.at(at + HALF_AN_HOUR, partial(self._propose, meeting))
        return [MeetingConvened(at=at, meeting=name, date=day, place=place, envelope=envelope)]

    def _propose(self, meeting: AtMeeting | None, at: datetime) -> list[Event]:
        day = self.day_of(at)
        items = self.deck.deal(lambda rows: items_like(rows, self.subjects, day))
        return self._table(items, meeting, None, at)

    def _propose_rules(self, at: datetime) -> list[Event]:
        """Propose the next rulebook, by a decision that revises rules."""
        self.open += 1
        day, old = self.day_of(at), self.rulebook
        new = next_rulebook(old, self.seasons, day)
        change = RulebookChange(
            version=new.version, digest=new.digest, previous=old.digest, keeps=()
        )

        def take(rows: Rows) -> tuple[AnyItem, ...] | None:
            revises = any(row.decision_type == "rules_revision" for row in rows)
            return items_like(rows, self.subjects, day) if revises else None

        items = list(self.deck.deal(take))
        index = next(n for n, item in enumerate(items) if isinstance(item, RulesRevision))
        items[index] = structs.replace(items[index], rulebook=change)
        return self._table(tuple(items), None, new, at)

    def _table(
        self,
        items: tuple[AnyItem, ...],
        meeting: AtMeeting | None,
        new: RulebookText | None,
        at: datetime,
    ) -> list[Event]:
        year = self.day_of(at).year
        self.decisions[year] += 1
        self.last_proposal += 1
        number = decision_number(self.seats.code, year, self.decisions[year])
        text = Text(self.last_proposal, number, items, new)
        return self.freeze(text, meeting, at)

    def freeze(self, text: Text, meeting: AtMeeting | None, at: datetime) -> list[Event]:
        """Draft and fix a text, or its next version; the voices take it from there."""
        text.freeze(self.seats, self.rulebook, meeting or self.day_of(at))
        self.voices.follow(text, at)
        return [
            ProposalDrafted(
                at=at,
                proposal=text.proposal,
                version=text.version,
                stage=Stage.DRAFTED,
                content=text.content,
            ),
            ProposalFrozen(
                at=at,
                proposal=text.proposal,
                version=text.version,
                stage=Stage.FROZEN if meeting is None else Stage.OPEN,
                number=text.number,
                decision=text.envelope,
                annexes=text.annexes,
                findings=(),
                preflight=self._examined(text, at),
            ),
        ]

    def _examined(self, text: Text, at: datetime) -> tuple[Examined, ...]:
        """Return what the checks say of the text now, no case being behind its items."""
        occasion = Occasion(
            committee=self.seats.roster.committee,
            ground=self.subjects.ground,
            rulebook=self.rulebook.rulebook,
            day=self.day_of(at),
            annexes=text.annexes,
        )
        return examine(text.items, occasion)
