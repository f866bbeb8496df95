"""What a yearly report tells of: figures, decisions, people, rules and open texts of one year.

Everything comes from the record as it was known at an instant; no clock is asked, so the same
record always gives the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aggregates.committee.events import AppointmentRecorded, CommitteeFounded
from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from aggregates.history.events import history_stream
from aggregates.store.record import Record
from governance.assembly import library
from governance.settings import Settings
from policies.calendar import day_of, end_of, start_of, zone
from policies.proof.reading import read_recorded
from policies.proof.statements import Appoint, Appointment, End
from policies.sides import Committee
from projections.log_reading import LogFilter
from projections.proceedings import ORDER, PROCEEDINGS, Proceeding, condition, proceedings_of
from projections.registers import ORDER as BY_DAY
from projections.registers import REGISTERS, ground_of
from projections.yearly import yearly


@dataclass
class Held:
    """A role that someone was given, and the day on which it was ended before its term."""

    side: str
    name: str
    person: str
    role: str
    begins: date
    until: date | None
    ended: date | None = None

    def touches(self, first: date, last: date) -> bool:
        """Whether it was held on one of these days."""
        ends = min((day for day in (self.until, self.ended) if day is not None), default=None)
        return self.begins <= last and (ends is None or ends >= first)


@dataclass
class Year:
    """One committee's year, as it was known at an instant; that is null for an empty record."""

    committee: Committee
    year: int
    figures: dict[str, Any]
    proceedings: list[Proceeding]
    known_at: datetime | None
    founded_under: str | None = None
    """The digest of the founding's rulebook."""
    before: str | None = None
    """The digest of the rulebook in force when the year began; null: founded in the year."""
    state: CommitteeState | None = None
    """The committee when the year ended, or at the instant, whichever was first."""
    held: list[Held] = field(default_factory=list)
    over: bool = True
    """Whether the year had ended at the instant."""
    zone: ZoneInfo = field(default_factory=lambda: zone("UTC"))
    """The committee's time zone; before its founding days are those of UTC."""

    def ends(self) -> datetime:
        """Return the instant at which the year is over."""
        return end_of(date(self.year, 12, 31), self.zone)


def year_of(settings: Settings, committee: Committee, year: int, known_at: datetime | None) -> Year:
    """Read one committee's year; `known_at` null: with all that is recorded."""
    wanted = LogFilter(committee=committee.code, known_at=known_at).where
    with library(settings) as read:
        found = read.tables.select(PROCEEDINGS, *condition(committee.code, known_at), ORDER)
        proceedings = proceedings_of(found)
        ground = ground_of(read.tables.select(REGISTERS["credits"], *wanted, BY_DAY))
        figures = yearly(committee, proceedings, ground, year)[0]
        own = [p for p in proceedings if p.year == year]
        told = Year(committee, year, figures, own, None)
        if read.record is not None:
            _fold(told, read.record, known_at)
    return told


def _fold(told: Year, record: Record, known_at: datetime | None) -> None:
    """Follow the committee to the end of its year, and note what was known last."""
    for entry in record.stream(history_stream(told.committee.code)):
        _know(told, entry.event, known_at)
    known = (e.event for e in record.stream(told.committee.code) if _know(told, e.event, known_at))
    state: CommitteeState | None = None
    for event in known:
        state = _take(told, state, event)
    told.state = state
    if told.known_at is not None:
        told.over = told.ends() <= (known_at or told.known_at)


def _take(told: Year, state: CommitteeState | None, event: Event) -> CommitteeState | None:
    """Fold an event, unless it is of a later year."""
    if state is None and isinstance(event, CommitteeFounded):
        first = evolve(None, event)
        told.zone = first.rulebook.zone
        told.founded_under = first.in_force.digest
    if event.at >= told.ends():
        return state
    folded = evolve(state, event)
    if event.at < start_of(date(told.year, 1, 1), told.zone):
        told.before = folded.in_force.digest
    if isinstance(event, AppointmentRecorded):
        _appoint(told, event)
    told.zone = folded.rulebook.zone
    return folded


def _know(told: Year, event: Event, known_at: datetime | None) -> bool:
    """Note an event's instant, unless it was recorded after what is to be known."""
    if known_at is not None and event.at > known_at:
        return False
    told.known_at = event.at if told.known_at is None else max(event.at, told.known_at)
    return True


def _appoint(told: Year, event: AppointmentRecorded) -> None:
    appointment = read_recorded(event.envelope, Appointment)
    day = day_of(event.at, told.zone)
    for act in appointment.acts:
        if isinstance(act, Appoint):
            who = (appointment.side, act.name, act.person, act.role.value)
            told.held.append(Held(*who, act.begins, act.ends))
        elif isinstance(act, End):
            for held in told.held:
                same = (held.person, held.role) == (act.person, act.role.value)
                if same and held.ended is None and (held.until is None or held.until >= day):
                    held.ended = day
