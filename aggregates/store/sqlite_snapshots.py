"""Snapshots on SQLite: a table beside the events, made when the first is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteDatastore

from aggregates.store.snapshots import Part, part_of
from aggregates.store.sqlite_asking import faults_told
from policies.refusals import FaultError, Refusal

_MAKE = (
    "CREATE TABLE snapshots (stream TEXT NOT NULL, part TEXT NOT NULL, version INTEGER NOT NULL,"
    " edition TEXT NOT NULL, seal BLOB NOT NULL, state BLOB NOT NULL, PRIMARY KEY (stream, part))"
)


class SQLiteSnapshots:
    """A table of snapshots in the file of the events."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        self.datastore = datastore

    def read(self, stream: str, name: str) -> Part | None:
        """Return a part; None if there is none, or if it cannot be read for whatever reason."""
        return part_of(
            self._first(
                "SELECT version, edition, seal, state FROM snapshots WHERE stream = ? AND part = ?",
                (stream, name),
            )
        )

    def standing(self, stream: str) -> tuple[int, str] | None:
        """Return version and edition of what is kept for a stream; None as above."""
        match self._first("SELECT version, edition FROM snapshots WHERE stream = ?", (stream,)):
            case (int(version), str(edition)):
                return version, edition
        return None

    def keep(self, stream: str, parts: Mapping[str, Part]) -> None:
        """Put a snapshot in the place of the stream's, all or none.

        Its commit waits for no disk (synchronous NORMAL): what a power cut takes is taken anew.
        """
        rows = [(stream, name, *part) for name, part in parts.items()]
        with (
            faults_told(self.datastore.pool.db_name),
            self.datastore.get_connection(commit=True) as connection,
        ):
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None
            try:
                cursor.execute("PRAGMA synchronous = NORMAL")
                cursor.execute("BEGIN IMMEDIATE")
                _make(cursor)
                cursor.execute("DELETE FROM snapshots WHERE stream = ?", (stream,))
                cursor.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?)", rows)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                cursor.close()

    def _first(self, select: str, values: tuple[str, ...]) -> Any:
        try:
            with (
                faults_told(self.datastore.pool.db_name),
                self.datastore.get_connection(commit=False) as connection,
            ):
                cursor = connection.cursor().sqlite_cursor
                cursor.row_factory = None
                try:
                    return cursor.execute(select, values).fetchone()
                finally:
                    cursor.close()
        except (sqlite3.Error, PersistenceError, FaultError, Refusal):
            return None


def _make(cursor: sqlite3.Cursor) -> None:
    """Make the table that is not there, or anew one that another version has made."""
    cursor.execute("SELECT type, sql FROM sqlite_schema WHERE name = 'snapshots'")
    found = cursor.fetchone()
    if found == ("table", _MAKE):
        return
    if found is not None:
        cursor.execute("DROP TABLE snapshots")
    cursor.execute(_MAKE)
