"""The application: everything of the service put together, for one process."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from governance.access.access import Access
from governance.clock import Clock, utc_now
from governance.http import (
    committees,
    decisions,
    deliveries,
    description,
    docket,
    envelopes,
    feed,
    health,
    log,
    metrics,
    reconciliation,
    registers,
    request_log,
    schemas,
)
from governance.http.feed_stream import Pulse
from governance.http.limits import Limits, Streams, Writes
from governance.http.opened import Opened
from governance.http.outside import Outside
from governance.http.problems import Problem, document, handle, number_of
from governance.http.warm_up import warm_up
from governance.pages.problem_pages import is_for_people, page_of
from governance.pages.site import PAGES, add_pages
from governance.settings import Settings, without_password
from governance.struct_types import make_ready
from policies.texts import written_out

SUBJECTS = (
    *(committees, decisions, registers, docket, reconciliation, feed, deliveries, schemas),
    envelopes,
    *(log, health, metrics, description),
)
"""The files that have paths; the order in which paths are tried."""


_MINUTE = 60.0


def application(
    settings: Settings, limits: Limits, clock: Clock = utc_now, *, warm: bool = False
) -> ASGIApp:
    """Return the service over one home; it opens what it needs when it starts.

    Warm: what the first readers would wait for is made beside the first requests.
    """
    make_ready()  # each worker process has types of its own
    request_log.configure()
    app = application_of(settings, limits, clock)
    app.state.warm = warm
    return Outside(app, app)


def application_of(settings: Settings, limits: Limits, clock: Clock) -> FastAPI:
    """Return the service without what stands around each request: its line in the log, its count.

    For whoever asks it in process.
    """
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    opened = Opened(settings, clock, Trouble())
    app.state.opened = opened
    app.state.warm = False
    app.state.access = Access(settings, lambda: opened.engine, clock)
    app.state.limits = limits
    app.state.writes = Writes(limits)
    app.state.streams = Streams(limits)
    for subject in SUBJECTS:
        app.include_router(subject.router)
    add_pages(app)
    app.state.routes = [route for subject in SUBJECTS for route in subject.router.routes]
    app.state.pages = PAGES
    handle(app, _answer)
    description.describe(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Follow, and look for streams, while the service runs."""
    state = app.state
    to_thread.current_default_thread_limiter().total_tokens = state.limits.readers
    state.probe = anyio.CapacityLimiter(2)
    state.turn = anyio.CapacityLimiter(1)
    state.pulse = Pulse(state.opened, state.streams)
    state.opened.start()
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(state.pulse.run)
            if state.warm:
                tasks.start_soon(warm_up, state.opened, Trouble(event="not warmed up"))
            yield
            tasks.cancel_scope.cancel()
    finally:
        await to_thread.run_sync(state.access.close)
        await to_thread.run_sync(state.opened.close)


def _answer(request: Request, problem: Problem) -> Response:
    """Answer people with a page, and programs with a problem document."""
    if is_for_people(request):
        return page_of(request, problem, number_of(request))
    return document(request, problem)


class Trouble:
    """Logs, and counts, that something was begun anew; the same again at most once a minute.

    `event` is what is logged, where it is not that.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, event: str = "begun anew"
    ) -> None:
        self._now = now
        self._event = event
        self._said: tuple[str, float] = ("", 0.0)

    def __call__(self, error: Exception) -> None:
        """Say an error."""
        metrics.TROUBLES.labels(type(error).__name__).inc()
        why = written_out(without_password(str(error)))
        last, at = self._said
        if why != last or self._now() - at >= _MINUTE:
            self._said = (why, self._now())
            request_log.log().warning(self._event, fault=type(error).__name__, why=why)
