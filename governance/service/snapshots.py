"""Snapshots of committees: loading one takes no longer, however long its stream is.

What is odd about a snapshot (its bytes, its edition, the event that it is bound to) means that the
events are folded from the beginning: never a fault, never a wrong state.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

import msgspec
from eventsourcing.persistence import PersistenceError

from aggregates.committee.evolve import evolve
from aggregates.committee.snapshot import (
    CORE,
    LATE,
    NotASnapshotError,
    decode,
    decode_late,
    edition,
    encode,
)
from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from aggregates.store.snapshots import Part, Place, SnapshotTable
from policies.refusals import FaultError, Refusal

OFTEN = 500
"""Events that are folded beyond a snapshot; after more of them a load takes one."""
SWEEP = 100
"""The same, when a sweep takes one: commands are then seldom those who do."""

_NOT_TAKEN = (
    msgspec.MsgspecError,
    OverflowError,
    TypeError,
    ValueError,
    RecursionError,
    sqlite3.Error,
    PersistenceError,
    FaultError,
    Refusal,
)
"""What taking a snapshot may meet: the state has a value that it cannot hold, or no room."""


class Snapshots:
    """The snapshots of a record's committees; `writable` is false where none is taken."""

    def __init__(self, record: Record, table: SnapshotTable, *, writable: bool = True) -> None:
        self.record = record
        self.table = table
        self.writable = writable
        self._taken: dict[str, int] = {}

    def load(self, code: str) -> CommitteeState | None:
        """Return the state at the snapshot; None if there is none that holds."""
        core = self.table.read(code, CORE)
        place = None if core is None else self._place(code, core)
        if core is None or place is None or not place.holds(CORE, core):
            return None
        try:
            state = decode(core.state, partial(self._late, place))
        except NotASnapshotError:
            return None
        if state.committee.code != code or state.version != core.version:
            return None
        self._taken[code] = core.version
        return state

    def keep_if_due(self, state: CommitteeState, often: int = OFTEN) -> None:
        """Take a snapshot if so many events lie beyond the last; failing to harms nobody."""
        code = state.committee.code
        if not self.writable or state.version - self._last(state, often) <= often:
            return
        self._taken[code] = state.version
        try:
            self.keep(state)
        except _NOT_TAKEN:
            return

    def _last(self, state: CommitteeState, often: int) -> int:
        """Return the version of the last snapshot, also of one that another process has taken.

        Whoever folded from the beginning has found none that holds, and asks nobody.
        """
        code = state.committee.code
        last = self._taken.get(code, 0)
        if last and state.version - last > often:
            standing = self.table.standing(code)
            if standing is not None and standing[1] == edition() and standing[0] <= state.version:
                last = self._taken[code] = max(last, standing[0])
        return last

    def keep(self, state: CommitteeState) -> None:
        """Take a snapshot of a state."""
        code, named = state.committee.code, edition()
        link = self.record.table.link(code, state.version)
        if link is None or named is None:
            return
        place = Place(code, state.version, named, link)
        parts = {name: place.part(name, part) for name, part in encode(state).items()}
        self.table.keep(code, parts)

    def rebuild(self, code: str) -> bool:
        """Compare a committee's snapshot of this edition with its events, and take it anew.

        False if it was not what the events say; true also if there is none.
        """
        core = self.table.read(code, CORE)
        if core is None or core.edition != edition():
            return True
        state = self.record.fold(code, evolve, until=core.version)
        same = state is not None and self._is(code, core, state)
        version = 0 if state is None else state.version
        state = self.record.fold(code, evolve, state, after=version)
        if state is not None:
            self.keep(state)
        return same

    def _is(self, code: str, core: Part, folded: CommitteeState) -> bool:
        place = self._place(code, core)
        parts = {name: self.table.read(code, name) for name in LATE}
        if place is None or not all(place.holds(name, part) for name, part in parts.items()):
            return False
        found = self.load(code)
        return found is not None and found == folded and _orders(found) == _orders(folded)

    def _place(self, code: str, core: Part) -> Place | None:
        """Return the place that a core claims; None if it is none of this record and edition."""
        named = edition()
        if named is None or core.edition != named:
            return None
        link = self.record.table.link(code, core.version)
        return None if link is None else Place(code, core.version, named, link)

    def _late(self, place: Place, name: str) -> Any:
        """Return a late part's value; where it is gone or odd, what the events say."""
        part = self.table.read(place.stream, name)
        if part is not None and place.holds(name, part):
            try:
                return decode_late(name, part.state)
            except NotASnapshotError:
                pass
        folded = self.record.fold(place.stream, evolve, until=place.version)
        return getattr(folded, name)


def _orders(state: CommitteeState) -> list[list[Any]]:
    """Return the orders that count and that equality does not see: those of the ground."""
    ground = state.ground
    tables = [table for table in vars(ground).values() if isinstance(table, dict)]
    return [list(table) for table in (*tables, *ground.named.values())]
