"""A registry in a process of its own, as its operator starts it, and one that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.governance.terminal import ROOT

LIMIT = 30.0


@dataclass
class Running:
    """One side's registry below a folder; it is started again where it was killed."""

    folder: Path
    side: str
    engine: str
    trust: Path
    key: Path
    options: tuple[str, ...] = ()
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    address: str = ""

    @property
    def data(self) -> Path:
        return self.folder / f"registry-{self.side}"

    @property
    def arguments(self) -> list[str]:
        """What `serve` and `once` take alike."""
        named = {"side": self.side, "engine": self.engine, "trust": self.trust, "key": self.key}
        given = [str(text) for name, value in named.items() for text in (f"--{name}", value)]
        return [*given, "--data", str(self.data), "--rehearsal", *self.options]

    def start(self) -> Running:
        """Start it, and wait until it listens."""
        known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        with (self.folder / f"registry-{self.side}.log").open("a") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "governance", "registry-demo", "serve"),
                    *("--port", "0", "--every", "0.1"),  # options come later, and win
                    *self.arguments,
                ],
                cwd=self.folder,
                env=known | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                start_new_session=True,
            )
        self.started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("serving http://"), self.log
        self.address = line.split()[1].rstrip(";")
        return self

    @property
    def log(self) -> str:
        return (self.folder / f"registry-{self.side}.log").read_text()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        process = self.started[-1]
        with suppress(ProcessLookupError):
            process.send_signal(by)
        code = process.wait(LIMIT)
        if process.stdout is not None:
            process.stdout.close()
        return code
