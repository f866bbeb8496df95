"""A committee's figures, folded from its registers and kept until its own record grows.

Decisions are rare and pages are not: what was folded is kept by how far the committee's streams
reach, and by the link of the hash chain there, which no other record shares.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from aggregates.history.events import history_stream
from governance.http.opened import Opened
from policies.sides import Committee
from projections.log_reading import LogFilter
from projections.registers import REGISTERS, register
from projections.tables import Tables
from projections.view import View

T = TypeVar("T")
_MOST = 2000

VIEWS = tuple(REGISTERS.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """How much stands in a committee's registers; credits are added up over both sides."""

    methodologies: int
    entities: int
    projects: int
    credits: int
    reported: int


class Kept(Generic[T]):
    """What was made for a key, as many as are asked for most lately."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turn = threading.Lock()
        self._made: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept for a key, else make and keep it."""
        with self._turn:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._turn:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made


_FIGURES: Kept[Figures] = Kept(_MOST)
DESIGNATED = ("designated", "provisional")
"""The statuses of an entity that may work."""


def figures_of(opened: Opened, committee: Committee, as_of: date | None = None) -> Figures:
    """Return a committee's figures, of today's record or as of a day."""
    return kept(
        _FIGURES,
        opened,
        committee,
        as_of,
        lambda: _folded(opened.tables, committee, as_of),
        views=VIEWS,
    )


def kept(
    folds: Kept[T],
    opened: Opened,
    committee: Committee,
    question: Hashable,
    make: Callable[[], T],
    *,
    views: Sequence[View],
    cases: bool = False,
) -> T:
    """Return a fold of views that is kept until one of the committee's streams grows.

    The key names how far each stream reaches (those of its cases too, if they count), and the
    chain's links at the ends of those that decide. The views must hold all that it names; what
    they hold beyond has another key.
    """
    record = opened.engine.record
    streams = (committee.code, history_stream(committee.code))
    ends = {stream: record.version(stream) for stream in streams}
    links = [record.table.link(stream, end) for stream, end in ends.items()]
    if cases:
        ends |= record.versions(f"{committee.code}/")
    key = (question, tuple(ends.items()), tuple(links))
    if opened.reached(views) < opened.position:
        return make()
    return folds.get(key, make)


def _folded(tables: Tables, committee: Committee, as_of: date | None) -> Figures:
    wanted = LogFilter(committee.code, as_of=as_of)
    found = {name: register(tables, name, committee, wanted)[0] for name in REGISTERS}
    return Figures(
        methodologies=len({entry["number"] for entry in found["methodologies"]}),
        entities=sum(entry["status"] in DESIGNATED for entry in found["entities"]),
        projects=sum(entry["status"] == "registered" for entry in found["projects"]),
        credits=sum(entry["decided"] or 0 for entry in found["credits"]),
        reported=sum(entry["reported"] or 0 for entry in found["credits"]),
    )
