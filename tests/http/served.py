"""The service in a process of its own, as an operator starts it, and a reader of its stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from governance.settings import Settings
from tests.governance.terminal import ROOT

LIMIT = 30.0
_HURRIED = """
import sys
import time
from functools import partial
from governance.http import feed_stream, limits, protocol
protocol.HEAD_SECONDS = feed_stream.KEEP_ALIVE = 1.0
limits.Limits = partial(limits.Limits, body_seconds=1.0)
from governance.cli.main import main
sys.exit(main())
"""
"""The same program, with times that a test can wait for."""


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another process brings about; twenty seconds at most."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


class Served:
    """A running service; its log is a file beside it."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        *options: str,
        hurried: bool,
        environment: dict[str, str],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "serve.log"
        known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        known |= {"PYTHONPATH": str(ROOT), "JCGOV_HOME": str(settings.home)}
        known |= environment
        if settings.database_url is not None:
            known["JCGOV_DATABASE_URL"] = settings.database_url
        program = ["-c", _HURRIED] if hurried else ["-m", "governance"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", "--port", "0", *options],
                cwd=folder,
                env=known,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                start_new_session=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("serving http://"), (line, self.log.read_text())
        self.address = line.split()[1].rstrip(";")
        self.client = httpx2.Client(base_url=self.address, timeout=LIMIT)
        self.port = int(self.address.rpartition(":")[2])

    def logged(self) -> list[dict[str, Any]]:
        """Return every line of the log, each of which is JSON."""
        lines = self.log.read_text().splitlines()
        assert all(line.startswith("{") for line in lines), lines
        return [json.loads(line) for line in lines]

    def end(self, by: signal.Signals = signal.SIGTERM, *, within: float = LIMIT) -> int:
        """End the service and return its exit code."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(within)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@contextmanager
def served(
    settings: Settings,
    folder: Path,
    *options: str,
    hurried: bool = False,
    environment: dict[str, str] | None = None,
) -> Iterator[Served]:
    """Run a service while the context lasts."""
    service = Served(settings, folder, *options, hurried=hurried, environment=environment or {})
    try:
        yield service
    finally:
        with suppress(ProcessLookupError):
            if service.process.poll() is None:
                os.killpg(service.process.pid, signal.SIGKILL)  # its own session: its workers too
        service.end()


def events(
    client: httpx2.Client, path: str, *, after: str | None = None, comments: bool = False
) -> Iterator[dict[str, str]]:
    """Yield what a stream of server-sent events brings, until it is cut off or left."""
    headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": after})
    with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        found: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(":")
            if line and name:
                found[name] = value.removeprefix(" ")
            elif line and comments:
                yield {"comment": value}
            elif not line and "data" in found:
                yield found
                found = {}
            elif not line:
                found = {}
