"""Signing in and out."""

from __future__ import annotations

import re

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.access.ceremonies import Purpose
from governance.access.passkeys import to_sign
from governance.http.limits import client_of
from governance.http.questions import asked, no_query
from governance.pages.desk.door import (
    CEREMONY,
    SESSION,
    Desk,
    Form,
    OpenAt,
    Opening,
    PerhapsWho,
    begin,
    desk_page,
    form_word,
    go_on,
    held,
    hold,
)

router = APIRouter(include_in_schema=False)

HOME = "/desk"
_OURS = re.compile(r"/desk(/[A-Za-z0-9._/-]{0,200})?", re.ASCII)


@router.get("/desk/sign-in", dependencies=[asked("next")])
def sign_in_page(request: Request, desk: Desk, site: OpenAt, who: PerhapsWho) -> Response:
    """Ask for a passkey."""
    ceremony = begin(request, Purpose.SIGN_IN)
    page = desk_page(
        request,
        "desk/sign_in.html",
        who,
        form=form_word(ceremony),
        options=to_sign(site, desk.ceremonies.message(ceremony)),
        next=next_page(request.query_params.get("next")),
    )
    return hold(request, page, CEREMONY, ceremony)


@router.post("/desk/sign-in", dependencies=[no_query()])
async def sign_in(request: Request, desk: Desk, site: OpenAt, form: Opening) -> Response:
    """Begin a session, in place of any that the browser had."""
    answer, address = form.fields.get("answer", ""), client_of(request)
    word = await to_thread.run_sync(desk.sign_in, site, form.ceremony, answer, address)
    before = held(request, SESSION)
    if before is not None:
        await to_thread.run_sync(desk.forget_word, before)
    answered = go_on(request, next_page(form.fields.get("next")))
    hold(request, answered, CEREMONY, None)
    return hold(request, answered, SESSION, word)


@router.post("/desk/sign-out", dependencies=[no_query()])
async def sign_out(request: Request, desk: Desk, form: Form) -> Response:
    """End this session, or another one of the same person."""
    name = form.fields.get("session") or form.who.session.name
    await to_thread.run_sync(desk.sign_out, form.who, name, client_of(request))
    if name != form.who.session.name:
        return go_on(request, "/desk/passkeys")
    return hold(request, go_on(request, "/desk/sign-in"), SESSION, None)


def next_page(asked_for: str | None) -> str:
    """Return a page of the desk to go on to; the first one where another place was asked for."""
    ours = asked_for is not None and _OURS.fullmatch(asked_for) and "//" not in asked_for
    return asked_for if ours and asked_for else HOME
