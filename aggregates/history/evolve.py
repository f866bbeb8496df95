"""Folding events of the past into state. Events are taken as given."""

from __future__ import annotations

from msgspec.structs import replace

from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from aggregates.history.state import HistoryState
from policies.history import HistoricalDecision


def evolve(state: HistoryState | None, event: Event) -> HistoryState:
    """Return the state after an event; the given state is used up."""
    if not isinstance(event, HistoryRecorded):
        message = f"{event.topic} is no event of a historical record"
        raise TypeError(message)
    if state is None:
        state = HistoryState(event.committee)
    for past in event.decisions:
        _take(state, past)
    state.version += 1
    state.last_at = event.at
    return state


def _take(state: HistoryState, past: HistoricalDecision) -> None:
    known = state.decisions.get(past.number)
    if known is None:
        state.decisions[past.number] = past
        state.undated += past.on is None
    else:
        state.decisions[past.number] = replace(known, rows=(*known.rows, *past.rows))
