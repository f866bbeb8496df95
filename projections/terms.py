"""Every term that a side's appointments have given somebody: held, to come, and ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from policies.calendar import day_of
from policies.proof.statements import Appoint, End
from policies.sides import Role, Term

SOON = 30
"""Days before its end in which a term is marked as ending soon."""


class Stands(StrEnum):
    """How a term stands to a day."""

    HELD = "held"
    TO_COME = "to come"
    ENDED = "ended"


class Taken(msgspec.Struct, frozen=True):
    """A role that somebody took; `struck_on` is the day on which its side ended it, if it did."""

    role: Role
    term: Term
    struck_on: date | None = None

    def on(self, day: date) -> Stands:
        """How it stands to a day."""
        ends = self.term.ends
        if self.struck_on is not None or (ends is not None and ends < day):
            return Stands.ENDED
        return Stands.HELD if self.term.covers(day) else Stands.TO_COME

    def ends_in(self, day: date) -> int | None:
        """Days until a held term ends, where that is soon; else null."""
        if self.term.ends is None or self.on(day) is not Stands.HELD:
            return None
        days = (self.term.ends - day).days
        return days if days <= SOON else None


@dataclass(frozen=True, slots=True)
class Appointee:
    """Somebody whom a side has appointed, with every term, in the order of the appointments."""

    side: str
    person: str
    name: str
    taken: tuple[Taken, ...]


def appointees(rows: Iterable[Sequence[Any]], zone: ZoneInfo) -> list[Appointee]:
    """Fold rows of the people's view, in the order of the events, into people with their terms.

    Days on which a side has ended a role are those of the committee's time zone.
    """
    names: dict[tuple[str, str], str] = {}
    taken: dict[tuple[str, str], list[Taken]] = {}
    for _committee, side, person, recorded_at, text in rows:
        act = msgspec.json.decode(text, type=Appoint | End)
        own = taken.setdefault((side, person), [])
        if isinstance(act, Appoint):
            names.setdefault((side, person), act.name)
            own.append(Taken(act.role, Term(act.begins, act.ends)))
            continue
        struck = day_of(datetime.fromisoformat(recorded_at), zone)
        own[:] = [_struck(each, act.role, struck) for each in own]
    return [Appointee(*who, names.get(who, who[1]), tuple(own)) for who, own in taken.items()]


def _struck(taken: Taken, role: Role, on: date) -> Taken:
    """Return a term that its side has ended, unless it was over by then."""
    over = taken.struck_on is not None or (taken.term.ends is not None and taken.term.ends < on)
    return taken if over or taken.role is not role else replace(taken, struck_on=on)
