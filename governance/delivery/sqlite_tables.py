"""Subscriptions on SQLite: a file of their own beside the record, which its owner alone may read.

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
from governance.delivery.tables import DeliveryTables
from policies.refusals import WrongHomeError

APPLICATION_ID = 0x4A434744  # "JCGD"
_MAKE = """
CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, side TEXT NOT NULL,
    url TEXT NOT NULL, committee TEXT, types TEXT NOT NULL, condition TEXT NOT NULL, reason TEXT,
    position INTEGER NOT NULL, link TEXT, failures INTEGER NOT NULL,
    next_try INTEGER NOT NULL, holder TEXT, held_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL, made_at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscription_secrets (subscription TEXT NOT NULL, secret TEXT NOT NULL,
    made_at INTEGER NOT NULL, ends_at INTEGER, PRIMARY KEY (subscription, secret)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery_attempts (subscription TEXT NOT NULL, number INTEGER NOT NULL,
    at INTEGER NOT NULL, event TEXT NOT NULL, sequence INTEGER NOT NULL, attempt INTEGER NOT NULL,
    status INTEGER, error TEXT, milliseconds INTEGER NOT NULL, next_try INTEGER,
    PRIMARY KEY (subscription, number)) WITHOUT ROWID;
"""


class _Cursor:
    """Asks SQLite, which knows no schema of ours."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement.replace("jcgov.", ""), values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._cursor.execute(statement.replace("jcgov.", ""), values)


class SQLiteDeliveryTables(DeliveryTables):
    """The tables in one SQLite file."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        self.datastore = datastore
        if self._made():
            self._make_newer()
        else:
            with self._transaction() as cursor:
                for statement in _MAKE.split(";"):
                    cursor.execute(statement)
                # Where no hard link made the file, nothing has said yet whose it is.
                cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                cursor.execute(f"PRAGMA user_version = {FORMAT}")

    @classmethod
    def open(cls, file: Path) -> SQLiteDeliveryTables:
        """Open, or make, the file; `WrongHomeError` if it is something else, or another's."""
        make(file, APPLICATION_ID, private=True)
        if not os.access(file, os.R_OK | os.W_OK):
            message = f"{file} holds secrets, and is kept from this user; ask as its owner"
            raise WrongHomeError(message)
        require_ours(file, APPLICATION_ID)
        return cls(SQLiteDatastore(str(file)))

    @classmethod
    def scratch(cls) -> SQLiteDeliveryTables:
        """Return empty tables, for a home in which nobody has subscribed."""
        return cls(SQLiteDatastore("", pool_size=1, max_overflow=0))

    @contextmanager
    def reading(self) -> Iterator[_Cursor]:
        """Lend what asks."""
        with reading(self.datastore) as cursor:
            yield _Cursor(cursor)

    @contextmanager
    def writing(self) -> Iterator[_Cursor]:
        """Lend what writes, as the one writer; on the disk at the end (synchronous FULL)."""
        with self._transaction() as cursor:
            yield _Cursor(cursor)

    def close(self) -> None:
        """Give back the connections."""
        self.datastore.close()

    def _made(self) -> bool:
        with reading(self.datastore) as cursor:
            cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = 'delivery_attempts'")
            return cursor.fetchone() is not None

    def _make_newer(self) -> None:
        """Add what an older program did not keep: nothing could rebuild what it did."""
        has_link = "SELECT 1 FROM pragma_table_info('subscriptions') WHERE name = 'link'"
        with reading(self.datastore) as cursor:
            if cursor.execute(has_link).fetchone() is not None:
                return
        with self._transaction() as cursor:
            if cursor.execute(has_link).fetchone() is None:  # another may have been first
                cursor.execute("ALTER TABLE subscriptions ADD COLUMN link TEXT")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with (
            faults_told(self.datastore.pool.db_name),
            self.datastore.get_connection(commit=True) as connection,
        ):
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            try:
                cursor.execute("PRAGMA synchronous = FULL")
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                cursor.close()
