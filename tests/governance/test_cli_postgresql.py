"""PostgreSQL at the command line: made once, let in by role, and every fault said in a sentence."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from aggregates.committee.evolve import evolve
from governance.assembly import open_record, snapshots_of
from governance.settings import Settings, without_password
from tests.governance.terminal import ROOT, Terminal
from tests.governance.test_cli_writers import all_of
from tests.postgresql.databases import Databases

REAL = ROOT / "governance" / "demo" / "data" / "decisions.csv"

SECRET = "s3cr3t-w0rd"


@pytest.fixture
def cli(tmp_path: Path, database_url: str) -> Terminal:
    """Return a terminal whose database is empty: nobody has made its tables."""
    return Terminal(tmp_path, tmp_path / "home", {"JCGOV_DATABASE_URL": database_url})


@pytest.fixture
def role(postgresql: Databases) -> Iterator[str]:
    """Return a role of the server that owns nothing."""
    name = f"jcgov_app_{secrets.token_hex(4)}"
    quoted = sql.Identifier(name)
    with postgresql.connect() as connection:
        make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(make.format(quoted, sql.Literal(SECRET)))
    yield name
    with postgresql.connect() as connection:
        connection.execute(sql.SQL("DROP OWNED BY {}").format(quoted))
        connection.execute(sql.SQL("DROP ROLE {}").format(quoted))


def as_role(url: str, role: str) -> str:
    """Return the address of a database for another role, with its password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}:{SECRET}@{host}").geturl()


@dataclass(frozen=True)
class Application:
    """The role that the program runs as, and the owner who made the tables."""

    cli: Terminal
    owner: Terminal
    url: str


@pytest.fixture
def application(cli: Terminal, database_url: str, role: str) -> Iterator[Application]:
    cli.run("init", "--application", role)
    url = as_role(database_url, role)
    yield Application(Terminal(cli.folder, cli.home, {"JCGOV_DATABASE_URL": url}), cli, url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))


# Made once


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_text_is_refused_by_name(
    tmp_path: Path, postgresql: Databases, encoding: str
) -> None:
    url = postgresql.create_database(f"encoding '{encoding}' locale 'C'")
    try:
        cli = Terminal(tmp_path, tmp_path / "home", {"JCGOV_DATABASE_URL": url})
        for command in (("init",), ("log",)):
            refused = cli.run(*command, code=1).err
            assert f"the database is of encoding {encoding}" in refused
            assert "createdb -E UTF8" in refused
    finally:
        postgresql.drop_database(url)


@pytest.mark.parametrize(
    "command",
    [
        ("log", "--json"),
        ("doctor",),
        ("replay", "--verify"),
        ("settle",),
        ("follow",),
        ("backup", "b.jsonl"),
        ("import", "decisions", "rows.csv"),
    ],
    ids=" ".join,
)
def test_before_init_every_command_says_what_to_do(cli: Terminal, command: tuple[str, ...]) -> None:
    cli.write("rows.csv", REAL.read_bytes())

    refused = cli.run(*command, code=1)

    assert refused.out == ""
    assert refused.err == (
        "jcgov: the database has no tables of ours yet; make them once: jcgov init\n"
    )
    assert not (cli.folder / "b.jsonl").exists()


def test_several_at_once_make_the_tables_once(cli: Terminal) -> None:
    ended = all_of([cli.start("init") for _ in range(6)])

    assert [process.code for process in ended] == [0] * 6, [process.err for process in ended]
    assert cli.json("log") == []
    assert cli.json("doctor")["events"] == 0


def test_a_second_init_changes_nothing(cli: Terminal, database_url: str) -> None:
    cli.run("init")
    cli.run("demo", "--home", cli.folder / "home")
    before = (_standing(cli), cli.json("log"), _catalog(database_url))

    cli.run("init")

    assert (_standing(cli), cli.json("log"), _catalog(database_url)) == before


def _standing(cli: Terminal) -> Any:
    """Return what the doctor says, but for how long ago the last checkpoint was."""
    found = cli.json("doctor")
    for committee in found["committees"]:
        del committee["log"]["age_seconds"]
    return found


