"""PostgreSQL restarted under load, and its primary killed: commands fail plainly, then go on."""

from __future__ import annotations

import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregates.store.postgresql import PostgreSQLDatabase
from governance import assembly
from governance.settings import Settings
from tests.faults.commands import PARTNERS
from tests.faults.conftest import DURABLE, LONG
from tests.faults.invariants import require_true, require_whole
from tests.faults.loop import LIMIT, Orders, Running, Told
from tests.governance.terminal import Terminal
from tests.postgresql.server import Server

pytestmark = pytest.mark.parametrize("places", ["postgresql"], indirect=True, scope="session")

RESTARTS = 8 if LONG else 2
PROMPTLY = 8.0
"""Seconds after which the reason of a fault is said at the latest: five, and a busy machine."""


def test_restarted_under_load_nothing_acknowledged_is_lost_and_all_go_on(
    place: Settings, cast: Path, server: Server
) -> None:
    with following(Terminal.at(place)) as follower, writing(place, cast) as writers:
        for number in range(RESTARTS):
            _let_them_write(writers)
            server.restart(immediate=number % 2 == 1)
        _let_them_write(writers)
        told = [writer.kill() for writer in writers]
        _wait_for_views(place, follower)
        said = _interrupted(follower)
    assert "PostgreSQL went away" in said or "PostgreSQL is away" in said
    assert said.splitlines()[-1] == "ended; the views go on from here next time"
    _require_plain(told)
    require_whole(place, *told)


def test_a_server_that_is_away_is_said_with_the_reason(place: Settings, server: Server) -> None:
    cli = Terminal.at(place)
    cli.run("log")
    server.halt()
    try:
        began = time.monotonic()
        refused = cli.run("log", code=3)
        assert time.monotonic() - began < PROMPTLY
    finally:
        server.resume()

    assert refused.err.startswith("jcgov: fault: PostgreSQL is away (")
    assert "No such file or directory" in refused.err
    cli.run("log")


def test_a_machine_that_vanished_is_noticed_in_seconds_or_as_the_url_says(place: Settings) -> None:
    url = str(place.database_url)
    asked = []
    for address in (url, f"{url}&keepalives_idle=60"):
        with closing(PostgreSQLDatabase(address)) as database, database.cursor() as cursor:
            asked.append(cursor.connection.info.get_parameters())

    assert [found["keepalives_idle"] for found in asked] == ["5", "60"]
    assert {found["tcp_user_timeout"] for found in asked} == {"10000"}


def test_a_standby_alone_takes_no_writes_and_says_so(place: Settings, cast: Path) -> None:
    with primary_and_standby() as (primary, standby):
        url = primary.create_database()
        settings = Settings(place.home, place.keys, url)
        assembly.make_tables(settings)
        alone = Settings(place.home, place.keys, url.replace(str(primary.folder), _at(standby)))
        cli = Terminal.at(alone)
        cli.write("rows.csv", b"partner_iso2\n")

        refused = cli.run("init", code=3)

    assert "takes no writes" in refused.err
    assert "target_session_attrs=read-write" in refused.err


def test_the_primary_killed_and_the_standby_promoted_nothing_acknowledged_is_lost(
    place: Settings, cast: Path
) -> None:
    with primary_and_standby() as (primary, standby):
        settings = Settings(place.home, place.keys, _either(primary, standby))
        assembly.make_tables(settings)
        cli = Terminal.at(settings)
        with following(cli) as follower, writing(settings, cast) as writers:
            _let_them_write(writers)
            primary.kill()
            began = time.monotonic()
            refused = cli.run("log", code=3)
            assert time.monotonic() - began < PROMPTLY
            assert "PostgreSQL is away (" in refused.err
            assert "read-only" in refused.err or "No such file" in refused.err
            standby.promote()
            _let_them_write(writers)
            told = [writer.kill() for writer in writers]
            _wait_for_views(settings, follower)
            said = _interrupted(follower)
        assert "PostgreSQL" in said
        _require_plain(told)
        require_whole(settings, *told)
        cli.run("replay", "--verify")


@contextmanager
def writing(settings: Settings, cast: Path) -> Iterator[list[Running]]:
    """Let two processes do commands, each of committees of its own, through every trouble."""
    with ExitStack() as stack:
        shares = (PARTNERS[0:7], PARTNERS[7:14])
        yield [
            stack.enter_context(Running.commands(Orders(settings, cast, partners, persists=True)))
            for partners in shares
        ]


@contextmanager
def following(cli: Terminal) -> Iterator[subprocess.Popen[str]]:
    """Run `jcgov follow` in a process of its own, and wait until it follows."""
    follower = cli.start("follow")
    try:
        assert follower.stderr is not None
        assert select.select([follower.stderr], [], [], LIMIT)[0]
        assert follower.stderr.readline() == "following; interrupt to end\n"
        yield follower
    finally:
        follower.kill()
        follower.communicate(timeout=LIMIT)


@contextmanager
def primary_and_standby() -> Iterator[tuple[Server, Server]]:
    """Start a server whose commits wait for the other's."""
    with (
        Server.start(durable=True, settings=DURABLE) as primary,
        Server.start(standby_of=primary) as standby,
    ):
        yield primary, standby


def _at(server: Server) -> str:
    return str(server.folder)


def _either(primary: Server, standby: Server) -> str:
    """Return the URL of a new database on whichever server takes writes."""
    url = primary.create_database()
    parts = urlsplit(url)
    hosts = f"host={primary.folder},{standby.folder}&port=5432,5432"
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{hosts}&target_session_attrs=read-write"


def _let_them_write(writers: list[Running]) -> None:
    """Wait until each has acknowledged ten more commands."""
    for writer in writers:
        enough = len(writer.told.steps) + 10

        def done(told: Told, enough: int = enough) -> bool:
            return len(told.steps) >= enough

        assert writer.hear(done) or writer.told.ended, writer.told.troubles[-3:]


def _wait_for_views(settings: Settings, follower: subprocess.Popen[str]) -> None:
    """Wait, a bounded time, until the follower alone has brought all views to the end."""
    end = time.monotonic() + 20
    with (
        assembly.open_record(settings) as record,
        closing(assembly.open_tables(settings, record)) as tables,
    ):
        while set(tables.positions().values()) != {record.position}:
            ended = follower.poll() is not None
            assert not ended, f"the follower has ended: {follower.communicate()}"
            assert time.monotonic() < end, f"{tables.positions()} of {record.position}"
            time.sleep(0.02)
        require_true(record, tables)


def _interrupted(follower: subprocess.Popen[str]) -> str:
    """Interrupt `jcgov follow`, which then ends in order; return what it said."""
    assert follower.poll() is None, follower.communicate()
    follower.send_signal(signal.SIGINT)
    _out, said = follower.communicate(timeout=LIMIT)
    assert follower.returncode == 0, said
    assert "Traceback" not in said
    return str(said)


def _require_plain(told: list[Told]) -> None:
    """Check that every trouble of a command was said as one a person can act on."""
    troubles = [trouble for one in told for trouble in one.troubles]
    assert troubles
    plain = ("PostgreSQL went away (", "PostgreSQL is away (", "PostgreSQL gave no connection")
    assert [trouble for trouble in troubles if not trouble.startswith(plain)] == []
