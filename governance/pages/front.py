"""The front page: every committee of which something is recorded, with its figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.templating import render
from policies.rulebook import country_name
from policies.sides import Committee
from projections.decision_log import DECISION_LOG
from projections.log_reading import LogFilter
from projections.registers import REGISTERS, register

router = APIRouter(include_in_schema=False)

VIEWS = (DECISION_LOG, REGISTERS["projects"], REGISTERS["credits"])


@router.get("/", dependencies=[no_query()])
def front(request: Request, opened: Open) -> Response:
    """Return the list of committees."""

    def make() -> bytes:
        language, path = language_of(request), address_of(request)
        return render("front.html", language, path, committees=_committees(opened))

    return of_page(request, opened, VIEWS, make)


def _committees(opened: Opened) -> list[dict[str, Any]]:
    decided: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    seen = set()
    for row in opened.tables.select(DECISION_LOG):
        code, number, on, status = row[0], row[1], row[4], row[6]
        if (code, number) not in seen:
            seen.add((code, number))
            decided[code, status] += 1
        if on is not None:
            last[code] = max(on, last.get(code, ""))
    return [_entry(opened, code, decided, last.get(code)) for code in opened.committees()]


def _entry(
    opened: Opened, code: str, decided: Counter[tuple[str, str]], last: str | None
) -> dict[str, Any]:
    founding = opened.founding(code)
    committee = Committee.parse(code)
    projects, _ = register(opened.tables, "projects", committee, LogFilter(code))
    credits, _ = register(opened.tables, "credits", committee, LogFilter(code))
    return {
        "committee": code,
        "partner": committee.partner,
        "name": country_name(committee.partner),
        "rehearsal": founding is not None and founding.rehearsal,
        "signed": decided[code, "signed"],
        "historical": decided[code, "historical"],
        "projects": sum(entry["status"] == "registered" for entry in projects),
        "credits": sum(entry["decided"] or 0 for entry in credits),
        "last": last,
    }
