"""``./jcgov log`` on a fresh shell, against an empty Python."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.measuring import Row, times

ROOT = Path(__file__).resolve().parents[2]


def first_line(home: Path, rounds: int) -> Row:
    """Compare the time to the log's first line with that of ``python -c pass``."""
    return times(
        "./jcgov log, to its first line",
        lambda: _first_line([str(ROOT / "jcgov"), "--home", str(home), "log"]),
        lambda: _whole([sys.executable, "-c", "pass"]),
        goal=20,
        rounds=2 * rounds,
    )


def _first_line(command: list[str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        taken = time.perf_counter() - began
        process.stdout.read()
    if not line:
        raise ValueError("the log printed nothing")
    return taken


def _whole(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began
