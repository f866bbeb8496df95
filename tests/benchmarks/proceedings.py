"""What one committee does from its founding on, command by command, as the engine records it.

An agenda of what comes next, by instant. Nothing is decided here by the engine's own code, which
would be too slow for a million events; the tests let the engine decide the same and compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from msgspec import structs

from aggregates.case.dossier import dossier_of
from aggregates.committee.decide_cases import case_name
from aggregates.committee.events import MeetingConvened, ProposalDrafted, ProposalFrozen
from aggregates.event import Event
from policies import preflight
from policies.findings import remarks
from policies.items import AnyItem
from policies.items.kind import Occasion
from policies.items.rules import RulebookChange, RulesRevision
from policies.lifecycles.proposal import Stage
from policies.numbers import decision_number
from policies.preflight import Examined
from policies.proof.statements import AtMeeting, OfConvening
from policies.readiness import ready
from policies.rulebook import RulebookText
from tests.benchmarks.agenda import Agenda, Recorded
from tests.benchmarks.cases import Aside, HistoryCase
from tests.benchmarks.docket import FROM_DOCKET, Docket
from tests.benchmarks.items import items_like
from tests.benchmarks.mix import Deck, Mix, Rows
from tests.benchmarks.partners import next_rulebook
from tests.benchmarks.registries import Registries
from tests.benchmarks.seats import Seats
from tests.benchmarks.subjects import Subjects
from tests.benchmarks.texts import Text
from tests.benchmarks.voices import HALF_AN_HOUR, Voices

Propose = Callable[[AtMeeting | None, datetime], Recorded]

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
    """The events of one command, after the committee's version and its last proposal.

    `beside` are events of the committee's cases, each with its version.
    """

    at: datetime
    stream: str
    version: int
    last_proposal: int
    events: list[Event]
    beside: list[tuple[str, int, Event]]

    def placed(self) -> Iterator[tuple[str, int, Event]]:
        """Yield stream, version and event of everything, as it is recorded."""
        for version, event in enumerate(self.events, start=self.version + 1):
            yield self.stream, version, event
        yield from self.beside


class Proceedings(Agenda):
    """One committee's history, without end."""

    def __init__(self, seed: int, text: RulebookText, mix: Mix, pace: Pace) -> None:
        super().__init__(pace.begins, text.rulebook.zone)
        country = text.rulebook.country
        self.seats = Seats(seed, f"JP-{country}")
        self.rulebook, self.pace, self.mix = text, pace, mix
        self.rng = Random(f"{seed}/{country}")
        self.deck = Deck(mix, self.rng)
        self.subjects = Subjects(country, text.rulebook, self.rng)
        self.voices = Voices(self)
        self.docket = Docket(self)
        self.registries = Registries(self)
        self.version = 0
        self.last_case = 0
        self._versions: Counter[str] = Counter()
        self.day = 0.0
        self.last_proposal = 0
        self.in_season = 0
        self.seasons = 0
        self.rules_are_changing = False
        self.meetings = 0
        self.meeting: AtMeeting | None = None
        self.decisions: Counter[int] = Counter()
        self.open = 0

    def commands(self) -> Iterator[Command]:
        """Yield what is recorded, command by command, in the order of the instants."""
        self._begin()
        while True:
            proposals = self.last_proposal
            at, recorded = self.next_step()
            if recorded:
                events = [event for event in recorded if not isinstance(event, Aside)]
                beside = [self._beside(event) for event in recorded if isinstance(event, Aside)]
                yield Command(at, self.seats.code, self.version, proposals, events, beside)
                self.version += len(events)

    def _beside(self, aside: Aside) -> tuple[str, int, Event]:
        self._versions[aside.stream] += 1
        return aside.stream, self._versions[aside.stream], aside.event

    # Founding, and what changes between two seasons

    def _begin(self) -> None:
        self.on(0.0, lambda at: [self.seats.found(self.rulebook, at)])
        for number, side in enumerate(self.seats.sides, start=1):
            self.on(number / 10, partial(self._seat, side))
        self.day = 1.0 + self.rng.random()
        self.on(self.day, self._open)

    def _seat(self, side: str, at: datetime) -> Recorded:
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

    def _change_people(self, at: datetime) -> Recorded:
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

    def _open(self, at: datetime) -> Recorded:
        """Begin with the next proposal, and put the one after it on the agenda."""
        self.in_season += 1
        self.open += 1
        if self.in_season < self.pace.season:
            self.day += self.pace.days_between * self.rng.uniform(0.5, 1.5)
            self.on(self.day, self._open)
        if self.rng.random() < FROM_DOCKET and self.rulebook.rulebook.clocks is not None:
            return self.docket.open(at)
        return self.bring(self._propose, at)

    def bring(self, propose: Propose, at: datetime) -> Recorded:
        """Propose something by electronic means, or for the next meeting, or convene one for it."""
        if self.rng.random() >= self.mix.at_meetings:
            return propose(None, at)
        if self.meeting is not None and self.meeting.date > self.day_of(at) + timedelta(days=1):
            return propose(self.meeting, at)
        return self._convene(propose, at)

    def _convene(self, propose: Propose, at: datetime) -> Recorded:
        """Convene a meeting, for which the proposal is made half an hour later."""
        self.meetings += 1
        day = self.day_of(at) + timedelta(days=self.rng.randint(14, 35))
        name = f"{self.seats.code}/M/{self.meetings:03}"
        meeting = self.meeting = AtMeeting(meeting=name, date=day)
        envelope = self.voices.sent(OfConvening(meeting=name, date=day), at)
        self.voices.convenings[name] = envelope
        place = "Tokyo" if self.meetings % 2 else self.rulebook.rulebook.name
        self.at(at + HALF_AN_HOUR, partial(propose, meeting))
        return [MeetingConvened(at=at, meeting=name, date=day, place=place, envelope=envelope)]

    def _propose(self, meeting: AtMeeting | None, at: datetime) -> Recorded:
        day = self.day_of(at)
        items = self.deck.deal(lambda rows: items_like(rows, self.subjects, day))
        return self.table(items, meeting, None, at)

    def _propose_rules(self, at: datetime) -> Recorded:
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
        return self.table(tuple(items), None, new, at)

    def table(
        self,
        items: tuple[AnyItem, ...],
        meeting: AtMeeting | None,
        new: RulebookText | None,
        at: datetime,
        cases: Sequence[HistoryCase] = (),
    ) -> Recorded:
        """Make a proposal of items, each of which answers the case beside it if there are any."""
        year = self.day_of(at).year
        self.decisions[year] += 1
        self.last_proposal += 1
        number = decision_number(self.seats.code, year, self.decisions[year])
        text = Text(self.last_proposal, number, items, tuple(cases), new)
        return self.freeze(text, meeting, at)

    def freeze(self, text: Text, meeting: AtMeeting | None, at: datetime) -> Recorded:
        """Draft and fix a text, or its next version; the voices take it from there."""
        text.freeze(self.seats, self.rulebook, meeting or self.day_of(at))
        self.voices.follow(text, at)
        findings, examined = self._checked(text, at)
        frozen: Recorded = [
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
                findings=findings,
                preflight=examined,
            ),
        ]
        return frozen + [
            case.table(text.proposal, text.version, place, text.number, at)
            for place, case in enumerate(text.cases, start=1)
        ]

    def next_case(self) -> str:
        """Return the name of the docket's next case."""
        self.last_case += 1
        return case_name(self.seats.code, self.last_case)

    def _checked(self, text: Text, at: datetime) -> tuple[tuple[str, ...], tuple[Examined, ...]]:
        """Return the advice on a text, and what every check says of it now."""
        occasion = Occasion(
            committee=self.seats.roster.committee,
            ground=self.subjects.ground,
            rulebook=self.rulebook.rulebook,
            day=self.day_of(at),
            annexes=text.annexes,
            dossiers={
                place: dossier_of(case.state, case.rulebook.rulebook)
                for place, case in enumerate(text.cases, start=1)
            },
        )
        found = [
            *preflight.check_annexes(text.annexes),
            *preflight.sound(text.items, occasion.committee, occasion.rulebook),
            *preflight.stands(text.items, occasion),
        ]
        cases = list(ready(text.items, occasion))
        advice = remarks([*found, *(f for f in cases if f.item in occasion.dossiers)])
        return tuple(f"{f.outcome}: {f}" for f in advice), preflight.examined([*found, *cases])
