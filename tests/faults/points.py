"""Faults at the k-th thing that a program asks of its database, without a hook in the program.

On SQLite a thing asked is a statement or a commit, on PostgreSQL a round trip to the server. The
fault comes before it, or after it was done, so that its answer is lost.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from unittest import mock

import psycopg

DIED = 86
"""The exit code of a process that ended at a point."""


class Point(NamedTuple):
    """The k-th thing asked, whether it is still done, and whether the process dies there."""

    number: int
    when: Literal["before", "after"]
    dies: bool


@dataclass
class Points:
    """Counts what one thread asks of its database, and lets the fault happen."""

    point: Point
    passed: int = 0
    reached: str = ""
    """What was asked at the point; empty until then."""

    def __post_init__(self) -> None:
        self._thread = threading.get_ident()

    def ask(self, what: str, do: Callable[[], Any], fail: Callable[[], Exception]) -> Any:
        """Do what is asked, unless it is the point before which, or after which, all fails."""
        if threading.get_ident() != self._thread:
            return do()
        self.passed += 1
        if self.passed != self.point.number:
            return do()
        self.reached = " ".join(what.split())[:60]
        if self.point.when == "after":
            do()
        if self.point.dies:
            os._exit(DIED)
        raise fail()


@contextmanager
def fault_at(point: Point) -> Iterator[Points]:
    """Let the fault happen to every connection of both engines' clients, of this thread."""
    points = Points(point)
    with mock.patch.object(Connection, "points", points), _psycopg(points):
        yield points


class Connection(sqlite3.Connection):
    """A connection that asks through the points, while there are some."""

    points: Points | None = None

    def ask(self, what: str, do: Callable[[], Any]) -> Any:
        """Ask the database, through the points."""
        return do() if self.points is None else self.points.ask(what, do, _disk_error)

    def cursor(self, *_: Any, **__: Any) -> Any:
        """Return a cursor that asks through the points."""
        return super().cursor(Cursor)

    def execute(self, *arguments: Any) -> Any:
        """Execute a statement by a cursor of its own."""
        return self.cursor().execute(*arguments)

    def commit(self) -> None:
        """Commit, if there is a transaction."""
        if self.in_transaction:
            self.ask("COMMIT", super().commit)

    def rollback(self) -> None:
        """Roll back, if there is a transaction."""
        if self.in_transaction:
            self.ask("ROLLBACK", super().rollback)


class Cursor(sqlite3.Cursor):
    """A cursor of such a connection."""

    def execute(self, *arguments: Any) -> Any:
        """Execute a statement."""
        return self._ask(arguments[0], lambda: sqlite3.Cursor.execute(self, *arguments))

    def executemany(self, *arguments: Any) -> Any:
        """Execute a statement many times."""
        return self._ask(arguments[0], lambda: sqlite3.Cursor.executemany(self, *arguments))

    def _ask(self, what: str, do: Callable[[], Any]) -> Any:
        assert isinstance(self.connection, Connection)
        return self.connection.ask(what, do)


@contextmanager
def watched_sqlite() -> Iterator[None]:
    """Let every connection that is made from here on ask through the points."""
    connect = sqlite3.connect

    def watched(*arguments: Any, **named: Any) -> Any:
        return connect(*arguments, **{"factory": Connection, **named})

    with mock.patch.object(sqlite3, "connect", watched):
        yield


@contextmanager
def _psycopg(points: Points) -> Iterator[None]:
    wait = psycopg.Connection.wait

    def asking(self: psycopg.Connection[Any], asked: Generator[Any, Any, Any], *rest: Any) -> Any:
        def fail() -> Exception:
            self.close()
            return psycopg.OperationalError("server closed the connection unexpectedly")

        return points.ask(
            getattr(asked, "__name__", "") or "asked", lambda: wait(self, asked, *rest), fail
        )

    with mock.patch.object(psycopg.Connection, "wait", asking):
        yield


def _disk_error() -> Exception:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR"
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    error.sqlite_errorname = "SQLITE_IOERR"
    return error
