"""The times of a committee: its deadlines as they stood after each event of its stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from aggregates.committee import events
from aggregates.committee.deadlines import of_meetings, of_people, of_subjects, of_text
from aggregates.committee.evolve import evolve
from aggregates.committee.standing import standing, term_boundaries
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from policies import facts
from policies.calendar import day_of, end_of, start_of
from policies.items.past import HistoryAdoption
from policies.proof.statements import AtMeeting
from policies.rulebook import Rulebook
from policies.timetable import Moment, Reckoning, Run, Timetable, Turned

_PEOPLE = "people"
_SUBJECT, _TEXT = "subject", "text"


class CommitteeTimes:
    """The fold of one committee's stream into its timetable. Events are taken as given."""

    def __init__(self) -> None:
        self.state: CommitteeState | None = None
        self.table = Timetable()
        self._rulebooks: list[tuple[datetime, Rulebook]] = []
        self._named: set[str] = set()
        self._settled: tuple[datetime, datetime] | None = None
        """Of what was settled together and last: the event before it, and when it was recorded."""

    def take(self, event: Event) -> None:
        """Apply the next event."""
        since = self._since(event)
        moment = Moment.at(event.at) if self.state is None else _moment(self.state, event, since)
        changed = None if self.state is None else _changed(self.state, event)
        self.state = state = evolve(self.state, event)
        if not self._rulebooks or self._rulebooks[-1][1] is not state.rulebook:
            self._rulebooks.append((moment.begins, state.rulebook))
        reckoning = reckoning_of(state.rulebook)
        match event:
            case events.AppointmentRecorded():
                self.table.stand(of_people(state.roster), moment, reckoning, _PEOPLE)
            case (
                events.ProposalDrafted(proposal=number)
                | events.ProposalFrozen(proposal=number)
                | events.ProposalDistributed(proposal=number)
                | events.ProposalClosed(proposal=number)
            ):
                self._text(state, number, moment)
            case events.DecisionAdopted(proposal=number):
                self._text(state, number, moment)
                names = self._subjects(state) if changed is None else changed
                for name, found in of_subjects(state.ground, sorted(names)).items():
                    self.table.stand(found, moment, reckoning, (_SUBJECT, name))
                    if found:
                        self._named.add(name)

    def turned(self, now: datetime) -> Iterator[Turned]:
        """Yield what has turned before an instant, in no particular order."""
        yield from self.table.turned(now)
        for run, ends in self._meetings(now):
            yield from run.turned(now if ends is None else min(ends, now))

    def _since(self, event: Event) -> datetime:
        """Return from when on a settled event was looked for: the event before all of its sweep.

        What is settled together is judged over the same time (`settle`), and is recorded at one
        instant with nothing else in between.
        """
        if not _is_settled(event):
            self._settled = None
            return event.at
        if self._settled is None or self._settled[1] != event.at:
            last = None if self.state is None else self.state.last_at
            self._settled = (last or event.at, event.at)
        return self._settled[0]

    def _subjects(self, state: CommitteeState) -> set[str]:
        """Return every name that has, or once had, a last day."""
        return {*self._named, *state.ground.entities, *state.ground.measures}

    def _text(self, state: CommitteeState, number: int, moment: Moment) -> None:
        proposal = state.proposals.get(number)
        found = () if proposal is None else of_text(proposal)
        rulebook = state.rulebook
        if proposal is not None and proposal.text is not None:
            rulebook = state.rulebook_of(proposal.text.decision)
        self.table.stand(found, moment, reckoning_of(rulebook), (_TEXT, number))

    def _meetings(self, now: datetime) -> Iterator[tuple[Run, datetime | None]]:
        """Yield each year's time to meet, and when it was met: no event says that a day passed.

        The first year counts from the founding; a year goes by the rulebook in force as it begins.
        """
        if self.state is None:
            return
        founded, first = self._rulebooks[0]
        held = sorted(meeting.date for meeting in self.state.meetings.values())
        for year in range(day_of(founded, first.zone).year, day_of(now, first.zone).year + 1):
            rulebook = self._rulebook_at(start_of(date(year, 1, 1), first.zone))
            clocks = rulebook.clocks
            if clocks is None or clocks.meetings_per_year_at_least is None:
                continue
            needed = clocks.meetings_per_year_at_least.value
            notice = 0 if clocks.meeting_notice_days is None else clocks.meeting_notice_days.value
            begins = max(founded, start_of(date(year, 1, 1), rulebook.zone))
            days = [day for day in held if day.year == year][:needed]
            met = end_of(days[-1], rulebook.zone) if len(days) == needed else None
            deadline = of_meetings(self.state.committee, year, needed)
            yield Run(deadline, begins, Reckoning(rulebook.zone, limit_notice=notice)), met

    def _rulebook_at(self, instant: datetime) -> Rulebook:
        found = [rulebook for begins, rulebook in self._rulebooks if begins <= instant]
        return found[-1] if found else self._rulebooks[0][1]


