"""Views on PostgreSQL: tables beside the events, in the same schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from aggregates.store.postgresql import PostgreSQLDatabase
from policies.refusals import WrongHomeError
from projections.tables import (
    PAGE,
    REPLACED,
    Question,
    Standing,
    Tables,
    digest_of,
    grouped_statement,
    select_statement,
)
from projections.view import KEY, View

Cursor = psycopg.Cursor[tuple[Any, ...]]

_POSITIONS = """
CREATE TABLE IF NOT EXISTS jcgov.positions (
    view text COLLATE "C" PRIMARY KEY,
    declaration text COLLATE "C" NOT NULL,
    position bigint NOT NULL)
"""
_KEEPERS = """
SELECT DISTINCT rolname::text
FROM pg_class, aclexplode(relacl), pg_roles
WHERE pg_class.oid = 'jcgov.positions'::regclass
    AND privilege_type = 'INSERT' AND grantee = pg_roles.oid AND grantee <> relowner
"""
_GRANT = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON jcgov.{} TO {}")
_INTEGERS = frozenset({"version", "part"})
_COLUMN_TYPES = {"int8": "bigint", "text": 'text COLLATE "C"'}


class PostgreSQLTables(Tables):
    """Views' tables in a PostgreSQL database, made by `make`."""

    contains = "strpos"

    def __init__(self, database: PostgreSQLDatabase, views: Sequence[View]) -> None:
        self.database = database
        self.views = tuple(views)

    @classmethod
    def open(cls, database: PostgreSQLDatabase, views: Sequence[View]) -> PostgreSQLTables:
        """Open the tables; `WrongHomeError` if they are missing or of another declaration."""
        with database.cursor() as cursor:
            declared = _declared(cursor)
        if not {(view.name, view.declaration) for view in views} <= declared:
            message = (
                "the database's views are not those of this program; make them anew, losing"
                " nothing: jcgov init"
            )
            raise WrongHomeError(message)
        return cls(database, views)

    @staticmethod
    def make(
        database: PostgreSQLDatabase, views: Sequence[View], application: str | None = None
    ) -> None:
        """Make the tables that are missing, and anew those of another declaration.

        A role that is named, and each that was before, may keep the views.
        """
        with database.writing() as cursor:
            cursor.execute("LOCK TABLE jcgov.format IN EXCLUSIVE MODE")
            cursor.execute(_POSITIONS)
            roles = {*_keepers(cursor), *([] if application is None else [application])}
            declared = _declared(cursor)
            for view in views:
                if (view.name, view.declaration) not in declared:
                    _create(cursor, view)
            for name, role in product(["positions", *(view.name for view in views)], sorted(roles)):
                cursor.execute(_GRANT.format(sql.Identifier(name), sql.Identifier(role)))

    def kept_positions(self) -> dict[str, int]:
        """Return each view's position by its name, and how often one was put right, as REPLACED."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT view, position FROM jcgov.positions", prepare=True)
            return dict(cursor.fetchall())

    def add(
        self, rows: Mapping[View, Sequence[tuple[Any, ...]]], before: int, reached: int
    ) -> bool:
        """Add a batch's rows and move their views' positions, all or none."""
        try:
            with self.database.writing() as cursor:
                # Views come from the events: what a crash takes comes back, with its position.
                cursor.execute("SET LOCAL synchronous_commit = off")
                _move(cursor, [view.name for view in rows], before, reached)
                for view, found in rows.items():
                    _insert(cursor, view, found)
        except _LateError:
            return False
        return True

    def select(
        self,
        view: View,
        where: str = "",
        values: Sequence[Any] = (),
        order: str = "",
        limit: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """Yield a view's rows (its columns, without the key), in the order of the events."""
        statement = select_statement(view, where.replace("?", "%s"), order, limit)
        with self.database.cursor() as cursor, cursor.connection.transaction():
            if limit is not None:
                # The planner takes a table that it has not analysed yet for a small one: it would
                # read and sort all that follows, where an index has the first rows in order.
                cursor.execute("SET LOCAL enable_sort = off")
            for page in _streamed(cursor, statement, values):
                yield from page

    def grouped(
        self, view: View, by: Sequence[str], shown: Sequence[str], question: Question
    ) -> list[tuple[Any, ...]]:
        """Return one row for each group of rows: `by`, then the aggregates `shown`."""
        marked = question._replace(where=question.where.replace("?", "%s"))
        statement = grouped_statement(view, by, shown, marked)
        with self.database.cursor() as cursor, cursor.connection.transaction():
            cursor.execute("SET LOCAL search_path = jcgov")
            return cursor.execute(statement.encode(), question.values).fetchall()

    def standing(self, view: View) -> Standing:
        """Return what a view holds, with a digest that depends on the events alone."""
        with self.database.cursor() as cursor, cursor.connection.transaction():
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT position FROM jcgov.positions WHERE view = %s", (view.name,))
            (position,) = cursor.fetchone() or (0,)
            return Standing(*digest_of(_pages(cursor, view)), position)

    def everything(self, view: View) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield a view's rows with their keys, in pages, in the order of the keys."""
        with self.database.cursor() as cursor, cursor.connection.transaction():
            yield from _pages(cursor, view)

    def replace(
        self, view: View, position: int, pages: Iterable[Sequence[tuple[Any, ...]]]
    ) -> None:
        """Put rebuilt rows in the place of a view's rows, in one transaction, and count that."""
        with self.database.writing() as cursor:
            move = "UPDATE jcgov.positions SET position = %s WHERE view = %s"
            cursor.execute(move, (position, view.name))
            cursor.execute(
                "INSERT INTO jcgov.positions AS kept VALUES (%s, '', 1)"
                " ON CONFLICT (view) DO UPDATE SET position = kept.position + 1",
                (REPLACED,),
            )
            cursor.execute(f"DELETE FROM jcgov.{view.name}".encode())  # noqa: S608
            for page in pages:
                _insert(cursor, view, page)

    def close(self) -> None:
        """Give back the connections; the database is closed by whoever opened it."""


