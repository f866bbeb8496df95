"""The record on SQLite: durable (WAL, synchronous FULL), append-only, with its hash chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from aggregates.store.chain import GENESIS, link
from aggregates.store.format import APPLICATION_ID, FORMAT
from policies.refusals import SomeoneActedFirstError

TABLE = "events"


class SQLiteRecord(SQLiteApplicationRecorder):
    """The library's recorder with a stable position, a hash chain, and no way to edit or delete."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore, events_table_name=TABLE)

    def construct_create_table_statements(self) -> list[str]:
        """Return the table and the triggers that refuse every change of a stored event."""
        refuse = "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
        same = "originator_id = NEW.originator_id AND originator_version = NEW.originator_version"
        known = f"SELECT 1 FROM {TABLE} WHERE rowid = NEW.rowid OR ({same})"  # noqa: S608
        return [
            f"CREATE TABLE IF NOT EXISTS {TABLE} ("
            "rowid INTEGER PRIMARY KEY, originator_id TEXT NOT NULL,"
            " originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,"
            " link BLOB NOT NULL, UNIQUE (originator_id, originator_version))",
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_stay BEFORE UPDATE ON {TABLE} {refuse}",
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_remain BEFORE DELETE ON {TABLE} {refuse}",
            # INSERT OR REPLACE deletes without asking the trigger above.
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_follow BEFORE INSERT ON {TABLE}"
            f" WHEN EXISTS ({known}) {refuse}",
            f"PRAGMA application_id = {APPLICATION_ID}",
            f"PRAGMA user_version = {FORMAT}",
        ]

    def create_table(self) -> None:
        """Make the table once; a record that is there is opened without a writer's turn."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,))
            made = cursor.fetchone() is not None
        if not made:
            with self._writing() as cursor:
                self._create_table(cursor)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events in one transaction.

        Raises `SomeoneActedFirstError` if a version is taken, or if the writer's turn never comes.
        """
        with self._writing() as cursor:
            return self._insert_events(cursor, stored_events, **kwargs)

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        c.execute(f"SELECT link FROM {TABLE} ORDER BY rowid DESC LIMIT 1")  # noqa: S608
        last = c.fetchone()
        before = GENESIS if last is None else bytes(last[0])
        positions = []
        for event in stored_events:
            stream, version = str(event.originator_id), event.originator_version
            before = link(before, stream, version, event.topic, event.state)
            c.execute(
                f"INSERT INTO {TABLE} (originator_id, originator_version, topic, state, link)"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?)",
                (stream, version, event.topic, event.state, before),
            )
            positions.append(c.lastrowid)
        return positions

    @contextmanager
    def _writing(self) -> Iterator[SQLiteCursor]:
        """Begin at once as the one writer: a transaction that first read could not go on."""
        with self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                connection.commit()
            except sqlite3.IntegrityError as error:
                connection.rollback()
                message = "another writer has recorded something in between: look again"
                raise SomeoneActedFirstError(message) from error
            except sqlite3.OperationalError as error:
                connection.rollback()
                if "locked" in str(error) or "busy" in str(error):
                    message = "another writer holds the record; try again"
                    raise SomeoneActedFirstError(message) from error
                raise
            except BaseException:
                connection.rollback()
                raise
            finally:
                cursor.sqlite_cursor.close()
