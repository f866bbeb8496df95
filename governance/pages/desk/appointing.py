"""Asking one's own side's authority for an appointment: the form, and the request that it makes."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.state import CommitteeState
from governance.access.access import Access
from governance.access.requests import Asked
from governance.http.opened import Opened
from governance.http.problems import STATUSES, Problem
from governance.http.questions import Open, asked, no_query
from governance.pages.desk.door import Desk, Digest, go_on, headers_of, in_turn
from governance.pages.desk.people import shown_request
from governance.pages.desk.seat import AtSeat, FormHere, Here, page_here
from governance.service.appointing import (
    Wish,
    Wished,
    ask_anew,
    ask_authority,
    require_asker,
    require_follower,
)
from governance.service.requests import Request as ToSign
from governance.service.spoken import group_lines, heard
from policies.calendar import calendar_day
from policies.proof.keys import KeyRecord
from policies.proof.reading import read
from policies.proof.statements import AddKey, Appointment
from policies.refusals import (
    AppointmentError,
    HiddenTextError,
    KeyRecordError,
    KeyTakenError,
    NotFoundError,
    Refusal,
    UnreadableError,
)
from policies.sides import Role

router = APIRouter(include_in_schema=False)

_ASK = "/desk/committees/{code}/people/ask"
_REQUEST = "/desk/committees/{code}/people/requests/{digest}"
MISTAKES = (
    AppointmentError,
    HiddenTextError,
    KeyRecordError,
    KeyTakenError,
    NotFoundError,
    UnreadableError,
)
"""What somebody who typed can put right."""


@router.get(_ASK, dependencies=[asked("what", "person", "role")])
async def ask_page(request: Request, opened: Open, here: AtSeat) -> Response:
    """Show the form of one kind of wish, filled in with what the link names."""
    given = dict(request.query_params)
    if given.get("role"):
        given["ends_role"] = f"{given.get('person', '')} {given['role']}"
    given["known"] = given.get("person", "")
    return await _form(request, opened, here, given | {"person": ""})


@router.post(_ASK, dependencies=[no_query()])
async def ask(request: Request, opened: Open, desk: Desk, sent: FormHere) -> Response:
    """Keep the request that a wish makes; the same wish again is the same request."""
    here = sent.here

    def make() -> str:
        wish = _wish(desk, sent.fields)
        made = ask_authority(opened.engine.desk, here.code, here.by, wish)
        return _keep(desk, here, made)

    try:
        digest = await in_turn(request, make)
    except MISTAKES as error:
        return await _form(request, opened, here, sent.fields, error)
    return go_on(request, f"{here.path}/people/requests/{digest}")


@router.get(_REQUEST, dependencies=[no_query()])
async def request_page(
    request: Request, *, opened: Open, desk: Desk, here: AtSeat, digest: Digest
) -> Response:
    """Show an appointment that is asked for: what it does, who must sign, what became of it."""

    def values() -> dict[str, Any]:
        state, found, statement = _followed(opened, desk, here, digest)
        today = opened.engine.desk.acting(state).today(state)
        authority = state.roster.authorities[statement.side]
        signed = {made.keyid for made in desk.requests.signatures(digest)}
        added = [act for act in statement.acts if isinstance(act, AddKey)]
        return {
            "found": shown_request(state, found),
            "threshold": authority.threshold,
            "keys": len(authority.keys),
            "added": [{"person": a.person, "signed": a.key.keyid in signed} for a in added],
            "groups": list(group_lines(digest)),
            "asks": _asks(state, here, today),
        }

    return page_here(request, "desk/appointment.html", here, **await in_turn(request, values))


@router.get(_REQUEST + "/request.json", dependencies=[no_query()])
async def request_file(
    request: Request, *, opened: Open, desk: Desk, here: AtSeat, digest: Digest
) -> Response:
    """Return the request's file, as ``jcgov roster request`` writes it."""

    def data() -> tuple[bytes, Appointment]:
        _state, found, statement = _followed(opened, desk, here, digest)
        return found.request.to_bytes(), statement

    body, statement = await in_turn(request, data)
    name = f"{here.code}-{statement.side}-appointment-{statement.seq}-{digest[:8]}.json"
    headers = {**headers_of(request), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, headers, "application/json")