def _catalog(url: str) -> list[tuple[object, ...]]:
    """Return what stands in the schema: tables, functions, triggers, rights."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT 'table', relname, relacl::text, relkind::text FROM pg_class"
            " WHERE relnamespace = 'jcgov'::regnamespace"
            " UNION ALL SELECT 'function', proname, proacl::text, md5(prosrc) FROM pg_proc"
            " WHERE pronamespace = 'jcgov'::regnamespace"
            " UNION ALL SELECT 'trigger', tgname, tgenabled::text, tgtype::text FROM pg_trigger"
            " WHERE tgrelid = 'jcgov.events'::regclass ORDER BY 1, 2"
        ).fetchall()
    return list(found)


def test_an_unknown_role_is_refused_and_nothing_is_made(cli: Terminal) -> None:
    refused = cli.run("init", "--application", "nobody_by_that_name", code=1)

    assert "the server has no role 'nobody_by_that_name'" in refused.err
    assert "jcgov init" in cli.run("log", code=1).err


def test_an_application_role_is_a_matter_of_postgresql_alone(tmp_path: Path) -> None:
    cli = Terminal(tmp_path, tmp_path / "home")

    assert "JCGOV_DATABASE_URL is not set" in cli.run("init", "--application", "x", code=2).err
    assert not (tmp_path / "home").exists()


# The application's role


def test_the_application_tells_the_whole_demonstration(application: Application) -> None:
    application.cli.run("demo", "--home", application.cli.folder / "home")

    assert len(application.cli.json("log", "--committee", "MN")) > 3
    assert application.cli.json("replay", "--verify")["verified"]["ok"]
    assert application.cli.run("backup", "b.jsonl").code == 0


FORBIDDEN = (
    "INSERT INTO jcgov.events SELECT 2, 'JP-ID', 1, topic, state, link FROM jcgov.events",
    "UPDATE jcgov.events SET state = ''",
    "DELETE FROM jcgov.events",
    "TRUNCATE jcgov.events",
    "MERGE INTO jcgov.events e USING (VALUES (1)) v(n) ON e.notification_id = v.n"
    " WHEN MATCHED THEN DELETE",
    "COPY jcgov.events FROM STDIN",
    "ALTER TABLE jcgov.events DISABLE TRIGGER ALL",
    "DROP TRIGGER events_stay ON jcgov.events",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION jcgov.refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "CREATE OR REPLACE FUNCTION jcgov.append(text[], bigint[], text[], bytea[]) RETURNS bigint"
    " LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION jcgov.append OWNER TO CURRENT_USER",
    "ALTER FUNCTION jcgov.append SET search_path = public",
    "CREATE TABLE jcgov.mine (n int)",
    "DROP TABLE jcgov.events",
    "DROP SCHEMA jcgov CASCADE",
    "UPDATE jcgov.format SET version = 2",
)


def test_the_application_keeps_snapshots(application: Application) -> None:
    home = application.cli.folder / "home"
    application.cli.run("demo", "--home", home)
    settings = Settings(home, home / "keys", application.url)
    with open_record(settings) as record:
        state = record.fold("JP-MN", evolve)
        assert state is not None
        snapshots_of(settings, record).keep(state)
        snapshots_of(settings, record).keep(state)

        assert snapshots_of(settings, record).load("JP-MN") == state


def test_the_application_cannot_change_what_is_recorded_nor_what_guards_it(
    application: Application,
) -> None:
    _append(application.url)

    with psycopg.connect(application.url, autocommit=True) as connection:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())

        assert connection.execute("SELECT count(*), max(state) FROM jcgov.events").fetchone() == (
            1,
            b"x",
        )


def _append(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT jcgov.append('{JP-MN}', '{1}', '{jcm.x.v1}', '{x}')")


def test_another_function_of_the_same_name_deceives_nobody(application: Application) -> None:
    """What the function calls is found in its own schema, whatever the caller's path is."""
    with psycopg.connect(application.url, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE events (LIKE jcgov.events)")
        connection.execute(
            "CREATE FUNCTION pg_temp.part(value bytea) RETURNS bytea LANGUAGE sql AS"
            " $$ SELECT ''::bytea $$"
        )
        connection.execute("SET search_path = pg_temp, jcgov")
        connection.execute("SELECT jcgov.append('{JP-MN}', '{1}', '{jcm.x.v1}', '{x}')")

        row = connection.execute("SELECT link FROM jcgov.events").fetchone()

    from aggregates.store.chain import GENESIS, link

    assert row == (link(GENESIS, "JP-MN", 1, "jcm.x.v1", b"x"),)


def test_a_role_that_was_let_in_stays_in_when_views_are_made_anew(
    application: Application, database_url: str
) -> None:
    application.cli.run("demo", "--home", application.cli.folder / "home")
    log = application.cli.json("log")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE jcgov.positions SET declaration = '0: older'")
    assert "jcgov init" in application.cli.run("log", code=1).err

    application.owner.run("init")

    assert application.cli.json("log") == log


def test_what_only_the_owner_may_do_is_refused_with_what_to_do(application: Application) -> None:
    application.owner.run("backup", "b.jsonl")

    for command in (("init",), ("restore", "b.jsonl")):
        refused = application.cli.run(*command, code=1)

        assert "does not let this role do that" in refused.err
        assert SECRET not in refused.err + refused.out


def test_a_role_that_was_not_let_in_is_told_how_it_is(
    cli: Terminal, role: str, database_url: str
) -> None:
    cli.run("init")

    refused = cli.run(
        "log", code=1, environment={"JCGOV_DATABASE_URL": as_role(database_url, role)}
    )

    assert "jcgov init --application ROLE" in refused.err


# What is wrong with an address, or behind it


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}%zz@h/x",
        f"postgresql://u:1/{SECRET}@h/x",
        f"postgresql://u:{SECRET}/@h/x",
        f"postgresql://u:x@{SECRET}@h/x",
        f"postgresql://u:{SECRET}@[h/x",
        f"postgresql://u:{SECRET}@h/x?nonsense=1",
    ],
)
@pytest.mark.parametrize("command", [("init",), ("log",), ("doctor",)], ids=" ".join)
def test_an_address_that_is_none_is_refused_and_no_piece_of_it_shown(
    cli: Terminal, url: str, command: tuple[str, ...]
) -> None:
    refused = cli.run(*command, code=1, environment={"JCGOV_DATABASE_URL": url})

    assert "JCGOV_DATABASE_URL is no address of a PostgreSQL database" in refused.err
    assert SECRET not in refused.err + refused.out


