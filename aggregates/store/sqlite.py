"""Events on SQLite: durable (WAL, synchronous FULL), append-only, with their hash chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteDatastore,
)

from aggregates.store.chain import GENESIS, Head, Row, link
from aggregates.store.format import (
    APPLICATION_ID,
    FORMAT,
    make,
    read_only_uri,
    require_ours,
)
from aggregates.store.sqlite_asking import reading
from aggregates.store.sqlite_writing import SQLiteWriter
from aggregates.store.table import BATCH, beyond
from policies.refusals import WrongHomeError

TABLE = "events"
_UNDECODABLE = "Could not decode to UTF-8"
_COLUMNS = "rowid, originator_id, originator_version, topic, state, link"
# Read by position, not by stream (the plus sign): who asks has read up to lately.
_LATEST = f"""FROM {TABLE} WHERE rowid > ? AND (+originator_id = ?
    OR (+originator_id >= ? AND +originator_id < ?))"""
_INSERT = f"INSERT INTO {TABLE} ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608


class SQLiteEvents(SQLiteApplicationRecorder):
    """The library's recorder with a stable position, a hash chain, and no way to edit or delete."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore, events_table_name=TABLE)
        self._writer = SQLiteWriter(datastore.pool.db_name)

    @classmethod
    def open(cls, file: Path) -> SQLiteEvents:
        """Open, or make, the table in a file; `WrongHomeError` if the file is something else."""
        make(file)
        require_ours(file)
        events = cls(SQLiteDatastore(str(file), originator_id_type="text"))
        events.create_table()
        return events

    @classmethod
    def open_read_only(cls, file: Path) -> SQLiteEvents:
        """Open a table that this process may not, or shall not, change."""
        require_ours(file)
        return cls(SQLiteDatastore(read_only_uri(file), originator_id_type="text"))

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
        with self._reading() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (TABLE,))
            made = cursor.fetchone() is not None
        if not made:
            with self._writer as cursor:
                for statement in self.create_table_statements:
                    cursor.execute(statement)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events in one transaction.

        Raises `SomeoneActedFirstError` if a version is taken, or if the writer's turn never comes.
        """
        with self._writer as cursor:
            first, before = _head(cursor)
            rows = []
            for position, event in enumerate(stored_events, start=first + 1):
                stream, version = str(event.originator_id), event.originator_version
                before = link(before, stream, version, event.topic, event.state)
                rows.append((position, stream, version, event.topic, event.state, before))
            cursor.executemany(_INSERT, rows)
        return [row[0] for row in rows]

    def fill(self, pages: Iterable[list[Row]]) -> None:
        """Take the rows of a whole record, as they are, into an empty table, all or none.

        Raises `WrongHomeError` if the table is not empty.
        """
        with self._writer as cursor:
            if _head(cursor).position:
                message = "the home holds events already; name an empty or absent one"
                raise WrongHomeError(message)
            for page in pages:
                cursor.executemany(_INSERT, page)

    def stream(self, stream: str, after: int) -> Iterator[tuple[int, str, bytes]]:
        """Yield version, topic and state of a stream's events, in order, a page at a time."""
        select = (
            f"SELECT originator_version, topic, state FROM {TABLE} WHERE originator_id = ?"  # noqa: S608
            " AND originator_version > ? ORDER BY originator_version"
        )
        with self._reading() as cursor:
            cursor.execute(select, (stream, after))
            while page := cursor.fetchmany(BATCH):
                yield from page

    def rows(self, after: int, until: int, topics: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return what stands after a position, up to another; of the named topics, or all."""
        marks = ", ".join("?" for _ in topics)
        named = f" AND topic IN ({marks})" if topics else ""
        select = f"SELECT {_COLUMNS} FROM {TABLE} WHERE rowid > ? AND rowid <= ?{named}"  # noqa: S608
        with self._reading() as cursor:
            try:
                return _fetch(cursor, select, (after, until, *topics))
            except sqlite3.OperationalError as error:
                if _UNDECODABLE not in str(error):
                    raise
                # Somebody put bytes there that are no text: whoever checks links is to name them.
                cursor.connection.text_factory = _whatever_it_is
                try:
                    return _fetch(cursor, select, (after, until, *topics))
                finally:
                    cursor.connection.text_factory = str

    def latest(
        self, stream: str, after: int, topics: Sequence[str], limit: int
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """Return how many events a stream and those below it have after a position, and the last.

        Of the named topics alone.
        """
        below = f"{stream}/"
        values = (after, stream, below, beyond(below), *topics)
        found = f"{_LATEST} AND topic IN ({', '.join('?' for _ in topics)})"
        columns = "rowid, originator_id, originator_version, topic, state"
        with self._reading() as cursor:
            (count,) = cursor.execute(f"SELECT count(*) {found}", values).fetchone()
            select = f"SELECT {columns} {found} ORDER BY rowid DESC LIMIT ?"
            return int(count), cursor.execute(select, (*values, limit)).fetchall()

    def first(self) -> int | None:
        """Return the lowest position at which an event stands; None while there is none."""
        with self._reading() as cursor:
            (position,) = cursor.execute(f"SELECT min(rowid) FROM {TABLE}").fetchone()  # noqa: S608
            return None if position is None else int(position)

    def head(self) -> Head:
        """Return the last position and its link."""
        with self._reading() as cursor:
            return _head(cursor)

    def version(self, stream: str) -> int:
        """Return a stream's version; 0 if it has no events."""
        select = f"SELECT max(originator_version) FROM {TABLE} WHERE originator_id = ?"  # noqa: S608
        with self._reading() as cursor:
            (version,) = cursor.execute(select, (stream,)).fetchone()
            return version or 0

    def event(self, stream: str, version: int) -> tuple[str, bytes] | None:
        """Return topic and state of a stream's event; None if there is no such event."""
        select = (
            f"SELECT topic, state FROM {TABLE} WHERE originator_id = ?"  # noqa: S608
            " AND originator_version = ?"
        )
        with self._reading() as cursor:
            found = cursor.execute(select, (stream, version)).fetchone()
            return None if found is None else (found[0], found[1])

    def versions(self, prefix: str) -> dict[str, int]:
        """Return the version of every stream whose name begins so, in the order of their bytes."""
        select = (
            f"SELECT originator_id, max(originator_version) FROM {TABLE}"  # noqa: S608
            " WHERE originator_id >= ? AND originator_id < ? GROUP BY originator_id"
            " ORDER BY originator_id"
        )
        with self._reading() as cursor:
            return dict(cursor.execute(select, (prefix, beyond(prefix))).fetchall())

    def link(self, stream: str, version: int) -> bytes | None:
        """Return the link of a stream's event; None if there is no such event."""
        select = f"SELECT link FROM {TABLE} WHERE originator_id = ? AND originator_version = ?"  # noqa: S608
        with self._reading() as cursor:
            found = cursor.execute(select, (stream, version)).fetchone()
            return None if found is None else found[0]

    def grown(self, after: int, until: int) -> dict[str, int]:
        """Return the last position of each stream that has grown after one, up to another."""
        # All of a long table is read by the index of the names; a plus keeps from the rows.
        rowid = "rowid" if after else "+rowid"
        select = (
            f"SELECT originator_id, max(rowid) FROM {TABLE}"  # noqa: S608
            f" WHERE {rowid} > ? AND {rowid} <= ? GROUP BY originator_id"
        )
        with self._reading() as cursor:
            return dict(cursor.execute(select, (after, until)).fetchall())

    def first_stream(self, name: str) -> str | None:
        """Return the first stream of that name or beyond it, in the order of the bytes."""
        select = f"SELECT min(originator_id) FROM {TABLE} WHERE originator_id >= ?"  # noqa: S608
        with self._reading() as cursor:
            (found,) = cursor.execute(select, (name,)).fetchone()
            return None if found is None else str(found)

    def streams(self) -> list[str]:
        """Return the names of all streams, in the order of their bytes."""
        with self._reading() as cursor:
            cursor.execute(f"SELECT DISTINCT originator_id FROM {TABLE} ORDER BY 1")  # noqa: S608
            return [name for (name,) in cursor.fetchall()]

    def close(self) -> None:
        """Give back the connections."""
        self._writer.close()
        self.datastore.close()

    def _reading(self) -> AbstractContextManager[sqlite3.Cursor]:
        return reading(self.datastore)


def _fetch(cursor: sqlite3.Cursor, select: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    return cursor.execute(f"{select} ORDER BY rowid", values).fetchall()


def _whatever_it_is(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _head(cursor: sqlite3.Cursor) -> Head:
    cursor.execute(f"SELECT rowid, link FROM {TABLE} ORDER BY rowid DESC LIMIT 1")  # noqa: S608
    last = cursor.fetchone()
    return Head(0, GENESIS) if last is None else Head(*last)
