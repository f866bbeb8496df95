"""The programs of a drill: each a process of its own, as its people would start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

_LIMIT = 120.0
"""Seconds for one command, on a machine that has much to do."""
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "SYSTEMROOT")


class DrillError(Exception):
    """A step did not do what it must."""


def environment(home: Path) -> dict[str, str]:
    """Return what a program of the drill knows: nothing of the caller's keys or database."""
    known = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return known | {"HOME": str(home.parent), "JCGOV_HOME": str(home)}


def started(
    folder: Path, home: Path, *arguments: str, stderr: int | IO[bytes] = subprocess.PIPE
) -> subprocess.Popen[str]:
    """Start ``jcgov`` in a folder."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", "governance", *arguments],
        cwd=folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        start_new_session=True,
    )


class Computer:
    """A folder in which somebody types commands, and the home that these have."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.home = home or folder / "no-home"
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, name: str) -> Path:
        """Return a file of this computer."""
        return self.folder / name

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; raise `DrillError` unless done."""
        return together((self, arguments))[0]

    def json(self, *arguments: str) -> Any:
        """Run a command with ``--json`` and return its document."""
        return json.loads(self.run(*arguments, "--json"))

    def write(self, name: str, value: Any) -> None:
        """Write a JSON file."""
        self.file(name).write_text(json.dumps(value), "utf-8")

    def mail(self, name: str, *others: Computer) -> None:
        """Send a file to others, who keep it."""
        for other in others:
            other.file(name).write_bytes(self.file(name).read_bytes())


def together(*commands: tuple[Computer, tuple[str, ...]]) -> list[str]:
    """Run commands of several people at once; `DrillError` names the first that failed."""
    running = [started(on.folder, on.home, *arguments) for on, arguments in commands]
    printed: list[str] = []
    try:
        for process, (_on, arguments) in zip(running, commands, strict=True):
            printed.append(_printed(process, " ".join(arguments)))
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.communicate()
    return printed


def _printed(process: subprocess.Popen[str], what: str) -> str:
    try:
        out, err = process.communicate(timeout=_LIMIT)
    except subprocess.TimeoutExpired:
        message = f"jcgov {what} did not end in {_LIMIT:.0f} s"
        raise DrillError(message) from None
    if process.returncode:
        last = err.strip().rpartition("\n")[2] or out.strip().rpartition("\n")[2] or "no word"
        message = f"jcgov {what} ended with {process.returncode}: {last}"
        raise DrillError(message)
    return out


class Server:
    """``jcgov serve`` in a process of its own, which can be killed."""

    def __init__(self, computer: Computer, log: Path) -> None:
        with log.open("wb") as stderr:
            self._process = started(
                computer.folder, computer.home, "serve", "--port", "0", stderr=stderr
            )
        line = self._process.stdout.readline() if self._process.stdout else ""
        self.address = line.split()[1].rstrip(";") if line.startswith("serving ") else ""
        if not self.address:
            self.end()
            message = f"the server did not start: {log.read_text('utf-8')[-300:] or line}"
            raise DrillError(message)

    def post(self, signature: Path) -> str:
        """Hand a signature file in over HTTP and return what the server says of it."""
        import httpx2  # noqa: PLC0415 - only while a server runs

        try:
            answer = httpx2.post(
                f"{self.address}/v1/signatures",
                content=signature.read_bytes(),
                headers={"Content-Type": "application/json"},
                timeout=_LIMIT,
            )
        except httpx2.HTTPError as error:
            message = f"the server did not answer: {error}"
            raise DrillError(message) from None
        if answer.status_code not in (200, 201):
            message = f"the server did not take {signature.name}: {answer.text[:300]}"
            raise DrillError(message)
        return str(answer.json()["says"])

    def kill(self) -> int:
        """Kill the process as a power cut would (SIGKILL), and return its number."""
        self._process.send_signal(signal.SIGKILL)
        if self._process.wait(_LIMIT) != -signal.SIGKILL:
            message = f"the server ended with {self._process.returncode} before it was killed"
            raise DrillError(message)
        self.end()
        return self._process.pid

    def end(self) -> None:
        """Leave nothing running, whatever happened."""
        with suppress(ProcessLookupError):
            if self._process.poll() is None:
                self._process.kill()
        self._process.wait(_LIMIT)
        if self._process.stdout is not None:
            self._process.stdout.close()
