"""What is known of a committee's past: decisions by number, their rows as they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from policies.history import HistoricalDecision


@dataclass
class HistoryState:
    """The historical record of one committee; it needs no founding."""

    committee: str
    decisions: dict[str, HistoricalDecision] = field(default_factory=dict)
    undated: int = 0
    last_at: datetime | None = None
    version: int = 0
