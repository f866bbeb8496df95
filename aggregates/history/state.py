"""The historical record of one committee: what is recorded already, by number."""

from __future__ import annotations

from dataclasses import dataclass, field

from aggregates.event import Event
from aggregates.history.events import HistoryRecorded
from policies.history import HistoricalDecision


@dataclass
class HistoryState:
    """Every recorded decision of the past, with its rows in the order of recording."""

    committee: str
    decisions: dict[str, HistoricalDecision] = field(default_factory=dict)
    undated: int = 0
    version: int = 0


def history_stream(code: str) -> str:
    """Return the name of a committee's stream of the past, such as ``JP-MN/history``."""
    return f"{code}/history"


def evolve(state: HistoryState | None, event: Event) -> HistoryState:
    """Return the state after an event; the given state is used up."""
    if not isinstance(event, HistoryRecorded):
        message = f"{event.topic} is no event of a historical record"
        raise ValueError(message)
    state = state or HistoryState(event.committee)
    for chunk in event.decisions:
        known = state.decisions.get(chunk.number)
        rows = chunk.rows if known is None else (*known.rows, *chunk.rows)
        state.decisions[chunk.number] = HistoricalDecision(
            number=chunk.number, procedure=chunk.procedure, on=chunk.on, rows=rows
        )
        state.undated += chunk.on is None and known is None
    state.version += 1
    return state
