"""Tables of access that an older program made get those that were not kept then."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from aggregates.store.postgresql import PostgreSQLDatabase
from governance.access.opening import APPLICATION_ID, access_tables, make_access
from governance.access.schema import SQLITE, TABLES, statements
from governance.assembly import engine, make_database
from governance.kept.sqlite import SQLiteKept
from governance.settings import Settings
from policies.refusals import WrongHomeError

NEW = {"access_seen", "access_not_now"}


def test_on_sqlite_they_are_made_where_they_are_missing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "keys")
    older = tuple(made for made in statements(SQLITE) if not any(name in made for name in NEW))
    with engine(settings):
        pass
    datastore = SQLiteKept.opened(settings.access, APPLICATION_ID)
    with closing(SQLiteKept(datastore)) as kept:
        kept.make_tables(older, APPLICATION_ID, TABLES)
        with kept.writing() as asking:
            asking.run("INSERT INTO jcgov.access_secrets VALUES ('mine', 'kept')")

    with access_tables(settings) as opened, opened.reading() as asking:
        assert asking.rows("SELECT count(*) FROM jcgov.access_seen") == [(0,)]
        held = asking.rows("SELECT secret FROM jcgov.access_secrets WHERE name = 'mine'")
    assert held == [("kept",)]


def test_on_postgresql_init_makes_them_and_says_that_it_must(database_url: str) -> None:
    settings = Settings(Path("nowhere"), Path("nowhere"), database_url)
    make_database(settings)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name in NEW:
            connection.execute(f"DROP TABLE jcgov.{name}".encode())
        connection.execute("COMMENT ON TABLE jcgov.access_credentials IS '1'")
    with pytest.raises(WrongHomeError, match="jcgov init"), access_tables(settings):
        pass

    with closing(PostgreSQLDatabase(database_url)) as database:
        make_access(database)

    with access_tables(settings) as kept, kept.reading() as asking:
        assert asking.rows("SELECT count(*) FROM jcgov.access_not_now") == [(0,)]
