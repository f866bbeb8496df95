"""A registry's end of a push, on loopback: it answers as badly as it is told."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

LIMIT = 20.0


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None = None

    @property
    def id(self) -> str:
        """The id of the event that was sent."""
        return self.headers["webhook-id"]


Answering = Callable[[socket.socket], None]


def status(code: int, body: bytes = b"", *headers: str) -> Answering:
    """Answer with a status."""

    def answer(sock: socket.socket) -> None:
        lines = [f"HTTP/1.1 {code} Any", f"Content-Length: {len(body)}", *headers]
        sock.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def raw(data: bytes) -> Answering:
    """Answer with these bytes and close."""
    return lambda sock: sock.sendall(data)


def silence(seconds: float = LIMIT) -> Answering:
    """Take the request and say nothing, until the other has gone."""

    def answer(sock: socket.socket) -> None:
        sock.settimeout(seconds)
        with contextlib.suppress(OSError):
            sock.recv(1)

    return answer


def reset(sock: socket.socket) -> None:
    """Break the connection off."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dripping(start: bytes, byte: bytes = b"x", every: float = 0.02) -> Answering:
    """Begin an answer, and go on byte by byte until the other has gone."""

    def answer(sock: socket.socket) -> None:
        end = time.monotonic() + LIMIT
        with contextlib.suppress(OSError):
            sock.sendall(start)
            while time.monotonic() < end:
                sock.sendall(byte)
                time.sleep(every)

    return answer


def flooding(start: bytes, size: int = 1 << 26) -> Answering:
    """Answer with more than anybody wants to read."""

    def answer(sock: socket.socket) -> None:
        block = b"x" * 65_536
        with contextlib.suppress(OSError):
            sock.sendall(start)
            for _ in range(size // len(block)):
                sock.sendall(block)

    return answer


OK = status(204)


@dataclass
class Receiver:
    """Listens between entering and leaving; `behave` chooses each answer."""

    behave: Callable[[Received], Answering] = lambda _received: OK
    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self._listening.getsockname()[1]
        self._server_name: str | None = None
        if self.tls is not None:
            self.tls.sni_callback = self._named
        self._most = 0
        self._open = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}/in"

    @property
    def most_at_once(self) -> int:
        """How many requests it has ever had before it at once."""
        return self._most

    def ids(self) -> list[str]:
        """The ids of all that came, in order."""
        return [received.id for received in self.received]

    def _named(self, _sock: object, name: str | None, _context: object) -> None:
        self._server_name = name

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            sock.settimeout(LIMIT)
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
            with sock:
                received = self._read(sock)
                if received is None:
                    return
                with self._lock:
                    self._open += 1
                    self._most = max(self._most, self._open)
                    self.received.append(received)
                try:
                    answer = self.behave(received)
                finally:  # before it is answered: whoever has the answer may send the next at once
                    with self._lock:
                        self._open -= 1
                answer(sock)

    def _read(self, sock: socket.socket) -> Received | None:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = sock.recv(65_536)
            if not chunk:
                return None
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("ascii").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (field.partition(": ") for field in lines)
        }
        while len(body) < int(headers["content-length"]):
            chunk = sock.recv(65_536)
            if not chunk:
                return None
            body += chunk
        return Received(line, headers, body, self._server_name)