class _LateError(Exception):
    """Another follower was first; rolls back, also on a connection that broke meanwhile."""


def _move(cursor: Cursor, names: list[str], before: int, reached: int) -> None:
    move = "UPDATE jcgov.positions SET position = %s WHERE position = %s AND view = ANY(%s)"
    cursor.execute(move, (reached, before, names), prepare=True)
    if cursor.rowcount != len(names):
        raise _LateError


def _declared(cursor: Cursor) -> set[tuple[str, str]]:
    cursor.execute("SELECT to_regclass('jcgov.positions')::text")
    if cursor.fetchone() == (None,):
        return set()
    cursor.execute("SELECT view, declaration FROM jcgov.positions")
    return {(view, declaration) for view, declaration in cursor.fetchall()}


def _keepers(cursor: Cursor) -> list[str]:
    """Return the roles that were let keep the views."""
    return [role for (role,) in cursor.execute(_KEEPERS).fetchall()]


def _create(cursor: Cursor, view: View) -> None:
    columns = ", ".join(
        f"{name} {_COLUMN_TYPES[kind]}"
        for name, kind in zip((*KEY, *view.columns), column_types(view), strict=True)
    )
    cursor.execute(f"DROP TABLE IF EXISTS jcgov.{view.name}".encode())
    create = f"CREATE TABLE jcgov.{view.name} ({columns}, PRIMARY KEY ({', '.join(KEY)}))"
    for statement in (create, *view.index_statements(f"jcgov.{view.name}")):
        cursor.execute(statement.encode())
    cursor.execute(
        "INSERT INTO jcgov.positions VALUES (%s, %s, 0)"
        " ON CONFLICT (view) DO UPDATE SET declaration = excluded.declaration, position = 0",
        (view.name, view.declaration),
    )


def column_types(view: View) -> list[str]:
    """Return the types of a view's columns, the key's among them, as PostgreSQL names them."""
    integers = _INTEGERS | view.integers
    return ["int8" if name in integers else "text" for name in (*KEY, *view.columns)]


def _insert(cursor: Cursor, view: View, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows by COPY: psycopg's executemany stalls on batches of half a megabyte."""
    if not rows:
        return
    with cursor.copy(f"COPY jcgov.{view.name} FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.set_types(column_types(view))
        for row in rows:
            copy.write_row(row)


def _pages(cursor: Cursor, view: View) -> Iterator[list[tuple[Any, ...]]]:
    statement = f"SELECT * FROM {view.name} ORDER BY {', '.join(KEY)}"  # noqa: S608
    return _streamed(cursor, statement, ())


def _streamed(
    cursor: Cursor, statement: str, values: Sequence[Any]
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield a statement's rows in pages, which the server keeps until they are fetched."""
    cursor.execute("SET LOCAL search_path = jcgov")
    with cursor.connection.cursor("rows", binary=True, row_factory=tuple_row) as streamed:
        streamed.execute(statement.encode(), values)
        while page := streamed.fetchmany(PAGE):
            yield page
