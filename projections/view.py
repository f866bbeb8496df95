"""A view: one declaration with its name, its columns, and the rows that follow from an event.

Rows depend on the event alone, are only ever added, and carry the day they are in force from and
the instant at which they were recorded; so every view can be read as of a day and as known at a
time, and a rebuilt one can be compared with the live one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aggregates.committee.events import DecisionAdopted
from aggregates.event import Event, Recorded
from policies.calendar import timestamp
from policies.proof.reading import read_recorded
from policies.proof.statements import Decision

Value = str | int | None
Row = tuple[Value, ...]

KEY = ("stream", "version", "part")
"""The columns that every view begins with: where the event stands, and which of its rows."""


class Entry:
    """An event as views read it; what is signed in it is opened once for all views."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.event: Event = recorded.event

    @cached_property
    def recorded_at(self) -> str:
        """When it was recorded, RFC 3339 UTC."""
        return timestamp(self.event.at)

    @cached_property
    def decision(self) -> Decision:
        """The decision of an adopted one."""
        if not isinstance(self.event, DecisionAdopted):
            message = f"{self.event.topic} holds no adopted decision"
            raise TypeError(message)
        return read_recorded(self.event.decision, Decision)


@dataclass(frozen=True)
class View:
    """A table of rows, in the order of the events.

    Columns hold text, those in `integers` whole numbers. Each of `indexes` names the columns by
    which readers find rows. Whoever changes what follows from an event raises `edition`: tables of
    an older one are made anew.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Entry], Iterable[Row]]
    events: tuple[type[Event], ...]
    integers: frozenset[str] = frozenset({"item"})
    edition: int = 1
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def declaration(self) -> str:
        """What tables are made from; tables of another declaration are made anew."""
        parts = [", ".join(columns) for columns in (self.columns, *self.indexes)]
        return f"{self.edition}: {'; by '.join(parts)}"

    def index_statements(self, table: str) -> list[str]:
        """Return the statements that make the indexes of the view's table, named with its schema.

        They go with the table when it is dropped.
        """
        return [
            f"CREATE INDEX {self.name}_by_{'_'.join(columns)} ON {table} ({', '.join(columns)})"
            for columns in self.indexes
        ]

    def keyed(self, entry: Entry) -> list[tuple[Any, ...]]:
        """Return an event's rows with their keys."""
        if not isinstance(entry.event, self.events):
            return []
        stream = entry.recorded.originator_id
        version = entry.recorded.originator_version
        return [(stream, version, part, *row) for part, row in enumerate(self.rows(entry))]
