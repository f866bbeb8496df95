"""The docket's rows: every step of every case, as the public may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from aggregates.case.events import EVENTS, CaseEvent
from aggregates.case.evolve import evolve
from aggregates.case.published import as_published
from aggregates.case.state import CaseState
from aggregates.store.topics import decode, encode
from policies.cases import ENDS
from projections.streams import streams_of
from projections.tables import Question, Tables
from projections.view import Entry, Row, View

COLUMNS = ("committee", "case_name", "step_on", "recorded_at", "topic", "stage", "event", "entry")
ORDER = "committee, stream, version"
_NAME, _TOPIC, _EVENT, _ENTRY = 1, 4, 6, 7


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, CaseEvent):
        return
    case = entry.recorded.originator_id
    yield (
        case.partition("/")[0],
        case,
        event.on.isoformat(),
        entry.recorded_at,
        event.topic,
        event.stage.value,
        encode(as_published(event)).decode("utf-8"),
        entry.recorded.originator_version,
    )


CASE_STEPS = View(
    "case_steps",
    COLUMNS,
    _rows,
    EVENTS,
    integers=frozenset({"entry"}),
    indexes=(("topic", "step_on"), ("topic", "stream"), ("case_name", "stage", "step_on")),
)


def open_cases(tables: Tables, committee: str, on: date | None = None) -> list[str]:
    """Return a committee's cases that no step has ended; as of a day, of those begun by then."""
    where, values = "case_name >= ? AND case_name < ?", streams_of(committee)
    if on is not None:
        where, values = f"{where} AND step_on <= ?", [*values, on.isoformat()]
    stood = tables.grouped(CASE_STEPS, ("case_name", "stage"), (), Question(where, values))
    ended = {case for case, stage in stood if stage in ENDS}
    return sorted({case for case, _stage in stood} - ended)


def cases_of(rows: Iterable[Sequence[Any]]) -> Iterator[CaseState]:
    """Yield the cases of rows in ORDER, each as the public may see it.

    Rows may be left out, as of a day: each event is taken at its own place in the case.
    """
    for _case, steps in groupby(rows, key=lambda row: row[_NAME]):
        state = None
        for place, event in entries_of(steps):
            if state is not None:
                state.version = place - 1
            state = evolve(state, event)
        if state is not None:
            yield state


def entries_of(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, CaseEvent]]:
    """Yield the events of rows, each with its place in its case."""
    for row in rows:
        event = decode(row[_TOPIC], row[_EVENT].encode("utf-8"))
        if isinstance(event, CaseEvent):
            yield row[_ENTRY], event
