"""Answers to readers: JSON with an entity tag, pages with a link to the next, 304 for nothing new.

A tag names the bytes: it is made of the question, the program, and how far the record was read, so
that an unchanged answer is known without making it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.problems import Headers, Problem
from policies.proof.canonical import digest
from policies.sides import Committee
from projections.view import View

JSON = "application/json"
FRESH = "public, no-cache"
"""May be kept, and must be asked about each time."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Will never read otherwise."""
_TRIES = 3

Entry = dict[str, Any]


def of_views(
    request: Request,
    opened: Opened,
    views: Sequence[View],
    make: Callable[[], tuple[Any, dict[str, str]]],
    committee: Committee | None = None,
) -> Response:
    """Answer with what is made of views; `make` returns a JSON value, and headers.

    Where the views move while they are read, it is made again, so that one tag has one body. What
    is made of one committee's rows alone names it: other committees' events do not move these.
    """

    def encoded() -> tuple[bytes, dict[str, str]]:
        value, headers = make()
        return msgspec.json.encode(value), headers

    return of_views_made(request, opened, views, encoded, JSON, committee=committee)


def of_views_made(
    request: Request,
    opened: Opened,
    views: Sequence[View],
    make: Callable[[], tuple[bytes, dict[str, str]]],
    media_type: str,
    *on: str,
    committee: Committee | None = None,
    of_these_alone: bool = True,
) -> Response:
    """Answer with bytes made of views, and of what else is named by `on`.

    What is made of these alone is kept, and not made for the next reader; not so what also shows
    whether a file is there.
    """
    question = (f"{request.url.path}?{request.url.query}", *on)
    code = None if committee is None else committee.code
    for _ in range(_TRIES):
        stamp = opened.stamp(views, code)
        tag = stamp.tag(*question)
        if matches(request, tag):
            return not_modified(tag, FRESH)
        found = opened.answers.known(stamp, question)
        if found is None:
            found = make()
            if opened.stamp(views, code) != stamp:
                continue
            if of_these_alone:
                opened.answers.keep(stamp, question, found)
        body, headers = found
        return Response(body, 200, {**headers, **_tagged(tag, FRESH)}, media_type)
    body, headers = found
    return Response(body, 200, {**headers, "Cache-Control": "no-store"}, media_type)


def of_bytes(
    request: Request, body: bytes, media_type: str, caching: str, headers: Headers | None = None
) -> Response:
    """Answer with bytes; their tag is their digest."""
    tag = digest(body)[:32]
    if matches(request, tag):
        return not_modified(tag, caching)
    return Response(body, 200, {**(headers or {}), **_tagged(tag, caching)}, media_type)


def matches(request: Request, tag: str) -> bool:
    """Whether a reader holds what the tag names (RFC 9110 section 13.1.2: compared weakly)."""
    held = [
        part.strip().removeprefix("W/")
        for line in request.headers.getlist("if-none-match")
        for part in line.split(",")
    ]
    return "*" in held or f'"{tag}"' in held


def not_modified(tag: str, caching: str) -> Response:
    """Return that the reader holds what there is."""
    return Response(status_code=304, headers=_tagged(tag, caching))


def _tagged(tag: str, caching: str) -> dict[str, str]:
    return {"ETag": f'"{tag}"', "Cache-Control": caching}


def page(
    request: Request,
    named: Iterable[tuple[str, Entry]],
    after: str | None,
    limit: int,
) -> tuple[list[Entry], dict[str, str]]:
    """Return the page after a named entry, and the header with the link to the next one.

    Names tell the entries of one list apart. Raises a `Problem` where none has that name.
    """
    remaining = iter(named)
    if after is not None and after not in (name for name, _entry in remaining):
        detail = "No entry of this list has the name that `after` gives; begin again without it."
        raise Problem(404, detail)
    found = list(islice(remaining, limit + 1))
    entries = [entry for _name, entry in found[:limit]]
    return entries, linked(request, found[limit - 1][0]) if len(found) > limit else {}


def linked(request: Request, after: str) -> dict[str, str]:
    """Return the header that links to the page after an entry, by the same question.

    A path without a host: whoever stands between us and the reader keeps their own.
    """
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]
    path = request.scope.get("raw_path", b"").decode("ascii") or request.url.path
    return {"Link": f'<{path}?{urlencode([*query, ("after", after)])}>; rel="next"'}
