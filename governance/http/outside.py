"""Around every request: its number, HEAD and OPTIONS, one line in the log, one count, no traceback.

Plain ASGI, so that streams pass through as they come.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from uuid import uuid4

import anyio
import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from governance.http import metrics
from governance.http.problems import Problem, methods_at, unexpected
from governance.http.request_log import log

_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
MAX_QUERY = 4096
"""Bytes of a query; no question needs as many."""
UNKNOWN = "unknown"
"""What stands for the route of a path that is none."""
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Outside:
    """The outermost layer of an application."""

    def __init__(self, inside: ASGIApp, app: FastAPI) -> None:
        self._inside = inside
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        await _Exchange(self._inside, self._app, scope, send).run(receive)


class _Exchange:
    """One request and its answer."""

    def __init__(self, inside: ASGIApp, app: FastAPI, scope: Scope, send: Send) -> None:
        self._inside, self._app, self._send = inside, app, send
        self._method = str(scope["method"])
        given = Headers(scope=scope).get("x-request-id", "")
        self._number = given if _NUMBER.fullmatch(given) else uuid4().hex
        self._began = time.monotonic()
        self._status = 0
        self._ended = False
        method = "GET" if self._method == "HEAD" else self._method
        self._scope = {**scope, "method": method, "jcgov.request": self._number}
        self._scope["jcgov.head"] = self._method == "HEAD"

    async def run(self, receive: Receive) -> None:
        """Let the inside answer, else answer in its place; then log and count."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=self._number)
        try:
            await self._answer(receive)
        except anyio.get_cancelled_exc_class():
            self._status = self._status or 499
            raise
        except Exception:
            log().error("failed", exc_info=True)
            if not self._status:
                await self._of(unexpected().response(self._number), receive)
            elif not self._ended:
                raise  # the answer has begun: only ending the connection tells the client
        finally:
            self._tell()

    async def _answer(self, receive: Receive) -> None:
        if len(self._scope["query_string"]) > MAX_QUERY:
            problem = Problem(414, f"A query has at most {MAX_QUERY} bytes.")
            await self._of(problem.response(self._number), receive)
        elif self._method == "OPTIONS":
            await self._of(self._options(), receive)
        else:
            await self._inside(self._scope, receive, self._forward)

    def _options(self) -> Response:
        request = Request(self._scope)
        allowed = methods_at(self._app, request)
        if request.url.path == "*":
            allowed = ["GET", "HEAD", "OPTIONS", "POST"]
        if not allowed:
            detail = "Nothing is there. What is there stands at /v1/openapi.json."
            return Problem(404, detail).response(self._number)
        named = ", ".join(allowed)
        headers = {"Allow": named}
        if "GET" in allowed:
            headers |= {
                "Access-Control-Allow-Methods": "GET, HEAD",
                "Access-Control-Allow-Headers": "If-None-Match, Last-Event-ID, X-Request-ID",
                "Access-Control-Max-Age": "86400",
            }
        return Response(status_code=204, headers=headers)

    async def _of(self, response: Response, receive: Receive) -> None:
        await response(self._scope, receive, self._forward)

    async def _forward(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._number
            if self._status != HTTPStatus.NOT_MODIFIED:  # its headers replace those of what is held
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            ours_alone = "Cross-Origin-Resource-Policy" in headers
            if self._method in ("GET", "HEAD", "OPTIONS") and not ours_alone:
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After, X-Request-ID"
            headers.add_vary_header("Accept")
        else:
            if self._ended:
                return
            if self._method == "HEAD":
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            self._ended = not message.get("more_body", False)
        await self._send(message)

    def _tell(self) -> None:
        seconds = time.monotonic() - self._began
        route = getattr(self._scope.get("route"), "path", None) or UNKNOWN
        method = self._method if self._method in _METHODS else "other"
        status = self._status or HTTPStatus.INTERNAL_SERVER_ERROR.value
        metrics.REQUESTS.labels(method, route, str(status)).inc()
        refusal = self._scope.get("jcgov.refusal")
        if refusal is not None:
            metrics.REFUSALS.labels(refusal).inc()
        if not self._scope.get("jcgov.stream"):
            metrics.SECONDS.labels(route).observe(seconds)
        said = {"refusal": refusal} if refusal is not None else {}
        log().info(
            "answered",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            **said,
        )
