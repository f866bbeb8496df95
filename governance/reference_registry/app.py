"""The registry over HTTP: its page, the same as JSON, its health, and where it is poked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from sqlite3 import Error as DatabaseError
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from governance.reference_registry import showing
from governance.reference_registry.database import Database
from governance.reference_registry.page import page
from governance.reference_registry.refusals import NotPokedError
from governance.reference_registry.webhook import MAX_BODY, Hook
from governance.reference_registry.worker import Worker

SHOWN = 100
"""The transactions that the page, and one answer, show."""


@dataclass(frozen=True)
class Served:
    """What the application serves; without a hook it is not poked."""

    database: Database
    worker: Worker
    hook: Hook | None
    clock: Callable[[], datetime]

    def app(self) -> Starlette:
        """Return the application; its worker runs while it runs."""
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/accounts", self._shows(showing.accounts)),
                Route("/transactions", self._transactions),
                Route("/reports", self._shows(showing.reports)),
                Route("/status", self._shows(showing.status)),
                Route("/healthz", self._healthz),
                Route("/hook", self._poked, methods=["POST"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.worker.start()
        yield
        await run_in_threadpool(self.worker.stop)

    async def _read(self, show: Callable[[Connection], Any]) -> Any:
        def reading() -> Any:
            with self.database.reading() as connection:
                return show(connection)

        return await run_in_threadpool(reading)

    def _shows(self, show: Callable[[Connection], Any]) -> Callable[[Request], Any]:
        async def answer(_request: Request) -> Response:
            return JSONResponse(await self._read(show))

        return answer

    async def _transactions(self, request: Request) -> Response:
        text = request.query_params.get("after", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            return _problem(422, "after is the number of a transaction")
        after = int(text)
        return JSONResponse(await self._read(lambda c: showing.transactions(c, after, SHOWN)))

    async def _page(self, _request: Request) -> Response:
        def show(connection: Connection) -> str:
            (last,) = connection.execute("SELECT max(number) FROM transactions").fetchone()
            newest = showing.transactions(connection, max(0, (last or 0) - SHOWN))
            return page(
                showing.status(connection),
                showing.accounts(connection),
                newest[::-1],
                showing.reports(connection),
            )

        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return HTMLResponse(await self._read(show), headers=policy)

    async def _healthz(self, _request: Request) -> Response:
        """Healthy while passes are made and the last one reached the engine."""
        try:
            found = await self._read(showing.status)
        except DatabaseError as error:
            return JSONResponse({"ok": False, "trouble": str(error)}, 503)
        troubles = [engine["trouble"] for engine in found["engines"] if engine["trouble"]]
        if not self.worker.alive:
            troubles.append("no passes are being made")
        states = found["notifications"]
        body = {
            "ok": not troubles,
            "trouble": troubles[0] if troubles else None,
            "waiting": states.get("waiting", 0),
            "refused": states.get("refused", 0),
            "unaccepted_reports": len(found["unaccepted_reports"]),
        }
        return JSONResponse(body, 503 if troubles else 200)

    async def _poked(self, request: Request) -> Response:
        if self.hook is None:
            return _problem(404, "this registry has no secret of a webhook; it pulls the feed")
        body = bytearray()
        try:
            async for part in request.stream():
                body += part
                if len(body) > MAX_BODY:
                    return _problem(413, f"a webhook has at most {MAX_BODY} bytes")
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            self.hook.require_genuine(request.headers, bytes(body), self.clock())
        except NotPokedError as error:
            return _problem(401, str(error))
        self.worker.poke()
        return Response(status_code=204)


def _problem(status: int, title: str) -> Response:
    body = {"type": "about:blank", "title": title, "status": status}
    return JSONResponse(body, status, media_type="application/problem+json")
