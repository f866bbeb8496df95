"""Views on SQLite: tables beside the events, or in a file of their own that is thrown away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.sqlite import SQLiteDatastore

from aggregates.store.sqlite_asking import faults_told, reading
from projections.tables import (
    PAGE,
    REPLACED,
    Question,
    Standing,
    Tables,
    digest_of,
    grouped_statement,
    select_statement,
)
from projections.view import KEY, View

_POSITIONS = (
    "CREATE TABLE IF NOT EXISTS positions"
    " (view TEXT PRIMARY KEY, declaration TEXT NOT NULL, position INTEGER NOT NULL) WITHOUT ROWID"
)


class SQLiteTables(Tables):
    """Views' tables in one SQLite file."""

    contains = "instr"

    def __init__(self, datastore: SQLiteDatastore, views: Sequence[View]) -> None:
        self.datastore = datastore
        self.views = tuple(views)
        self._make()

    @classmethod
    def scratch(cls, views: Sequence[View]) -> SQLiteTables:
        """Return empty tables that live as long as the object, in a file that SQLite removes."""
        return cls(SQLiteDatastore("", pool_size=1, max_overflow=0), views)

    @classmethod
    def open(cls, file: Path, views: Sequence[View]) -> SQLiteTables:
        """Open, or make, the tables beside the events."""
        return cls(SQLiteDatastore(str(file)), views)

    def kept_positions(self) -> dict[str, int]:
        """Return each view's position by its name, and how often one was put right, as REPLACED."""
        with self._reading() as cursor:
            return dict(cursor.execute("SELECT view, position FROM positions").fetchall())

    def add(
        self, rows: Mapping[View, Sequence[tuple[Any, ...]]], before: int, reached: int
    ) -> bool:
        """Add a batch's rows and move their views' positions, all or none."""
        marks = ", ".join("?" for _ in rows)
        move = f"UPDATE positions SET position = ? WHERE position = ? AND view IN ({marks})"  # noqa: S608
        with self._writing() as cursor:
            cursor.execute(move, (reached, before, *(view.name for view in rows)))
            if cursor.rowcount != len(rows):
                cursor.execute("ROLLBACK")
                return False
            for view, found in rows.items():
                if found:
                    cursor.executemany(_insert(view), found)
        return True

    def select(
        self,
        view: View,
        where: str = "",
        values: Sequence[Any] = (),
        order: str = "",
        limit: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a view's rows (its columns, without the key), in the order of the events."""
        with self._reading() as cursor:
            cursor.execute(select_statement(view, where, order, limit), values)
            while page := cursor.fetchmany(PAGE):
                yield from page

    def grouped(
        self, view: View, by: Sequence[str], shown: Sequence[str], question: Question
    ) -> list[tuple[Any, ...]]:
        """Return one row for each group of rows: `by`, then the aggregates `shown`."""
        with self._reading() as cursor:
            statement = grouped_statement(view, by, shown, question)
            return cursor.execute(statement, question.values).fetchall()

    def standing(self, view: View) -> Standing:
        """Return what a view holds, with a digest that depends on the events alone."""
        with self._reading() as cursor:
            cursor.execute("BEGIN")
            try:
                select = "SELECT position FROM positions WHERE view = ?"
                (position,) = cursor.execute(select, (view.name,)).fetchone()
                return Standing(*digest_of(_pages(cursor, view)), position)
            finally:
                cursor.execute("ROLLBACK")

    def everything(self, view: View) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield a view's rows with their keys, in pages, in the order of the keys."""
        with self._reading() as cursor:
            yield from _pages(cursor, view)

    def replace(
        self, view: View, position: int, pages: Iterable[Sequence[tuple[Any, ...]]]
    ) -> None:
        """Put rebuilt rows in the place of a view's rows, in one transaction, and count that."""
        with self._writing() as cursor:
            cursor.execute(f"DELETE FROM {view.name}")  # noqa: S608
            for page in pages:
                cursor.executemany(_insert(view), page)
            move = "UPDATE positions SET position = ? WHERE view = ?"
            cursor.execute(move, (position, view.name))
            cursor.execute(
                "INSERT INTO positions VALUES (?, '', 1)"
                " ON CONFLICT (view) DO UPDATE SET position = position + 1",
                (REPLACED,),
            )

    def close(self) -> None:
        """Give back the connections."""
        self.datastore.close()

    def _make(self) -> None:
        """Make the tables that are not there, or of another declaration; others' stand."""
        wanted = {(view.name, view.declaration) for view in self.views}
        if wanted <= self._declared():
            return
        with self._writing() as cursor:
            cursor.execute(_POSITIONS)
            declared = set(cursor.execute("SELECT view, declaration FROM positions").fetchall())
            for view in self.views:
                if (view.name, view.declaration) not in declared:
                    cursor.execute(f"DROP TABLE IF EXISTS {view.name}")
                    for statement in (_create(view), *view.index_statements(view.name)):
                        cursor.execute(statement)
                    cursor.execute(
                        "INSERT OR REPLACE INTO positions VALUES (?, ?, 0)",
                        (view.name, view.declaration),
                    )

    def _declared(self) -> set[tuple[str, str]]:
        with self._reading() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = 'positions'")
            if cursor.fetchone() is None:
                return set()
            return set(cursor.execute("SELECT view, declaration FROM positions").fetchall())

    def _told(self) -> AbstractContextManager[None]:
        return faults_told(self.datastore.pool.db_name)

    def _reading(self) -> AbstractContextManager[sqlite3.Cursor]:
        return reading(self.datastore)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        """Write as the one writer. Views come from the events: what a power cut takes comes back.

        So their commits wait for no disk (synchronous NORMAL); rows and position go together.
        """
        with self._told(), self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            try:
                cursor.execute("PRAGMA synchronous = NORMAL")
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                cursor.close()


def _create(view: View) -> str:
    columns = ", ".join((*KEY, *view.columns))
    return f"CREATE TABLE {view.name} ({columns}, PRIMARY KEY ({', '.join(KEY)})) WITHOUT ROWID"


def _insert(view: View) -> str:
    marks = ", ".join("?" for _ in (*KEY, *view.columns))
    return f"INSERT INTO {view.name} VALUES ({marks})"  # noqa: S608


def _pages(cursor: sqlite3.Cursor, view: View) -> Iterator[list[tuple[Any, ...]]]:
    cursor.execute(f"SELECT * FROM {view.name} ORDER BY {', '.join(KEY)}")  # noqa: S608
    while page := cursor.fetchmany(PAGE):
        yield page
