"""A committee's rulebooks as pages show them: each that was in force, since when, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.rulebook import RulebookText
from projections.rulebooks import RULEBOOKS, parsed
from projections.streams import OF_COMMITTEE, streams_of
from projections.tables import Tables


@dataclass(frozen=True)
class InForce:
    """A rulebook, and the first day on which it was in force."""

    begins: date
    text: RulebookText

    @property
    def version(self) -> str:
        """Its version."""
        return self.text.version


def in_order(tables: Tables, committee: str) -> list[InForce]:
    """Return every rulebook that a committee has had, in the order in which they took force."""
    found = []
    for row in tables.select(RULEBOOKS, OF_COMMITTEE, streams_of(committee)):
        _code, _digest, begins, recorded_at, text = row
        # The first one takes force by the founding, which bears no day of its own.
        found.append(InForce(date.fromisoformat(begins or recorded_at[:10]), parsed(text)))
    return found


def in_force(rulebooks: list[InForce], day: date) -> InForce | None:
    """Return the one in force on a day; None before the founding."""
    begun = [rulebook for rulebook in rulebooks if rulebook.begins <= day]
    return begun[-1] if begun else None
