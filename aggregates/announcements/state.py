"""What was announced: names alone, so that nothing is announced twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class AnnouncementsState:
    """The announcements of one committee, folded from their stream."""

    committee: str
    announced: set[tuple[str, str, str, str]] = field(default_factory=set)
    last_at: datetime | None = None
    version: int = 0
