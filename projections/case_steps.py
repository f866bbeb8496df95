"""The docket's rows: every step of every case, as the public may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from aggregates.case.events import EVENTS, CaseEvent
from aggregates.case.evolve import evolve
from aggregates.case.published import as_published
from aggregates.case.state import CaseState
from aggregates.store.topics import decode, encode
from projections.view import Entry, Row, View

COLUMNS = ("committee", "case_name", "step_on", "recorded_at", "topic", "stage", "event")
ORDER = "committee, stream, version"
_NAME, _TOPIC, _EVENT = 1, 4, 6


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
    )


CASE_STEPS = View("case_steps", COLUMNS, _rows, EVENTS)


def cases_of(rows: Iterable[Sequence[Any]]) -> Iterator[CaseState]:
    """Yield the cases of rows in ORDER, each as the public may see it."""
    for _case, steps in groupby(rows, key=lambda row: row[_NAME]):
        state = None
        for event in events_of(steps):
            state = evolve(state, event)
        if state is not None:
            yield state


def events_of(rows: Iterable[Sequence[Any]]) -> Iterator[CaseEvent]:
    """Yield the events of rows."""
    for row in rows:
        event = decode(row[_TOPIC], row[_EVENT].encode("utf-8"))
        if isinstance(event, CaseEvent):
            yield event
