"""The test server itself: apart, durable where it says so, and never left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.postgresql.account import Account
from tests.postgresql.choice import chosen
from tests.postgresql.databases import Databases, WrongAddressError
from tests.postgresql.server import Server, ServerError, is_running

ROOT = Path(__file__).resolve().parents[2]
SPARING = {"fsync": "off"}  # enough where processes die and not the machine

_STARTS_A_SERVER = """
import sys, time
from tests.postgresql.server import Server

server = Server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a forgetful server of our own, also where one was given; nobody stops it."""
    with Server.start() as started:
        yield started


@pytest.fixture
def common_folder() -> Iterator[Path]:
    """Return a folder that the server's account can enter; the superuser's tmp_path is not."""
    folder = Account.current().private_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_two_databases_are_apart(postgresql: Databases) -> None:
    one, other = postgresql.create_database(), postgresql.create_database()
    _write(one, "here")

    assert _read(one) == ["here"]
    with pytest.raises(psycopg.errors.UndefinedTable):
        _read(other)
    for url in (one, other):
        postgresql.drop_database(url)


def test_a_dropped_database_cuts_off_who_is_connected(postgresql: Databases) -> None:
    url = postgresql.create_database()
    with psycopg.connect(url) as connection:
        postgresql.drop_database(url)

        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_the_fixture_s_database_is_empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall()

    assert tables == []


@pytest.mark.parametrize(
    "fault",
    [Server.restart, lambda s: s.restart(immediate=True), lambda s: (s.kill(), s.resume())],
    ids=["restart", "immediate restart", "kill"],
)
def test_a_durable_server_keeps_what_it_acknowledged(fault: Callable[[Server], object]) -> None:
    with Server.start(durable=True, settings=SPARING) as server:
        url = server.create_database()
        _write(url, "before")
        first = server.pid

        fault(server)

        assert server.pid != first
        _write(url, "after")
        assert _read(url) == ["before", "after"]


@pytest.mark.parametrize(("durable", "switched"), [(True, "on"), (False, "off")])
def test_only_a_durable_server_waits_for_the_disk(durable: bool, switched: str) -> None:
    with Server.start(durable=durable) as server:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert _setting(server, setting) == switched


def test_killing_the_postmaster_ends_its_children() -> None:
    with Server.start() as server, server.connect():
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
        assert len(family) > 3  # the connection's is among them

        server.kill()

        assert not any(map(is_running, family))
        with pytest.raises(ServerError, match="not running"):
            _ = server.pid


def test_a_stopped_server_leaves_nothing(common_folder: Path) -> None:
    server = Server.start(data_in=common_folder)
    process = psutil.Process(server.pid)
    assert server.data.parent == common_folder
    assert (server.data / "PG_VERSION").is_file()

    server.stop()

    assert not is_running(process)
    assert not server.folder.exists()
    assert list(common_folder.iterdir()) == []
    server.stop()  # once more is fine


def test_no_server_outlives_a_process_that_was_killed(common_folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(common_folder)}
    with subprocess.Popen(
        [sys.executable, "-c", _STARTS_A_SERVER], stdout=subprocess.PIPE, env=environment
    ) as owner:
        assert owner.stdout is not None
        postmaster = psutil.Process(int(owner.stdout.readline()))
        family = [postmaster, *postmaster.children()]
        assert is_running(postmaster)

        owner.kill()

    assert _within(20, lambda: not any(map(is_running, family)))


def test_a_server_outlives_the_thread_that_started_it() -> None:
    started: list[Server] = []
    thread = threading.Thread(target=lambda: started.append(Server.start()))
    thread.start()
    thread.join()
    (server,) = started
    with server:
        assert not _within(0.5, lambda: not is_running(psutil.Process(server.pid)))
        server.connect().close()


def test_it_runs_as_an_ordinary_user_and_opens_no_port(server: Server) -> None:
    postmaster = psutil.Process(server.pid)

    assert postmaster.uids().effective != 0
    assert postmaster.gids().effective != 0
    assert {c.family.name for c in postmaster.net_connections("all")} == {"AF_UNIX"}
    assert server.folder.stat().st_mode & 0o777 == 0o700


def test_settings_are_taken_and_wrong_ones_reported_with_the_log() -> None:
    with Server.start(settings={"max_connections": "17"}) as server:
        assert _setting(server, "max_connections") == "17"
    with pytest.raises(ServerError, match=r'unrecognized configuration parameter "max_connexions"'):
        Server.start(settings={"max_connexions": "17"})


def test_one_s_own_folder_holds_the_data_but_the_superuser_s_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    if os.geteuid() == 0:
        with pytest.raises(ServerError, match="nobody cannot enter it"):
            Server.start(data_in=tmp_path)
    else:
        with Server.start(data_in=tmp_path) as server:
            assert server.data.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_an_acknowledged_row_survives_the_primary_s_death() -> None:
    with (
        Server.start(durable=True, settings=SPARING) as primary,
        Server.start(standby_of=primary) as standby,
    ):
        url = primary.create_database()
        _write(url, "acknowledged")
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        copied = standby.url(str(name))
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            _write(standby.url("postgres"), "too early")

        primary.kill()
        standby.promote()

        assert _read(copied) == ["acknowledged"]
        _write(copied, "alone")  # the new primary waits for no standby
        standby.restart()
        assert _read(copied) == ["acknowledged", "alone"]


def test_a_commit_waits_for_the_standby() -> None:
    with (
        Server.start(durable=True, settings=SPARING) as primary,
        Server.start(standby_of=primary) as standby,
        ThreadPoolExecutor(1) as writer,
    ):
        url = primary.create_database()
        standby.halt()

        written = writer.submit(_write, url, "waited for")
        with pytest.raises(TimeoutError):
            written.result(0.5)
        standby.resume()

        written.result(30)
        assert _read(url) == ["waited for"]


def test_a_standby_can_have_one_of_its_own_after_its_promotion() -> None:
    with (
        Server.start(durable=True, settings=SPARING) as primary,
        Server.start(standby_of=primary) as second,
    ):
        primary.kill()
        second.promote()
        with Server.start(standby_of=second) as third:
            _write(second.url("postgres"), "again")
            second.kill()
            third.promote()

            assert _read(third.url("postgres")) == ["again"]


def test_a_forgetful_server_gets_no_standby(server: Server) -> None:
    with pytest.raises(ServerError, match="durable primary"):
        Server.start(standby_of=server)


def test_a_given_server_is_used_instead(server: Server) -> None:
    with chosen(server.address) as databases:
        url = databases.create_database()
        _write(url, "given")
        assert _read(url) == ["given"]
        databases.drop_database(url)
    server.connect().close()  # it is not ours to stop


def test_without_a_given_server_one_is_started_and_stopped() -> None:
    with chosen(None) as databases:
        databases.connect().close()
    with pytest.raises(psycopg.OperationalError):
        databases.connect()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqlite:///somewhere", "not of the form"),
        ("host=localhost", "not of the form"),
        ("postgresql://postgres@/postgres?host=/nonexistent", "it must answer"),
    ],
)
def test_a_given_server_that_cannot_be_used_fails_the_run(address: str, says: str) -> None:
    with pytest.raises(WrongAddressError, match=says), chosen(address):
        pass


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("postgresql://postgres@/postgres?host=/s", "postgresql://postgres@/a%2Fb?host=/s"),
        ("postgres://u:p@db.example:6543/x", "postgres://u:p@db.example:6543/a%2Fb"),
        ("postgresql:///x", "postgresql:///a%2Fb"),
        ("postgresql://u@h", "postgresql://u@h/a%2Fb"),
    ],
)
def test_a_url_differs_from_the_address_in_the_database_alone(address: str, url: str) -> None:
    assert Databases(address).url("a/b") == url
    assert psycopg.conninfo.conninfo_to_dict(url)["dbname"] == "a/b"


def _write(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists said (n serial, text text)")
        connection.execute("insert into said (text) values (%s)", (text,))


def _read(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("select text from said order by n")]


def _setting(server: Server, name: str) -> str:
    with server.connect() as connection:
        row = connection.execute("select current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


def _within(seconds: float, done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
