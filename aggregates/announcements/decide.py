"""Announcing what turned: each once, never before its instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aggregates.announcements.events import DeadlineAnnounced
from aggregates.announcements.state import AnnouncementsState
from policies.timetable import Turned, in_order


def announce(
    state: AnnouncementsState, turned: Iterable[Turned], now: datetime
) -> list[DeadlineAnnounced]:
    """Return the announcements that were not made yet, in the order of what they tell.

    What turns now or later is left: another event may still be recorded at this instant. A clock
    that was set back never orders events backwards, and takes nothing back.
    """
    at = now if state.last_at is None else max(now, state.last_at)
    fresh = (entry for entry in turned if entry.at < now and entry.key not in state.announced)
    return [
        DeadlineAnnounced(
            at=at,
            committee=state.committee,
            about=entry.deadline.about,
            clock=entry.deadline.clock,
            turn=entry.turn,
            due=entry.deadline.due,
            since=entry.since,
            awaits=entry.deadline.awaits,
            title=entry.deadline.title,
        )
        for entry in in_order(fresh)
    ]
