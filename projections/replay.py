"""Replay: every view rebuilt from the events, and compared with what it was."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from aggregates.store.record import Record
from projections.all import VIEWS
from projections.follower import Progress, catch_up
from projections.tables import Tables


@dataclass
class Replay:
    """What a replay found: how many events, how fast, and each view's digest."""

    events: int
    seconds: float
    views: dict[str, tuple[int, str]]
    differing: list[str] = field(default_factory=list)
    verified: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the shape of ``jcgov replay --json``."""
        views = {n: {"rows": rows, "digest": digest} for n, (rows, digest) in self.views.items()}
        return {
            "events": self.events,
            "seconds": round(self.seconds, 6),
            "views": views,
            "verified": self.verified,
        }


def rebuild(record: Record, live: Tables | None, progress: Progress | None = None) -> Replay:
    """Rebuild every view beside the live ones, compare, and put the rebuilt ones in their place.

    `live` is null where the home cannot be written; the rebuilt views are then only digested.
    """
    before = {} if live is None else {view.name: live.digest(view) for view in VIEWS}
    began = time.perf_counter()
    fresh = Tables.in_memory(VIEWS)
    try:
        events = catch_up(record, fresh, VIEWS, progress)
        seconds = time.perf_counter() - began
        views = {view.name: fresh.digest(view) for view in VIEWS}
        differing = [name for name, found in before.items() if found != views[name]]
        if live is not None:
            for view in VIEWS:
                if view.name in differing:
                    live.replace(view, fresh.position(view), _batches(fresh, view.name))
    finally:
        fresh.datastore.close()
    return Replay(events, seconds, views, differing)


def _batches(tables: Tables, name: str) -> list[list[tuple[Any, ...]]]:
    with tables.datastore.transaction(commit=False) as cursor:
        cursor.execute(f"SELECT * FROM {name}")  # noqa: S608 - a view's own name
        return [[tuple(row) for row in cursor.fetchall()]]
