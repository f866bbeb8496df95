"""What Joint Committees really decided: the mix from which histories of any size are dealt.

A history's decisions have the kinds and the number of items of real ones, each real decision once
in every round of the deck.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from itertools import chain
from random import Random
from typing import TypeVar

from governance.exchange.decisions_csv import read_decisions
from policies.history import SITTING, Row
from policies.texts import require_readable

Rows = tuple[Row, ...]
T = TypeVar("T")

_FIRST = ("rules_adoption", "methodology_approval", "tpe_designation")
"""What a new committee decides before anything else can be decided."""


@dataclass(frozen=True)
class Mix:
    """The items of each real decision, and how many of the decisions were taken at meetings.

    `at_meetings` is counted among the decisions whose procedure is known; `reported` is the share
    of all amounts above zero of which a registry has said that it issued them, `days_to_reports`
    has the days from each such decision to its report.
    """

    decisions: tuple[Rows, ...]
    at_meetings: float
    reported: float
    days_to_reports: tuple[int, ...]

    @property
    def kinds(self) -> dict[str, float]:
        """The share of each kind among all items."""
        counts = Counter(row.decision_type for row in chain(*self.decisions))
        return {kind: count / counts.total() for kind, count in counts.items()}

    @property
    def items_of_a_decision(self) -> float:
        """How many items a decision has on average."""
        return sum(map(len, self.decisions)) / len(self.decisions)


@cache
def real_mix() -> Mix:
    """Read the mix from the real decisions that the product carries.

    Rows of one committee, date and procedure are one decision, an undated row is its own; a row
    that records a sitting decides nothing.
    """
    data = (resources.files("governance") / "demo" / "data" / "decisions.csv").read_bytes()
    reading = read_decisions(data, datetime(9999, 12, 30, tzinfo=UTC))
    if reading.refusals:
        raise ValueError(f"the real decisions cannot be read: {reading.refusals}")
    groups: dict[tuple[str, date | None, str, int | None], list[Row]] = {}
    procedures: dict[tuple[str, date | None, str, int | None], str] = {}
    for committee, entries in reading.rows.items():
        for entry in entries:
            if entry.row.decision_type == SITTING:
                continue
            require_readable(entry.row.subject_title, f"line {entry.line}")
            undated = entry.line if entry.on is None else None
            key = (committee, entry.on, entry.procedure, undated)
            groups.setdefault(key, []).append(entry.row)
            procedures[key] = entry.procedure
    known = Counter(procedures.values())
    sat = known["meeting"] / (known["meeting"] + known["electronic"])
    decisions = tuple(tuple(rows) for rows in groups.values())
    decided, days = 0, []
    for (_committee, on, *_rest), rows in zip(groups, decisions, strict=True):
        for row in rows:
            decided += sum(1 for amount in (row.amounts or {}).values() if amount)
            days += [] if on is None else [(day - on).days for day in _reported_on(row)]
    return Mix(decisions, sat, len(days) / decided, tuple(days))


def _reported_on(row: Row) -> Iterator[date]:
    """Yield the days on which registries have issued what a row decided."""
    for side in row.amounts or {}:
        said = re.search(r"[1-9][0-9]* on ([0-9-]{10})", row.said(f"issued_{side}") or "")
        if said is not None:
            yield date.fromisoformat(said[1])


class Deck:
    """Deals the real decisions in a random order, and all of them again when they are used up."""

    def __init__(self, mix: Mix, rng: Random) -> None:
        self._mix, self._rng = mix, rng
        self._left = list(self._shuffled())
        for kind in reversed(_FIRST):
            index = next(i for i, rows in enumerate(self._left) if _holds(rows, kind))
            self._left.insert(0, self._left.pop(index))

    def deal(self, take: Callable[[Rows], T | None]) -> T:
        """Return what `take` makes of the first decision that it does not decline.

        What it declines (a project before any methodology) stays in the deck for the next time.
        """
        index, rounds = 0, 0
        while True:
            if index == len(self._left):
                rounds += 1
                if rounds > 2:
                    raise ValueError("no real decision can be taken")
                self._left.extend(self._shuffled())
            found = take(self._left[index])
            if found is not None:
                del self._left[index]
                return found
            index += 1

    def _shuffled(self) -> Iterator[Rows]:
        decisions = list(self._mix.decisions)
        self._rng.shuffle(decisions)
        yield from decisions


def _holds(rows: Rows, kind: str) -> bool:
    return any(row.decision_type == kind for row in rows)
