"""What is kept beside the record on PostgreSQL: tables beside the events, for keepers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from aggregates.store.postgresql import PostgreSQLDatabase
from governance.kept.tables import Kept


class _Cursor:
    """Asks PostgreSQL, whose client marks values otherwise."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement.replace("?", "%s").encode(), values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        return self._cursor.execute(statement.replace("?", "%s").encode(), values).rowcount


class PostgreSQLKept(Kept):
    """The tables in a PostgreSQL database."""

    locking = " FOR UPDATE"

    def __init__(self, database: PostgreSQLDatabase) -> None:
        self.database = database

    @contextmanager
    def reading(self) -> Iterator[_Cursor]:
        """Lend what asks."""
        with self.database.cursor() as cursor:
            yield _Cursor(cursor)

    @contextmanager
    def writing(self) -> Iterator[_Cursor]:
        """Lend what writes; as durable as the events, whatever the server's settings say."""
        with self.database.writing() as cursor:
            yield _Cursor(cursor)

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()


def declared(cursor: psycopg.Cursor[tuple[Any, ...]], table: str) -> str | None:
    """Return the declaration that a table was made by; null where it is absent."""
    asked = "SELECT obj_description(to_regclass(%s), 'pg_class')"
    (found,) = cursor.execute(asked, (f"jcgov.{table}",)).fetchone() or (None,)
    return None if found is None else str(found)


def declare(cursor: psycopg.Cursor[tuple[Any, ...]], table: str, declaration: str) -> None:
    """Say beside a table which declaration it was made by."""
    comment = sql.SQL("COMMENT ON TABLE jcgov.{} IS {}")
    cursor.execute(comment.format(sql.Identifier(table), sql.Literal(declaration)))


def grant(
    cursor: psycopg.Cursor[tuple[Any, ...]], tables: Sequence[str], application: str | None
) -> None:
    """Let a named role keep tables."""
    if application is None:
        return
    granted = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON jcgov.{} TO {}")
    for table in tables:
        cursor.execute(granted.format(sql.Identifier(table), sql.Identifier(application)))
