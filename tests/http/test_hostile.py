"""Clients that drip, that stay, and that speak no HTTP."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.governance.terminal import Terminal
from tests.http.served import Served, events, served
from tests.places import SQLitePlaces


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a service that waits a second where it would wait ten."""
    folder = tmp_path_factory.mktemp("hurried")
    settings = SQLitePlaces().make(folder / "home")
    Terminal.at(settings).run("demo", "--home", settings.home)
    with served(settings, folder, hurried=True) as service:
        yield service


def test_a_quiet_stream_is_kept_open_by_comments(running: Served) -> None:
    last = running.client.get("/v1/feed?side=JP").json()[-1]["sequence"]
    path = f"/v1/feed?side=JP&after={last}"
    found = events(running.client, path, comments=True)
    assert next(found) == {"comment": " the feed"}
    assert next(found) == {"comment": " here"}


def test_a_head_that_drips_is_given_up(running: Served) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as drip:
        began = time.monotonic()
        drip.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
        while time.monotonic() - began < 8:
            try:
                drip.sendall(b"X-A: b\r\n")
            except OSError:
                break
            drip.settimeout(0.5)
            try:
                if drip.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 5
    assert running.client.get("/healthz").status_code == 200


def test_a_body_that_drips_is_given_up(running: Served) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as drip:
        drip.sendall(
            b"POST /v1/signatures HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Content-Length: 50000\r\n\r\n{"
        )
        answer = drip.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /nothing HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/signatures HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100_000,
    ],
    ids=range(7),
)
def test_what_is_no_request_is_a_problem_and_hurts_nobody(running: Served, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        while part := _received(connection):
            answer += part
            if b"}" in answer:
                break
    assert answer.startswith(b"HTTP/1.1 4"), answer
    assert b"application/problem+json" in answer
    assert running.client.get("/healthz").status_code == 200


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except ConnectionResetError:
        return b""
