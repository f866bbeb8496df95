"""The one connection that writes events on SQLite; each turn of it is a transaction."""

from __future__ import annotations

import sqlite3
from threading import Lock
from types import TracebackType

from eventsourcing.sqlite import SQLITE3_DEFAULT_LOCK_TIMEOUT

from aggregates.store.sqlite_asking import meaning_of
from policies.refusals import SomeoneActedFirstError


class SQLiteWriter:
    """As a context: begins at once as the one writer, and commits, or takes everything back.

    A transaction that first read could not go on. The connection is its own and is kept: lending
    one of the library's pool, and making a cursor, cost as much as the insert.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._turn = Lock()
        self._connection: sqlite3.Connection | None = None
        self._cursor: sqlite3.Cursor | None = None

    def __enter__(self) -> sqlite3.Cursor:
        self._turn.acquire()
        try:
            cursor = self._cursor or self._open()
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._take_back(error)
            raise
        return cursor

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None and self._cursor is not None:
                self._cursor.execute("COMMIT")
        except BaseException as failure:
            self._take_back(failure)
            raise
        if error is None:
            self._turn.release()
        else:
            self._take_back(error)

    def close(self) -> None:
        """Give back the connection."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> sqlite3.Cursor:
        self._connection = sqlite3.connect(
            self._file,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=SQLITE3_DEFAULT_LOCK_TIMEOUT,
        )
        self._cursor = self._connection.cursor()
        return self._cursor

    def _take_back(self, error: BaseException) -> None:
        """Roll back, end the turn, and raise what an error of SQLite means."""
        try:
            if self._connection is not None:
                self._connection.rollback()
        finally:
            self._turn.release()
        if isinstance(error, sqlite3.IntegrityError):
            message = "another writer has recorded something in between: look again"
            raise SomeoneActedFirstError(message) from error
        if isinstance(error, sqlite3.Error):
            meaning = meaning_of(error, self._file)
            if meaning is not None:
                raise meaning from error
