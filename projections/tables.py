"""Views on SQLite: tables beside the events, each with the position that it has reached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.persistence import IntegrityError, Tracking
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore, SQLiteTrackingRecorder

from projections.view import KEY, View

_ENCODER = msgspec.json.Encoder()
PAGE = 1000


class Tables(SQLiteTrackingRecorder):
    """The library's tracking recorder with our views' rows in the same transaction."""

    def __init__(self, datastore: SQLiteDatastore, views: Sequence[View]) -> None:
        self.views = tuple(views)
        super().__init__(datastore)
        self.create_table()

    @classmethod
    def in_memory(cls, views: Sequence[View]) -> Tables:
        """Return empty tables that live as long as the object."""
        return cls(SQLiteDatastore(":memory:", pool_size=1, max_overflow=0), views)

    @classmethod
    def open(cls, file: Path, views: Sequence[View]) -> Tables:
        """Open, or make, the tables beside the events."""
        return cls(SQLiteDatastore(str(file)), views)

    def create_table(self) -> None:
        """Make the tables that are not there; where others make them at once, theirs stand."""
        wanted = {"tracking", *(view.name for view in self.views)}
        if wanted <= self._names():
            return
        try:
            super().create_table()
        except IntegrityError:
            if not wanted <= self._names():
                raise

    def _names(self) -> set[str]:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {str(row[0]) for row in cursor.fetchall()}

    def construct_create_table_statements(self) -> list[str]:
        """Return the tables of all views, and the library's one of positions."""
        own = [create_statement(view, view.name) for view in self.views]
        return [*super().construct_create_table_statements(), *own]

    def position(self, view: View) -> int:
        """Return the position that a view has reached; 0 for an empty one."""
        return self.max_tracking_id(view.name) or 0

    def add(self, rows: Mapping[View, list[tuple[Any, ...]]], position: int) -> None:
        """Add a batch's rows to their views; nothing if another follower was there first."""
        try:
            with self.datastore.transaction(commit=True) as cursor:
                for view, found in rows.items():
                    self._insert_tracking(cursor, Tracking(view.name, position))
                    cursor.executemany(insert_statement(view, view.name), found)
        except IntegrityError:
            if any(self.position(view) < position for view in rows):
                raise

    def select(
        self, view: View, where: str = "", values: Sequence[Any] = (), order: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a view's rows (its columns, without the key), in the order of the events."""
        names = ", ".join(view.columns)
        condition = f" WHERE {where}" if where else ""
        by = order or ", ".join(KEY)
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT {names} FROM {view.name}{condition} ORDER BY {by}", values)  # noqa: S608
            while rows := cursor.sqlite_cursor.fetchmany(PAGE):
                yield from (tuple(row) for row in rows)

    def replace(self, view: View, position: int, rows: Iterable[list[tuple[Any, ...]]]) -> None:
        """Put rebuilt rows in the place of a view's rows, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(f"DELETE FROM {view.name}")  # noqa: S608
            for batch in rows:
                cursor.executemany(insert_statement(view, view.name), batch)
            cursor.execute("DELETE FROM tracking WHERE application_name = ?", (view.name,))
            if position:
                self._insert_tracking(cursor, Tracking(view.name, position))

    def digest(self, view: View) -> tuple[int, str]:
        """Return how many rows a view has, and a digest that depends on the events alone."""
        found, count = hashlib.sha256(), 0
        with self.datastore.transaction(commit=False) as cursor:
            for row in _ordered(cursor, view):
                found.update(_ENCODER.encode(row))
                found.update(b"\n")
                count += 1
        return count, found.hexdigest()


def create_statement(view: View, table: str) -> str:
    """Return the statement that makes a view's table."""
    columns = ", ".join((*KEY, *view.columns))
    key = ", ".join(KEY)
    return f"CREATE TABLE IF NOT EXISTS {table} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID"


def insert_statement(view: View, table: str) -> str:
    """Return the statement that adds a row of a view."""
    marks = ", ".join("?" for _ in (*KEY, *view.columns))
    return f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608


def _ordered(cursor: SQLiteCursor, view: View) -> Iterator[tuple[Any, ...]]:
    cursor.execute(f"SELECT * FROM {view.name} ORDER BY {', '.join(KEY)}")  # noqa: S608
    while rows := cursor.sqlite_cursor.fetchmany(PAGE):
        yield from (tuple(row) for row in rows)
