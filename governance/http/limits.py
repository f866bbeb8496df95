"""Limits: bytes of a body, time in which it must come, writes of a client, streams at once."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

import anyio
from starlette.requests import ClientDisconnect, Request

from governance.http.problems import Problem
from policies.proof.dsse import MAX_ENVELOPE


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service allows; an operator may choose others."""

    body: int = MAX_ENVELOPE
    """Bytes of a request's body."""
    body_seconds: float = 10.0
    """Within which a body must have come."""
    writes_per_minute: int = 60
    """Of one client's address; as many may come at once."""
    addresses: int = 10_000
    """How many clients' writes are counted at once; the one that wrote longest ago is forgotten."""
    streams: int = 500
    """Streams of events at once, in one process."""
    streams_per_address: int = 20
    readers: int = 8
    """Threads that ask the database; the pools of connections hold more than these need."""


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return a body that is within its limits, whether or not its length was announced."""
    said = request.headers.get("content-length")
    if said is not None and said.isascii() and said.isdigit() and int(said[:12]) > limits.body:
        raise _too_large(limits)
    data = bytearray()
    try:
        with anyio.fail_after(limits.body_seconds):
            async for chunk in request.stream():
                data += chunk
                if len(data) > limits.body:
                    raise _too_large(limits)
    except TimeoutError:
        detail = f"The body did not come within {limits.body_seconds:g} seconds."
        raise Problem(408, detail, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise Problem(400, "The body ended before its length.") from None
    return bytes(data)


def _too_large(limits: Limits) -> Problem:
    detail = f"The body is larger than the {limits.body} bytes that are taken here."
    return Problem(413, detail, headers={"Connection": "close"})


def client_of(request: Request) -> str:
    """Return whose writes are counted together: an IPv4 address, or an IPv6 network of 64 bits."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if address.version == 6 and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


@dataclass
class Writes:
    """A bucket of tokens for each client, in bounded memory."""

    limits: Limits
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, client: str) -> None:
        """Count a write; raise a `Problem` that says when the next may come."""
        most, instant = self.limits.writes_per_minute, self.now()
        tokens, since = self._buckets.pop(client, (float(most), instant))
        tokens = min(float(most), tokens + (instant - since) * most / 60)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, instant)
        if len(self._buckets) > self.limits.addresses:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = max(1, ceil((1 - tokens) * 60 / most))
            detail = f"At most {most} writes a minute from one address; the next in {wait} s."
            raise Problem(429, detail, headers={"Retry-After": str(wait)})


@dataclass
class Streams:
    """How many streams are open, in all and by client."""

    limits: Limits
    count: int = 0
    _by_client: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def one_more(self, client: str) -> Iterator[None]:
        """Count a stream while it is open; whether there is room is asked before."""
        self.count += 1
        self._by_client[client] = self._by_client.get(client, 0) + 1
        try:
            yield
        finally:
            self.count -= 1
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]

    def require_room(self, client: str) -> None:
        """Raise a `Problem` where there are enough streams: in all, or of this client."""
        if self._by_client.get(client, 0) >= self.limits.streams_per_address:
            detail = "Too many streams of one address; ask for pages, or close some."
            raise Problem(429, detail, headers={"Retry-After": "30"})
        if self.count >= self.limits.streams:
            detail = "Too many streams are open; ask for pages, or again later."
            raise Problem(503, detail, headers={"Retry-After": "30"})
