"""Every type that JSON is read into is made ready before threads read, or the process may end."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from governance.struct_types import make_ready
from tests.governance.terminal import ROOT

AT_ONCE = """
import threading
import governance.http.app
from governance.struct_types import make_ready
from policies.rulebook import countries, shipped
if not make_ready():
    raise SystemExit("no type was made ready")
start, read = threading.Barrier(8), []
def reads(country):
    start.wait()
    read.append(shipped(country))
threads = [threading.Thread(target=reads, args=(c,)) for c in countries()[:8]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(read))
"""


def test_threads_read_at_the_same_instant() -> None:
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False
        )

        assert (done.returncode, done.stdout) == (0, "8\n"), done.stderr


def test_types_that_come_later_are_counted_when_asked_again() -> None:
    before = make_ready()
    kind = msgspec.defstruct("Later", [("x", int)], module="governance.later")

    assert make_ready() == before + 1
    assert msgspec.json.decode(b'{"x":1}', type=kind) == kind(1)
