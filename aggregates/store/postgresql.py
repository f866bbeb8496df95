"""Events on PostgreSQL: appended by the database's own function, read in pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import psycopg
from eventsourcing.persistence import (
    IntegrityError,
    InternalError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import sql
from psycopg.rows import tuple_row
from psycopg_pool import PoolTimeout

from aggregates.store.chain import GENESIS, Head, Row
from aggregates.store.postgresql_server import parts_of, require_role, require_utf8, told
from aggregates.store.table import BATCH, beyond
from policies.refusals import (
    SomeoneActedFirstError,
    UnreachableError,
    WrongHomeError,
)

CHANNEL = "jcgov_events"
"""Who listens here is told of each commit."""
FORMAT = 1
LOCK_TIMEOUT = 10
"""Seconds that a writer waits for its turn."""
PATIENCE = 3
"""Seconds in which the server must give a connection: it may just be starting again."""
VANISHED = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon it is noticed that the server's machine has gone without a word: some ten seconds.

The system's own figure is two hours; the URL may say others.
"""
_ASKING = 2
"""Seconds, for each host, in which it is asked once more why it gives none; libpq's least."""

_SCHEMA = "jcgov"
_GRANTS = (
    "GRANT USAGE ON SCHEMA jcgov TO {}",
    "GRANT SELECT ON jcgov.format, jcgov.events TO {}",
    "GRANT EXECUTE ON FUNCTION jcgov.append TO {}",
)


class PostgreSQLDatabase(PostgresDatastore):
    """The library's pool of connections, to wherever a URL of libpq points."""

    def __init__(self, url: str) -> None:
        self.url = url
        given = parts_of(url)
        super().__init__(
            dbname=str(given.pop("dbname", "")),
            host=str(given.pop("host", "")),
            port=str(given.pop("port", "")),
            user=str(given.pop("user", "")),
            password=str(given.pop("password", "")),
            schema=_SCHEMA,
            originator_id_type="text",
            max_overflow=9,
            connect_timeout=PATIENCE,
        )
        settings = f"-c lock_timeout={LOCK_TIMEOUT}s -c timezone=UTC {given.get('options') or ''}"
        # What stands in the URL beside the library's five names: sslmode, service, ...
        kwargs = {**self.pool.kwargs, **VANISHED, **given, "options": settings}  # type: ignore[dict-item]
        self.pool.kwargs = {name: value for name, value in kwargs.items() if value != ""}

    def register_type_adapters(self) -> None:
        """Ask the server for no types: our function takes columns."""

    @contextmanager
    def cursor(self) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:  # type: ignore[override]
        """Yield a cursor outside of a transaction; bytes come as bytes.

        Raises `UnreachableError` where the server is away, `StorageError` where its disk is full,
        `WrongHomeError` where the role may not do this.
        """
        try:
            with (
                self.get_connection() as connection,
                connection.cursor(binary=True, row_factory=tuple_row) as cursor,
            ):
                yield cursor
        except (OperationalError, InternalError, ProgrammingError) as error:
            if isinstance(error.__cause__, PoolTimeout):
                raise UnreachableError(self._unreachable()) from None
            raise told(error) from None

    def _unreachable(self) -> str:
        """Say why there is no connection: the pool keeps the reason to itself."""
        try:
            psycopg.connect(**{**self.pool.kwargs, "connect_timeout": _ASKING}).close()  # type: ignore[dict-item]
        except psycopg.Error as error:
            # Of several hosts psycopg first repeats what the last one said.
            said = str(error).partition("All failures were:")[2] or str(error)
            return (
                f"PostgreSQL is away ({' '.join(said.split())}); nothing was recorded. Repeat the"
                " command when it is back"
            )
        return (
            "PostgreSQL gave no connection in time: it has only just come back, or all of ours are"
            " in use. Repeat the command"
        )

    @contextmanager
    def writing(self) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
        """Yield a cursor in a transaction that is committed at the end."""
        with self.cursor() as cursor, cursor.connection.transaction():
            yield cursor


