"""The engine as a stranger sees it: its feed, its bundles, and where reports are handed in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

import httpx2
import msgspec

from governance.reference_registry.refusals import AnswerError, EngineAwayError, NotIssuableError
from governance.reference_registry.told import Told, read_batch

PAGE = 100
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer: a bundle has no more."""
WAIT_SECONDS = 15.0
LONGEST_ANSWER = 120.0
"""Seconds of one answer in all, however slowly it comes."""
_TELLS_TO_WAIT = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx2.Headers
    body: bytes

    @property
    def problem(self) -> str:
        """What a problem document says, in one line (RFC 9457)."""
        try:
            said = msgspec.json.decode(self.body, type=dict[str, msgspec.Raw])
            texts = [msgspec.json.decode(said[n]) for n in ("title", "detail") if n in said]
        except (msgspec.MsgspecError, RecursionError):
            texts = []
        words = ": ".join(" ".join(str(text).split()) for text in texts)
        return f"{self.status} {words}".strip()[:1000]


class Engine:
    """Asks one engine, by its base address, within bounds of time and size."""

    def __init__(self, url: str, transport: httpx2.BaseTransport | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            message = f"{url!r} is no address of an engine; write https://host, or http://host:port"
            raise AnswerError(message)
        self.url = url.rstrip("/")
        # No proxies of the environment, no redirects: what answers is the host that was named.
        self._client = httpx2.Client(
            timeout=WAIT_SECONDS, follow_redirects=False, trust_env=False, transport=transport
        )

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def feed(self, side: str, after: int) -> list[Told]:
        """Return the events of a side that follow a position, a page at most."""
        query = {"side": side, "after": str(after), "limit": str(PAGE)}
        answer = self._ask("GET", "/v1/feed", "application/cloudevents-batch+json", query=query)
        if answer.status != 200:
            message = f"the feed of {self.url} answers {answer.problem}"
            raise AnswerError(message)
        return read_batch(answer.body, after)

    def bundle(self, path: str) -> bytes:
        """Return a bundle's bytes; `NotIssuableError`, waiting, where it is not there (yet)."""
        if ".." in path:
            message = f"{path} is no path of a bundle"
            raise NotIssuableError("told", message)
        answer = self._ask("GET", path, "application/vnd.jcm.bundle.v1+json")
        if answer.status != 200:
            raise NotIssuableError("bundle", f"{path}: {answer.problem}", waits=True)
        return answer.body

    def acknowledge(self, envelope: bytes) -> str | None:
        """Hand a report in; return null once it is recorded, else why it is refused."""
        answer = self._ask("POST", "/v1/acknowledgements", "application/json", body=envelope)
        return None if answer.status in (200, 201) else answer.problem

    def _ask(
        self,
        method: str,
        path: str,
        accept: str,
        *,
        query: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> _Answer:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        with self._reached():
            request = self._client.build_request(
                method, f"{self.url}{path}", params=query, headers=headers, content=body
            )
            response = self._client.send(request, stream=True)
            try:
                answer = _Answer(response.status_code, response.headers, self._read(response))
            finally:
                response.close()
        if answer.status >= 500 or answer.status in _TELLS_TO_WAIT:
            message = f"{self.url}{path} answers {answer.problem}"
            raise EngineAwayError(message, _seconds(answer.headers.get("Retry-After")))
        return answer

    def _read(self, response: httpx2.Response) -> bytes:
        ends = time.monotonic() + LONGEST_ANSWER
        read = bytearray()
        for part in response.iter_bytes():
            read += part
            if len(read) > MAX_ANSWER or time.monotonic() > ends:
                message = f"{self.url}: the answer is larger, or slower, than any answer may be"
                raise EngineAwayError(message)
        return bytes(read)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            message = f"{self.url} cannot be reached: {type(error).__name__}: {error}"
            raise EngineAwayError(message) from None


def _seconds(header: str | None) -> float | None:
    """Read Retry-After in seconds, within bounds; a date is left to the registry's own schedule."""
    if header is None or not header.isascii() or not header.isdigit():
        return None
    return min(float(header), 3600.0)
