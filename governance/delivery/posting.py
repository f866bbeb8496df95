"""One attempt over HTTP: what is sent, within which bounds, and what the answer means.

Fifteen seconds in all, unless told otherwise; no redirects, no proxy of the environment, no
cookies, no compression; of what a post is answered at most 64 KiB are read.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import httpcore2

from governance.delivery.connecting import AbortedError, Connecting, Limit, Resolve, resolve
from governance.delivery.targets import Allowance, Target, target_of
from policies.refusals import TargetError

TIMEOUT = 15.0
LONGEST_ANSWER = 64 * 1024
_SHOWN = 200
_GONE = 410


class Answer(NamedTuple):
    """What came of an attempt; acknowledged only if nothing speaks against it."""

    status: int | None
    error: str | None
    retry_after: str | None = None
    aborted: bool = False

    @property
    def gone(self) -> bool:
        """Whether the target says that it will never be there again."""
        return self.status == _GONE


class Reply(NamedTuple):
    """What answered: a status, headers, and the beginning of the body."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    def header(self, wanted: bytes) -> str | None:
        """Return a header's value by its name in lower case; null if it is not there."""
        found = [value for name, value in self.headers if name.lower() == wanted]
        return found[0].decode("latin-1") if found else None


class _Sent(NamedTuple):
    """What is sent, and how much of the answer is read."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    most: int


class Posting:
    """Posts to targets, or fetches from them, and can be told to give up what is on its way."""

    def __init__(
        self,
        allowance: Allowance,
        *,
        seconds: float = TIMEOUT,
        resolve: Resolve = resolve,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._allowance = allowance
        self._seconds = seconds
        self._resolve = resolve
        self._trusted = trusted
        self._limits: set[Limit] = set()
        self._lock = threading.Lock()
        self._aborted = False

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body once and return what came of it; raises nothing that a target can cause."""
        found = self.reply(url, headers, body)
        return _meaning(found) if isinstance(found, Reply) else found

    def reply(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply | Answer:
        """Send a body once and return what was answered, or else why nothing was."""
        return self._tried(url, _Sent("POST", headers, body, LONGEST_ANSWER))

    def get(self, url: str, most: int) -> Reply | Answer:
        """Fetch what lies at a URL, of a longer answer the first `most` bytes, as `reply`."""
        return self._tried(url, _Sent("GET", {}, b"", most))

    def _tried(self, url: str, sent: _Sent) -> Reply | Answer:
        limit = Limit(self._seconds)
        with self._lock:
            if self._aborted:
                return _ABORTED
            self._limits.add(limit)
        try:
            return self._answered(target_of(url), sent, limit)
        except AbortedError:
            return _ABORTED
        except TargetError as error:
            return Answer(None, str(error))
        except httpcore2.TimeoutException:
            return Answer(None, f"no whole answer within {self._seconds:g} s")
        except httpcore2.ConnectError as error:
            return Answer(None, f"not connected: {error}")
        except (httpcore2.RemoteProtocolError, httpcore2.LocalProtocolError) as error:
            return Answer(None, f"what it answers is not HTTP: {error}")
        except httpcore2.NetworkError as error:
            return Answer(None, f"the connection broke off: {error}")
        finally:
            with self._lock:
                self._limits.discard(limit)

    def abort(self) -> None:
        """Give up what is on its way, and send nothing more."""
        with self._lock:
            self._aborted = True
            limits = list(self._limits)
        for limit in limits:
            limit.abort()

    def _answered(self, target: Target, sent: _Sent, limit: Limit) -> Reply:
        address = httpcore2.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        headers = [
            ("Host", _host(target)),
            ("User-Agent", "jcgov"),
            ("Accept", "*/*"),
            ("Connection", "close"),
            *sent.headers.items(),
        ]
        network = Connecting(target, self._allowance, limit, self._resolve)
        with (
            httpcore2.ConnectionPool(ssl_context=self._trusted, network_backend=network) as pool,
            pool.stream(sent.method, address, headers=headers, content=sent.body) as response,
        ):
            text = _beginning(response, sent.most)
        return Reply(response.status, response.headers, text)


_ABORTED = Answer(None, "given up: the worker ended", aborted=True)


def _host(target: Target) -> str:
    usual = {"https": 443, "http": 80}[target.scheme]
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == usual else f"{host}:{target.port}"


def _beginning(response: httpcore2.Response, most: int) -> bytes:
    """Read an answer's body, of a long one the beginning."""
    read = bytearray()
    for chunk in response.iter_stream():
        read += chunk
        if len(read) >= most:
            break
    return bytes(read[:most])


def shown(text: bytes) -> str:
    """Return what a stranger's answer says as it may be shown: one line, printable, short."""
    said = " ".join(text[: 4 * _SHOWN].decode("utf-8", "replace").split())
    return "".join(c if c.isprintable() else "\ufffd" for c in said)[:_SHOWN]


def _meaning(reply: Reply) -> Answer:
    status, said = reply.status, shown(reply.body)
    if 200 <= status <= 299:
        return Answer(status, None)
    error = f"answered {status}" + (f": {said}" if said else "")
    if 300 <= status <= 399:
        error = f"answered {status}, and redirects are not followed: name the new URL"
    asked = reply.header(b"retry-after") if status in (429, 503) else None
    return Answer(status, error, asked)
