"""A record of one committee with many events, and its snapshots as they are seen anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg

from aggregates.committee.evolve import evolve
from aggregates.committee.snapshot import CORE, LATE, edition
from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from aggregates.store.snapshots import Part, Place
from governance import assembly
from governance.clock import utc_now
from governance.keys.engine import EngineKeys
from governance.service.desk import Desk
from governance.service.snapshots import Snapshots
from governance.settings import Settings
from tests.benchmarks.histories import History

LONG = History(committees=1, events=2399, seed=1)
LENGTH = 1400
"""The events of its committee's own stream; the others are those of its cases."""
OTHER = History(committees=1, events=2399, seed=2)
AT = 1000


@dataclass
class There:
    """A place with one committee, and its snapshots as a process that has just begun sees them."""

    settings: Settings
    record: Record

    @cached_property
    def code(self) -> str:
        return self.record.streams()[0]

    def fold(self, until: int | None = None) -> CommitteeState:
        """Return what the events say: everything here is held against it."""
        state = self.record.fold(self.code, evolve, until=until)
        assert state is not None
        return state

    def snapshots(self) -> Snapshots:
        return assembly.snapshots_of(self.settings, self.record)

    def desk(self) -> Desk:
        keys = EngineKeys(self.settings.keys)
        return Desk(self.record, utc_now, keys, self.snapshots())

    def load(self) -> CommitteeState:
        return self.desk().load(self.code)

    def kept(self, version: int = AT) -> CommitteeState:
        """Keep a snapshot of that version, and return its state."""
        state = self.fold(version)
        self.snapshots().keep(state)
        return state

    def parts(self) -> dict[str, Part | None]:
        table = self.snapshots().table
        return {name: table.read(self.code, name) for name in (CORE, *LATE)}

    def standing(self) -> int | None:
        found = self.snapshots().table.standing(self.code)
        return None if found is None else found[0]

    def change(self, statement: str, *values: Any) -> None:
        """Change the table of snapshots behind the program's back."""
        if self.settings.database_url is None:
            with closing(sqlite3.connect(self.settings.database)) as file, file:
                file.execute(statement, values)
            return
        with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
            connection.execute("SET search_path = jcgov")
            connection.execute(statement.replace("?", "%s").encode(), values)

    def seal(self, name: str, state: bytes) -> None:
        """Put a part there as somebody would forge it who knows how they are sealed."""
        named, link = edition(), self.record.table.link(self.code, AT)
        assert named is not None
        assert link is not None
        part = Place(self.code, AT, named, link).part(name, state)
        self.change(
            "UPDATE snapshots SET version = ?, edition = ?, seal = ?, state = ?"
            " WHERE stream = ? AND part = ?",
            *(*part, self.code, name),
        )
