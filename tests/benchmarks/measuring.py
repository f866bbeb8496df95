"""How a row is measured: ours and its floor in turns, in one run; the median of the ratios counts.

Machines are noisy, so absolute times mean nothing, and what happens to one of a pair happens to the
other.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Row:
    """A row of the table: what was reached, against which floor and goal."""

    name: str
    value: float
    floor: float
    ratio: float
    goal: float
    better: Better
    unit: str

    @property
    def reached(self) -> bool:
        """Whether the ratio is as good as the goal."""
        return self.ratio >= self.goal if self.better == "higher" else self.ratio <= self.goal

    def to_json(self) -> dict[str, Any]:
        """Return the row as ``results.json`` holds it."""
        return {
            "name": self.name,
            "value": self.value,
            "floor": self.floor,
            "ratio": self.ratio,
            "goal": self.goal,
            "reached": self.reached,
        }


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(
    ours: Callable[[], float], floor: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """Measure both in interleaved rounds, the first a rehearsal; whoever begins changes.

    Returns the medians of ours, of the floor, and of each round's ratio.
    """
    found: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        if number % 2:
            under, over = floor(), ours()
        else:
            over, under = ours(), floor()
        if number:
            found.append((over, under))
    ratios = [over / under for over, under in found]
    medians = (statistics.median(side) for side in zip(*found, strict=True))
    mine, theirs = medians
    return mine, theirs, statistics.median(ratios)


def rates(
    name: str, ours: Callable[[], float], floor: Callable[[], float], *, goal: float, rounds: int
) -> Row:
    """Compare two rates, in events a second: the goal is a part of the floor's."""
    value, under, ratio = in_turns(ours, floor, rounds)
    return Row(name, value, under, ratio, goal, "higher", "/s")


def times(
    name: str, ours: Callable[[], float], floor: Callable[[], float], *, goal: float, rounds: int
) -> Row:
    """Compare two times, in seconds: the goal is a multiple of the floor's."""
    value, under, ratio = in_turns(ours, floor, rounds)
    return Row(name, value, under, ratio, goal, "lower", "s")


def absolute(name: str, value: float, *, goal: float, unit: str) -> Row:
    """Hold a figure against a limit; the limit stands as the floor."""
    return Row(name, value, goal, value / goal, 1.0, "lower", unit)
