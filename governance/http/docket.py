"""The docket of a committee, and what is open for the public's inputs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, JSON, Entry, of_bytes, page
from governance.http.opened import Opened
from governance.http.questions import PAGE, After, Day, Flag, Limit, Named, On, Open, asked
from governance.http.shapes import CaseShape, OpenInputsShape
from policies.sides import Committee
from projections.case_steps import CASE_STEPS
from projections.docket import Docket
from projections.rulebooks import RULEBOOKS

router = APIRouter(tags=["docket"])


@router.get(
    "/v1/committees/{code}/docket",
    response_model=list[CaseShape],
    dependencies=[asked("on", "overdue", "ended", "after", "limit")],
    summary="What awaits whom, and until when",
)
def docket(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    on: On = None,
    overdue: Annotated[Flag, Query(description="Only what is overdue.")] = False,
    ended: Annotated[Flag, Query(description="Cases that have ended as well.")] = False,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Return the open cases: overdue first, then by the last day."""
    found = _docket(opened, committee, on, ended=ended).entries(ended=ended)
    entries = [entry for entry in found if entry["overdue"] or not overdue]
    return _of(request, entries, after, limit)


@router.get(
    "/v1/committees/{code}/inputs",
    response_model=list[OpenInputsShape],
    dependencies=[asked("on", "after", "limit")],
    summary="What the public may comment on, and the inputs that may be shown",
)
def inputs(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    on: On = None,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Return the cases whose window is open, by the day on which it closes."""
    return _of(request, _docket(opened, committee, on).open_inputs(), after, limit)


def _docket(opened: Opened, committee: Committee, on: Day | None, *, ended: bool = False) -> Docket:
    opened.reached([CASE_STEPS, RULEBOOKS])
    read = Docket if ended else Docket.of_open
    return read(opened.tables, opened.clock(), committee.code, on)


def _of(request: Request, entries: list[Entry], after: str | None, limit: int) -> Response:
    """Answer with what depends on the day as well: only the bytes themselves name it."""
    named = ((str(entry["case"]), entry) for entry in entries)
    found, headers = page(request, named, after, limit)
    return of_bytes(request, msgspec.json.encode(found), JSON, FRESH, headers)
