"""The registry's own database: SQLite, durable, each change in one transaction.

What has happened (`transactions`, `movements`, `settled`) is never changed; triggers refuse it, and
refuse a serial number that would stand in two blocks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from governance.reference_registry.refusals import WrongRegistryError

FORMAT = 1
APPLICATION = 0x4A435247  # "JCRG": tells this file from other programs' databases
BUSY_SECONDS = 30.0

_TABLES = (
    """CREATE TABLE registry (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        side TEXT NOT NULL,
        rehearsal INTEGER NOT NULL CHECK (rehearsal IN (0, 1)))""",
    """CREATE TABLE positions (
        engine TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL,
        reached_at TEXT,
        trouble TEXT,
        trouble_at TEXT)""",
    """CREATE TABLE notifications (
        number INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        type TEXT NOT NULL,
        event BLOB NOT NULL,
        digest TEXT NOT NULL,
        status TEXT NOT NULL
            CHECK (status IN ('issued', 'adjusted', 'noted', 'waiting', 'refused')),
        failed TEXT,
        reason TEXT NOT NULL,
        conflict TEXT,
        tries INTEGER NOT NULL,
        next_try TEXT,
        taken_at TEXT NOT NULL,
        settled_at TEXT,
        UNIQUE (source, id))""",
    """CREATE INDEX notifications_open ON notifications (sequence) WHERE settled_at IS NULL""",
    """CREATE TABLE accounts (
        number TEXT PRIMARY KEY,
        kind TEXT NOT NULL
            CHECK (kind IN ('government_holding', 'holding', 'cancellation', 'retirement')),
        holder TEXT NOT NULL,
        opened_on TEXT NOT NULL,
        UNIQUE (kind, holder))""",
    """CREATE TABLE series (
        number INTEGER PRIMARY KEY,
        prefix TEXT NOT NULL UNIQUE,
        pair TEXT NOT NULL,
        project TEXT NOT NULL,
        vintage INTEGER,
        place INTEGER NOT NULL,
        next INTEGER NOT NULL CHECK (next >= 1),
        UNIQUE (pair, project, place))""",
    """CREATE TABLE settled (
        number INTEGER PRIMARY KEY,
        decision TEXT NOT NULL,
        item INTEGER NOT NULL,
        named TEXT NOT NULL,
        of_named TEXT NOT NULL,
        of_item INTEGER NOT NULL,
        pair TEXT NOT NULL,
        project TEXT NOT NULL,
        vintage INTEGER,
        amount INTEGER NOT NULL CHECK (amount >= 0),
        series INTEGER REFERENCES series,
        notification INTEGER NOT NULL REFERENCES notifications,
        settled_on TEXT NOT NULL,
        UNIQUE (decision, item))""",
    """CREATE INDEX settled_of ON settled (of_named, of_item)""",
    """CREATE TABLE transactions (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('issuance', 'transfer', 'cancellation', 'retirement')),
        happened_on TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        decision TEXT,
        item INTEGER,
        reference TEXT UNIQUE,
        note TEXT NOT NULL)""",
    """CREATE TABLE movements (
        number INTEGER PRIMARY KEY,
        done_by INTEGER NOT NULL REFERENCES transactions,
        series INTEGER NOT NULL REFERENCES series,
        first INTEGER NOT NULL CHECK (first >= 1),
        last INTEGER NOT NULL CHECK (last >= first),
        source TEXT REFERENCES accounts,
        target TEXT NOT NULL REFERENCES accounts)""",
    """CREATE INDEX movements_of ON movements (series)""",
    """CREATE TABLE blocks (
        series INTEGER NOT NULL REFERENCES series,
        first INTEGER NOT NULL CHECK (first >= 1),
        last INTEGER NOT NULL CHECK (last >= first),
        account TEXT NOT NULL REFERENCES accounts,
        PRIMARY KEY (series, first))""",
    """CREATE INDEX blocks_of ON blocks (account)""",
    """CREATE TABLE reports (
        number INTEGER PRIMARY KEY,
        report TEXT NOT NULL UNIQUE,
        decision TEXT NOT NULL,
        item INTEGER NOT NULL,
        first TEXT,
        last TEXT,
        amount INTEGER NOT NULL,
        supersedes TEXT REFERENCES reports (report),
        envelope BLOB NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'refused')),
        reason TEXT,
        tries INTEGER NOT NULL,
        next_try TEXT NOT NULL,
        made_at TEXT NOT NULL,
        accepted_at TEXT)""",
)

_NEVER_CHANGED = ("transactions", "movements", "settled")

_TRIGGERS = (
    *(
        f"""CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN
            SELECT RAISE(ABORT, '{table} are never changed'); END"""
        for table in _NEVER_CHANGED
        for verb in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER blocks_update BEFORE UPDATE ON blocks BEGIN
        SELECT RAISE(ABORT, 'blocks are taken out and put in'); END""",
    """CREATE TRIGGER blocks_apart AFTER INSERT ON blocks WHEN EXISTS (
        SELECT 1 FROM blocks WHERE series = NEW.series AND first <> NEW.first
        AND first <= NEW.last AND last >= NEW.first) BEGIN
        SELECT RAISE(ABORT, 'a serial number would stand in two blocks'); END""",
)


class Database:
    """One file; every use opens it anew, so that threads and processes never share a handle."""

    def __init__(self, file: Path, side: str, *, rehearsal: bool) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with self.transaction() as connection:
            self._make(connection, side, rehearsal=rehearsal)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do what is asked in one transaction, on the disk when it is over: all or nothing."""
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the whole."""
        with closing(self._open()) as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _make(self, connection: sqlite3.Connection, side: str, *, rehearsal: bool) -> None:
        """Make the tables where there are none; refuse those of another registry."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if (version, application) == (0, 0):
            for statement in (*_TABLES, *_TRIGGERS):
                connection.execute(statement)
            connection.execute("INSERT INTO registry VALUES (1, ?, ?)", (side, int(rehearsal)))
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            return
        if (version, application) != (FORMAT, APPLICATION):
            message = f"{self._file} is no database of this version of the reference registry"
            raise WrongRegistryError(message)
        row = connection.execute("SELECT side, rehearsal FROM registry").fetchone()
        if (row["side"], bool(row["rehearsal"])) != (side, rehearsal):
            message = (
                f"{self._file} is the registry of {_named(row['side'], bool(row['rehearsal']))},"
                f" not of {_named(side, rehearsal)}: name another folder"
            )
            raise WrongRegistryError(message)


def _named(side: str, rehearsal: bool) -> str:  # noqa: FBT001 - a word of one sentence
    return f"{side}, {'for rehearsals' if rehearsal else 'in earnest'}"


def is_registry(file: Path) -> tuple[str, bool]:
    """Return the side of a registry's file, and whether it is one for rehearsals.

    Raises `WrongRegistryError` where there is none.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            side, rehearsal = opened.execute("SELECT side, rehearsal FROM registry").fetchone()
    except (sqlite3.Error, TypeError):
        message = f"there is no registry in {file.parent}; it is made by: registry-demo serve, once"
        raise WrongRegistryError(message) from None
    return str(side), bool(rehearsal)
