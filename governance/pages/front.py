"""The front page: every committee of which something is recorded, with its figures."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages import figures
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.committee_shown import CommitteeShown, shown
from governance.pages.figures import Figures, Kept, figures_of
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


_LINES: Kept[list[Line]] = Kept(2)


@router.get("/", dependencies=[no_query()])
def front(request: Request, opened: Open) -> Response:
    """Return the list of committees."""

    def make() -> bytes:
        lines = _LINES.get(opened.stamp(VIEWS).tag(), lambda: _lines(opened))
        return render("front.html", language_of(request), address_of(request), lines=lines)

    return of_page(request, opened, VIEWS, make)


def _lines(opened: Opened) -> list[Line]:
    logged = log_pages.figures(opened.tables)
    committees = [Committee.parse(code) for code in opened.committees()]
    return [
        Line(
            shown(opened, committee),
            logged.get(committee.code, LogFigures(0, 0, None)),
            figures_of(opened, committee),
        )
        for committee in committees
    ]
