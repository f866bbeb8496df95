"""Errors as people see them: the same status, plain words, and a way on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from governance.access.signed_in import SignedIn
from governance.http.problems import Problem
from governance.pages.answering import HEADERS, HTML, address_of, language_of
from governance.pages.desk.door import headers_of, known_in
from governance.pages.language import Language
from governance.pages.templating import render
from policies.texts import written_out

FOR_PROGRAMS = ("/v1", "/log", "/healthz", "/metrics")
"""Below these paths every error is a problem document, whoever asks."""
_DETAIL = 500
_COMMITTEE = re.compile("/desk/committees/([A-Z]{2})(?:/|$)", re.ASCII)


def is_for_people(request: Request) -> bool:
    """Whether an error is to be shown as a page: to a browser, at a page's address."""
    path = request.url.path
    below = any(path == place or path.startswith(f"{place}/") for place in FOR_PROGRAMS)
    return not below and "text/html" in request.headers.get("accept", "")


def page_of(request: Request, problem: Problem, number: str | None) -> Response:
    """Return a problem as a page; at the desk, with what its pages have for who is signed in."""
    language, who = language_of(request), known_in(request)
    title, explained = _words(language, problem.status.value, who)
    path = request.url.path.removeprefix(language.prefix)
    below = _COMMITTEE.match(path)
    plainly = _path_alone(request) if _is_of_the_query(problem) else None
    body = render(
        "problem.html",
        language,
        address_of(request),
        title=title,
        explained=explained,
        detail=written_out(problem.detail)[:_DETAIL],
        request_number=number,
        plainly=plainly,
        who=who,
        desk=path.startswith("/desk/"),
        committee=below and below[1],
        sign_in=address_of(request) if problem.status == HTTPStatus.UNAUTHORIZED else None,
    )
    headers: Mapping[str, str] = {
        **(HEADERS if who is None else headers_of(request)),
        "Cache-Control": "no-store",
        **problem.headers,
    }
    return Response(body, problem.status, headers, HTML)


def _is_of_the_query(problem: Problem) -> bool:
    """Whether the same address without its query can be asked for."""
    pointers = [error.get("pointer", "") for error in problem.errors or ()]
    return bool(pointers) and all(pointer.startswith("query/") for pointer in pointers)


def _path_alone(request: Request) -> str | None:
    """Return a page's address without its query; null for what no link leads to."""
    return address_of(request).partition("?")[0] if request.method in ("GET", "HEAD") else None


def _words(language: Language, status: int, who: SignedIn | None) -> tuple[str, str]:
    _ = language.gettext
    if status in (404, 405):
        return _("Nothing is there"), _("The address may be mistyped, or was never used.")
    if status == 401:
        return _("Sign in first"), _("This page is for people whom a side has appointed.")
    if status == 403 and who is not None:
        return _("You may not do this"), _("Nothing was done, for the reason below.")
    if status == 403:
        return _("You may not do this"), _("Sign in as somebody who may, or go on elsewhere.")
    if status in (503, 429):
        return _("Not just now"), _("Nothing was recorded. Try again in a moment.")
    if 400 <= status < 500:
        return _("This cannot be answered"), _("Something in the question is not as it is needed.")
    return _("Something failed here"), _("It is in our log. Nothing was recorded by halves.")
