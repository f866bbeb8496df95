"""Opening the tables of access, where the settings say."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager

from eventsourcing.sqlite import SQLiteDatastore

from aggregates.store.postgresql import PostgreSQLDatabase
from governance.access.schema import (
    DECLARATION,
    FIRST,
    OLDER,
    POSTGRESQL,
    SQLITE,
    TABLES,
    statements,
)
from governance.assembly import require_there
from governance.kept.postgresql import PostgreSQLKept, declare, declared, grant
from governance.kept.sqlite import SQLiteKept
from governance.kept.tables import Kept
from governance.settings import Settings
from policies.refusals import WrongHomeError

APPLICATION_ID = 0x4A434741  # "JCGA"
CEREMONIES = "ceremonies"
"""What the secret is for that ties a browser's ceremonies to this service."""


def open_access(settings: Settings) -> Kept:
    """Open the tables, making them on SQLite if they are absent; to be closed.

    Raises `NotFoundError` where nothing is recorded, `WrongHomeError` where the tables are missing
    on PostgreSQL, or of another declaration.
    """
    if settings.database_url is None:
        require_there(settings)
        kept: Kept = _sqlite(SQLiteKept.opened(settings.access, APPLICATION_ID))
    else:
        kept = _postgresql(settings.database_url)
    with kept.writing() as asking:
        asking.run(
            "INSERT INTO jcgov.access_secrets VALUES (?, ?) ON CONFLICT DO NOTHING",
            (CEREMONIES, secrets.token_hex(32)),
        )
    return kept


@contextmanager
def access_tables(settings: Settings) -> Iterator[Kept]:
    """Open the tables while the context lasts; raises what `open_access` raises."""
    with closing(open_access(settings)) as kept:
        yield kept


def make_access(database: PostgreSQLDatabase, application: str | None = None) -> None:
    """Make the tables that are missing on PostgreSQL; a named role may keep them.

    Raises `WrongHomeError` where they are of another declaration: nothing could rebuild them.
    """
    with database.writing() as cursor:
        cursor.execute("LOCK TABLE jcgov.format IN EXCLUSIVE MODE")
        found = declared(cursor, FIRST)
        if found not in (None, DECLARATION) and found not in OLDER:
            raise _wrong(found)
        if found != DECLARATION:
            for statement in statements(POSTGRESQL):
                cursor.execute(statement.encode())
            declare(cursor, FIRST, DECLARATION)
        grant(cursor, TABLES, application)


def _sqlite(datastore: SQLiteDatastore) -> SQLiteKept:
    kept = SQLiteKept(datastore)
    kept.make_tables(tuple(statements(SQLITE)), APPLICATION_ID, TABLES)
    return kept


def _postgresql(url: str) -> PostgreSQLKept:
    database = PostgreSQLDatabase(url)
    try:
        with database.cursor() as cursor:
            found = declared(cursor, FIRST)
    except BaseException:
        database.close()
        raise
    if found != DECLARATION:
        database.close()
        raise _wrong(found)
    return PostgreSQLKept(database)


def _wrong(found: str | None) -> WrongHomeError:
    if found is None:
        return WrongHomeError("the database has no tables of access; make them: jcgov init")
    if found in OLDER:
        return WrongHomeError("the tables of access are an older program's: jcgov init")
    return WrongHomeError(
        f"the database's tables of access are of declaration {found}; this program keeps"
        f" {DECLARATION}: use the program that made them"
    )
