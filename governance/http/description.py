"""``/v1/openapi.json``: the description of the interface, every answer documented."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, JSON, of_bytes
from governance.http.problems import MEDIA_TYPE
from governance.http.questions import no_query
from governance.http.shapes import EnvelopeShape, ProblemShape

_PROBLEM = "Problem"
_BESIDE: dict[str, type[BaseModel]] = {_PROBLEM: ProblemShape, "EnvelopeShape": EnvelopeShape}
"""Shapes that no answer's model has."""
_ALWAYS = {
    "400": "The request cannot be read",
    "404": "Nothing is there",
    "405": "The path does not take this method; Allow names those that it takes",
    "414": "The query is too long",
    "422": "The request is not in the form that is asked for",
    "500": "Something failed here",
    "503": "The record is away, or too much is asked at once; Retry-After says when to ask again",
    "default": "Any other problem",
}
_OF_WRITING = {
    "403": "The signature or the person may not do this, now",
    "408": "The body did not come in time",
    "409": "This cannot be done at this stage, or others were first",
    "413": "The body is too large",
    "415": "The body is of another media type; Accept-Post names those that are taken",
    "429": "Too many writes; Retry-After says when to ask again",
}
_OF_STREAMS = {"429": "Too many streams of one address; Retry-After says when to ask again"}
_OF_TOKENS = {
    "401": "No token that is good; WWW-Authenticate says what kind is asked for",
    "403": "The token is for another committee, side or use",
    "429": "Too many refusals of one address; try again later",
}
_HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The request's number: yours, if it was given",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds until then", "schema": {"type": "integer"}},
    "ETag": {"description": "Names these bytes", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long it may be kept", "schema": {"type": "string"}},
    "Link": {
        "description": 'The next page, as `<path>; rel="next"`; absent on the last',
        "schema": {"type": "string"},
    },
}


router = APIRouter()


@router.get("/v1/openapi.json", include_in_schema=False, dependencies=[no_query()])
def description(request: Request) -> Response:
    """Return the description of the interface, as OpenAPI 3.1."""
    body = msgspec.json.encode(request.app.openapi())
    return of_bytes(request, body, JSON, FRESH)


def describe(app: FastAPI) -> None:
    """Let an application describe itself, once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title="Joint Committee governance engine",
        version=version("joint-committee"),
        description=(
            "Decisions of the Joint Committees of the Joint Crediting Mechanism. Reading is"
            " public; whatever is written is an envelope, and its signature is the authority."
        ),
        routes=app.routes,
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for name, shape in _BESIDE.items():
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return found


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add what every operation may answer, and take from its parameters what none can say."""
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    answers = operation["responses"]
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{_PROBLEM}"}}}
    problems = _ALWAYS | (_OF_WRITING if method == "post" else {})
    if "text/event-stream" in answers.get("200", {}).get("content", {}):
        problems = problems | _OF_STREAMS
    if "security" in operation:
        problems = problems | _OF_TOKENS
    for status, says in problems.items():
        answers[status] = {"description": says, "content": content}
    if method == "get":
        answers["304"] = {"description": "The bytes that you hold are those that there are"}
    for status, answer in answers.items():
        answer["headers"] = {"X-Request-ID": _HEADERS["X-Request-ID"]}
        if status in ("429", "503"):
            answer["headers"]["Retry-After"] = _HEADERS["Retry-After"]
    names = ("ETag", "Cache-Control", "Link") if method == "get" else ("Cache-Control",)
    for status in ("200", "201"):
        if status in answers:
            answers[status]["headers"] |= {name: _HEADERS[name] for name in names}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without null: what is left out is not said, in whatever words."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == len(schema.get("anyOf", ())):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kinds[0], **rest} if len(kinds) == 1 else {**rest, "anyOf": kinds}
