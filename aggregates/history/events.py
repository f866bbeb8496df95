"""What can happen to a committee's historical record: rows are added, nothing is changed."""

from __future__ import annotations

from typing import ClassVar

from aggregates.event import Event
from policies.history import HistoricalDecision


class HistoryRecorded(Event, frozen=True, kw_only=True):
    """Decisions of the past were recorded from a file; a known number gets further rows."""

    topic: ClassVar = "jcm.history-recorded.v1"

    committee: str
    file: str
    decisions: tuple[HistoricalDecision, ...]


EVENTS: tuple[type[Event], ...] = (HistoryRecorded,)
