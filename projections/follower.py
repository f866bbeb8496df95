"""Followers: each view reads onwards from its own position; rows and position move together.

In batches of what there is, at most a page: one event when caught up, a thousand when behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import Any

from aggregates.event import Recorded
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from policies.refusals import FaultError, SomeoneActedFirstError
from projections.tables import Tables
from projections.view import Entry, View
from projections.wake import POLL, Wake

Progress = Callable[[int], None]


def catch_up(
    record: Record,
    tables: Tables,
    views: Iterable[View],
    progress: Progress | None = None,
    until: int | None = None,
) -> int:
    """Bring views up to the events, or up to a position, and return how many events were read.

    The views that are furthest behind read together until they have reached the next ones.
    """
    end = record.position if until is None else until
    read, positions = 0, tables.positions()
    while True:
        behind = [view for view in views if positions[view.name] < end]
        if not behind:
            return read
        after = min(positions[view.name] for view in behind)
        group = [view for view in behind if positions[view.name] == after]
        others = [positions[view.name] for view in behind if positions[view.name] > after]
        kinds = tuple({kind for view in group for kind in view.events})
        page = record.onwards(after, BATCH, kinds, min([end, *others]))
        if tables.add(rows_of(group, page.entries), after, page.reached):
            positions |= {view.name: page.reached for view in group}
            read += page.reached - after
            if progress is not None:
                progress(page.reached - after)
        else:
            positions = tables.positions()


def follow(
    record: Record,
    tables: Tables,
    views: Sequence[View],
    *,
    wake: Wake,
    stop: Event,
    trouble: Callable[[Exception], None],
) -> None:
    """Keep views up to the events until told to stop (and stirred); trouble is said, and passes.

    A database that is away, full or held by others is asked again; nothing is skipped.
    """
    while not stop.is_set():
        try:
            catch_up(record, tables, views)
        except (FaultError, SomeoneActedFirstError) as error:
            trouble(error)
            stop.wait(POLL)
        else:
            wake.wait(POLL)


def rows_of(
    views: Iterable[View], entries: Iterable[Recorded]
) -> dict[View, list[tuple[Any, ...]]]:
    """Return the rows that follow from events, view by view."""
    found = [Entry(entry) for entry in entries]
    return {view: [row for entry in found for row in view.keyed(entry)] for view in views}