@router.post(_REQUEST + "/again", dependencies=[no_query()])
async def again(
    request: Request, *, opened: Open, desk: Desk, sent: FormHere, digest: Digest
) -> Response:
    """Ask anew for what the side's next appointment has overtaken."""
    here = sent.here

    def make() -> str:
        overtaken = read(desk.requests.get(digest).envelope, Appointment)
        if overtaken.committee != here.code:
            raise Problem(404, "No such appointment was asked for in this committee.")
        return _keep(desk, here, ask_anew(opened.engine.desk, here.code, here.by, overtaken))

    return go_on(request, f"{here.path}/people/requests/{await in_turn(request, make)}")


def _keep(desk: Access, here: Here, made: Appointment) -> str:
    asker = here.who.credential.speaks_by
    return desk.requests.keep(ToSign(made.envelope(), {}), here.code, asker, desk.clock())


def _followed(
    opened: Opened, desk: Access, here: Here, digest: str
) -> tuple[CommitteeState, Asked, Appointment]:
    """Return an appointment that is asked for of the own side; raises for others."""
    found = desk.requests.asked(digest)
    if found.request.envelope.payload_type != Appointment.payload_type:
        raise Problem(404, "No appointment was asked for under this digest.")
    statement = read(found.request.envelope, Appointment)
    state = opened.engine.desk.load(here.code)
    if statement.committee != here.code:
        raise Problem(404, "No such appointment was asked for in this committee.")
    today = opened.engine.desk.acting(state).today(state)
    require_follower(state, here.by, today, statement.side)
    return state, found, statement


def _asks(state: CommitteeState, here: Here, today: date) -> bool:
    try:
        require_asker(state, here.by, today)
    except Refusal:
        return False
    return True


def _wish(desk: Access, fields: dict[str, str]) -> Wish:
    what = _wished(fields)
    if what is Wished.END:
        person, _, role = fields.get("ends_role", "").partition(" ")
        return Wish(what, person, role=_role(role))
    known, new = fields.get("known", ""), fields.get("person", "").strip()
    if bool(known) == bool(new):
        message = "choose somebody from the list, or name somebody new: one of the two"
        raise UnreadableError(message)
    return Wish(
        what,
        known or new,
        "" if known else fields.get("name", "").strip(),
        _day(fields.get("begins", "")),
        _day(fields.get("ends", "")),
        key=_key(desk, fields.get("key", "")),
    )


def _wished(fields: dict[str, str]) -> Wished:
    try:
        return Wished(fields.get("what", ""))
    except ValueError:
        raise Problem(404, "Nothing of that kind is asked for here.") from None


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        message = "say whose role ends, and which"
        raise UnreadableError(message) from None


def _day(text: str) -> date | None:
    return calendar_day(text) if text.strip() else None


def _key(desk: Access, text: str) -> KeyRecord | None:
    """Return the passkey whose sixteen groups somebody has read aloud; null: none was."""
    if not text.strip():
        return None
    passkey = desk.credentials.of_key(heard(text))
    if passkey is None or passkey.vouched_by is not None:
        message = "no passkey with these sixteen groups was made here for a side to appoint"
        raise NotFoundError(message)
    return passkey.record


async def _form(
    request: Request,
    opened: Opened,
    here: Here,
    given: dict[str, str],
    error: Refusal | None = None,
) -> Response:
    """Show the form, with what was typed, and why it was refused."""
    what = _wished(given)

    def values() -> dict[str, Any]:
        desk = opened.engine.desk
        state = desk.load(here.code)
        today = desk.acting(state).today(state)
        side = require_asker(state, here.by, today).side
        own = [person for person in state.roster.people.values() if person.side == side]
        terms = [(person, role) for person in own for role, _term in person.terms]
        return {
            "side": side,
            "today": today,
            "people": [(p.person, p.name) for p in own if _fits(what, {r for r, _ in p.terms})],
            "roles": [
                (f"{person.person} {role.value}", person.name, role.value)
                for person, role in dict.fromkeys(terms)
            ],
        }

    found = await in_turn(request, values)
    status = 200 if error is None else STATUSES[type(error)]
    names = ("known", "person", "name", "begins", "ends", "key", "ends_role")
    typed = {name: given.get(name, "") for name in names}
    trouble = None if error is None else str(error)
    return page_here(
        request,
        "desk/appoint.html",
        here,
        status,
        what=what.value,
        typed=typed,
        trouble=trouble,
        **found,
    )


def _fits(what: Wished, held: set[Role]) -> bool:
    """Whether somebody with these roles may be wished for so: a registry is nothing else."""
    return not held or (Role.REGISTRY in held) == (what is Wished.REGISTRY)
