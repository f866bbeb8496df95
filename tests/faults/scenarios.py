"""What happens on a small disk, told by functions that run in a process of their own.

python -m tests.faults.scenarios NAME DISK
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from aggregates.store.chain import Head
from governance import assembly
from governance.demo.stage import ToldClock
from governance.exchange.document_places import path_of
from governance.exchange.documents import DocumentStore
from governance.settings import Settings
from policies.refusals import FaultError, StorageError, WrongHomeError
from projections.all import VIEWS
from projections.follower import catch_up
from tests.faults.commands import BEGINS, Scene, make_cast
from tests.faults.invariants import require_whole
from tests.faults.loop import Told
from tests.faults.small_disk import fill, free, remount
from tests.governance.setting import files
from tests.governance.terminal import Terminal
from tests.postgresql.server import Server

PARTNERS = ("MN", "ID", "TH", "KE", "VN", "PW", "ET", "MV")
_MOST = 150
"""Commands that fill what is left, at most."""


def until_it_fails(settings: Settings, cast: Path) -> tuple[list[Head], FaultError]:
    """Do commands, each in an engine of its own; return what was acknowledged, and the fault."""
    heads: list[Head] = []
    for _ in range(_MOST):
        try:
            do_one(settings, cast, heads)
        except FaultError as fault:
            return heads, fault
    raise AssertionError("nothing fails")


def do_one(settings: Settings, cast: Path, heads: list[Head]) -> None:
    """Do one command, acknowledge it, and bring the views up."""
    clock = ToldClock(BEGINS)
    with assembly.engine(settings, clock) as engine:
        Scene(engine, clock, cast, PARTNERS).step()
        heads.append(engine.record.head)
        with closing(assembly.open_tables(settings, engine.record)) as tables:
            catch_up(engine.record, tables, VIEWS)


def sqlite_full(disk: Path, folder: Path) -> None:
    """Fill the disk of a home, to the last byte and nearly so; free it, and go on."""
    settings = Settings(disk / "home", folder / "keys")
    cli = Terminal(folder, settings.home, {"JCGOV_KEYS": str(settings.keys)})
    fill(disk, leaving=0)
    refused = cli.run("init", code=3)
    assert "No space left" in refused.err or "no room is left" in refused.err, refused.err
    free(disk)
    cli.run("init")
    for leaving in (0, 8, 16, 36, 40, 64, 128, 300):
        for _ in range(2):
            do_one(settings, folder / "cast", [])
        fill(disk, leaving=leaving * 1024)
        heads, fault = until_it_fails(settings, folder / "cast")
        print(f"{leaving} KiB: {len(heads)} commands, then {fault}")
        assert isinstance(fault, StorageError)
        assert "no room is left on its disk" in str(fault)
        free(disk)
        require_whole(settings, Told(heads=heads))


def sqlite_full_for_people(disk: Path, folder: Path) -> None:
    """A full disk as people meet it: a sentence, exit code 3; the log is read all the same."""
    settings = Settings(disk / "home", folder / "keys")
    cli = Terminal(folder, settings.home, {"JCGOV_KEYS": str(settings.keys)})
    for _ in range(9):
        do_one(settings, folder / "cast", [])
    log = cli.json("log")
    cli.write("rows.csv", _rows())
    with _views_put_back(settings):
        fill(disk, leaving=0)

        refused = cli.run("import", "decisions", "rows.csv", code=3)

        print(refused.err)
        assert "no room is left on its disk" in refused.err
        assert "repeat the command" in refused.err
        assert cli.json("log") == log
    free(disk)
    cli.run("import", "decisions", "rows.csv")
    assert len(cli.json("log")) > len(log)
    require_whole(settings)


@contextmanager
def _views_put_back(settings: Settings) -> Iterator[None]:
    """Leave all views at the beginning, and the file open, as long-lived programs have it."""
    with closing(sqlite3.connect(settings.database, isolation_level=None)) as views:
        views.execute("UPDATE positions SET position = 0")
        for view in VIEWS:
            views.execute(f"DELETE FROM {view.name}")  # noqa: S608
        yield


def documents_full(disk: Path, folder: Path) -> None:
    """A disk without room for a document: said in a sentence, and nothing is half there."""
    store = DocumentStore.at(str(disk / "documents"))
    kept = store.put(BytesIO(bytes(2**20)), "confidential")
    fill(disk, leaving=2**20 + 2**19)

    for size in (2**21, 2**22):
        with pytest.raises(StorageError, match="documents cannot be written: No space left"):
            store.put(BytesIO(b"?" * size), "public")
        assert [(found.path, found.state) for found in store.check()] == [
            (path_of("confidential", kept), "whole")
        ]
    remount(disk, "ro")
    with pytest.raises(WrongHomeError, match="cannot be written: Read-only file system"):
        store.put(BytesIO(b"?"), "public")
    assert store.put(BytesIO(bytes(2**20)), "confidential", expected=kept) == kept
    remount(disk, "rw")
    free(disk)
    store.put(BytesIO(b"?" * 2**21), "public")
    assert [found.state for found in store.check()] == ["whole", "whole"]


def read_only(disk: Path, folder: Path) -> None:
    """A read-only disk: what is there is read, and what would be written is refused by name."""
    settings = Settings(disk / "home", folder / "keys")
    cli = Terminal(folder, settings.home, {"JCGOV_KEYS": str(settings.keys)})
    heads: list[Head] = []
    for _ in range(9):
        do_one(settings, folder / "cast", heads)
    cli.write("rows.csv", _rows())
    log, before = cli.json("log"), files(settings.home)
    remount(disk, "ro")

    assert cli.json("log") == log
    assert cli.json("replay", "--verify")["verified"]["ok"]
    refused = cli.run("import", "decisions", "rows.csv", code=1)
    assert "cannot be written" in refused.err
    refused = cli.run("init", code=1, home=disk / "other")
    assert "cannot be written: Read-only file system" in refused.err
    assert files(settings.home) == before

    remount(disk, "rw")
    cli.run("import", "decisions", "rows.csv")
    require_whole(settings, Told(heads=heads))


def postgresql_full(disk: Path, folder: Path) -> None:
    """Fill the disk of a server's data; free it, and go on."""
    with Server.start(durable=True, data_in=disk, settings={"fsync": "off"}) as server:
        settings = Settings(folder / "home", folder / "keys", server.create_database())
        assembly.make_tables(settings)
        cli = Terminal.at(settings, folder)
        cli.write("rows.csv", _rows())
        for leaving in (0, 64, 256):
            for _ in range(2):
                do_one(settings, folder / "cast", [])
            fill(disk, leaving=leaving * 1024)
            heads, fault = until_it_fails(settings, folder / "cast")
            print(f"{leaving} KiB: {len(heads)} commands, then {fault}")
            assert isinstance(fault, StorageError)
            assert "PostgreSQL has no room left on its disk" in str(fault)
            free(disk)
            require_whole(settings, Told(heads=heads))
        _without_room_for_the_log(server, settings, cli, disk)


