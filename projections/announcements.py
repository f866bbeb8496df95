"""What was announced: deadlines that became due, overdue, open, closed or lapsed."""

from __future__ import annotations

from collections.abc import Iterable

from aggregates.announcements.events import DeadlineAnnounced
from policies.calendar import timestamp
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "about",
    "clock",
    "turn",
    "due",
    "since",
    "recorded_at",
    "awaits",
    "title",
)


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if isinstance(event, DeadlineAnnounced):
        yield (
            event.committee,
            event.about,
            event.clock,
            event.turn.value,
            event.due.isoformat(),
            timestamp(event.since),
            entry.recorded_at,
            event.awaits,
            event.title,
        )


ANNOUNCEMENTS = View("announcements", COLUMNS, _rows, (DeadlineAnnounced,), integers=frozenset())
