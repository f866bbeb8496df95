"""``/healthz``: whether the database answers, how far behind views are, how each log stands."""

from __future__ import annotations

from typing import Any

import msgspec
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import JSON
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.http.shapes import HealthShape
from governance.service.log_standing import LogStanding

router = APIRouter()


@router.get(
    "/healthz",
    response_model=HealthShape,
    dependencies=[no_query()],
    tags=["operation"],
    summary="Whether the service can answer, and how current its views are",
)
async def health(request: Request, opened: Open) -> Response:
    """Return each view's position, and how each log stands; 503 while the database is away.

    Asked in a thread of its own: readers who wait for a database that is away hold up no probe.
    """
    behind, events, logs = await to_thread.run_sync(_look, opened, limiter=request.app.state.probe)
    found: dict[str, Any] = {
        "status": "ok",
        "events": events,
        "views": {name: {"position": at, "behind": left} for name, (at, left) in behind.items()},
        "logs": {standing.committee: standing.to_json() for standing in logs},
    }
    return Response(
        msgspec.json.encode(found), headers={"Cache-Control": "no-store"}, media_type=JSON
    )


def _look(opened: Opened) -> tuple[dict[str, tuple[int, int]], int, list[LogStanding]]:
    return opened.behind(), opened.position, opened.log_standings()
