"""What is announced of a committee's deadlines. Announcements decide nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from aggregates.event import Event
from policies.deadlines import Turn


def announcements_stream(code: str) -> str:
    """Return the name of the stream of a committee's announcements: JP-MN/announcements."""
    return f"{code}/announcements"


class DeadlineAnnounced(Event, frozen=True, kw_only=True):
    """A deadline came to something at the instant `since`, and was announced.

    `about` is a case, a text's number, an entity, a person or the committee; all of it is public.
    """

    topic: ClassVar = "jcm.deadline-announced.v1"

    committee: str
    about: str
    clock: str
    turn: Turn
    due: date
    since: datetime
    awaits: str
    title: str


EVENTS: tuple[type[Event], ...] = (DeadlineAnnounced,)
