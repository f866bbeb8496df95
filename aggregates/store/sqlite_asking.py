"""Asking SQLite: what it answers, and what its faults mean for whoever asked, in a sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteDatastore

from policies.refusals import FaultError, SomeoneActedFirstError, StorageError

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NO_ROOM_BESIDE = (sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN)
"""The file that connections share could not grow: nothing was begun yet."""
_UNCERTAIN = "whether the last command was recorded is not known: look before you repeat it"
_MEANINGS = {
    sqlite3.SQLITE_FULL: (
        "no room is left on its disk, or its quota is used up; nothing was recorded by halves."
        " Make room, and repeat the command"
    ),
    sqlite3.SQLITE_READONLY: "it cannot be written by this user, or its disk is read-only",
    sqlite3.SQLITE_CANTOPEN: (
        "it, or a file that SQLite keeps beside it, cannot be opened or made; are the folder's"
        " permissions right, and is there room on its disk?"
    ),
    sqlite3.SQLITE_IOERR: f"its disk failed, or is full; {_UNCERTAIN}",
}


@contextmanager
def faults_told(file: str | Path) -> Iterator[None]:
    """Raise what a fault of SQLite means, in a sentence that names the file.

    `SomeoneActedFirstError` where another holds the file, `StorageError` where the disk is full,
    fails or cannot be written; other errors pass as they are.
    """
    try:
        yield
    except (sqlite3.Error, PersistenceError) as error:
        told = meaning_of(error, file)
        if told is None:
            raise
        raise told from error


@contextmanager
def reading(datastore: SQLiteDatastore) -> Iterator[sqlite3.Cursor]:
    """Lend a cursor that gives plain tuples, outside of a transaction: a statement, a moment."""
    with (
        faults_told(datastore.pool.db_name),
        datastore.get_connection(commit=False) as connection,
    ):
        cursor = connection.cursor().sqlite_cursor
        cursor.row_factory = None
        try:
            yield cursor
        finally:
            cursor.close()


def meaning_of(
    error: sqlite3.Error | PersistenceError, file: str | Path
) -> FaultError | SomeoneActedFirstError | None:
    """Return what to raise for an error of SQLite; None for one that passes as it is."""
    # The library wraps what happens while it connects.
    cause = error.__cause__ if isinstance(error, PersistenceError) else error
    if not isinstance(cause, sqlite3.OperationalError):
        return None
    extended = getattr(cause, "sqlite_errorcode", 0)
    code = sqlite3.SQLITE_FULL if extended in _NO_ROOM_BESIDE else extended & 0xFF
    if code in _BUSY:
        return SomeoneActedFirstError("another writer holds the record; try again")
    if code not in _MEANINGS:
        return None
    name = file or "a file in the temporary folder"
    return StorageError(f"{name}: {_MEANINGS[code]} (SQLite: {cause}, {cause.sqlite_errorname})")
