"""Who is who on both sides of a committee, what is asked of one's own authority, the roll-call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.state import CommitteeState
from governance.access.access import Access
from governance.access.credentials import SCHEME
from governance.access.requests import Asked
from governance.http.questions import Open, no_query
from governance.pages.desk.door import Desk, in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.service.appointing import became, require_asker, require_follower
from governance.service.roll_call import roll_entries
from policies.proof.reading import read
from policies.proof.roster import Roster
from policies.proof.statements import Appointment
from policies.refusals import NotEntitledError
from policies.sides import Role
from projections.people import PEOPLE
from projections.terms import Appointee, Stands, Taken, appointees

router = APIRouter(include_in_schema=False)

MOST = 30
"""Appointments that are asked for, of each sort, that one page shows."""
_RANK = tuple(role.value for role in (Role.CO_CHAIR, Role.ALTERNATE, Role.MEMBER))


@router.get("/desk/committees/{code}/people", dependencies=[no_query()])
async def people(request: Request, opened: Open, desk: Desk, here: AtSeat) -> Response:
    """Show both sides' people with their terms, and what the own authority is asked for."""

    def values() -> dict[str, Any]:
        opened.reached([PEOPLE])
        state = opened.engine.desk.load(here.code)
        today = opened.engine.desk.acting(state).today(state)
        found = list(opened.tables.select(PEOPLE, "committee = ?", [here.code]))
        everybody = appointees(found, state.rulebook.zone)
        return {
            "today": today,
            "sides": [_side(state, side, everybody, today) for side in state.committee.sides],
            "asks": _may(require_asker, state, here, today),
            **_asked(desk, state, here, today),
            **_roll(state, today),
        }

    return page_here(request, "desk/people.html", here, **await in_turn(request, values))


def shown_acts(roster: Roster, appointment: Appointment) -> list[dict[str, Any]]:
    """Return what an appointment does, act by act, with the names of whom the roster knows."""
    names = {person.person: person.name for person in roster.people.values()}
    acts: list[dict[str, Any]] = msgspec.to_builtins(appointment.acts)
    for act in acts:
        if "name" in act:
            names[act["person"]] = act["name"]
    return [act | {"name": names.get(act.get("person", ""), act.get("person"))} for act in acts]


def shown_request(state: CommitteeState, asked: Asked) -> dict[str, Any]:
    """Return an appointment that is asked for: what it does, who made it, what became of it."""
    statement = read(asked.request.envelope, Appointment)
    place = state.roster.keys.get(asked.made_by or "")
    maker = None if place is None else state.roster.people.get(place.person or "")
    return {
        "digest": asked.digest,
        "side": statement.side,
        "seq": statement.seq,
        "acts": shown_acts(state.roster, statement),
        "made_by": None if maker is None else maker.name,
        "made_at": datetime.fromtimestamp(asked.made_at, UTC),
        "became": became(state, statement, asked.digest).value,
    }


def _may(require: Any, state: CommitteeState, here: Here, day: date) -> bool:
    try:
        require(state, here.by, day, here.seat.side)
    except NotEntitledError:
        return False
    return True


def _side(
    state: CommitteeState, side: str, everybody: Iterable[Appointee], today: date
) -> dict[str, Any]:
    own = [_person(state, each, today) for each in everybody if each.side == side]
    own.sort(key=lambda entry: (entry["rank"], entry["name"]))
    return {
        "side": side,
        "now": [entry for entry in own if entry["roles"]],
        "to_come": [entry for entry in own if not entry["roles"] and entry["to_come"]],
        "ended": [entry for entry in own if not entry["roles"] and not entry["to_come"]],
    }


def _person(state: CommitteeState, found: Appointee, today: date) -> dict[str, Any]:
    known = state.roster.people[found.person]
    roles = {role.value for role in known.roles(today)}
    keys = [place for place in state.roster.keys.values() if place.person == found.person]
    usable = [place.key.scheme for place in keys if place.active]
    return {
        "person": found.person,
        "name": found.name,
        "roles": sorted(roles),
        "rank": min((_RANK.index(r) for r in roles if r in _RANK), default=len(_RANK)),
        "terms": [_term(taken, roles, today) for taken in found.taken],
        "to_come": any(taken.on(today) is Stands.TO_COME for taken in found.taken),
        "has_key": any(scheme != SCHEME for scheme in usable),
        "has_passkey": SCHEME in usable,
        "keys": [
            {
                "passkey": place.key.scheme == SCHEME,
                "short": place.key.keyid[:16],
                "active": place.active,
                "compromised": place.compromised,
            }
            for place in keys
        ],
    }


def _term(taken: Taken, roles: set[str], today: date) -> dict[str, Any]:
    """Return a term; one that is held without effect is an alternate's who is no member today."""
    stands = taken.on(today)
    begins_in = (taken.term.begins - today).days if stands is Stands.TO_COME else None
    return {
        "role": taken.role.value,
        "begins": taken.term.begins,
        "ends": taken.term.ends,
        "struck_on": taken.struck_on,
        "stands": stands.value,
        "ends_in": taken.ends_in(today),
        "begins_in": begins_in,
        "idle": stands is Stands.HELD and taken.role.value not in roles,
    }


def _asked(desk: Access, state: CommitteeState, here: Here, today: date) -> dict[str, Any]:
    """Return what the own side's authority is asked for; null for who does not follow it."""
    if not _may(require_follower, state, here, today):
        return {"asked": None, "passkeys": None}

    def of_own_side(found: Iterable[Asked]) -> list[dict[str, Any]]:
        entries = (shown_request(state, asked) for asked in found)
        return [entry for entry in entries if entry["side"] == here.seat.side]

    requests = desk.requests
    passkeys = of_own_side(requests.signed_appointments(here.code, MOST))
    return {
        "asked": of_own_side(requests.appointments(here.code, MOST)),
        "passkeys": [entry for entry in passkeys if entry["became"] == "waiting"],
    }


def _roll(state: CommitteeState, today: date) -> dict[str, Any]:
    """Return this year's roll-call: every key that is called, and whether it has answered."""
    entries = roll_entries(state, today.year, today, {})
    return {
        "year": today.year,
        "called_at": next((entry["called_at"] for entry in entries), None),
        "roll": sorted(entries, key=lambda entry: entry["answered_at"] is not None),
        "answered": sum(entry["answered_at"] is not None for entry in entries),
    }
