"""Snapshots on PostgreSQL: a table beside the events, made by `make`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventsourcing.persistence import PersistenceError
from psycopg import sql

from aggregates.store.postgresql import PostgreSQLDatabase
from aggregates.store.snapshots import Part, part_of
from policies.refusals import FaultError, Refusal

_DECLARATION = "1: stream, part, version, edition, seal, state"
_MAKE = """
CREATE TABLE jcgov.snapshots (
    stream text COLLATE "C" NOT NULL,
    part text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    edition text COLLATE "C" NOT NULL,
    seal bytea NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (stream, part)
)
"""
_FOUND = "SELECT obj_description(to_regclass('jcgov.snapshots'), 'pg_class')"
_READ = "SELECT version, edition, seal, state FROM jcgov.snapshots WHERE stream = %s AND part = %s"
_STANDING = "SELECT version, edition FROM jcgov.snapshots WHERE stream = %s LIMIT 1"
# One statement a part, in one order: writers who meet wait for each other at the first.
_KEEP = """
INSERT INTO jcgov.snapshots VALUES (%b, %b, %b, %b, %b, %b) ON CONFLICT (stream, part)
DO UPDATE SET version = excluded.version, edition = excluded.edition, seal = excluded.seal,
    state = excluded.state
"""


class PostgreSQLSnapshots:
    """A table of snapshots in the database of the events."""

    def __init__(self, database: PostgreSQLDatabase) -> None:
        self.database = database

    @staticmethod
    def make(database: PostgreSQLDatabase, application: str | None = None) -> None:
        """Make the table, or anew one of another declaration; a named role may keep it."""
        with database.writing() as cursor:
            cursor.execute("LOCK TABLE jcgov.format IN EXCLUSIVE MODE")
            if cursor.execute(_FOUND).fetchone() != (_DECLARATION,):
                cursor.execute("DROP TABLE IF EXISTS jcgov.snapshots")
                cursor.execute(_MAKE)
                comment = sql.SQL("COMMENT ON TABLE jcgov.snapshots IS {}")
                cursor.execute(comment.format(sql.Literal(_DECLARATION)))
            if application is not None:
                grant = "GRANT SELECT, INSERT, UPDATE, DELETE ON jcgov.snapshots TO {}"
                cursor.execute(sql.SQL(grant).format(sql.Identifier(application)))

    def read(self, stream: str, name: str) -> Part | None:
        """Return a part; None if there is none, or if it cannot be read for whatever reason."""
        return part_of(self._first(_READ, (stream, name)))

    def standing(self, stream: str) -> tuple[int, str] | None:
        """Return version and edition of what is kept for a stream; None as above."""
        match self._first(_STANDING, (stream,)):
            case (int(version), str(edition)):
                return version, edition
        return None

    def keep(self, stream: str, parts: Mapping[str, Part]) -> None:
        """Put a snapshot in the place of the stream's, all or none.

        Its commit waits for no disk and no standby: what is lost is taken anew.
        """
        with self.database.writing() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            for name in sorted(parts):
                cursor.execute(_KEEP, (stream, name, *parts[name]))

    def _first(self, select: str, values: tuple[str, ...]) -> Any:
        try:
            with self.database.cursor() as cursor:
                return cursor.execute(select, values, prepare=True).fetchone()
        except (PersistenceError, FaultError, Refusal):
            return None
