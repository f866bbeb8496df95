"""Reading the public decision log: what fits, as decisions, in the order of their days.

Needs nothing of what projects, decides or signs, so that the log answers at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from aggregates.store.format import read_only_uri, require_ours
from policies.calendar import timestamp
from policies.numbers import has_count
from policies.refusals import NotFoundError
from projections.streams import OF_COMMITTEE, streams_of

VIEW = "decision_log"
COLUMNS = (
    "committee",
    "number",
    "item",
    "kind",
    "adopted_on",
    "recorded_at",
    "status",
    "procedure",
    "rulebook",
    "signers",
    "entry",
)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which decisions a reader asks for; `as_of` is a day, `known_at` an instant."""

    committee: str | None = None
    kind: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def where(self) -> tuple[str, list[str]]:
        """The condition, with named-style parameters in order."""
        wanted = {
            OF_COMMITTEE: [] if self.committee is None else streams_of(self.committee),
            "adopted_on <= ?": [] if self.as_of is None else [self.as_of.isoformat()],
            "recorded_at <= ?": [] if self.known_at is None else [timestamp(self.known_at)],
        }
        conditions = [condition for condition, values in wanted.items() if values]
        return " AND ".join(conditions), [value for values in wanted.values() for value in values]


def entries(rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield decisions from rows in the order of date, committee, number, item; undated first.

    A row is COLUMNS; the shape is that of ``jcgov log --json``.
    """
    for (_on, _committee, _number), found in groupby(
        rows, key=lambda row: (row[4], row[0], row[1])
    ):
        group = list(found)
        committee, number, _item, _kind, on, _at, status, procedure, rulebook, signers, _ = group[0]
        yield {
            "number": number,
            "committee": committee,
            "adopted_on": on,
            "recorded_at": min(row[5] for row in group),
            "status": status,
            "procedure": procedure,
            "rulebook": rulebook,
            "signers": msgspec.json.decode(signers),
            "items": [msgspec.json.decode(row[10]) for row in group],
        }


def decisions(rows: Iterable[Sequence[Any]], wanted: LogFilter) -> Iterator[dict[str, Any]]:
    """Yield decisions from the rows of a filter's condition: those with an item of its kind."""
    for decision in entries(rows):
        if wanted.kind is None or any(i["kind"] == wanted.kind for i in decision["items"]):
            yield decision


ORDER = "adopted_on NULLS FIRST, committee, number, version, item"
"""Undated first, then by day, committee and number."""


def rows_if_current(database: Path, wanted: LogFilter) -> list[tuple[Any, ...]] | None:
    """Return the view's rows that fit if the view has reached the last event, else None.

    None as well for a view that is not there yet. Raises `WrongHomeError` for another's file.
    """
    require_ours(database)
    where, values = wanted.where
    condition = f" WHERE {where}" if where else ""
    select = f"SELECT {', '.join(COLUMNS)} FROM {VIEW}{condition} ORDER BY {ORDER}"  # noqa: S608
    try:
        connection = sqlite3.connect(read_only_uri(database), uri=True)
        try:
            connection.execute("BEGIN")
            position = connection.execute("SELECT max(rowid) FROM events").fetchone()
            reached = connection.execute(
                "SELECT position FROM positions WHERE view = ?", (VIEW,)
            ).fetchone()
            return connection.execute(select, values).fetchall() if position == reached else None
        finally:
            connection.close()
    except sqlite3.Error:
        return None


def adopted_number(
    rows: Iterable[Sequence[Any]], name: str, committee: str | None
) -> tuple[str, str]:
    """Return the committee and full number of the one signed decision that a name fits.

    A name is the full number, or its last digits while only one decision fits. Raises
    `NotFoundError` with the candidates.
    """
    known = {(row[0], row[1]) for row in rows if row[6] == "signed"}
    if committee is not None:
        known = {(code, number) for code, number in known if code == committee}
    if name.isascii() and name.isdigit():
        fitting = sorted(k for k in known if has_count(k[1], name))
    else:
        fitting = sorted(k for k in known if k[1] == name)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        message = f"{name} fits {', '.join(number for _, number in fitting)}; give the full number"
    else:
        message = f"no signed decision has the number {name}; see: jcgov log"
    raise NotFoundError(message)
