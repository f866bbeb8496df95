"""What can happen to a committee's historical record: rows are added, nothing is changed."""

from __future__ import annotations

from typing import ClassVar

from aggregates.event import Event
from policies.history import HistoricalDecision


def history_stream(code: str) -> str:
    """Return the name of the stream of a committee's historical record, such as JP-MN/history."""
    return f"{code}/history"


class HistoryRecorded(Event, frozen=True, kw_only=True):
    """Decisions of the past were recorded from a file.

    Of a number that is known already, `decisions` holds the further rows alone, numbered on.
    """

    topic: ClassVar = "jcm.history-recorded.v1"

    committee: str
    file: str
    decisions: tuple[HistoricalDecision, ...]


EVENTS: tuple[type[Event], ...] = (HistoryRecorded,)
