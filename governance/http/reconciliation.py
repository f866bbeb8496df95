"""``/v1/reconciliation``: what was decided for each side, what was reported, what differs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, JSON, of_bytes, page
from governance.http.questions import (
    PAGE,
    After,
    Flag,
    Limit,
    OfCommittee,
    Open,
    asked,
    committee_named,
)
from governance.http.shapes import ReconciliationShape
from projections.log_reading import LogFilter
from projections.reconciliation import Line, reconciliation
from projections.registers import REGISTERS

router = APIRouter(tags=["registries"])


@router.get(
    "/v1/reconciliation",
    response_model=list[ReconciliationShape],
    dependencies=[asked("committee", "open", "after", "limit")],
    summary="What was decided, reported, and differs, by side",
)
def read_reconciliation(
    request: Request,
    opened: Open,
    *,
    committee: OfCommittee = None,
    open: Annotated[Flag, Query(description="Only what is not complete.")] = False,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Return each side of each decided amount, by committee and in the order of the decisions."""
    code = None if committee is None else committee_named(opened, committee).code
    opened.reached([REGISTERS["credits"]])
    found = reconciliation(opened.tables, LogFilter(committee=code), opened.clock())
    named = ((_name(line), line.to_json()) for line in found if not (open and line.complete))
    entries, headers = page(request, named, after, limit)
    # Days that are open depend on today as well: only the bytes themselves name them.
    return of_bytes(request, msgspec.json.encode(entries), JSON, FRESH, headers)


def _name(line: Line) -> str:
    origin = line.credits.origin
    return f"{line.committee} {origin.decision} {origin.item} {line.side} {line.credits.project}"
