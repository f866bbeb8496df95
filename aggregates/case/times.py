"""The times of a case: its deadlines as they stood after each event of its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from aggregates.case.deadlines import deadlines
from aggregates.case.events import CaseDecided, CaseEvent, InputsClosed
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from aggregates.committee.times import reckoning_of
from aggregates.event import Event
from policies.rulebook import Rulebook
from policies.timetable import Moment, Timetable, Turned

RulebookOf = Callable[[str, str], Rulebook]
"""Returns the rulebook of a committee by its digest."""


class CaseTimes:
    """The fold of one case's stream into its timetable. Events are taken as given."""

    def __init__(self, rulebook_of: RulebookOf) -> None:
        self._rulebook_of = rulebook_of
        self._state: CaseState | None = None
        self._table = Timetable()

    def take(self, event: Event) -> None:
        """Apply the next event."""
        self._state = state = evolve(self._state, event)
        rulebook = self._rulebook_of(state.committee, state.rulebook.digest)
        moment = _moment(event, rulebook)
        self._table.stand(deadlines(state, rulebook), moment, reckoning_of(rulebook))

    def turned(self, now: datetime) -> Iterator[Turned]:
        """Yield what has turned before an instant, in no particular order."""
        return self._table.turned(now)


def _moment(event: Event, rulebook: Rulebook) -> Moment:
    """Return when an event came about: its instant, or the day of what was settled.

    A window is closed when its last day is over; a decision says its own day.
    """
    if isinstance(event, InputsClosed):
        return Moment.settled(event.on + timedelta(days=1), rulebook.zone)
    if isinstance(event, CaseDecided):
        return Moment.settled(event.on, rulebook.zone)
    if not isinstance(event, CaseEvent):
        message = f"{event.topic} is no event of a case"
        raise TypeError(message)
    return Moment.at(event.at)
