"""Making a passkey: for a side to appoint, or for signing in alone; one's passkeys and sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.access.ceremonies import Purpose
from governance.access.credentials import Credential
from governance.access.passkeys import to_register
from governance.access.signing import ask_to_appoint
from governance.access.similar import similar
from governance.http.limits import client_of
from governance.http.problems import Problem
from governance.http.questions import Open, committee_named, no_query
from governance.pages.desk.door import (
    CEREMONY,
    Desk,
    Digest,
    Form,
    OpenAt,
    Opening,
    PerhapsWho,
    Who,
    begin,
    desk_page,
    form_word,
    go_on,
    headers_of,
    held,
    hold,
    in_turn,
)
from governance.service.spoken import group_lines
from policies.proof.roster import Person
from policies.refusals import NotSignedInError, SignInError, UnreadableError
from policies.texts import require_one_line, require_readable

router = APIRouter(include_in_schema=False)

FRESH = timedelta(minutes=10)
"""How old a session may be that adds a passkey: somebody is there who has one."""
_NAME = 100


@router.get("/desk/register", dependencies=[no_query()])
def register_page(
    request: Request, desk: Desk, site: OpenAt, opened: Open, who: PerhapsWho
) -> Response:
    """Ask for whom a passkey is made."""
    ceremony = begin(request, Purpose.REGISTER)
    founded = [code for code in opened.committees() if opened.founding(code) is not None]
    page = desk_page(
        request,
        "desk/register.html",
        who,
        committees=founded,
        form=form_word(ceremony),
        options=to_register(site, desk.ceremonies.message(ceremony), "Joint Committee"),
    )
    return hold(request, page, CEREMONY, ceremony)


@router.post("/desk/register", dependencies=[no_query()])
async def register(
    request: Request, desk: Desk, site: OpenAt, opened: Open, form: Opening
) -> Response:
    """Keep a passkey, and ask for its appointment where its side knows the person."""
    person = _named(form.fields.get("person", ""))
    committee = committee_named(opened, form.fields.get("committee", "")).code
    if opened.founding(committee) is None:
        raise Problem(404, f"{committee} is not founded here.")

    def make() -> Credential:
        answer, address = form.fields.get("answer", ""), client_of(request)
        return desk.register(
            site, form.ceremony, answer, label=f"{committee} {person}", address=address
        )

    credential = await to_thread.run_sync(make)
    desk_of = opened.engine.desk
    digest = await in_turn(request, ask_to_appoint, desk, desk_of, committee, person, credential)
    if digest is None:
        return go_on(request, f"/desk/keys/{credential.keyid}")
    return go_on(request, f"/desk/sign/{digest}")


@router.get("/desk/keys/{keyid}", dependencies=[no_query()])
async def key_page(
    request: Request, *, desk: Desk, _site: OpenAt, opened: Open, who: PerhapsWho, keyid: Digest
) -> Response:
    """Show the public key that a side's authority is asked to appoint, and who may be meant."""
    credential = await to_thread.run_sync(_of_key, desk, keyid)
    committee, _blank, typed = credential.label.partition(" ")
    engine = opened.engine

    def look() -> tuple[bool, list[Person]]:
        state = engine.desk.find(committee) if committee in opened.committees() else None
        if state is None:
            return False, []
        people = state.roster.people
        return typed in people, similar(people.values(), typed)

    known, meant = await in_turn(request, look)
    record = credential.record
    lines = list(group_lines(record.keyid))
    return desk_page(
        request,
        "desk/key.html",
        who,
        key=record,
        lines=lines,
        committee=committee,
        typed=typed,
        known=known,
        meant=meant,
    )


@router.get("/desk/keys/{keyid}/public.json", dependencies=[no_query()])
def key_file(request: Request, desk: Desk, _site: OpenAt, keyid: Digest) -> Response:
    """Return the public key as an appointment names it."""
    record = _of_key(desk, keyid).record
    headers = {**headers_of(request), "Content-Disposition": 'attachment; filename="key.pub.json"'}
    return Response(msgspec.json.encode(record), 200, headers, "application/json")


@router.get("/desk/passkeys", dependencies=[no_query()])
def passkeys_page(request: Request, desk: Desk, site: OpenAt, who: Who) -> Response:
    """Show a person's passkeys and open sessions."""
    ceremony = begin(request, Purpose.REGISTER)
    page = desk_page(
        request,
        "desk/passkeys.html",
        who,
        passkeys=[(known, _instant(known.used_at)) for known in desk.passkeys_of(who)],
        sessions=[(open_one, _instant(open_one.seen_at)) for open_one in desk.sessions_of(who)],
        options=to_register(site, desk.ceremonies.message(ceremony), who.name),
    )
    return hold(request, page, CEREMONY, ceremony)


@router.post("/desk/passkeys", dependencies=[no_query()])
async def add_passkey(request: Request, desk: Desk, site: OpenAt, form: Form) -> Response:
    """Keep a passkey for signing in alone, for whom the one that signed in speaks."""
    who, ceremony = form.who, held(request, CEREMONY)
    if desk.clock().timestamp() - who.session.began_at > FRESH.total_seconds():
        message = "sign in again first: a passkey is added within ten minutes of signing in"
        raise NotSignedInError(message)
    label = _named(form.fields.get("label", ""))

    def make() -> Credential:
        return desk.register(
            site,
            ceremony,
            form.fields.get("answer", ""),
            label=label,
            address=client_of(request),
            vouched_by=who.credential.speaks_by,
        )

    await to_thread.run_sync(make)
    return go_on(request, "/desk/passkeys")


@router.post("/desk/passkeys/forget", dependencies=[no_query()])
async def forget_passkey(request: Request, desk: Desk, form: Form) -> Response:
    """Forget a passkey that is for signing in alone; one of a roster is ended by its side."""
    name, who = form.fields.get("passkey", ""), form.who

    def forget() -> None:
        with desk.noted("forget a passkey", client_of(request)) as note:
            note.who = who.credential.speaks_by
            own = {known.id: known for known in desk.passkeys_of(who)}
            if name not in own or own[name].vouched_by is None:
                message = "this is no passkey of yours for signing in alone"
                raise SignInError(message)
            desk.credentials.forget(name)

    await to_thread.run_sync(forget)
    return go_on(request, "/desk/passkeys")


def _of_key(desk: Desk, keyid: str) -> Credential:
    found = desk.credentials.of_key(keyid)
    if found is None or found.vouched_by is not None:
        raise Problem(404, "No passkey with that key waits here to be appointed.")
    return found


def _named(text: str) -> str:
    """Return a name that somebody typed; raise `UnreadableError` or `HiddenTextError`."""
    name = text.strip()
    if not 1 <= len(name) <= _NAME:
        message = f"the name has {len(name)} characters; it has from 1 to {_NAME}"
        raise UnreadableError(message)
    require_readable(name, "the name")
    require_one_line(name, "the name")
    return name


def _instant(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
