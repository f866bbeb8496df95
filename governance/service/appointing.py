"""Asking a side's authority for an appointment: what an officer of that side wishes, as acts.

What is asked counts for nothing until the authority's keys have signed it. Which side is asked
follows from who asks: nobody asks the other side's authority for anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from aggregates.committee.state import CommitteeState
from governance.service.desk import Desk
from governance.service.founding import appointment_request
from policies.cases.keepers import KEEPS
from policies.own_side import ASKS, require_of_side
from policies.proof.keys import KeyRecord
from policies.proof.roster import Person
from policies.proof.statements import IDENTIFIER, Appointment
from policies.refusals import AppointmentError, UnreadableError
from policies.sides import Role
from policies.texts import require_said

_LONGEST_NAME = 300


class Wished(StrEnum):
    """What an officer may wish for its side."""

    ALTERNATE = "alternate"
    MEMBER = "member"
    SECRETARY = "secretary"
    REGISTRY = "registry"
    END = "end"


class Wish(NamedTuple):
    """What is wished: who takes a role from one day to another, or whose `role` ends.

    `name` is for somebody whom the roster does not know yet; `key` is one that is added for the
    person, and signs the appointment itself.
    """

    what: Wished
    person: str
    name: str = ""
    begins: date | None = None
    ends: date | None = None
    role: Role | None = None
    key: KeyRecord | None = None


class Became(StrEnum):
    """What became of an appointment that was asked for."""

    WAITING = "waiting"
    RECORDED = "recorded"
    OVERTAKEN = "overtaken"
    """Its side has recorded another one since: it can be recorded no longer."""


def ask_authority(desk: Desk, code: str, by: str, wish: Wish) -> Appointment:
    """Return the appointment that a wish asks the authority of the asker's side to sign.

    Raises `NotEntitledError` for whoever is neither co-chair nor secretary, `UnreadableError`,
    `HiddenTextError`, `AppointmentError` or `KeyTakenError` for what no signature could make good.
    """
    desk.settle(code)
    state = desk.load(code)
    today = desk.acting(state).today(state)
    side = require_asker(state, by, today).side
    return appointment_request(state, side, acts_of(state, side, wish, today), today)


def ask_anew(desk: Desk, code: str, by: str, overtaken: Appointment) -> Appointment:
    """Return an appointment that was overtaken as the one that follows its side's last now.

    Raises what `ask_authority` raises; `NotEntitledError` for one of the other side.
    """
    desk.settle(code)
    state = desk.load(code)
    today = desk.acting(state).today(state)
    require_asker(state, by, today, overtaken.side)
    acts = msgspec.to_builtins(overtaken.acts)
    return appointment_request(state, overtaken.side, acts, today)


def require_asker(state: CommitteeState, by: str, day: date, side: str | None = None) -> Person:
    """Return who asks an authority, of the own side; raise `NotEntitledError` for others."""
    person = state.roster.people.get(by)
    of = side or ("" if person is None else person.side)
    what = f"asking the authority of {of} for an appointment"
    return require_of_side(state.roster, by, day, side=of, roles=ASKS, what=what)


def require_follower(state: CommitteeState, by: str, day: date, side: str) -> Person:
    """Return who follows what a side's authority is asked for: its own keepers of the docket.

    Raises `NotEntitledError` for the other side's, for a registry, for an ended term.
    """
    what = f"what the authority of {side} is asked for"
    return require_of_side(state.roster, by, day, side=side, roles=KEEPS, what=what)


def became(state: CommitteeState, appointment: Appointment, digest: str) -> Became:
    """Return what became of an appointment that was asked for."""
    if digest in state.statements:
        return Became.RECORDED
    roster, side = state.roster, appointment.side
    follows = (roster.seqs.get(side, -1) + 1, roster.heads.get(side))
    same = appointment.founding == roster.founding
    following = same and (appointment.seq, appointment.prev) == follows
    return Became.WAITING if following else Became.OVERTAKEN


def acts_of(state: CommitteeState, side: str, wish: Wish, today: date) -> list[dict[str, Any]]:
    """Return the acts of a wish; raises what `ask_authority` raises."""
    if not IDENTIFIER.fullmatch(wish.person):
        message = (
            f"{wish.person[:64]!r} is no id: it has small letters, digits, dots and hyphens, as in"
            f" {side.lower()}-hara"
        )
        raise UnreadableError(message)
    known = state.roster.people.get(wish.person)
    if wish.what is Wished.END:
        return [_end(side, wish, known)]
    begins, ends = _days(wish, today)
    name = _name(wish, known)
    made: list[dict[str, Any]] = [
        {
            "act": "appoint",
            "person": wish.person,
            "name": name,
            "role": role.value,
            "from": begins.isoformat(),
            "until": None if ends is None else ends.isoformat(),
        }
        for role in _roles(wish, known, begins, ends)
    ]
    if wish.key is not None:
        made.append({"act": "add-key", "person": wish.person, "key": wish.key.to_json()})
    return made


def _end(side: str, wish: Wish, known: Person | None) -> dict[str, Any]:
    if wish.role is None or known is None or known.side != side:
        message = f"say whose role of {side} ends, and which"
        raise UnreadableError(message)
    return {"act": "end", "person": wish.person, "role": wish.role.value}


def _days(wish: Wish, today: date) -> tuple[date, date | None]:
    begins, ends = wish.begins, wish.ends
    if begins is None:
        message = "say from which day on"
        raise UnreadableError(message)
    if ends is None and wish.what is Wished.ALTERNATE:
        message = "say until which day: an alternate for a holiday acts between two days"
        raise UnreadableError(message)
    if ends is not None and begins <= ends < today:
        message = f"these days are over: it is {today} in the committee"
        raise AppointmentError(message)
    return begins, ends


def _name(wish: Wish, known: Person | None) -> str:
    if known is not None:
        return known.name if not wish.name else wish.name
    require_said(wish.name, "the person's name", at_most=_LONGEST_NAME)
    return wish.name.strip()


def _roles(wish: Wish, known: Person | None, begins: date, ends: date | None) -> Iterator[Role]:
    """Yield the roles that a wish takes; who is no member becomes one to be an alternate."""
    if wish.what is not Wished.ALTERNATE:
        yield Role(wish.what.value)
        return
    assert ends is not None  # noqa: S101 - an alternate's days have an end
    chair = None if known is None else _first(known, Role.CO_CHAIR, begins, ends)
    if known is not None and chair is not None:
        message = f"{known.name} is co-chair on {chair}; an alternate stands in for the co-chair"
        raise AppointmentError(message)
    member = known is not None and any(role is Role.MEMBER for role, _term in known.terms)
    if known is not None and member:
        gap = _first_gap(known, begins, ends)
        if gap is not None:
            message = (
                f"{known.name} is no member on {gap}, and acts as alternate only as a member:"
                " choose other days, or ask to appoint the person as member first"
            )
            raise AppointmentError(message)
    else:
        yield Role.MEMBER
    yield Role.ALTERNATE


def _first(person: Person, role: Role, begins: date, ends: date) -> date | None:
    """Return the first of some days on which somebody holds a role; null: on none."""
    days = [
        max(begins, term.begins)
        for held, term in person.terms
        if held is role and term.begins <= ends and (term.ends is None or begins <= term.ends)
    ]
    return min(days, default=None)


def _first_gap(person: Person, begins: date, ends: date) -> date | None:
    """Return the first of some days on which somebody is no member; null: there is none."""
    day, terms = begins, [term for role, term in person.terms if role is Role.MEMBER]
    while day <= ends:
        covering = [term for term in terms if term.covers(day)]
        if not covering:
            return day
        if any(term.ends is None for term in covering):
            return None
        last = max(term.ends for term in covering if term.ends is not None)
        if last >= ends:
            return None
        day = last + timedelta(days=1)
    return None
