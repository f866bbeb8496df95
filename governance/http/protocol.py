"""HTTP/1.1 as uvicorn speaks it, with what it lacks: a time for the head, and problem documents."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from governance.http.problems import MEDIA_TYPE, Problem

HEAD_SECONDS = 10.0
"""Within which the head of a request must have come, from the connection or the last answer on."""
CONNECTIONS = 1024
"""At once, in one process; further ones are closed."""
MAX_HEAD = 32 * 1024
"""Bytes of a head."""


class PatientProtocol(H11Protocol):
    """Waits for a request's head for a bounded time, however slowly it drips."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is room."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that has come whole begins an exchange."""
        super().data_received(data)
        if self._answering:
            self._head_came()

    def on_response_complete(self) -> None:
        """Wait for the next request of the connection, unless it has come already."""
        super().on_response_complete()
        if not self._answering and not self.transport.is_closing():
            self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """Say that a request cannot be read."""
        problem = Problem(400, "What came is no request of HTTP/1.1.").response()
        head: list[Any] = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(problem.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        parts: list[h11.Event] = [
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=bytes(problem.body)),
            h11.EndOfMessage(),
        ]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for part in parts:
                self.transport.write(self.conn.send(part) or b"")
        self.transport.close()

    @property
    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _expect_head(self) -> None:
        self._head_came()
        self._late = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        if not self._answering and not self.transport.is_closing():
            self.transport.close()
