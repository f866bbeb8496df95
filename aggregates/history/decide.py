"""Importing rows of the past: known rows change nothing, new ones extend, changed ones conflict.

Rows of one committee, date and procedure are one decision; each undated row is one of its own. A
changed row is never taken silently: which of the two is right is not for the importer to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from aggregates.history.events import HistoryRecorded
from aggregates.history.state import HistoryState
from policies.history import HistoricalDecision, Procedure, Row

ROWS_A_EVENT = 50


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of a file, where it stands there, and to which decision it belongs."""

    line: int
    on: date | None
    procedure: Procedure
    row: Row


@dataclass
class Outcome:
    """What an import does to one committee's record."""

    taken: list[Incoming] = field(default_factory=list)
    unchanged: list[Incoming] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)


_Group = tuple[date | None, str]
_Identity = tuple[str, str, str]


def decide_import(
    state: HistoryState, incoming: Iterable[Incoming], file: str, at: datetime
) -> tuple[list[HistoryRecorded], Outcome]:
    """Return the events that an import makes, and what becomes of each row."""
    outcome = Outcome()
    groups: dict[_Group, list[Incoming]] = defaultdict(list)
    for entry in _without_repeats(incoming, outcome):
        groups[(entry.on, entry.procedure)].append(entry)
    chunks: list[HistoricalDecision] = []
    undated = state.undated
    for (day, _procedure), entries in groups.items():
        fresh = _fresh(entries, _recorded(state, day, entries[0].procedure), outcome)
        outcome.taken += fresh
        if day is None:
            for entry in fresh:
                undated += 1
                number = f"{state.committee}/H/undated/{undated}"
                chunks.append(_chunk(number, entry, [entry]))
                outcome.new.append(number)
        elif fresh:
            number = f"{state.committee}/H/{day}/{entries[0].procedure}"
            chunks.append(_chunk(number, fresh[0], fresh, state.decisions.get(number)))
            (outcome.extended if number in state.decisions else outcome.new).append(number)
    return list(_events(state.committee, file, at, chunks)), outcome


def _without_repeats(incoming: Iterable[Incoming], outcome: Outcome) -> Iterator[Incoming]:
    seen: dict[tuple[date | None, str, bytes], int] = {}
    for entry in incoming:
        key = (entry.on, entry.procedure, msgspec.json.encode(entry.row))
        if key in seen:
            outcome.refusals.append((entry.line, f"the same row stands on line {seen[key]}"))
        else:
            seen[key] = entry.line
            yield entry


def _recorded(state: HistoryState, day: date | None, procedure: Procedure) -> list[Row]:
    """Return the rows recorded for a day and procedure; undated rows form one pool each."""
    return [
        row
        for decision in state.decisions.values()
        if decision.on == day and decision.procedure == procedure
        for row in decision.rows
    ]


def _fresh(entries: list[Incoming], recorded: list[Row], outcome: Outcome) -> list[Incoming]:
    """Return the rows to add: not known, and not another version of a row that is known.

    A known row that this file repeats unchanged may have a sister (two periods of one project
    decided in one sitting); a known row that is absent was changed, as far as anyone can tell.
    """
    missing: dict[_Identity, list[Row]] = defaultdict(list)
    for row in recorded:
        missing[row.identity].append(row)
    different = []
    for entry in entries:
        known = missing[entry.row.identity]
        if entry.row in known:
            known.remove(entry.row)
            outcome.unchanged.append(entry)
        else:
            different.append(entry)
    fresh = []
    for entry in different:
        known = missing[entry.row.identity]
        if known:
            outcome.refusals.append((entry.line, _conflict(known[0], entry.row)))
        else:
            fresh.append(entry)
    return fresh


def _conflict(recorded: Row, row: Row) -> str:
    changes = [
        f"{name} was {getattr(recorded, name)!r}, now {getattr(row, name)!r}"
        for name in row.__struct_fields__
        if getattr(recorded, name) != getattr(row, name)
    ]
    return (
        f"another version of this row is recorded ({'; '.join(changes)}); records of the past are"
        " never changed: adopt the record, and correct it by a decision"
    )


def _chunk(
    number: str,
    first: Incoming,
    entries: list[Incoming],
    known: HistoricalDecision | None = None,
) -> HistoricalDecision:
    """Return new rows; numbers of items that are recorded already never change."""
    return HistoricalDecision(
        number=number,
        procedure=first.procedure,
        on=first.on,
        rows=tuple(entry.row for entry in entries),
        first_item=1 if known is None else len(known.items) + 1,
    )


def _events(
    committee: str, file: str, at: datetime, chunks: list[HistoricalDecision]
) -> Iterator[HistoryRecorded]:
    """Yield events of a size that every engine's single save can hold."""
    batch: list[HistoricalDecision] = []
    for part in _parts(chunks):
        if batch and sum(len(chunk.rows) for chunk in (*batch, part)) > ROWS_A_EVENT:
            yield HistoryRecorded(at=at, committee=committee, file=file, decisions=tuple(batch))
            batch = []
        batch.append(part)
    if batch:
        yield HistoryRecorded(at=at, committee=committee, file=file, decisions=tuple(batch))


def _parts(chunks: list[HistoricalDecision]) -> Iterator[HistoricalDecision]:
    """Yield decisions in parts of rows that fit into one event."""
    for chunk in chunks:
        first_item = chunk.first_item
        for start in range(0, len(chunk.rows), ROWS_A_EVENT):
            rows = chunk.rows[start : start + ROWS_A_EVENT]
            part = msgspec.structs.replace(chunk, rows=rows, first_item=first_item)
            first_item += len(part.items)
            yield part
