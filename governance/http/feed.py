"""``/v1/feed``: what a side's registry is told, in pages; the same as a stream when asked for.

At least once, in order, for ever: a page that is full never reads otherwise.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query
from pydantic import AfterValidator, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FOR_EVER, FRESH, of_bytes
from governance.http.feed_stream import stream
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import (
    PAGE,
    FeedLimit,
    OfCommittee,
    Open,
    Position,
    asked,
    committee_named,
)
from policies.sides import require_side
from projections.feed import BATCH_MEDIA_TYPE as BATCH
from projections.feed import VIEWS, Feed, FeedEntry, batch, require_reached
from projections.feed_types import EVENT_TYPES

router = APIRouter(tags=["feed"])

STREAM = "text/event-stream"
_ASKED = asked("side", "after", "committee", "limit", repeated=["type"])
_STREAMED = asked("side", "after", "committee", repeated=["type"])
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0; `data` never changes. See /v1/asyncapi.json",
    "required": ["specversion", "id", "source", "type", "time", "sequence", "data"],
}


def _event_type(name: str) -> str:
    """Refuse a misspelt type: whoever asks for it would wait for ever."""
    if name not in EVENT_TYPES:
        message = f"{name[:60]!r} is no type of event; there are {', '.join(EVENT_TYPES)}"
        raise ValueError(message)
    return name


EventType = Annotated[
    str,
    AfterValidator(_event_type),
    WithJsonSchema({"type": "string", "enum": list(EVENT_TYPES)}),
]
Side = Annotated[str, Query(pattern=r"^[A-Z]{2}$", description="Whose registry asks, as JP or MN")]
AfterSequence = Annotated[
    Position | None,
    Query(description="The last `sequence` that was taken in; 0: the first"),
]
Types = Annotated[
    list[EventType] | None,
    Query(max_length=20, description="Only of these types; may be given again"),
]
LastEvent = Annotated[
    Position | None,
    Header(
        alias="Last-Event-ID",
        description="Of a stream that is taken up again; stands before `after`",
    ),
]


class Question:
    """What of the feed is asked for."""

    def __init__(
        self,
        opened: Open,
        *,
        side: Side,
        after: AfterSequence = None,
        committee: OfCommittee = None,
        type: Types = None,
    ) -> None:
        """Read a question; raise for a side, a committee or a position that is not known here."""
        require_side(side, opened.committees())
        named = None if committee is None else committee_named(opened, committee)
        if named is not None and side not in named.sides:
            raise Problem(404, f"{side} is no side of {named.code}.")
        self.side = side
        self.after = after or 0
        self.committee = None if named is None else named.code
        self.types = tuple(type or ())
        require_reached(opened.position, self.after)

    def entries(self, opened: Opened, after: int, limit: int) -> list[FeedEntry]:
        """Return the next entries that fit."""
        opened.reached(VIEWS)
        feed = Feed(opened.tables)
        return feed.entries(self.side, after, limit, self.committee, self.types)


Asked = Annotated[Question, Depends(Question)]


@router.get(
    "/v1/feed",
    response_class=Response,
    dependencies=[_ASKED],
    summary="What a side's registry is told, in order, from any position",
    responses={
        200: {
            "description": "A batch of CloudEvents; with `Accept: text/event-stream` the stream",
            "content": {
                BATCH: {"schema": {"type": "array", "items": _EVENT}},
                STREAM: {"schema": {"type": "string"}},
            },
        }
    },
)
async def feed(
    request: Request,
    opened: Open,
    question: Asked,
    limit: FeedLimit = PAGE,
    last_event: LastEvent = None,
) -> Response:
    """Return the entries after a position, with a link to where the next ones will stand."""
    if _wants_stream(request):
        return await _stream(request, opened, question, last_event)
    found = await to_thread.run_sync(question.entries, opened, question.after, limit)
    body = batch(found)
    headers = _next(request, found[-1].sequence) if found else {}
    caching = FOR_EVER if len(found) == limit else FRESH
    return of_bytes(request, body, BATCH, caching, headers)


@router.get(
    "/v1/feed/stream",
    response_class=Response,
    dependencies=[_STREAMED],
    summary="The feed as server-sent events",
    responses={
        200: {
            "description": "Events; `id` is the sequence, `data` the CloudEvent",
            "content": {STREAM: {"schema": {"type": "string"}}},
        }
    },
)
async def feed_stream(
    request: Request, opened: Open, question: Asked, last_event: LastEvent = None
) -> Response:
    """Return what stands after a position, and then everything as it comes."""
    return await _stream(request, opened, question, last_event)


async def _stream(
    request: Request, opened: Opened, question: Question, last_event: int | None
) -> Response:
    if last_event is not None:
        await to_thread.run_sync(lambda: require_reached(opened.position, last_event))
    after = question.after if last_event is None else last_event
    return stream(request, after, lambda at, most: question.entries(opened, at, most))


def _wants_stream(request: Request) -> bool:
    """Whether the reader accepts the stream, and names no JSON before it."""
    for part in request.headers.get("accept", "").lower().split(","):
        kind, _, parameters = part.strip().partition(";")
        if parameters.replace(" ", "") in ("q=0", "q=0.0"):
            continue
        if kind.strip() == STREAM:
            return True
        if kind.strip().endswith("json"):
            return False
    return False


def _next(request: Request, sequence: int) -> dict[str, str]:
    query = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]
    return {"Link": f'</v1/feed?{urlencode([*query, ("after", sequence)])}>; rel="next"'}
