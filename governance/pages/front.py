"""The front page: every committee of which something is recorded, with its figures."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened, Stamp
from governance.http.questions import Open, no_query
from governance.pages import figures
from governance.pages.answering import COPY, address_of, language_of, of_page
from governance.pages.committee_shown import CommitteeShown, shown
from governance.pages.figures import Figures, figures_of
from governance.pages.templating import render
from policies.sides import Committee
from projections import log_pages
from projections.log_index import LOG_INDEX
from projections.log_pages import LogFigures

router = APIRouter(include_in_schema=False)

VIEWS = (LOG_INDEX, *figures.VIEWS)


@dataclass(frozen=True)
class Line:
    """What the front page says of a committee."""

    committee: CommitteeShown
    log: LogFigures
    figures: Figures


@router.get("/", dependencies=[no_query()])
def front(request: Request, opened: Open) -> Response:
    """Return the list of committees; where the desk is open, with the way to it."""
    desk = opened.settings.origin is not None and not request.scope.get(COPY)

    def make() -> bytes:
        lines = lines_of(opened)
        language, address = language_of(request), address_of(request)
        return render("front.html", language, address, lines=lines, desk=desk)

    return of_page(request, opened, VIEWS, make, *(["desk"] if desk else []))


def lines_of(opened: Opened) -> list[Line]:
    """Return every committee's line; of a committee that did nothing it is not made again."""
    found = opened.kept(VIEWS, ("front",), lambda known: _lines(opened, known or {}))
    return [line for _stamp, line in found.values()]


Lines = dict[str, tuple[Stamp, Line]]


def _lines(opened: Opened, known: Lines) -> Lines:
    return {
        code: known[code]
        if code in known and known[code][0] == stamp
        else (stamp, _line(opened, Committee.parse(code)))
        for code, stamp in opened.stamps(VIEWS).items()
    }


def _line(opened: Opened, committee: Committee) -> Line:
    return Line(
        shown(opened, committee),
        log_pages.figures(opened.tables, committee.code),
        figures_of(opened, committee),
    )
