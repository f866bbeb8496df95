"""The feed as server-sent events: what there is, then what comes, until the reader or we leave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

import anyio
from anyio import to_thread
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response

from governance.http.limits import Streams, client_of
from governance.http.metrics import STREAMS
from governance.http.opened import Opened
from governance.http.request_log import log
from policies.refusals import FaultError, SomeoneActedFirstError
from projections.feed import VIEWS, FeedEntry

PAGE = 100
KEEP_ALIVE = 15
"""Seconds between comments that keep a quiet connection open."""
RETRY = 3000
"""Milliseconds after which a reader that was cut off comes again."""
STUCK = 30
"""Seconds in which a reader must take what is sent."""
LOOK = 0.1
"""Seconds between two looks at the views while anybody listens."""
_AGAIN = 2.0

Read = Callable[[int, int], Sequence[FeedEntry]]


class Pulse:
    """Looks at the views for all streams of a process, and tells them when these have grown."""

    def __init__(self, opened: Opened, streams: Streams) -> None:
        self._opened = opened
        self._streams = streams
        self._grown = anyio.Event()
        self.position = -1

    async def run(self) -> None:
        """Look until cancelled; a database that is away is looked for again."""
        while True:
            if self._streams.count:
                await self._look()
            await anyio.sleep(LOOK)

    async def grown(self, seen: int) -> None:
        """Return when the views have grown since a position was seen."""
        while self.position <= seen:
            await self._grown.wait()

    async def _look(self) -> None:
        try:
            position = await to_thread.run_sync(self._opened.at, VIEWS)
        except (FaultError, SomeoneActedFirstError):
            await anyio.sleep(_AGAIN)
            return
        if position != self.position:
            self.position = position
            self._grown.set()
            self._grown = anyio.Event()


def stream(request: Request, after: int, read: Read) -> Response:
    """Return the stream of what stands after a sequence; a `Problem` where there are too many."""
    streams: Streams = request.app.state.streams
    client = client_of(request)
    streams.require_room(client)
    headers = {"Cache-Control": "no-store"}
    if request.scope.get("jcgov.head"):
        return Response(headers=headers, media_type="text/event-stream")
    request.scope["jcgov.stream"] = True
    pulse: Pulse = request.app.state.pulse
    opened: Opened = request.app.state.opened
    return EventSourceResponse(
        _counted(streams, client, _events(pulse, opened, after, read)),
        headers=headers,
        ping=KEEP_ALIVE,
        ping_message_factory=lambda: ServerSentEvent(comment="here", sep="\n"),
        sep="\n",
        send_timeout=STUCK,
    )


async def _counted(
    streams: Streams, client: str, events: AsyncIterator[ServerSentEvent]
) -> AsyncIterator[ServerSentEvent]:
    with streams.one_more(client), STREAMS.track_inprogress():
        async for event in events:
            yield event


async def _events(
    pulse: Pulse, opened: Opened, after: int, read: Read
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="the feed", retry=RETRY, sep="\n")
    while True:
        try:
            seen = await to_thread.run_sync(opened.at, VIEWS)
            found = await to_thread.run_sync(read, after, PAGE)
        except (FaultError, SomeoneActedFirstError) as error:
            log().warning("stream waits", fault=type(error).__name__)
            await anyio.sleep(_AGAIN)
            continue
        for entry in found:
            after = entry.sequence
            data = entry.to_bytes().decode("utf-8")
            yield ServerSentEvent(data, event=entry.type, id=str(after), sep="\n")
        if not found:  # a page may be short because decisions are long
            await pulse.grown(seen)
