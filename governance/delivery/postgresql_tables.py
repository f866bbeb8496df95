"""Subscriptions on PostgreSQL: tables beside the events, made by `make`, for keepers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from aggregates.store.postgresql import PostgreSQLDatabase
from governance.delivery.tables import DECLARATION, DeliveryTables
from policies.refusals import WrongHomeError

_MAKE = (
    """
    CREATE TABLE IF NOT EXISTS jcgov.subscriptions (id text COLLATE "C" PRIMARY KEY,
        side text COLLATE "C" NOT NULL, url text COLLATE "C" NOT NULL,
        committee text COLLATE "C", types text COLLATE "C" NOT NULL,
        condition text COLLATE "C" NOT NULL, reason text COLLATE "C",
        position bigint NOT NULL, link text COLLATE "C", failures bigint NOT NULL,
        next_try bigint NOT NULL, holder text COLLATE "C", held_until bigint NOT NULL,
        attempts bigint NOT NULL, made_at bigint NOT NULL)
    """,
    """
    CREATE TABLE IF NOT EXISTS jcgov.subscription_secrets (subscription text COLLATE "C" NOT NULL,
        secret text COLLATE "C" NOT NULL, made_at bigint NOT NULL, ends_at bigint,
        PRIMARY KEY (subscription, secret))
    """,
    """
    CREATE TABLE IF NOT EXISTS jcgov.delivery_attempts (subscription text COLLATE "C" NOT NULL,
        number bigint NOT NULL, at bigint NOT NULL, event text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL, attempt bigint NOT NULL, status bigint,
        error text COLLATE "C", milliseconds bigint NOT NULL,
        next_try bigint, PRIMARY KEY (subscription, number))
    """,
)
_OLDER = "1"
_MAKE_NEWER = ('ALTER TABLE jcgov.subscriptions ADD COLUMN link text COLLATE "C"',)
"""What an older declaration has not; nothing could rebuild what it has."""
_TABLES = ("subscriptions", "subscription_secrets", "delivery_attempts")
_FOUND = "SELECT obj_description(to_regclass('jcgov.subscriptions'), 'pg_class')"


class _Cursor:
    """Asks PostgreSQL, whose client marks values otherwise."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement.replace("?", "%s").encode(), values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._cursor.execute(statement.replace("?", "%s").encode(), values)


class PostgreSQLDeliveryTables(DeliveryTables):
    """The tables in a PostgreSQL database."""

    locking = " FOR UPDATE"

    def __init__(self, database: PostgreSQLDatabase) -> None:
        self.database = database

    @classmethod
    def open(cls, url: str) -> PostgreSQLDeliveryTables:
        """Open the tables; `WrongHomeError` if they are missing or of another declaration."""
        database = PostgreSQLDatabase(url)
        try:
            with database.cursor() as cursor:
                (found,) = cursor.execute(_FOUND).fetchone() or (None,)
        except BaseException:
            database.close()
            raise
        if found != DECLARATION:
            database.close()
            raise _wrong(found)
        return cls(database)

    @staticmethod
    def make(database: PostgreSQLDatabase, application: str | None = None) -> None:
        """Make the tables that are missing; a named role may keep them.

        Raises `WrongHomeError` where they are of another declaration: nothing could rebuild them.
        """
        with database.writing() as cursor:
            cursor.execute("LOCK TABLE jcgov.format IN EXCLUSIVE MODE")
            (found,) = cursor.execute(_FOUND).fetchone() or (None,)
            if found not in (None, _OLDER, DECLARATION):
                raise _wrong(found)
            if found != DECLARATION:
                for statement in _MAKE if found is None else _MAKE_NEWER:
                    cursor.execute(statement.encode())
                comment = sql.SQL("COMMENT ON TABLE jcgov.subscriptions IS {}")
                cursor.execute(comment.format(sql.Literal(DECLARATION)))
            if application is not None:
                grant = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON jcgov.{} TO {}")
                for table in _TABLES:
                    role = sql.Identifier(application)
                    cursor.execute(grant.format(sql.Identifier(table), role))

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


def _wrong(found: str | None) -> WrongHomeError:
    if found is None:
        return WrongHomeError("the database has no tables of subscriptions; make them: jcgov init")
    if found == _OLDER:
        return WrongHomeError("the tables of subscriptions are an older program's: jcgov init")
    return WrongHomeError(
        f"the database's subscriptions are of declaration {found}; this program keeps"
        f" {DECLARATION}: use the program that made them"
    )
