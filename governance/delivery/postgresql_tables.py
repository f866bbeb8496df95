"""Subscriptions on PostgreSQL: tables beside the events, made by `make`, for keepers alone."""

from __future__ import annotations

from aggregates.store.postgresql import PostgreSQLDatabase
from governance.delivery.tables import DECLARATION, DeliveryTables
from governance.kept.postgresql import PostgreSQLKept, declare, declared, grant
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


class PostgreSQLDeliveryTables(PostgreSQLKept, DeliveryTables):
    """The tables in a PostgreSQL database."""

    @classmethod
    def open(cls, url: str) -> PostgreSQLDeliveryTables:
        """Open the tables; `WrongHomeError` if they are missing or of another declaration."""
        database = PostgreSQLDatabase(url)
        try:
            with database.cursor() as cursor:
                found = declared(cursor, "subscriptions")
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
            found = declared(cursor, "subscriptions")
            if found not in (None, _OLDER, DECLARATION):
                raise _wrong(found)
            if found != DECLARATION:
                for statement in _MAKE if found is None else _MAKE_NEWER:
                    cursor.execute(statement.encode())
                declare(cursor, "subscriptions", DECLARATION)
            grant(cursor, _TABLES, application)


def _wrong(found: str | None) -> WrongHomeError:
    if found is None:
        return WrongHomeError("the database has no tables of subscriptions; make them: jcgov init")
    if found == _OLDER:
        return WrongHomeError("the tables of subscriptions are an older program's: jcgov init")
    return WrongHomeError(
        f"the database's subscriptions are of declaration {found}; this program keeps"
        f" {DECLARATION}: use the program that made them"
    )