def reckoning_of(rulebook: Rulebook) -> Reckoning:
    """Return how a rulebook counts days; one that gives no notice announces on the last day."""
    clocks = rulebook.clocks
    limit = None if clocks is None else clocks.limit_notice_days
    expiry = None if clocks is None else clocks.expiry_notice_days
    return Reckoning(
        rulebook.zone,
        limit_notice=0 if limit is None else limit.value,
        expiry_notice=0 if expiry is None else expiry.value,
    )


def _moment(state: CommitteeState, event: Event, since: datetime) -> Moment:
    """Return when an event came about: its instant, or the day of what was settled.

    An adoption says its day; a text that lapsed did so when its last day was over; one that could
    not be adopted came to its close when it would have been.
    """
    match event:
        case events.DecisionAdopted(proposal=number):
            return Moment.settled(event.adopted_on, _text_rulebook(state, number).zone)
        case events.ProposalClosed(proposal=number, reason="expired" | "conflict"):
            zone = _text_rulebook(state, number).zone
            day = _closed_on(state, state.proposals[number], event, since)
            return Moment.settled(day, zone)
    return Moment.at(event.at)


def _is_settled(event: Event) -> bool:
    """Whether an event is one that time brings; a withdrawal is somebody's act."""
    match event:
        case events.DecisionAdopted() | events.ProposalClosed(reason="expired" | "conflict"):
            return True
    return False


def _changed(state: CommitteeState, event: Event) -> set[str] | None:
    """Return the names of whose last days a decision may change; None for those of everything."""
    if not isinstance(event, events.DecisionAdopted):
        return set()
    text = state.proposals[event.proposal].text
    if text is None or any(isinstance(item, HistoryAdoption) for item in text.decision.items):
        return None
    names: set[str | None] = set()
    for item in text.decision.items:
        for fact in item.facts():
            match fact:
                case (
                    facts.EntityDesignated()
                    | facts.EntityScopesAdded()
                    | facts.EntityStatus()  # an entity may have stood by its name before
                ):
                    names |= {fact.number, fact.name}
                case facts.EntityReaccredited() | facts.TitleCorrected():
                    names.add(fact.number)
                case facts.MeasureTaken():
                    names.add(fact.title)
    return {name for name in names if name}


def _text_rulebook(state: CommitteeState, number: int) -> Rulebook:
    proposal = state.proposals[number]
    return state.rulebook if proposal.text is None else state.rulebook_of(proposal.text.decision)


def _closed_on(
    state: CommitteeState, proposal: Proposal, event: events.ProposalClosed, since: datetime
) -> date:
    zone = _text_rulebook(state, proposal.id).zone
    if proposal.text is None:
        return day_of(event.at, zone)
    decision = proposal.text.decision
    if event.reason == "expired":
        return day_of(end_of(decision.expires, zone), zone)
    instants = {event.at}
    if not isinstance(decision.procedure, AtMeeting):
        instants |= {end_of(decision.procedure.closes, zone), *term_boundaries(state, zone)}
    for instant in sorted(instant for instant in instants if since <= instant <= event.at):
        result = standing(state, proposal, instant)
        if result.adopted_on is not None:
            return result.adopted_on
    return day_of(event.at, zone)
