"""Listening somewhere, saying where, and serving there until told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.supervisors import Multiprocess

from governance.struct_types import make_ready
from policies.refusals import UnreachableError

_BACKLOG = 512


@contextmanager
def listener(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that listens; port 0 is any that is free.

    Raises `UnreachableError` where nothing can listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        message = f"{host}:{port} cannot be listened on: {error.strerror or error}"
        raise UnreachableError(message) from None
    with found:
        found.set_inheritable(True)
        # Each connection has it from here; asyncio sets it on sockets of its own making alone, and
        # without it the body of an answer waits 40 ms for the head to be acknowledged.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield found


def address_of(listening: socket.socket) -> str:
    """Return the URL under which a socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(config: uvicorn.Config, listening: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; the server raises them again when it has ended."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda _number, _frame: None)
    if config.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])


def serve_small(application: object, place: tuple[str, int], told: Callable[[str], None]) -> None:
    """Serve an application of one process at a host and port; `told` is told the address."""
    make_ready()
    with listener(*place) as listening:
        told(address_of(listening))
        config = uvicorn.Config(
            application,  # type: ignore[arg-type]
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            workers=1,
            limit_concurrency=100,
            timeout_graceful_shutdown=5,
        )
        run(config, listening)
