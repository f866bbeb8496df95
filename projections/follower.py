"""Followers: each reads onwards from its own position; rows and position in one transaction.

In batches of what there is, at most a page: one event when caught up, a thousand when behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aggregates.event import Recorded
from aggregates.store.record import BATCH, Record
from projections.tables import Tables
from projections.view import Entry, View

Progress = Callable[[int], None]


def catch_up(
    record: Record, tables: Tables, views: Iterable[View], progress: Progress | None = None
) -> int:
    """Bring views up to the events and return how many events were read.

    Views at one position read together; a batch is all or nothing, also when two followers run.
    """
    read = 0
    for position, group in _by_position(tables, views).items():
        after = position
        while batch := record.onwards(after):
            read += len(batch)
            follow(tables, group, batch)
            after = batch[-1].position
            if progress is not None:
                progress(len(batch))
            if len(batch) < BATCH:
                break
    return read


def follow(tables: Tables, views: Iterable[View], batch: list[Recorded]) -> None:
    """Write a batch's rows into every view, with the position that it reaches."""
    entries = [Entry(recorded) for recorded in batch]
    rows = {view: [row for entry in entries for row in view.keyed(entry)] for view in views}
    tables.add(rows, batch[-1].position)


def _by_position(tables: Tables, views: Iterable[View]) -> dict[int, list[View]]:
    groups: dict[int, list[View]] = {}
    for view in views:
        groups.setdefault(tables.position(view), []).append(view)
    return groups
