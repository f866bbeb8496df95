"""The transparency log as tiles: building it, of hashing alone; one entry more to a long log."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from policies.proof.merkle import Frontier, leaf_hash
from projections.transparency.log_files import LogFiles
from projections.transparency.tiles import WIDTH
from tests.benchmarks.measuring import Row, rates, times

SHORT = 3 * WIDTH + 100
_AT_ONCE = 10
_BYTES = 1500
"""Of an entry: a decision with two signatures has about as many."""


def building(folder: Path, entries: int, rounds: int) -> Row:
    """Return how fast a log is written durably, of what hashing its tree takes."""
    numbers = count()

    def ours() -> float:
        place = folder / f"log-{next(numbers)}"
        began = time.perf_counter()
        LogFiles.open(place).append(_entries(0, entries))
        taken = time.perf_counter() - began
        shutil.rmtree(place)
        return entries / taken

    def floor() -> float:
        frontier = Frontier.empty()
        began = time.perf_counter()
        for entry in _entries(0, entries):
            frontier.append(leaf_hash(entry))
        return entries / (time.perf_counter() - began)

    return rates("log: entries into tiles, of hashing", ours, floor, goal=0.05, rounds=rounds)


def one_more(folder: Path, entries: int, rounds: int) -> Row:
    """Return what one entry more costs in a long log, of what it costs in one of a thousand."""
    long = LogFiles.open(folder / "long")
    long.append(_entries(0, entries - entries % WIDTH + SHORT % WIDTH))
    short = LogFiles.open(folder / "short")
    short.append(_entries(0, SHORT))
    found = times(
        f"log: one entry more to {long.size:,}, of one to {short.size:,}",
        lambda: _appended(long),
        lambda: _appended(short),
        goal=1.5,
        rounds=rounds,
    )
    shutil.rmtree(long.folder)
    return found


def _appended(files: LogFiles) -> float:
    """Append entries one by one, each durable, and return the seconds of one."""
    began = time.perf_counter()
    for _ in range(_AT_ONCE):
        files.append(_entries(files.size, files.size + 1))
    return (time.perf_counter() - began) / _AT_ONCE


def _entries(first: int, until: int) -> Iterator[bytes]:
    filling = b"x" * (_BYTES - 12)
    return (b"%012d%b" % (number, filling) for number in range(first, until))
