"""What is kept beside the record on SQLite: a file of its own, which its owner alone may read.

The record and its views may be read by others on the same machine; the secrets here may not.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.sqlite import SQLiteDatastore

from aggregates.store.format import FORMAT, make, require_ours
from aggregates.store.sqlite_asking import faults_told, reading
from governance.kept.tables import Kept
from policies.refusals import WrongHomeError


class _Cursor:
    """Asks SQLite, which knows no schema of ours."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement.replace("jcgov.", ""), values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        return self._cursor.execute(statement.replace("jcgov.", ""), values).rowcount


class SQLiteKept(Kept):
    """The tables in one SQLite file; `application` is what tells the file from others."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        self.datastore = datastore

    @staticmethod
    def opened(file: Path, application: int) -> SQLiteDatastore:
        """Open, or make, the file; `WrongHomeError` if it is something else, or another's."""
        make(file, application, private=True)
        if not os.access(file, os.R_OK | os.W_OK):
            message = f"{file} holds secrets, and is kept from this user; ask as its owner"
            raise WrongHomeError(message)
        require_ours(file, application)
        return SQLiteDatastore(str(file))

    def make_tables(
        self, statements: Sequence[str], application: int, tables: Sequence[str]
    ) -> bool:
        """Make the tables that are absent; false where all of these are there."""
        with self.reading() as asking:
            there = {name for (name,) in asking.rows("SELECT name FROM sqlite_schema")}
        if there.issuperset(tables):
            return False
        with self.writing() as asking:
            for statement in statements:
                asking.run(statement)
            # Where no hard link made the file, nothing has said yet whose it is.
            asking.run(f"PRAGMA application_id = {application}")
            asking.run(f"PRAGMA user_version = {FORMAT}")
        return True

    @contextmanager
    def reading(self) -> Iterator[_Cursor]:
        """Lend what asks."""
        with reading(self.datastore) as cursor:
            yield _Cursor(cursor)

    @contextmanager
    def writing(self) -> Iterator[_Cursor]:
        """Lend what writes, as the one writer; on the disk at the end (synchronous FULL)."""
        with (
            faults_told(self.datastore.pool.db_name),
            self.datastore.get_connection(commit=True) as connection,
        ):
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            try:
                cursor.execute("PRAGMA synchronous = FULL")
                cursor.execute("BEGIN IMMEDIATE")
                yield _Cursor(cursor)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                cursor.close()

    def close(self) -> None:
        """Give back the connections."""
        self.datastore.close()
