"""Taking rows of a file into the record: new ones extend it, known ones change nothing.

A row that says something else than the record is a conflict, and refused: what is recorded is
never changed. Rows are not judged otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from aggregates.history.events import HistoryRecorded
from aggregates.history.state import HistoryState
from policies.history import HistoricalDecision, Procedure, Row
from policies.history_rows import number_of, undated_number

MAX_DECISIONS = 50
MAX_BYTES = 65_536
"""Decisions, and bytes of their rows, that one event holds; a single larger row stands alone."""

_UNDATED = "undated"
_COLUMNS = {"quantity": "quantity_tco2e"}
_DERIVED = {"amounts"}  # read from `split`, which says what differs
_ENCODER = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row of a file, read and well formed, with its line."""

    line: int
    on: date | None
    procedure: Procedure
    row: Row


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a committee's rows, those that are in the events apart."""

    unchanged: int
    refusals: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    number: str
    procedure: Procedure
    row: Row


_Identity: TypeAlias = tuple[str, str, str]


def decide_import(
    state: HistoryState, rows: Sequence[Incoming], file: str, at: datetime
) -> tuple[list[HistoryRecorded], Outcome]:
    """Return the events that record what is new, and the rows that are known or refused.

    Within a decision a row is the same if type, id and title are; undated rows are compared with
    all undated ones. If every recorded row of that identity is in the file unchanged, a further
    one is an additional row (two periods of one project), otherwise it is a changed row.
    """
    places = [_place(state.committee, entry) for entry in rows]
    known = {place: _known(state, place) for place in dict.fromkeys(places)}
    in_file = {_content(p, e.procedure, e.row) for p, e in zip(places, rows, strict=True)}
    seen: dict[bytes, int] = {}
    refusals: list[tuple[int, str]] = []
    taken: list[Incoming] = []
    unchanged = 0
    for place, entry in zip(places, rows, strict=True):
        content = _content(place, entry.procedure, entry.row)
        if content in seen:
            refusals.append((entry.line, f"repeats line {seen[content]}"))
            continue
        seen[content] = entry.line
        alike = {_content(place, k.procedure, k.row): k for k in known[place].of(entry.row)}
        if content in alike:
            unchanged += 1
        elif missing := [k for written, k in alike.items() if written not in in_file]:
            refusals.append((entry.line, _conflict(missing, entry)))
        else:
            taken.append(entry)
    events = [
        HistoryRecorded(at=at, committee=state.committee, file=file, decisions=decisions)
        for decisions in _batches(_grouped(state, taken))
    ]
    return events, Outcome(unchanged, tuple(refusals))


@dataclass(frozen=True, slots=True)
class _Index:
    rows: Mapping[_Identity, list[_Known]]

    def of(self, row: Row) -> list[_Known]:
        return self.rows.get(row.identity, [])


def _place(committee: str, entry: Incoming) -> str:
    if entry.on is None:
        return _UNDATED
    return number_of(committee, entry.on, entry.procedure)


def _known(state: HistoryState, place: str) -> _Index:
    if place == _UNDATED:
        decisions = [past for past in state.decisions.values() if past.on is None]
    else:
        decisions = [state.decisions[place]] if place in state.decisions else []
    found: dict[_Identity, list[_Known]] = {}
    for past in decisions:
        for row in past.rows:
            entry = _Known(past.number, past.procedure, row)
            found.setdefault(row.identity, []).append(entry)
    return _Index(found)


def _content(place: str, procedure: Procedure, row: Row) -> bytes:
    return _ENCODER.encode((place, procedure, row))


def _conflict(missing: Sequence[_Known], entry: Incoming) -> str:
    """Say what differs from the recorded row that is nearest."""
    differing = [(list(_differences(known, entry)), known.number) for known in missing]
    differences, number = min(differing, key=lambda found: len(found[0]))
    return (
        f"differs from what is recorded as {number}: {'; '.join(differences)}. What is recorded is"
        " not changed; if this is a further row, import it in one file with the recorded one"
    )


def _differences(known: _Known, entry: Incoming) -> Iterator[str]:
    if known.procedure != entry.procedure:
        yield f"procedure: recorded {known.procedure}, here {entry.procedure}"
    for name in Row.__struct_fields__:
        before, after = getattr(known.row, name), getattr(entry.row, name)
        if before != after and name not in _DERIVED:
            recorded, here = _shown(before, after)
            yield f"{_COLUMNS.get(name, name)}: recorded {recorded}, here {here}"


def _shown(before: object, after: object) -> tuple[str, str]:
    """Write two values; of long texts the part where they begin to differ."""
    if isinstance(before, str) and isinstance(after, str):
        pairs = enumerate(zip(before, after, strict=False))
        shorter = min(len(before), len(after))
        differ = next((index for index, (one, other) in pairs if one != other), shorter)
        return _window(before, differ), _window(after, differ)
    return _plain(before), _plain(after)


def _window(text: str, at: int) -> str:
    begin = max(0, at - 20)
    dots = ("…" if begin else "", "…" if begin + 60 < len(text) else "")
    return f"{dots[0]}{text[begin : begin + 60]!r}{dots[1]}" if text else "nothing"


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "/".join(str(day) for day in value)
    return "nothing" if value is None else str(value)


def _grouped(state: HistoryState, taken: Iterable[Incoming]) -> Iterator[HistoricalDecision]:
    """Yield the new rows of each decision, in the order in which the file first names it."""
    groups: dict[str, list[Incoming]] = {}
    undated = state.undated
    for entry in taken:
        number = _place(state.committee, entry)
        if entry.on is None:
            undated += 1
            number = undated_number(state.committee, undated)
        groups.setdefault(number, []).append(entry)
    for number, entries in groups.items():
        known = state.decisions.get(number)
        yield HistoricalDecision(
            number=number,
            procedure=entries[0].procedure,
            on=entries[0].on,
            rows=tuple(entry.row for entry in entries),
            first_item=1 if known is None else known.next_item,
        )


def _batches(decisions: Iterable[HistoricalDecision]) -> Iterator[tuple[HistoricalDecision, ...]]:
    batch: list[HistoricalDecision] = []
    size = 0
    for whole in decisions:
        for piece in _pieces(whole):
            weight = len(_ENCODER.encode(piece))
            if batch and (len(batch) == MAX_DECISIONS or size + weight > MAX_BYTES):
                yield tuple(batch)
                batch, size = [], 0
            batch.append(piece)
            size += weight
    if batch:
        yield tuple(batch)


def _pieces(decision: HistoricalDecision) -> Iterator[HistoricalDecision]:
    """Divide a decision that is too large for one event."""
    rows: list[Row] = []
    size, first = 0, decision.first_item
    for row in decision.rows:
        weight = len(_ENCODER.encode(row))
        if rows and size + weight > MAX_BYTES:
            piece = replace(decision, rows=tuple(rows), first_item=first)
            yield piece
            rows, size, first = [], 0, piece.next_item
        rows.append(row)
        size += weight
    yield replace(decision, rows=tuple(rows), first_item=first)
