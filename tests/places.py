"""Where the state of a test lies: a folder, and on PostgreSQL a database beside it."""

from __future__ import annotations

import contextlib
import shutil
from abc import ABC, abstractmethod
from itertools import count
from pathlib import Path

import psycopg
from eventsourcing.sqlite import SQLiteDatastore

from aggregates.store.chain import Row
from aggregates.store.record import Record
from aggregates.store.sqlite import SQLiteEvents
from governance.assembly import make_database
from governance.settings import Settings
from tests.postgresql.databases import Databases

_NUMBERS = count(1)


def record_in_memory() -> Record:
    """Return a record that lies in memory, and that nobody else opens."""
    name = f"file:record-{next(_NUMBERS)}?mode=memory&cache=shared"
    events = SQLiteEvents(SQLiteDatastore(name, originator_id_type="text"))
    events.create_table()
    return Record(events)


class Places(ABC):
    """Makes places for states, copies them, and takes them away."""

    @abstractmethod
    def make(self, home: Path) -> Settings:
        """Return the settings of a place where nothing is recorded yet; its folder is absent."""

    @abstractmethod
    def copy(self, settings: Settings, home: Path) -> Settings:
        """Return the settings of a copy of a place that nobody has open."""

    @abstractmethod
    def drop(self, settings: Settings) -> None:
        """Take away what does not go with the test's folder."""


class SQLitePlaces(Places):
    """States in a folder alone."""

    def make(self, home: Path) -> Settings:
        """Return the settings of a folder that is made at the first write."""
        return Settings(home, home / "keys")

    def copy(self, settings: Settings, home: Path) -> Settings:
        """Copy the folder."""
        shutil.copytree(settings.home, home)
        return self.make(home)

    def drop(self, settings: Settings) -> None:
        """Leave the folder to the test's own."""


_STANDS = """
WITH home AS (SELECT oid, xmin FROM pg_namespace WHERE nspname = 'jcgov'),
kept AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = (SELECT oid FROM home)),
said (text) AS (
    SELECT concat_ws(' ', 'schema', oid, xmin) FROM home
    UNION ALL SELECT concat_ws(' ', 'relation', oid, xmin) FROM kept
    UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, xmin)
        FROM pg_attribute WHERE attrelid IN (SELECT oid FROM kept)
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, xmin)
        FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM kept)
    UNION ALL SELECT concat_ws(' ', 'comment', objoid, xmin)
        FROM pg_description WHERE objoid IN (SELECT oid FROM kept)
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin)
        FROM pg_constraint WHERE connamespace = (SELECT oid FROM home)
    UNION ALL SELECT concat_ws(' ', 'function', oid, xmin)
        FROM pg_proc WHERE pronamespace = (SELECT oid FROM home)
    UNION ALL SELECT concat_ws(' ', 'format', version) FROM jcgov.format
    UNION ALL SELECT concat_ws(' ', 'view', view, declaration) FROM jcgov.positions
)
SELECT md5(string_agg(text, E'\\n' ORDER BY text)) FROM said
"""
"""Which definitions stand in the schema, each with the transaction that wrote it last."""
_EMPTY = """
DO $$
DECLARE
    filled regclass;
BEGIN
    SET LOCAL session_replication_role = replica;  -- what guards the events guards nothing here
    FOR filled IN
        SELECT oid FROM pg_class WHERE relnamespace = 'jcgov'::regnamespace AND relkind = 'r'
            AND relname NOT IN ('format', 'positions')
    LOOP
        EXECUTE format('DELETE FROM %s', filled);
    END LOOP;
    UPDATE jcgov.positions SET position = 0 WHERE position <> 0;
END
$$
"""


class PostgreSQLPlaces(Places):
    """States in a database with its tables made, and a folder for keys.

    Databases are used again: to empty one takes a tenth of the time in which the server makes one,
    and to empty its tables a tenth of the time in which they are made.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._free: list[str] = []
        self._stands: dict[str, object] = {}

    def make(self, home: Path) -> Settings:
        """Take a database in which the tables are as they are made, and empty."""
        url = self._free.pop() if self._free else self._databases.create_database()
        settings = Settings(home, home / "keys", url)
        with psycopg.connect(url, autocommit=True) as connection:
            if self._emptied(connection, url):
                return settings
            connection.execute("SET client_min_messages = warning")
            connection.execute("DROP SCHEMA IF EXISTS jcgov CASCADE")
            make_database(settings)
            self._stands[url] = _stands(connection)
        return settings

    def _emptied(self, connection: psycopg.Connection, url: str) -> bool:
        """Empty the tables; false where they are no more what was made, or may not be emptied."""
        if url not in self._stands:
            return False
        try:
            if _stands(connection) != self._stands[url]:
                return False
            connection.execute(_EMPTY)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            return False
        return True

    def copy(self, settings: Settings, home: Path) -> Settings:
        """Copy the folder and the events; views follow from these."""
        if settings.home.exists():
            shutil.copytree(settings.home, home)
        copied = self.make(home)
        with (
            contextlib.closing(Record.connect(str(settings.database_url))) as record,
            contextlib.closing(Record.connect(str(copied.database_url))) as other,
        ):
            rows = record.table.rows(0, record.position)
            other.table.fill([[Row(*row) for row in rows]])
        return copied

    def drop(self, settings: Settings) -> None:
        """Give the database back."""
        if settings.database_url is not None:
            self._free.append(settings.database_url)


def _stands(connection: psycopg.Connection) -> object:
    return connection.execute(_STANDS).fetchone()
