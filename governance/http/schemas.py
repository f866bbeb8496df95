"""``/v1/schemas/{type}`` and ``/v1/asyncapi.json``: what the events of the feed look like."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, JSON, of_bytes
from governance.http.problems import Problem
from governance.http.questions import no_query
from projections.feed_schemas import asyncapi, schema
from projections.feed_types import EVENT_TYPES

router = APIRouter(tags=["feed"])

SCHEMA = "application/schema+json"
_OBJECT = {"schema": {"type": "object"}}
Type = Annotated[str, Path(max_length=100, examples=list(EVENT_TYPES))]


@router.get(
    "/v1/schemas/{type}",
    response_class=Response,
    dependencies=[no_query()],
    summary="The JSON Schema of a type of event",
    responses={200: {"description": "JSON Schema 2020-12", "content": {SCHEMA: _OBJECT}}},
)
def event_schema(request: Request, type: Type) -> Response:
    """Return what every event of a type holds; a version of a type may get more members."""
    if type not in EVENT_TYPES:
        raise Problem(404, f"There is no such type of event; there are {', '.join(EVENT_TYPES)}.")
    return _of(request, schema(type), SCHEMA)


@router.get(
    "/v1/asyncapi.json",
    response_class=Response,
    dependencies=[no_query()],
    summary="The feed as AsyncAPI 3.0: pulled, streamed and pushed",
    responses={200: {"description": "AsyncAPI 3.0", "content": {JSON: _OBJECT}}},
)
def feed_described(request: Request) -> Response:
    """Return the description of the feed for programs."""
    return _of(request, asyncapi(), JSON)


def _of(request: Request, value: dict[str, Any], media_type: str) -> Response:
    return of_bytes(request, msgspec.json.encode(value), media_type, FRESH)
