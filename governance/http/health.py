"""``/healthz``: whether the database answers, and how far behind each view is."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from governance.http.answers import JSON
from governance.http.questions import Open, no_query
from governance.http.shapes import HealthShape

router = APIRouter()


@router.get(
    "/healthz",
    response_model=HealthShape,
    dependencies=[no_query()],
    tags=["operation"],
    summary="Whether the service can answer, and how current its views are",
)
def health(opened: Open) -> Response:
    """Return each view's position; 503 while the database is away."""
    behind = opened.behind()
    found: dict[str, Any] = {
        "status": "ok",
        "events": opened.position,
        "views": {name: {"position": at, "behind": left} for name, (at, left) in behind.items()},
    }
    return Response(
        msgspec.json.encode(found), headers={"Cache-Control": "no-store"}, media_type=JSON
    )
