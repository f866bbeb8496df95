"""Replay: every view rebuilt from the events, and compared with what it was."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from aggregates.store.record import Record
from projections.all import VIEWS
from projections.follower import Progress, catch_up
from projections.sqlite_tables import SQLiteTables
from projections.tables import Standing, Tables


@dataclass
class Replay:
    """What a replay found: how many events, how fast, and what each view holds."""

    events: int
    seconds: float
    views: dict[str, Standing]
    differing: list[str] = field(default_factory=list)
    verified: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the shape of ``jcgov replay --json``."""
        views = {n: {"rows": found.rows, "digest": found.digest} for n, found in self.views.items()}
        return {
            "events": self.events,
            "seconds": round(self.seconds, 6),
            "views": views,
            "verified": self.verified,
        }


def rebuild(record: Record, live: Tables | None, progress: Progress | None = None) -> Replay:
    """Rebuild every view apart from the live ones, compare, and put right those that differ.

    `live` is null where the home cannot be written; the rebuilt views are then only digested. What
    is recorded meanwhile is left to the followers: a view is compared at the place where it stood.
    """
    end = record.position
    before = {} if live is None else {view: live.standing(view) for view in VIEWS}
    places = {view: before[view].position if before else end for view in VIEWS}
    scratch = SQLiteTables.scratch(VIEWS)
    try:
        began = time.perf_counter()
        for place in sorted(set(places.values())):
            views = [view for view in VIEWS if places[view] >= place]
            catch_up(record, scratch, views, progress, until=place)
        seconds = time.perf_counter() - began
        rebuilt = {view: scratch.standing(view) for view in VIEWS}
        differing = [view for view in before if before[view] != rebuilt[view]]
        for view in differing:
            if live is not None:
                live.replace(view, rebuilt[view].position, scratch.everything(view))
    finally:
        scratch.close()
    views_found = {view.name: found for view, found in rebuilt.items()}
    return Replay(end, seconds, views_found, [view.name for view in differing])
