"""Decisions: the public log of a committee, one decision by its number, and its bundle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregates.history.events import history_stream
from governance.exchange.bundles import export_bundle
from governance.http.answers import FOR_EVER, FRESH, of_bytes, of_views, page
from governance.http.opened import Opened
from governance.http.questions import (
    PAGE,
    After,
    AsOf,
    KnownAt,
    Limit,
    Named,
    Open,
    asked,
    no_query,
)
from governance.http.shapes import DecisionShape
from policies.items import KINDS
from policies.proof.bundle import MEDIA_TYPE, Bundle
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import Committee
from policies.texts import written_out
from projections.decision_log import DECISION_LOG
from projections.log_reading import ORDER, LogFilter, decisions

router = APIRouter(tags=["decisions"])

Kind = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description=f"Only decisions with an item of that kind: {', '.join(KINDS)}, or as imported",
    ),
]
Number = Annotated[
    str,
    Path(max_length=200, description="The full number with its slashes", examples=["JP-MN/2026/1"]),
]


@router.get(
    "/v1/committees/{code}/decisions",
    response_model=list[DecisionShape],
    dependencies=[asked("type", "as_of", "known_at", "after", "limit")],
    summary="The public decision log of a committee, oldest first",
)
def log(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    type: Kind = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Return decisions by date and number, undated first; signed and historical plainly apart."""
    wanted = LogFilter(committee.code, type, as_of, known_at)

    def make() -> tuple[Any, dict[str, str]]:
        named = ((str(found["number"]), found) for found in _log(opened, wanted))
        return page(request, named, after, limit)

    return of_views(request, opened, [DECISION_LOG], make, committee)


def _log(opened: Opened, wanted: LogFilter) -> Iterator[dict[str, Any]]:
    where, values = wanted.where
    return decisions(opened.tables.select(DECISION_LOG, where, values, ORDER), wanted)


@router.get(
    "/v1/decisions/{number:path}/bundle",
    response_class=Response,
    dependencies=[no_query()],
    summary="The bundle with which a signed decision proves itself offline",
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}, "description": "Bundle"}
    },
)
def bundle(request: Request, opened: Open, number: Number) -> Response:
    """Return the file that `jcgov verify` checks; a historical decision has none."""
    opened.reached([DECISION_LOG])  # the feed, another view, may have told of it already
    found = _decision(opened, number)
    if found["status"] != "signed":
        message = f"{number} is a historical decision: nobody signed it, and no bundle proves it"
        raise NotFoundError(message)
    made = export_bundle(opened.engine.record, found["committee"], number, opened.logs)
    name = number.replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.jcbundle.json"'}
    return of_bytes(request, made.to_bytes(), MEDIA_TYPE, caching_of(made), headers)


def caching_of(made: Bundle) -> str:
    """Return how long a bundle may be kept: for ever once the log's proof is in it.

    Without the proof it may still gain one, and must be asked about.
    """
    return FRESH if made.proof is None else FOR_EVER


@router.get(
    "/v1/decisions/{number:path}",
    response_model=DecisionShape,
    dependencies=[no_query()],
    summary="One decision by its full number, historical ones too",
)
def decision(request: Request, opened: Open, number: Number) -> Response:
    """Return a decision as the log shows it."""

    def make() -> tuple[Any, dict[str, str]]:
        found = _decision(opened, number)
        if found["status"] != "signed":
            return found, {}
        proves = f'</v1/decisions/{quote(number)}/bundle>; rel="alternate"; type="{MEDIA_TYPE}"'
        return found, {"Link": proves}

    return of_views(request, opened, [DECISION_LOG], make)


def _decision(opened: Opened, number: str) -> dict[str, Any]:
    """Return a decision as the log has it; `NotFoundError` if none has that number."""
    try:
        code = Committee.parse(number.partition("/")[0]).code
    except UnreadableError:
        code = ""
    if code and number.isprintable():
        where = "stream IN (?, ?) AND number = ?"
        values = (code, history_stream(code), number)
        rows = opened.tables.select(DECISION_LOG, where, values, ORDER)
        found = next(decisions(rows, LogFilter()), None)
        if found is not None:
            return found
    message = f"no decision has the number {written_out(number)[:200]}"
    raise NotFoundError(message)
