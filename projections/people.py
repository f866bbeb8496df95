"""The people whom the sides have appointed: one row for each role taken up or ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from aggregates.committee.events import AppointmentRecorded
from policies.proof.reading import read_recorded
from policies.proof.statements import Appoint, Appointment, End
from projections.view import Entry, Row, View

COLUMNS = ("committee", "side", "person", "recorded_at", "act")


def _rows(entry: Entry) -> Iterator[Row]:
    if not isinstance(entry.event, AppointmentRecorded):
        return
    appointment = read_recorded(entry.event.envelope, Appointment)
    for act in appointment.acts:
        if isinstance(act, Appoint | End):
            text = msgspec.json.encode(act).decode("utf-8")
            who = (appointment.committee, appointment.side, act.person)
            yield (*who, entry.recorded_at, text)


PEOPLE = View("people", COLUMNS, _rows, (AppointmentRecorded,))


@dataclass
class Person:
    """Someone whom a side has appointed, with the roles that were not ended since."""

    committee: str
    side: str
    person: str
    name: str
    since: str
    roles: list[str] = field(default_factory=list)


def people_of(rows: Iterable[Sequence[Any]]) -> list[Person]:
    """Fold rows of COLUMNS, in the order of the events, into people."""
    found: dict[tuple[str, str], Person] = {}
    for committee, side, name, recorded_at, text in rows:
        act = msgspec.json.decode(text, type=Appoint | End)
        key = (committee, name)
        if isinstance(act, Appoint):
            fresh = Person(committee, side, name, act.name, recorded_at[:10])
            found.setdefault(key, fresh).roles.append(act.role.value)
        elif key in found:
            found[key].roles = [role for role in found[key].roles if role != act.role.value]
    return list(found.values())
