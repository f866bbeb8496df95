"""Folding announcements into state. Events are taken as given."""

from __future__ import annotations

from aggregates.announcements.events import DeadlineAnnounced
from aggregates.announcements.state import AnnouncementsState
from aggregates.event import Event
from policies.timetable import key_of


def evolve(state: AnnouncementsState | None, event: Event) -> AnnouncementsState:
    """Return the state after an event; the given state is used up."""
    if not isinstance(event, DeadlineAnnounced):
        message = f"{event.topic} is no announcement"
        raise TypeError(message)
    if state is None:
        state = AnnouncementsState(event.committee)
    state.announced.add(key_of(event.about, event.clock, event.due, event.turn))
    state.last_at = event.at
    state.version += 1
    return state
