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


class PostgreSQLPlaces(Places):
    """States in a database with its tables made, and a folder for keys.

    Databases are used again: to empty one takes a tenth of the time in which the server makes one.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._free: list[str] = []

    def make(self, home: Path) -> Settings:
        """Take a database, empty it, and make the tables."""
        url = self._free.pop() if self._free else self._databases.create_database()
        settings = Settings(home, home / "keys", url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("DROP SCHEMA IF EXISTS jcgov CASCADE")
        make_database(settings)
        return settings

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
