"""Founding a committee, and each side's word on who speaks for it."""

from __future__ import annotations

from datetime import date

from aggregates.committee.acting import Acting
from aggregates.committee.events import (
    AppointmentRecorded,
    CommitteeFounded,
    EngineStatementRecorded,
)
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.proof.acts import roster_after
from policies.proof.authority import check_appointment, check_engine, check_founding
from policies.proof.dsse import Envelope
from policies.proof.statements import Appointment, OldLog
from policies.refusals import AppointmentError, FoundedAlreadyError, FoundingError
from policies.rulebook import RulebookText
from policies.texts import require_readable


def found(
    state: CommitteeState | None, acting: Acting, envelope: Envelope, rulebook: RulebookText
) -> list[Event]:
    """Found a committee under its first rulebook.

    The same founding again changes nothing. Raises `FoundedAlreadyError` for another one, and
    `FoundingError` if the rulebook is not the one that the founding names.
    """
    if state is not None and envelope.digest == state.roster.founding:
        return []
    founding = check_founding(envelope)
    require_readable(envelope.value, "founding")
    if state is not None:
        message = f"{founding.committee} is founded, by {state.roster.founding}"
        raise FoundedAlreadyError(message)
    if rulebook.digest != founding.rulebook.digest:
        message = (
            f"the founding names the rulebook {founding.rulebook.version}"
            f" ({founding.rulebook.digest[:16]}…), this text is {rulebook.version}"
            f" ({rulebook.digest[:16]}…)"
        )
        raise FoundingError(message)
    if rulebook.version != founding.rulebook.version:
        message = f"the rulebook's version is {rulebook.version}, not {founding.rulebook.version}"
        raise FoundingError(message)
    if rulebook.rulebook.dated > acting.now.date():
        message = f"{rulebook.version} is dated {rulebook.rulebook.dated}; found under an older one"
        raise FoundingError(message)
    if f"JP-{rulebook.rulebook.country}" != founding.committee:
        message = f"the rulebook is that of {rulebook.rulebook.country}"
        raise FoundingError(message)
    return [CommitteeFounded(at=acting.now, envelope=envelope, rulebook=rulebook.text)]


def appoint(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Record a side's appointment; one that is known changes nothing.

    Raises `AppointmentError` and the other refusals of `check_appointment`, and refuses the
    member who would be one too many for the rulebook.
    """
    if envelope.digest in state.statements:
        return []
    appointment = check_appointment(state.roster, envelope)
    require_readable(envelope.value, "appointment")
    require_room(state, appointment, acting.today(state))
    return [AppointmentRecorded(at=acting.now, envelope=envelope)]


def require_room(state: CommitteeState, appointment: Appointment, today: date) -> None:
    """Refuse the member who would be one too many for the rulebook, on any day to come."""
    trial = roster_after(state.roster, appointment)
    limit = state.rulebook.committee.members_per_side_at_most.value
    begins = {term.begins for person in trial.people.values() for _role, term in person.terms}
    for day in sorted({today, *(begin for begin in begins if begin > today)}):
        count = sum(seat.side == appointment.side for seat in trial.seats(day))
        if count > limit:
            message = (
                f"{appointment.side} would have {count} members on {day}; its rulebook allows"
                f" {limit}"
            )
            raise AppointmentError(message)


def state_engine(
    state: CommitteeState, acting: Acting, envelope: Envelope, *, ended: OldLog, uncovered: int
) -> list[Event]:
    """Record both authorities' word on the record key, the log and its witnesses.

    `ended` is the last published checkpoint, `uncovered` how many entries beyond it the log's keys,
    where they are here, have not signed yet. A statement that replaces these keys names where
    their log ended, and leaves no entry that they have not signed: its proof would lead to keys
    that came later. Raises `AppointmentError` and the other refusals of `check_engine`.
    """
    if envelope.digest in state.statements:
        return []
    engine = check_engine(state.roster, envelope)
    require_readable(envelope.value, "engine")
    if engine.old_log is not None and engine.old_log != ended:
        message = (
            f"the statement says that the old log ended with {engine.old_log.size} entries; its"
            f" last published checkpoint has {ended.size}: write it anew, for both sides to sign"
        )
        raise AppointmentError(message)
    if engine.old_log is not None and uncovered:
        message = (
            f"{uncovered} entries of the old log stand under no checkpoint of its keys yet: publish"
            " one (jcgov publish), then write the statement anew"
        )
        raise AppointmentError(message)
    return [EngineStatementRecorded(at=acting.now, envelope=envelope)]