def _without_room_for_the_log(
    server: Server, settings: Settings, cli: Terminal, disk: Path
) -> None:
    """Let the server itself stop for want of room for its write-ahead log."""
    heads: list[Head] = []
    do_one(settings, cli.folder / "cast", heads)
    fill(disk, leaving=0)
    _use_up_the_log(server)
    began = time.monotonic()
    refused = cli.run("log", code=3)
    assert "PostgreSQL is away (" in refused.err, refused.err
    assert time.monotonic() - began < 10
    print(refused.err.strip())
    free(disk)
    server.restart(immediate=True)
    require_whole(settings, Told(heads=heads))
    cli.run("import", "decisions", "rows.csv")


def _use_up_the_log(server: Server) -> None:
    for _ in range(200):
        try:
            with server.connect() as connection:
                connection.execute("select pg_logical_emit_message(true, 'x', repeat('x', 200000))")
                connection.execute("select pg_switch_wal()")
        except psycopg.OperationalError:
            return
    raise AssertionError("the server writes on")


def _rows() -> bytes:
    return (Path(assembly.__file__).parent / "demo" / "data" / "decisions.csv").read_bytes()


SCENARIOS: dict[str, Callable[[Path, Path], None]] = {
    scenario.__name__: scenario
    for scenario in (
        sqlite_full,
        sqlite_full_for_people,
        documents_full,
        read_only,
        postgresql_full,
    )
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="jcgov-disk-") as made:
        make_cast(Path(made) / "cast")
        SCENARIOS[sys.argv[1]](Path(sys.argv[2]), Path(made))