class PostgreSQLEvents(PostgresApplicationRecorder):
    """The library's recorder over our table: gap-safe positions, a hash chain, append-only."""

    def __init__(self, database: PostgreSQLDatabase) -> None:
        super().__init__(database, events_table_name="events")
        self.database = database

    @classmethod
    def open(cls, database: PostgreSQLDatabase) -> PostgreSQLEvents:
        """Open the tables that `make` has made.

        Raises `WrongHomeError` if they are not there, or of another format or encoding.
        """
        with database.cursor() as cursor:
            require_utf8(cursor)
            cursor.execute("SELECT to_regclass('jcgov.format')::text")
            if cursor.fetchone() == (None,):
                message = "the database has no tables of ours yet; make them once: jcgov init"
                raise WrongHomeError(message)
            (version,) = cursor.execute("SELECT version FROM jcgov.format").fetchone() or (None,)
        if version != FORMAT:
            message = f"the database is of format {version}; this program reads format {FORMAT}"
            raise WrongHomeError(message)
        return cls(database)

    @staticmethod
    def make(database: PostgreSQLDatabase, application: str | None = None) -> None:
        """Make the tables, and let a role append and read; a second time changes nothing.

        Raises `NotFoundError` if there is no such role, `WrongHomeError` for a database that is
        not UTF8.
        """
        with database.writing() as cursor:
            require_utf8(cursor)
            if application is not None:
                require_role(cursor, application)
            # In text, not in binary: only so does the server take a script of several statements.
            script = (files(__package__) / "postgresql.sql").read_bytes()
            cursor.connection.execute(script)
            if application is not None:
                for statement in _GRANTS:
                    cursor.execute(sql.SQL(statement).format(sql.Identifier(application)))

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events in one transaction, by one call to the server.

        Raises `SomeoneActedFirstError` if a version is taken, or if the writer's turn never comes.
        """
        if kwargs:
            message = f"the record takes events alone, not {', '.join(kwargs)}"
            raise ProgrammingError(message)
        columns = (
            [str(event.originator_id) for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
        )
        append = "SELECT jcgov.append(%b::text[], %b::bigint[], %b::text[], %b::bytea[])"
        try:
            with self.database.cursor() as cursor:
                (last,) = cursor.execute(append, columns, prepare=True).fetchone() or (0,)
        except IntegrityError as error:
            message = "another writer has recorded something in between: look again"
            raise SomeoneActedFirstError(message) from error
        return range(last - len(stored_events) + 1, last + 1)

    def fill(self, pages: Iterable[list[Row]]) -> None:
        """Take the rows of a whole record, as they are, into an empty table, all or none.

        Needs the tables' owner. Raises `WrongHomeError` if the table is not empty.
        """
        with self.database.writing() as cursor:
            cursor.execute("LOCK TABLE jcgov.events IN EXCLUSIVE MODE")
            if cursor.execute("SELECT 1 FROM jcgov.events LIMIT 1").fetchone():
                message = "the database holds events already; name an empty one"
                raise WrongHomeError(message)
            with cursor.copy("COPY jcgov.events FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "text", "int8", "text", "bytea", "bytea"])
                for page in pages:
                    for row in page:
                        copy.write_row(row)

    def stream(self, stream: str, after: int) -> Iterator[tuple[int, str, bytes]]:
        """Yield version, topic and state of a stream's events, in order, a page at a time."""
        select = (
            "SELECT originator_version, topic, state FROM jcgov.events WHERE originator_id = %s"
            " AND originator_version > %s ORDER BY originator_version LIMIT %s"
        )
        while True:
            with self.database.cursor() as cursor:
                page = cursor.execute(select, (stream, after, BATCH), prepare=True).fetchall()
            yield from ((version, topic, state) for version, topic, state in page)
            if len(page) < BATCH:
                return
            after = page[-1][0]

    def rows(self, after: int, until: int, topics: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return what stands after a position, up to another; of the named topics, or all."""
        with self.database.cursor() as cursor:
            if not topics:
                return cursor.execute(_ROWS, (after, until), prepare=True).fetchall()
            return cursor.execute(_ROWS_OF, (after, until, list(topics)), prepare=True).fetchall()

    def latest(
        self, stream: str, after: int, topics: Sequence[str], limit: int
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """Return how many events a stream and those below it have after a position, and the last.

        Of the named topics alone.
        """
        below = f"{stream}/"
        values = (after, list(topics), stream, below, beyond(below))
        with self.database.cursor() as cursor:
            cursor.execute(f"SELECT count(*){_BELOW}", values)
            (count,) = cursor.fetchone() or (0,)
            cursor.execute(f"{_LATEST}{_BELOW} ORDER BY 1 DESC LIMIT %s", (*values, limit))
            return int(count), cursor.fetchall()

    def first(self) -> int | None:
        """Return the lowest position at which an event stands; None while there is none."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT min(notification_id) FROM jcgov.events")
            (position,) = cursor.fetchone() or (None,)
        return None if position is None else int(position)

    def head(self) -> Head:
        """Return the last position and its link."""
        select = "SELECT notification_id, link FROM jcgov.events ORDER BY 1 DESC LIMIT 1"
        with self.database.cursor() as cursor:
            last = cursor.execute(select, prepare=True).fetchone()
        return Head(0, GENESIS) if last is None else Head(*last)

    def version(self, stream: str) -> int:
        """Return a stream's version; 0 if it has no events."""
        select = "SELECT max(originator_version) FROM jcgov.events WHERE originator_id = %s"
        with self.database.cursor() as cursor:
            (version,) = cursor.execute(select, (stream,), prepare=True).fetchone() or (0,)
        return version or 0

    def event(self, stream: str, version: int) -> tuple[str, bytes] | None:
        """Return topic and state of a stream's event; None if there is no such event."""
        select = (
            "SELECT topic, state FROM jcgov.events"
            " WHERE originator_id = %s AND originator_version = %s"
        )
        with self.database.cursor() as cursor:
            found = cursor.execute(select, (stream, version), prepare=True).fetchone()
        return None if found is None else (found[0], found[1])

    def versions(self, prefix: str) -> dict[str, int]:
        """Return the version of every stream whose name begins so, in the order of their bytes."""
        select = (
            "SELECT originator_id, max(originator_version) FROM jcgov.events"
            " WHERE originator_id >= %s AND originator_id < %s GROUP BY originator_id ORDER BY 1"
        )
        with self.database.cursor() as cursor:
            found = cursor.execute(select, (prefix, beyond(prefix)), prepare=True)
            return dict(found.fetchall())

    def link(self, stream: str, version: int) -> bytes | None:
        """Return the link of a stream's event; None if there is no such event."""
        select = (
            "SELECT link FROM jcgov.events WHERE originator_id = %s AND originator_version = %s"
        )
        with self.database.cursor() as cursor:
            found = cursor.execute(select, (stream, version), prepare=True).fetchone()
        return None if found is None else found[0]

    def grown(self, after: int, until: int) -> dict[str, int]:
        """Return the last position of each stream that has grown after one, up to another."""
        select = (
            "SELECT originator_id, max(notification_id) FROM jcgov.events"
            " WHERE notification_id > %s AND notification_id <= %s GROUP BY originator_id"
        )
        with self.database.cursor() as cursor:
            return dict(cursor.execute(select, (after, until), prepare=True).fetchall())

    def first_stream(self, name: str) -> str | None:
        """Return the first stream of that name or beyond it, in the order of the bytes."""
        select = "SELECT min(originator_id) FROM jcgov.events WHERE originator_id >= %s"
        with self.database.cursor() as cursor:
            (found,) = cursor.execute(select, (name,), prepare=True).fetchone() or (None,)
        return None if found is None else str(found)

    def streams(self) -> list[str]:
        """Return the names of all streams, in the order of their bytes."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT DISTINCT originator_id FROM jcgov.events ORDER BY 1")
            return [name for (name,) in cursor.fetchall()]

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()


_ROWS = (
    "SELECT * FROM jcgov.events WHERE notification_id > %s AND notification_id <= %s"
    " ORDER BY notification_id"
)
_LATEST = "SELECT notification_id, originator_id, originator_version, topic, state"
_BELOW = (
    " FROM jcgov.events WHERE notification_id > %s AND topic = ANY(%s)"
    " AND (originator_id = %s OR (originator_id >= %s AND originator_id < %s))"
)
_ROWS_OF = (
    "SELECT * FROM jcgov.events WHERE notification_id > %s AND notification_id <= %s"
    " AND topic = ANY(%s) ORDER BY notification_id"
)
