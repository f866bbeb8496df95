"""The command line as a stranger runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import ctypes
import json
import os
import pty
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from governance.settings import Settings
from tests.forked import Command

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60.0

_TOLD = """
import sys, time_machine
from governance.cli.main import main
with time_machine.travel(sys.argv.pop(1)):
    sys.exit(main())
"""
_AT_A_TERMINAL = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)  # whoever leads a session has the terminal that it opens
from governance.cli.main import main
sys.exit(main())
"""
_WITHOUT_OVERRIDE = """
import ctypes, os, sys
if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0):  # CAP_DAC_OVERRIDE
    sys.exit("this process cannot give up the right to override permissions")
os.execv(sys.executable, [sys.executable, "-m", "governance", *sys.argv[1:]])
"""


@dataclass(frozen=True)
class Outcome:
    """What a process printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def table(self) -> list[dict[str, str]]:
        """The lines of a piped table."""
        head, *lines = [line.split("\t") for line in self.out.splitlines()]
        return [dict(zip(head, line, strict=True)) for line in lines]


@dataclass
class Terminal:
    """Runs ``jcgov`` in a folder; nothing of the caller's environment reaches it."""

    folder: Path
    home: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, settings: Settings, folder: Path | None = None) -> Terminal:
        """Return a terminal whose state lies where the settings say; beside its home, or there."""
        url = settings.database_url
        given = {} if url is None else {"JCGOV_DATABASE_URL": url}
        return cls(folder or settings.home.parent, settings.home, given)

    def run(
        self,
        *arguments: str | Path,
        code: int = 0,
        at: str | None = None,
        stdin: str = "",
        home: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> Outcome:
        """Run a command that ends with that exit code, and never with a traceback.

        `at` is the instant that its clock shows, where it is not the real one. The process is
        forked from one that has the program's modules; `start` begins it from nothing.
        """
        given = [str(argument) for argument in arguments]
        known = self._environment(home or self.home) | (environment or {})
        code_found, out, err = Command(given, self.folder, known, at).run(stdin.encode(), LIMIT)
        found = Outcome(code_found, out.decode(), err.decode())
        said = f"jcgov {' '.join(map(str, arguments))}\n{found.out}\n{found.err}"
        assert "Traceback" not in found.err, said
        assert found.code == code, said
        return found

    def typed(self, *arguments: str | Path, typing: dict[str, str]) -> Outcome:
        """Run a command at a terminal, typing an answer, once, after each text that it shows."""
        ours, its = pty.openpty()
        started = subprocess.Popen(
            [sys.executable, "-c", _AT_A_TERMINAL, *(str(argument) for argument in arguments)],
            cwd=self.folder,
            env=self._environment(self.home),
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        shown, waiting = b"", dict(typing)
        with os.fdopen(ours, "r+b", buffering=0) as terminal:
            while part := _shown(terminal, started):
                shown += part
                for text in [text for text in waiting if text.encode() in shown]:
                    terminal.write(f"{waiting.pop(text)}\n".encode())
        return Outcome(started.wait(LIMIT), shown.decode().replace("\r\n", "\n"), "")

    def json(self, *arguments: str | Path, code: int = 0) -> Any:
        """Run a reading command with ``--json`` and return its document."""
        return self.run(*arguments, "--json", code=code).json

    def start(
        self,
        *arguments: str | Path,
        at: str | None = None,
        home: Path | None = None,
        environment: dict[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[str] = subprocess.PIPE,
        overriding: bool = True,
    ) -> subprocess.Popen[str]:
        """Begin a command; `overriding` false: permissions bind it, also as the superuser."""
        given: list[str] = [str(argument) for argument in arguments]
        if at is not None:
            command = [sys.executable, "-c", _TOLD, at, *given]
        elif overriding:
            command = [sys.executable, "-m", "governance", *given]
        else:
            command = [sys.executable, "-c", _WITHOUT_OVERRIDE, *given]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment(home or self.home) | (environment or {}),
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,  # no terminal to ask at
        )

    def bound(self, *arguments: str | Path) -> Outcome:
        """Run a command that the permissions of files bind; fails where nothing can bind it."""
        assert permissions_bind(), "this test needs the right to give up CAP_DAC_OVERRIDE"
        started = self.start(*arguments, overriding=False)
        out, err = started.communicate(timeout=LIMIT)
        assert "Traceback" not in err, err
        return Outcome(started.returncode, out, err)

    def write(self, name: str, content: Any) -> Path:
        """Write a JSON file, or bytes as they are, into the folder."""
        file = self.folder / name
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        file.write_bytes(data)
        return file

    def _environment(self, home: Path | None) -> dict[str, str]:
        known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        known |= {"PYTHONPATH": str(ROOT), "HOME": str(self.folder), **self.environment}
        return known if home is None else known | {"JCGOV_HOME": str(home)}


def _shown(terminal: IO[bytes], started: subprocess.Popen[bytes]) -> bytes:
    """Return what a terminal shows next; nothing when its program has ended."""
    ready, _, _ = select.select([terminal], [], [], LIMIT)
    if not ready:
        started.kill()
        return b""
    try:
        return os.read(terminal.fileno(), 4096)
    except OSError:  # Linux says so when nobody has the other end open
        return b""


def permissions_bind() -> bool:
    """Whether a process can be made to obey file permissions here."""
    if os.geteuid() != 0:
        return True
    child = [sys.executable, "-c", "import ctypes; exit(ctypes.CDLL(None).prctl(24, 1, 0, 0, 0))"]
    return (
        hasattr(ctypes.CDLL(None), "prctl") and subprocess.run(child, check=False).returncode == 0
    )
