"""A connection of one attempt: to an address that was judged, and over at one instant.

The name is resolved, its addresses are judged and one is connected to in a single step, so that no
second answer of the name's server comes between. Every wait ends when the attempt's time is up, so
that no peer can draw it out byte by byte.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any

import httpcore2

from governance.delivery.targets import Address, Allowance, Target, require_allowed

Resolve = Callable[[str, int], list[Address]]
_TICK = 0.1
_MOST_ADDRESSES = 8


class AbortedError(Exception):
    """The attempt was given up because the worker ends; nothing is known of what came of it."""


class Limit:
    """The instant at which an attempt is over, or the word that ends it before."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._aborted = threading.Event()
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def left(self) -> float:
        """Return the seconds left; raises `AbortedError`, or httpcore's timeout at the end."""
        if self._aborted.is_set():
            raise AbortedError
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout
        return seconds

    def watch(self, sock: socket.socket) -> None:
        """Let an abort break this socket's waits."""
        with self._lock:
            self._socket = sock
        self.left()

    def abort(self) -> None:
        """End the attempt at once, whatever it waits for."""
        with self._lock:
            self._aborted.set()
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # it is closed, or was never open


class Connecting(httpcore2.NetworkBackend):
    """Connects httpcore to a target, where its addresses allow it, within a limit."""

    def __init__(
        self, target: Target, allowance: Allowance, limit: Limit, resolve: Resolve
    ) -> None:
        self._target = target
        self._allowance = allowance
        self._limit = limit
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to one of the target's addresses; `TargetError` unless all of them may be."""
        addresses = self._addresses()
        require_allowed(self._target, addresses, self._allowance)
        for number, address in enumerate(addresses):
            share = self._limit.left() / (len(addresses) - number)
            try:
                return _Stream(self._connected(address, share), self._limit)
            except OSError as error:
                trouble = error
        self._limit.left()
        message = f"{addresses[-1]}: {trouble.strerror or trouble}"
        raise httpcore2.ConnectError(message) from trouble

    def _connected(self, address: Address, seconds: float) -> socket.socket:
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._limit.watch(sock)
            sock.settimeout(seconds)
            sock.connect((str(address), self._target.port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            sock.close()
            raise
        return sock

    def _addresses(self) -> list[Address]:
        """Resolve the name in a thread of its own: the system's call knows no time limit."""
        answers: queue.Queue[list[Address] | OSError | UnicodeError] = queue.Queue()
        target = self._target

        def ask() -> None:
            try:
                answers.put(self._resolve(target.host, target.port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True, name="resolving").start()
        while True:
            try:
                found = answers.get(timeout=min(self._limit.left(), _TICK))
            except queue.Empty:
                continue
            if isinstance(found, list) and found:
                return found[:_MOST_ADDRESSES]
            said = getattr(found, "strerror", None) or "no address"
            message = f"the name {target.host} is not found: {said}"
            raise httpcore2.ConnectError(message)


def resolve(host: str, port: int) -> list[Address]:
    """Ask the system for a name's addresses; raises `OSError`."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class _Stream(httpcore2.NetworkStream):
    """A connected socket, of which every wait ends with the limit."""

    def __init__(self, sock: socket.socket, limit: Limit) -> None:
        self._sock = sock
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is, at most so many bytes."""
        self._sock.settimeout(self._limit.left())
        try:
            data = self._sock.recv(max_bytes)
        except OSError as error:
            raise self._told(error, httpcore2.ReadError) from error
        if not data:
            self._limit.left()  # an abort looks like the other's end
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, though the other reads slowly."""
        left = memoryview(buffer)
        while left:
            self._sock.settimeout(self._limit.left())
            try:
                left = left[self._sock.send(left) :]
            except OSError as error:
                raise self._told(error, httpcore2.WriteError) from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Begin TLS, for the name that the target has."""
        self._sock.settimeout(self._limit.left())
        try:
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except OSError as error:
            self.close()
            raise self._told(error, httpcore2.ConnectError) from error
        except ValueError as error:  # a name that no certificate can hold
            self.close()
            raise httpcore2.ConnectError(str(error)) from error
        except BaseException:
            self.close()
            raise
        self._limit.watch(sock)
        return _Stream(sock, self._limit)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        """Tell httpcore nothing: it uses each connection once, for HTTP/1.1."""
        return None

    def _told(self, error: OSError, kind: type[Exception]) -> Exception:
        self._limit.left()
        if isinstance(error, TimeoutError):
            return httpcore2.ReadTimeout()
        return kind(getattr(error, "verify_message", None) or error.strerror or str(error))
