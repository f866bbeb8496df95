"""Pages as answers: tagged by what they were made from, with what a browser may do with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, of_views_made
from governance.http.opened import Opened
from governance.pages.language import ENGLISH, LANGUAGES, Language
from governance.pages.templating import made_from
from policies.sides import Committee
from projections.view import View

HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
COPY = "jcgov.copy"
"""In the scope of a request whose answer goes into a copy of the site: no form works there."""
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}


def language_of(request: Request) -> Language:
    """Return the language that a path names; English where it names none."""
    first = request.url.path.split("/", 2)[1]
    return next((found for found in LANGUAGES if found.code == first), Language(ENGLISH))


def address_of(request: Request) -> str:
    """Return a page's address without its language, with its query."""
    path = request.url.path.removeprefix(language_of(request).prefix) or "/"
    return f"{path}?{request.url.query}" if request.url.query else path


def of_page(
    request: Request,
    opened: Opened,
    views: Sequence[View],
    make: Callable[[], bytes],
    *on: str,
    committee: Committee | None = None,
    media_type: str = HTML,
    of_these_alone: bool = True,
) -> Response:
    """Answer with a page made of views; `on` is what else it depends on, such as the day.

    A page of one committee names it, and stands while others decide. One that also shows whether a
    file is there is made for each reader.
    """

    def made() -> tuple[bytes, dict[str, str]]:
        return make(), HEADERS

    depends = (made_from(), *on, *([COPY] if request.scope.get(COPY) else []))
    return of_views_made(
        request,
        opened,
        views,
        made,
        media_type,
        *depends,
        committee=committee,
        of_these_alone=of_these_alone,
    )


def plain(body: bytes, status: int = 200, caching: str = FRESH) -> Response:
    """Answer with a page that depends on nothing recorded."""
    return Response(body, status, {**HEADERS, "Cache-Control": caching}, HTML)
