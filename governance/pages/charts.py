"""Charts of a committee, where people would rather look than read; each with its table.

Issuance by year and side, the open docket by stage, and the days of each open case against its
limit. What was merely imported counts no credits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.case.deadlines import deadlines
from governance.http.opened import Opened
from governance.http.questions import Named, Open, no_query
from governance.http.register_folds import register_of
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.committee_shown import shown
from governance.pages.inputs import quarter_of
from governance.pages.templating import render
from policies.sides import Committee
from projections.case_steps import CASE_STEPS
from projections.docket import Docket
from projections.registers import REGISTERS
from projections.rulebooks import RULEBOOKS

router = APIRouter(include_in_schema=False)

VIEWS = (REGISTERS["credits"], CASE_STEPS, RULEBOOKS)
MOST = 40
"""Open cases whose days are drawn: those whose last day comes first."""


@dataclass(frozen=True, slots=True)
class Charted:
    """What is drawn: amounts by year and side, cases by stage, days used and allowed by case."""

    issued: list[tuple[str, dict[str, int]]]
    stages: list[tuple[str, int]]
    days: list[dict[str, Any]]


@router.get("/committees/{code}/charts", dependencies=[no_query()])
def charts(request: Request, opened: Open, committee: Named) -> Response:
    """Return the charts."""
    quarter = quarter_of(opened)

    def make() -> bytes:
        found = opened.kept(
            VIEWS,
            ("charts", committee.code),
            lambda _known: charted(opened, committee),
            committee.code,
            quarter,
        )
        return render(
            "charts.html",
            language_of(request),
            address_of(request),
            committee=shown(opened, committee),
            issued=found.issued,
            stages=found.stages,
            days=found.days,
        )

    return of_page(request, opened, VIEWS, make, quarter, committee=committee)


def charted(opened: Opened, committee: Committee) -> Charted:
    """Fold what the charts of a committee draw."""
    docket = Docket.of_open(opened.tables, opened.clock(), committee.code)
    cases = [state for state in docket.cases() if state.is_open]
    found = []
    for state in cases:
        limits = [d for d in deadlines(state, docket.rulebook(state)) if d.opens is not None]
        if limits:
            first = min(limits, key=lambda deadline: deadline.due)
            today = docket.today(state.committee)
            found.append(
                {
                    "case": state.number or state.case,
                    "stage": state.stage.value,
                    "used": max(0, (today - first.opens).days) if first.opens else 0,
                    "allowed": (first.due - first.opens).days if first.opens else 0,
                    "due": first.due.isoformat(),
                }
            )
    found.sort(key=lambda entry: str(entry["due"]))
    stages = Counter(state.stage.value for state in cases)
    return Charted(_issued(opened, committee), stages.most_common(), found[:MOST])


def _issued(opened: Opened, committee: Committee) -> list[tuple[str, dict[str, int]]]:
    """Return what was decided for each side in each year, without gaps between years."""
    years: dict[int, Counter[str]] = {}
    for entry in register_of(opened, "credits", committee).ground.credits.values():
        if entry.origin.on is not None:
            for side, amount in (entry.amounts or {}).items():
                years.setdefault(entry.origin.on.year, Counter())[side] += amount or 0
    every = range(min(years), max(years) + 1) if years else ()
    sides = committee.sides
    return [(str(y), {side: years.get(y, Counter())[side] for side in sides}) for y in every]