def test_what_cannot_be_reached_is_a_fault_and_says_why(
    cli: Terminal, postgresql: Databases
) -> None:
    given = {
        "does not exist": as_role(postgresql.url("absent"), "postgres"),
        "nobody_here": as_role(postgresql.url("postgres"), "nobody_here"),
        "refused": f"postgresql://u:{SECRET}@127.0.0.1:1/x",
        "No such file": f"postgresql://u:{SECRET}@/x?host=/nowhere",
    }
    commands = (("log",), ("doctor",), ("init",))
    started = [
        (says, cli.start(*command, environment={"JCGOV_DATABASE_URL": url}))
        for says, url in given.items()
        for command in commands
    ]

    for (says, _), ended in zip(started, all_of([p for _, p in started]), strict=True):
        assert ended.code == 3, ended
        assert ended.err.startswith("jcgov: fault: PostgreSQL is away (")
        assert says in ended.err
        assert "nothing was recorded" in ended.err
        assert "Traceback" not in ended.err
        assert SECRET not in ended.err + ended.out


def test_init_and_doctor_show_the_address_without_its_password(
    application: Application, role: str
) -> None:
    shown = application.cli.json("doctor")["database"]
    said = application.cli.run("doctor").out
    owned = application.owner.run("init").out

    assert f"{role}:…@" in shown
    assert SECRET not in shown + said + owned


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:…@h/d"),
        ("postgresql://u:p@q@h/d", "postgresql://u:…@h/d"),
        ("postgresql://u:p/q?r@h/d", "postgresql://u:…@h/d"),
        ("postgresql://:p@h/d", "postgresql://:…@h/d"),
        ("postgresql://u@h/d?password=p&sslmode=on", "postgresql://u@h/d?password=…&sslmode=on"),
        ("postgresql://h/d?a=b&sslpassword=p", "postgresql://h/d?a=b&sslpassword=…"),
        ("postgresql://u:p@h/d?password=q", "postgresql://u:…@h/d?password=…"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("some/home/jcgov.sqlite3", "some/home/jcgov.sqlite3"),
    ],
)
def test_an_address_is_shown_without_its_passwords(place: str, shown: str) -> None:
    assert without_password(place) == shown
