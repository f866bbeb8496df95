"""Calling the keys of a committee once a year, and showing which have answered."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from aggregates.committee import decide_roll_call
from aggregates.committee.state import CommitteeState
from governance.service.desk import Desk
from governance.service.requests import Request
from policies.calendar import timestamp
from policies.proof.roll_call import called
from policies.proof.roster import KeyPlace
from policies.proof.statements import RollCall
from policies.refusals import NotFoundError, StepNotAllowedError
from policies.sides import Seat


def call_roll(desk: Desk, code: str, year: int) -> dict[str, Request]:
    """Call a committee's keys, unless this year's are called, and return what is to be signed.

    One request for each key that has not answered yet, by the stem of a file's name. Raises what
    `decide_roll_call.call` raises.
    """
    nonce = secrets.token_hex(16)
    desk.act(code, lambda state, acting: decide_roll_call.call(state, acting, year, nonce))
    state = desk.load(code)
    known = state.roll_calls[year]
    day = desk.acting(state).today(state)
    return {
        _stem(place): Request(_answer(state, place, year, known.call).envelope(), {})
        for place in called(state.roster, day)
        if place.key.keyid not in known.answered
    }


def answer_request(state: CommitteeState, day: date, keyid: str) -> Request:
    """Return the request by which one key answers the call of a day's year.

    Raises `NotFoundError` where the year's keys were not called, or this one is not among them, and
    `StepNotAllowedError` where it has answered.
    """
    code, known = state.committee.code, state.roll_calls.get(day.year)
    if known is None:
        message = f"{code} has not called its keys for {day.year}"
        raise NotFoundError(message)
    place = next((p for p in called(state.roster, day) if p.key.keyid == keyid), None)
    if place is None:
        message = f"key {keyid[:16]}… is not among the keys of {code} that are called"
        raise NotFoundError(message)
    if keyid in known.answered:
        message = f"key {keyid[:16]}… has answered the call of {day.year} already"
        raise StepNotAllowedError(message)
    return Request(_answer(state, place, day.year, known.call).envelope(), {})


def awaits_answer(state: CommitteeState, day: date, keyid: str) -> bool:
    """Whether the call of a day's year awaits the answer of a key, a registry's as well."""
    known = state.roll_calls.get(day.year)
    if known is None or keyid in known.answered:
        return False
    return any(place.key.keyid == keyid for place in called(state.roster, day))


def roll_entries(
    state: CommitteeState, year: int, day: date, last_used: dict[str, str]
) -> list[dict[str, Any]]:
    """Return every key that is called on a day, and when it answered the call of a year.

    `last_used` is when the record last took a signature of each key.
    """
    known = state.roll_calls.get(year)
    entries = []
    for place in called(state.roster, day):
        answered = None if known is None else known.answered.get(place.key.keyid)
        person = None if place.person is None else state.roster.people[place.person]
        entries.append(
            {
                "year": year,
                "called_at": None if known is None else timestamp(known.at),
                "side": place.side,
                "holder": place.holder,
                "person": place.person,
                "name": None if person is None else person.name,
                "role": None
                if person is None
                else Seat(person.person, person.name, person.side, person.roles(day)).title,
                "keyid": place.key.keyid,
                "answered_at": None if answered is None else timestamp(answered),
                "last_used_at": last_used.get(place.key.keyid),
            }
        )
    return entries


def _answer(state: CommitteeState, place: KeyPlace, year: int, call: str) -> RollCall:
    return RollCall(
        committee=state.committee.code,
        founding=state.roster.founding,
        side=str(place.side),
        person=place.person,
        keyid=place.key.keyid,
        year=year,
        call=call,
    )


def _stem(place: KeyPlace) -> str:
    return f"{place.side}-{place.person or 'authority'}-{place.key.keyid[:16]}"
