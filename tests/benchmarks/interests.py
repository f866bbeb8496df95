"""Interests that people of a committee declare about a text, and take back again.

How often they do, no source says: these shares are this file's choice.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from aggregates.committee.events import InterestDeclared, InterestWithdrawn
from tests.benchmarks.agenda import Recorded
from tests.benchmarks.texts import Text

if TYPE_CHECKING:
    from tests.benchmarks.voices import Voices

_INTERESTED, _TAKEN_BACK = 0.05, 0.3
"""Of the texts that are distributed, and of the declarations."""


class Interests:
    """What the members of one committee declare."""

    def __init__(self, voices: Voices) -> None:
        self.voices = voices
        self._last = 0

    def follow(self, text: Text, at: datetime) -> None:
        """Draw whether somebody declares an interest in a text that went out."""
        room = self.voices.room
        if room.rng.random() < _INTERESTED:
            person = room.rng.choice(room.seats.members)
            day = room.offset(at) + room.rng.uniform(0.2, 1)
            self.voices.on(day, text, partial(self._declare, person))

    def _declare(self, person: str, text: Text, at: datetime) -> Recorded:
        room = self.voices.room
        self._last += 1
        declared = InterestDeclared(
            at=at,
            interest=self._last,
            person=person,
            on=room.day_of(at),
            by=person,
            case=None,
            proposal=text.proposal,
            version=text.version,
            item=1,
            title=text.items[0].title,
            text="My sister works for one of the participants.",
            letter=None,
        )
        if room.rng.random() < _TAKEN_BACK:
            later = partial(self._take_back, declared)
            self.voices.on(room.offset(at) + room.rng.uniform(0.2, 3), text, later)
        return [declared]

    def _take_back(self, declared: InterestDeclared, _text: Text, at: datetime) -> Recorded:
        return [
            InterestWithdrawn(
                at=at,
                interest=declared.interest,
                person=declared.person,
                on=self.voices.room.day_of(at),
                by=declared.person,
                reason="She has left them.",
                letter=None,
            )
        ]
