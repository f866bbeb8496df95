"""How much a process grows while it replays, or while it loads one committee."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.measuring import Row, absolute

MIB = 2**20
_REPLAY = """
from projections.all import VIEWS
from projections.follower import catch_up
from projections.sqlite_tables import SQLiteTables
tables = SQLiteTables.open(Path(sys.argv[2]), VIEWS)
catch_up(record, tables, VIEWS, until=2000)
before = resident()
work = lambda: catch_up(record, tables, VIEWS)
"""
_LOAD = """
from aggregates.committee.evolve import evolve
stream = next(name for name in record.streams() if "/" not in name)
for _, entry in zip(range(2000), record.stream(stream)):
    pass
before = resident()
work = lambda: record.fold(stream, evolve)
"""
_PROGRAM = """
import json, sys, threading, time
from pathlib import Path
from aggregates.store.record import Record

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

record = Record.open_read_only(Path(sys.argv[1]))
{body}
peak, done = before, threading.Event()

def watch():
    global peak
    while not done.wait(0.01):
        peak = max(peak, resident())

watcher = threading.Thread(target=watch)
watcher.start()
kept = work()
done.set()
watcher.join()
print(json.dumps(max(peak, resident()) - before))
"""


def of_replay(file: Path, folder: Path) -> Row:
    """Measure the replay of all views, against 32 MiB."""
    grown = _grown(_REPLAY, file, folder / "views.sqlite3")
    return absolute("memory of a replay of all views", grown, goal=32, unit="MiB")


def of_loading(file: Path) -> Row:
    """Measure the loading of one committee, against 16 MiB."""
    return absolute("memory of loading a committee", _grown(_LOAD, file), goal=16, unit="MiB")


def _grown(body: str, *files: Path) -> float:
    program = _PROGRAM.format(body=body)
    command = [sys.executable, "-c", program, *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return float(json.loads(done.stdout)) / MIB
