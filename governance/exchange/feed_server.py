"""The feed and the bundles as an engine serves them: read in bounds, and from that host alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2

from governance.exchange.feed_sources import Asked, FeedSource
from policies.proof.bundle import MAX_BUNDLE
from policies.proof.bundle import MEDIA_TYPE as BUNDLE_MEDIA_TYPE
from policies.proof.canonical import parse
from policies.refusals import NotFoundError, TooLargeError, UnreachableError, UnreadableError
from policies.texts import written_out
from projections.feed import BATCH_MEDIA_TYPE, LIMIT

MAX_PAGE = 64 * 1024 * 1024
"""Bytes of a page of the feed that are read from a server."""
SILENCE = 15
"""Seconds in which a server must say something."""
PATIENCE = 120
"""Seconds in which a server must have said all of one answer."""
_SAID = 200
"""Characters of what a server says of its own fault."""
Query = list[tuple[str, str | int | float | bool | None]]


@dataclass(frozen=True)
class ServerFeed(FeedSource):
    """The feed and the bundles that an engine serves; no other host is ever asked.

    Raises `UnreachableError` for a server that is away, faulty or too slow, `UnreadableError` for
    answers that are not what was asked for.
    """

    address: str
    client: httpx2.Client = field(repr=False)

    @classmethod
    @contextmanager
    def at(
        cls, address: str, transport: httpx2.BaseTransport | None = None
    ) -> Iterator[ServerFeed]:
        """Open an engine's address; raise `UnreadableError` for one that is none."""
        client = httpx2.Client(
            transport=transport,
            timeout=SILENCE,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "jcgov"},
        )
        with client:
            yield cls(_address(address), client)

    def page(self, asked: Asked, after: int, limit: int) -> list[Any]:
        """As `FeedSource.page`."""
        query: Query = [
            ("side", asked.side),
            ("after", after),
            ("limit", min(limit, LIMIT)),
            *(("type", name) for name in asked.types),
        ]
        if asked.committee is not None:
            query.append(("committee", asked.committee))
        url = f"{self.address}/v1/feed"
        found = parse(self._get(url, BATCH_MEDIA_TYPE, MAX_PAGE, query), f"the answer of {url}")
        if not isinstance(found, list):
            message = f"the answer of {url} is no batch of events: no JSON array"
            raise UnreadableError(message)
        return found

    def bundle(self, committee: str, number: str) -> bytes:
        """As `FeedSource.bundle`; from the path that the contract names, whatever an event says."""
        return self._get(
            f"{self.address}/v1/decisions/{number}/bundle", BUNDLE_MEDIA_TYPE, MAX_BUNDLE, []
        )

    def _get(
        self,
        url: str,
        media_type: str,
        most: int,
        query: Query,
    ) -> bytes:
        try:
            with self.client.stream(
                "GET", url, params=query or None, headers={"Accept": media_type}
            ) as answer:
                data = _read(answer, url, most)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            message = f"{url} cannot be read: {_reason(error)}"
            raise UnreachableError(message) from None
        if answer.status_code != httpx2.codes.OK:
            _refuse(url, answer.status_code, data)
        said = answer.headers.get("content-type", "")
        if said.partition(";")[0].strip().lower() != media_type:
            message = (
                f"{url} answered with {written_out(said[:_SAID]) or 'no type'}, not {media_type}"
            )
            raise UnreadableError(message)
        return data


def _address(text: str) -> str:
    """Return an engine's address without a slash at its end."""
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if (
        not sound
        or parts.scheme not in ("http", "https")
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not (text.isascii() and text.isprintable())
    ):
        message = "an engine's address is as https://jcm.example or http://127.0.0.1:8000"
        raise UnreadableError(message)
    return text.rstrip("/")


def _read(answer: httpx2.Response, url: str, most: int) -> bytes:
    """Read an answer as it comes, in bounds of size and time."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        message = f"{url} answered in an encoding that was not asked for"
        raise UnreadableError(message)
    end = time.monotonic() + PATIENCE
    data = bytearray()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > most:
            message = f"{url} answered with more than {most // 2**20} MiB"
            raise TooLargeError(message)
        if time.monotonic() > end:
            message = f"{url} had not said all after {PATIENCE} seconds"
            raise UnreachableError(message)
    return bytes(data)


def _refuse(url: str, status: int, data: bytes) -> NoReturn:
    """Raise what an answer that is none means; a problem document says why (RFC 9457)."""
    if 300 <= status < 400:
        message = f"{url} answered with a redirect ({status}); name the engine's own address"
        raise UnreadableError(message)
    message = f"{url} answered {status}{_problem(data)}"
    if status == httpx2.codes.NOT_FOUND:
        raise NotFoundError(message)
    if status >= 500 or status == httpx2.codes.TOO_MANY_REQUESTS:
        raise UnreachableError(message)
    raise UnreadableError(message)


def _problem(data: bytes) -> str:
    try:
        found = parse(data[:MAX_PAGE], "the problem")
    except UnreadableError:
        return ""
    said = found.get("detail") or found.get("title") if isinstance(found, dict) else None
    return f": {written_out(said[:_SAID])}" if isinstance(said, str) else ""


def _reason(error: Exception) -> str:
    said = " ".join(str(error).split())
    return written_out(said[:_SAID]) or type(error).__name__
