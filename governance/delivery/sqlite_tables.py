"""Subscriptions on SQLite: a file of their own beside the record."""

from __future__ import annotations

from pathlib import Path

from eventsourcing.sqlite import SQLiteDatastore

from governance.delivery.tables import DeliveryTables
from governance.kept.sqlite import SQLiteKept

APPLICATION_ID = 0x4A434744  # "JCGD"
_MAKE = """
CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, side TEXT NOT NULL,
    url TEXT NOT NULL, committee TEXT, types TEXT NOT NULL, condition TEXT NOT NULL, reason TEXT,
    position INTEGER NOT NULL, link TEXT, failures INTEGER NOT NULL,
    next_try INTEGER NOT NULL, holder TEXT, held_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL, made_at INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscription_secrets (subscription TEXT NOT NULL, secret TEXT NOT NULL,
    made_at INTEGER NOT NULL, ends_at INTEGER, PRIMARY KEY (subscription, secret)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery_attempts (subscription TEXT NOT NULL, number INTEGER NOT NULL,
    at INTEGER NOT NULL, event TEXT NOT NULL, sequence INTEGER NOT NULL, attempt INTEGER NOT NULL,
    status INTEGER, error TEXT, milliseconds INTEGER NOT NULL, next_try INTEGER,
    PRIMARY KEY (subscription, number)) WITHOUT ROWID;
"""


class SQLiteDeliveryTables(SQLiteKept, DeliveryTables):
    """The tables in one SQLite file."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore)
        if not self.make_tables(_MAKE.split(";"), APPLICATION_ID, ("delivery_attempts",)):
            self._make_newer()

    @classmethod
    def open(cls, file: Path) -> SQLiteDeliveryTables:
        """Open, or make, the file; `WrongHomeError` if it is something else, or another's."""
        return cls(cls.opened(file, APPLICATION_ID))

    @classmethod
    def scratch(cls) -> SQLiteDeliveryTables:
        """Return empty tables, for a home in which nobody has subscribed."""
        return cls(SQLiteDatastore("", pool_size=1, max_overflow=0))

    def _make_newer(self) -> None:
        """Add what an older program did not keep: nothing could rebuild what it did."""
        has_link = "SELECT 1 FROM pragma_table_info('subscriptions') WHERE name = 'link'"
        with self.reading() as asking:
            if asking.rows(has_link):
                return
        with self.writing() as asking:
            if not asking.rows(has_link):  # another may have been first
                asking.run("ALTER TABLE subscriptions ADD COLUMN link TEXT")
