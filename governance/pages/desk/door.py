"""What every page of the desk asks first: who is there, and whether a form is a page's of ours.

A page takes `Who`, a form takes `Form`: neither exists for anybody but a proven person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import anyio
from anyio import to_thread
from fastapi import Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from governance.access.access import Access
from governance.access.ceremonies import Purpose, form_secret, require_form
from governance.access.signed_in import SignedIn
from governance.access.site import Site
from governance.http.limits import Limits, Writes, client_of, read_body
from governance.http.problems import Problem
from governance.pages.answering import HEADERS, HTML, address_of, language_of
from governance.pages.templating import render
from policies.refusals import ForgedRequestError, NotSignedInError

SESSION, CEREMONY = "jcgov", "jcgov-ceremony"
_WHO = "jcgov.signed_in"
"""Where a request keeps who is signed in, for an error that comes after."""
_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
T = TypeVar("T")


def access_of(request: Request) -> Access:
    """Return the desk's entrance."""
    access: Access = request.app.state.access
    return access


def site_of(request: Request) -> Site:
    """Return where the desk is open; raise a `Problem` where the operator opens none."""
    site = access_of(request).site
    if site is None:
        raise Problem(404, "The desk is not open here: its operator has not set JCGOV_ORIGIN.")
    return site


def held(request: Request, name: str) -> str | None:
    """Return what a cookie of ours holds."""
    return request.cookies.get(_cookie(site_of(request), name))


def hold(request: Request, response: Response, name: str, value: str | None) -> Response:
    """Let the browser hold a word for us, out of reach of scripts and other sites; null: forget."""
    site = site_of(request)
    response.set_cookie(
        _cookie(site, name),
        value or "",
        max_age=0 if value is None else None,
        path="/",
        secure=site.secure,
        httponly=True,
        samesite="strict",
    )
    return response


def signed_in(request: Request) -> SignedIn:
    """Return who is signed in; raise `NotSignedInError` if nobody is."""
    site_of(request)
    who = access_of(request).who(held(request, SESSION))
    request.scope[_WHO] = who
    return who


def known_in(request: Request) -> SignedIn | None:
    """Return who this request has proven to be signed in; it looks nothing up, and never fails."""
    who: SignedIn | None = request.scope.get(_WHO)
    return who


def perhaps_signed_in(request: Request) -> SignedIn | None:
    """Return who is signed in, or null."""
    try:
        return signed_in(request)
    except NotSignedInError:
        return None


Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
"""A statement's digest, or a key's, in a path; anything else is nowhere."""
Desk = Annotated[Access, Depends(access_of)]
OpenAt = Annotated[Site, Depends(site_of)]
Who = Annotated[SignedIn, Depends(signed_in)]
PerhapsWho = Annotated[SignedIn | None, Depends(perhaps_signed_in)]


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A form of a proven person, from a page of ours; `fields` are as they were sent."""

    who: SignedIn
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form of somebody who is not signed in, from a page of ours that was opened just now."""

    ceremony: str
    fields: dict[str, str]


def require_own_page(request: Request) -> None:
    """Refuse what another site's page has sent (`ForgedRequestError`), and count the write."""
    writes: Writes = request.app.state.writes
    writes.take(client_of(request))
    came_from = request.headers.getlist("origin")
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    if came_from != [site_of(request).origin] or fetched != "same-origin":
        message = "the form was sent by another page than ours; nothing was done"
        raise ForgedRequestError(message)


async def signed_form(request: Request) -> SignedForm:
    """Return a form that was sent by who is signed in, from a page of that session."""
    require_own_page(request)
    who = await to_thread.run_sync(signed_in, request)
    fields = await fields_of(request)
    require_form(held(request, SESSION) or "", fields.pop("form", None))
    return SignedForm(who, fields)


async def open_form(request: Request) -> OpenForm:
    """Return a form of somebody who is about to sign in, or to make a passkey."""
    require_own_page(request)
    fields = await fields_of(request)
    ceremony = held(request, CEREMONY) or ""
    require_form(ceremony, fields.pop("form", None))
    return OpenForm(ceremony, fields)


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form from a page of ours, of a proven person or of somebody who is not signed in."""

    who: SignedIn | None
    fields: dict[str, str]


async def sent_form(request: Request) -> SentForm:
    """Return a form of whoever it is: a passkey that is being appointed signs before it signs in.

    Of nobody known, it comes from a page that was opened just now to make a passkey.
    """
    if await to_thread.run_sync(perhaps_signed_in, request) is not None:
        form = await signed_form(request)
        return SentForm(form.who, form.fields)
    opening = await open_form(request)
    access = access_of(request)
    access.ceremonies.require(opening.ceremony, Purpose.REGISTER, access.clock())
    return SentForm(None, opening.fields)


AnyForm = Annotated[SentForm, Depends(sent_form)]
Form = Annotated[SignedForm, Depends(signed_form)]
Opening = Annotated[OpenForm, Depends(open_form)]


async def fields_of(request: Request) -> dict[str, str]:
    """Return a form's fields, each at most once; raise a `Problem` for what no page of ours sends.

    Whoever sent it is not known yet: see `signed_form`.
    """
    limits: Limits = request.app.state.limits
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Problem(415, f"A form of the desk is {_FORM}.")
    body = await read_body(request, limits)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError:
        raise Problem(422, "The form is not in the form that a browser sends.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(422, "The form has a field twice.")
    return {name: value.replace("\r\n", "\n") for name, value in fields.items()}


def begin(request: Request, purpose: Purpose) -> str:
    """Return the ceremony that a page begins; to be held by the browser as `CEREMONY`."""
    access = access_of(request)
    return access.ceremonies.begin(purpose, access.clock())


async def in_turn(request: Request, act: Callable[..., T], *arguments: Any) -> T:
    """Do what asks the writing desk, whose states are one writer's at a time."""
    turn: anyio.CapacityLimiter = request.app.state.turn
    return await to_thread.run_sync(act, *arguments, limiter=turn)


def desk_page(
    request: Request, template: str, who: SignedIn | None, status: int = 200, **values: Any
) -> Response:
    """Answer with a page of the desk, which nobody else may keep or see."""
    body = render(template, language_of(request), address_of(request), who=who, **values)
    return Response(body, status, headers_of(request), HTML)


def headers_of(request: Request) -> dict[str, str]:
    """Return what every answer of the desk says to browsers."""
    headers = {
        **HEADERS,
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "publickey-credentials-get=(self),"
        " publickey-credentials-create=(self)",
    }
    if site_of(request).secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def go_on(request: Request, path: str) -> Response:
    """Answer a form with the page to look at next, in the same language."""
    place = f"{language_of(request).prefix}{path}"
    return Response(status_code=303, headers={**headers_of(request), "Location": place})


def form_word(ceremony: str) -> str:
    """Return what a form of a ceremony's page brings back."""
    return form_secret(ceremony)


def _cookie(site: Site, name: str) -> str:
    """Return a cookie's name; the prefix keeps neighbours of the host from setting it."""
    return f"__Host-{name}" if site.secure else name
