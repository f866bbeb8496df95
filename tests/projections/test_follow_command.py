"""``jcgov follow``, and homes whose views an older version made."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from governance import assembly
from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.projections.desk import ROWS

VECTORS = Path(__file__).parents[1] / "vectors"


# The command


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_follows_until_it_is_ended(
    place: Settings, tmp_path: Path, ending: signal.Signals
) -> None:
    assembly.make_tables(place)
    cli = Terminal.at(place, tmp_path)
    process = cli.start("follow")
    assert process.stderr is not None
    assert process.stderr.readline() == "following; interrupt to end\n"
    cli.write("rows.csv", ROWS)
    cli.run("import", "decisions", "rows.csv")
    _wait_for_views(place)

    process.send_signal(ending)
    _out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert err == "ended; the views go on from here next time\n"


def _wait_for_views(settings: Settings) -> None:
    """Look without bringing the views up to the events, as every reading command would."""
    end = time.monotonic() + 20
    with (
        assembly.open_record(settings) as record,
        closing(assembly.open_tables(settings, record)) as tables,
    ):
        while min(tables.positions().values()) < record.position:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_whenever_it_is_told(
    place: Settings, tmp_path: Path, ending: signal.Signals
) -> None:
    assembly.make_tables(place)
    cli = Terminal.at(place, tmp_path)
    started = []
    for _ in range(4):
        process = cli.start("follow")
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(ending)
        started.append(process)

    assert [_code(process) for process in started] == [0] * 4


def _code(process: subprocess.Popen[str]) -> int:
    _out, err = process.communicate(timeout=20)
    assert "Traceback" not in err, err
    return process.returncode


def test_there_is_nothing_to_follow_in_an_absent_home(tmp_path: Path) -> None:
    refused = Terminal(tmp_path, tmp_path / "home").run("follow", code=1)

    assert "make it with: jcgov init" in refused.err
    assert not (tmp_path / "home").exists()


# Homes of the version before


def test_a_home_of_the_version_before_is_read_its_views_made_anew(
    told_home_of_before: Settings, tmp_path: Path
) -> None:
    cli = Terminal.at(told_home_of_before, tmp_path)

    log = cli.json("log")
    replayed = cli.json("replay", "--verify", "--against", VECTORS / "backup.jsonl")

    known = json.loads((VECTORS / "backup.digests.json").read_text("utf-8"))
    assert replayed["verified"]["head"] == known["head"]
    assert known["views"].items() <= replayed["views"].items()  # others came later
    assert sum(len(entry["items"]) for entry in log) == known["views"]["decision_log"]["rows"]
    assert "was not what the events say" not in cli.run("replay").err


@pytest.fixture
def told_home_of_before(tmp_path: Path) -> Settings:
    """A home whose views are as the version before had them: its tables, its `tracking`."""
    settings = Settings(tmp_path / "home", tmp_path / "home" / "keys")
    Terminal.at(settings, tmp_path).run("restore", VECTORS / "backup.jsonl")
    with closing(sqlite3.connect(settings.database)) as file, file:
        for name in [view for (view,) in file.execute("SELECT view FROM positions").fetchall()]:
            file.execute(f"DROP TABLE {name}")
        file.execute("DROP TABLE positions")
        for statement in TABLES_OF_BEFORE:
            file.execute(statement)
    return settings


_KEYED = "PRIMARY KEY (stream, version, part)) WITHOUT ROWID"
_OF_REGISTERS = "committee, decision, item, digest, adopted_on, recorded_at, basis, fact"
_COLUMNS_OF_BEFORE = {
    "decision_log": "committee, number, item, kind, adopted_on, recorded_at, status, procedure,"
    " rulebook, signers, entry",
    "methodologies": _OF_REGISTERS,
    "entities": _OF_REGISTERS,
    "projects": _OF_REGISTERS,
    "credits": _OF_REGISTERS,
    "notifications": "committee, side, id, type, number, item, recorded_at, data",
}
TABLES_OF_BEFORE = (
    "CREATE TABLE tracking (application_name TEXT, notification_id INTEGER,"
    " PRIMARY KEY (application_name)) WITHOUT ROWID",
    "INSERT INTO tracking VALUES ('__migration__', 1)",
    *(
        f"CREATE TABLE {name} (stream, version, part, {columns}, {_KEYED}"
        for name, columns in _COLUMNS_OF_BEFORE.items()
    ),
    *(
        f"INSERT INTO {name} (stream, version, part) VALUES ('JP-MN', 1, 0)"  # noqa: S608
        for name in _COLUMNS_OF_BEFORE
    ),
    *(f"INSERT INTO tracking VALUES ('{name}', 1)" for name in _COLUMNS_OF_BEFORE),  # noqa: S608
)
"""What the version of 24 November 2026 made and wrote."""
