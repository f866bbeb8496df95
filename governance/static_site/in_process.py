"""Asking the service's application in this process, without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import anyio
from fastapi import FastAPI
from starlette.types import Message

from governance.clock import Clock
from governance.http.app import application_of
from governance.http.limits import Limits
from governance.http.opened import Opened
from governance.pages.answering import COPY
from governance.settings import Settings
from governance.struct_types import make_ready

PEOPLE = "text/html,*/*"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, the media type without parameters, the whole body.

    `tag` names what it was made from, if that is known; what is `lasting` never reads otherwise.
    """

    status: int
    media_type: str
    disposition: str
    body: bytes
    tag: str = ""
    lasting: bool = False


class InProcess:
    """The application, which is asked as a browser asks, for a copy."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    @property
    def opened(self) -> Opened:
        """What the application has open."""
        found: Opened = self._app.state.opened
        return found

    async def get(self, address: str, held: str = "") -> Answer:
        """Return what is answered at an address: a path with its query, quoted.

        304 where the tag of what is `held` names what there is.
        """
        path, _, query = address.partition("?")
        headers = [(b"accept", PEOPLE.encode("ascii")), (b"host", b"localhost")]
        if held:
            headers.append((b"if-none-match", held.encode("ascii")))
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "root_path": "",
            "query_string": query.encode("ascii"),
            "headers": headers,
            "server": ("localhost", 80),
            "client": ("localhost", 0),
            COPY: True,
        }
        heard = _Heard()
        await self._app(scope, heard.receive, heard.send)
        return heard.answer()


class _Heard:
    def __init__(self) -> None:
        self._asked = False
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    async def receive(self) -> Message:
        if self._asked:
            await anyio.sleep_forever()  # nobody hangs up
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            named = ((n.decode("latin-1").lower(), v) for n, v in message["headers"])
            self._headers = {name: value.decode("latin-1") for name, value in named}
        else:
            self._body += message.get("body", b"")

    def answer(self) -> Answer:
        kind = self._headers.get("content-type", "").partition(";")[0].strip()
        disposition = self._headers.get("content-disposition", "")
        caching = self._headers.get("cache-control", "")
        tag, lasting = self._headers.get("etag", ""), "immutable" in caching
        return Answer(self._status, kind, disposition, bytes(self._body), tag, lasting)


@asynccontextmanager
async def in_process(settings: Settings, clock: Clock) -> AsyncIterator[InProcess]:
    """Open the application over a home, with its views followed, until the context ends."""
    make_ready()
    app = application_of(settings, Limits(), clock)
    async with app.router.lifespan_context(app):
        yield InProcess(app)
