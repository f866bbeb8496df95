"""A committee's page: what is in force today, or was on a day, and what is to happen next."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Named, Open, asked
from governance.pages import figures, rulebooks
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.asking import AskedDay
from governance.pages.committee_shown import shown
from governance.pages.figures import figures_of
from governance.pages.rulebooks import InForce
from governance.pages.templating import render
from policies.calendar import day_of
from policies.sides import Committee
from projections.case_steps import CASE_STEPS
from projections.decision_log import DECISION_LOG
from projections.docket import Docket
from projections.log_index import LOG_INDEX
from projections.log_pages import LogQuestion, log_page
from projections.people import PEOPLE
from projections.rulebooks import RULEBOOKS
from projections.seated import seated
from projections.streams import OF_COMMITTEE, streams_of

router = APIRouter(include_in_schema=False)

VIEWS = (DECISION_LOG, LOG_INDEX, PEOPLE, RULEBOOKS, CASE_STEPS, *figures.VIEWS)
DEADLINES = 8
"""Of the next deadlines, and of the open inputs, so many are shown."""
LAST = 5
"""Of the last decisions."""


@router.get("/committees/{code}", dependencies=[asked("as_of")])
def page(request: Request, opened: Open, *, committee: Named, as_of: AskedDay = None) -> Response:
    """Return a committee's page; one that is not founded here has only a past."""
    known = rulebooks.in_order(opened.tables, committee.code)
    day = as_of or _today(opened, known)

    def make() -> bytes:
        return render(
            "committee.html",
            language_of(request),
            address_of(request),
            committee=shown(opened, committee),
            as_of=as_of,
            rulebook=rulebooks.in_force(known, day),
            sides=_sides(opened, committee, day),
            figures=figures_of(opened, committee, as_of),
            log=log_page(opened.tables, LogQuestion(committee.code, as_of=as_of), 1, LAST),
            **(docket_shown(opened, committee, day, as_of) if known else _NO_CASES),
        )

    return of_page(request, opened, VIEWS, make, day.isoformat(), committee=committee)


_NO_CASES: dict[str, Any] = {"inputs": [], "deadlines": [], "cases": 0}


def _today(opened: Opened, known: list[InForce]) -> date:
    """Return today in the committee's time zone; in UTC for one that is not founded."""
    now = opened.clock()
    return day_of(now, known[-1].text.rulebook.zone) if known else now.date()


def _sides(opened: Opened, committee: Committee, day: date) -> list[tuple[str, list[Any]]]:
    rows = opened.tables.select(PEOPLE, OF_COMMITTEE, streams_of(committee.code))
    people = seated(rows, day)
    return [(side, [h for h in people if h.side == side]) for side in committee.sides]


def docket_shown(
    opened: Opened, committee: Committee, day: date, as_of: date | None
) -> dict[str, Any]:
    """Return what is open and due on a day."""

    def make(_known: dict[str, Any] | None) -> dict[str, Any]:
        docket = Docket.of_open(opened.tables, opened.clock(), committee.code, as_of)
        entries = docket.entries()
        inputs = docket.open_inputs()
        return {
            "inputs": [_input(entry) for entry in inputs],
            "deadlines": [entry for entry in entries if entry["due"]][:DEADLINES],
            "cases": len(entries),
        }

    views, question = (CASE_STEPS, RULEBOOKS), ("docket", committee)
    if as_of is None:
        return opened.kept(views, question, make, committee.code, day)
    return opened.folded(views, (*question, as_of), make, committee.code)


def _input(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("case", "number", "kind", "title", "closes", "days_left")
    return {name: entry[name] for name in names}
