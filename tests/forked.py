"""Processes forked from one that has imported the whole program and has no threads.

A process of its own for what has to end, die or print by itself, without the start of an
interpreter and its imports, which take longer than most commands do.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import time_machine

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.preloaded"])

_FITS_A_PIPE = 4096  # PIPE_BUF: written before anybody reads


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ``jcgov``, and what it is run with: these variables and no others."""

    arguments: list[str]
    folder: Path
    environment: dict[str, str]
    at: str | None = None
    """The instant that its clock shows, where it is not the real one."""

    def run(self, stdin: bytes, limit: float) -> tuple[int, bytes, bytes]:
        """Return its exit code, and what it printed to stdout and stderr.

        Raises TimeoutError where it does not end within `limit` seconds; it is killed then.
        """
        assert len(stdin) <= _FITS_A_PIPE
        end = time.monotonic() + limit
        with ExitStack() as stack:
            (given, giving), (out, printing), (err, saying) = (
                map(stack.enter_context, FORKS.Pipe(duplex=False)) for _ in range(3)
            )
            os.write(giving.fileno(), stdin)
            giving.close()
            process = FORKS.Process(target=_begin, args=(self, given, printing, saying))
            process.start()
            for theirs in (given, printing, saying):
                theirs.close()
            try:
                printed = _read(out, err, end)
                process.join(max(0.0, end - time.monotonic()))
                if process.exitcode is None:
                    raise TimeoutError(f"jcgov {self.arguments} does not end in {limit} s")
            finally:
                process.kill()
                process.join()
            return process.exitcode, *printed


def _read(out: Connection, err: Connection, end: float) -> tuple[bytes, bytes]:
    read = {out: b"", err: b""}
    still = [out, err]
    while still and (ready := wait(still, max(0.0, end - time.monotonic()))):
        for connection in ready:
            assert isinstance(connection, Connection)
            data = os.read(connection.fileno(), 65_536)
            read[connection] += data
            if not data:
                still.remove(connection)
    return read[out], read[err]


def _begin(command: Command, *streams: Connection) -> None:
    """Become what a shell would have started."""
    os.setsid()  # no terminal to ask at
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin = open(0, encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(command.environment)
    os.chdir(command.folder)
    sys.argv = ["jcgov", *command.arguments]
    from governance.cli.main import main

    if command.at is None:
        sys.exit(main())
    with time_machine.travel(command.at):
        sys.exit(main())
