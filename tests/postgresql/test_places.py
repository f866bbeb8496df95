"""A database that is used again holds what a new one holds, whatever was done to it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from governance import assembly
from governance.settings import Settings
from projections.all import VIEWS
from projections.follower import catch_up
from tests.benchmarks.histories import fill
from tests.benchmarks.small import SMALL
from tests.places import PostgreSQLPlaces
from tests.postgresql.databases import Databases

_RELATIONS = (
    "SELECT oid::regclass::text, relkind FROM pg_class WHERE relnamespace = %s::regnamespace"
)


@pytest.fixture
def places(postgresql: Databases) -> PostgreSQLPlaces:
    """Return places of this test's own, none of which was used yet."""
    return PostgreSQLPlaces(postgresql)


def test_a_place_that_is_used_again_is_as_a_new_one(
    places: PostgreSQLPlaces, tmp_path: Path
) -> None:
    used, new = places.make(tmp_path / "used"), _contents(places.make(tmp_path / "new"))
    with assembly.engine(used) as engine:
        fill(engine.record, SMALL)
        catch_up(engine.record, assembly.open_tables(used, engine.record), VIEWS)
    assert len(_contents(used)["events"]) > 100
    assert len(_contents(used)["decision_log"]) > 10
    places.drop(used)

    again = places.make(tmp_path / "again")

    assert again.database_url == used.database_url
    assert _contents(again) == new


ALTERATIONS = (
    "DROP TABLE jcgov.decision_log",
    "DROP TRIGGER events_stay ON jcgov.events",
    "ALTER TABLE jcgov.events DISABLE TRIGGER ALL",
    "ALTER TABLE jcgov.snapshots RENAME COLUMN seal TO cork",
    "CREATE INDEX mine ON jcgov.events (topic)",
    "CREATE OR REPLACE FUNCTION jcgov.refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "GRANT SELECT ON jcgov.events TO PUBLIC",
    "COMMENT ON TABLE jcgov.snapshots IS 'mine'",
    "UPDATE jcgov.format SET version = 99",
    "UPDATE jcgov.positions SET declaration = 'mine'",
    "DROP SCHEMA jcgov CASCADE",
)


def test_a_place_whose_tables_were_altered_is_made_anew(
    places: PostgreSQLPlaces, tmp_path: Path
) -> None:
    for number, change in enumerate(ALTERATIONS):
        used = places.make(tmp_path / f"{number}")
        before = _relations(used)
        with psycopg.connect(str(used.database_url)) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute(change.encode())
        places.drop(used)

        again = places.make(tmp_path / f"{number} again")

        assert again.database_url == used.database_url
        assert _relations(again).isdisjoint(before), change
        assert _relations(again)
        places.drop(again)


def _contents(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of everything that holds any; a sequence has one as well."""
    with psycopg.connect(str(settings.database_url)) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = 'jcgov'::regnamespace AND relkind NOT IN ('i', 'I', 'c')"
        ).fetchall()
        assert len(names) > 10
        return {
            name: sorted(
                connection.execute(
                    sql.SQL("SELECT * FROM jcgov.{}").format(sql.Identifier(name))
                ).fetchall()
            )
            for (name,) in names
        }


def _relations(settings: Settings) -> set[object]:
    with psycopg.connect(str(settings.database_url)) as connection:
        found = "SELECT oid FROM pg_class WHERE relnamespace = 'jcgov'::regnamespace"
        return {oid for (oid,) in connection.execute(found)}
