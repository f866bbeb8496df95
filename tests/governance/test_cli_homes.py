"""Where the state lives: homes that are named, absent, foreign, older, or not to be written."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.governance.setting import files
from tests.governance.terminal import ROOT, Terminal

pytestmark = [
    pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session"),
    pytest.mark.usefixtures("places"),
]

REAL = ROOT / "governance" / "demo" / "data" / "decisions.csv"
READING: tuple[tuple[str, ...], ...] = (
    ("log", "--json"),
    ("log",),
    ("log", "--csv"),
    ("register", "methodologies", "--committee", "MN", "--json"),
    ("register", "entities", "--committee", "MN", "--json"),
    ("register", "projects", "--committee", "MN", "--json"),
    ("register", "credits", "--committee", "MN", "--json"),
    ("register", "credits", "--committee", "MN"),
    ("proposals", "--json"),
    ("committee", "list", "--json"),
    ("replay", "--verify", "--json"),
    ("replay",),
    ("doctor", "--json"),
    ("doctor",),
    ("document", "check"),
    ("settle",),
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_an_absent_home_gives_empty_answers_and_is_not_made(
    cli: Terminal, command: tuple[str, ...]
) -> None:
    answered = cli.run(*command)

    assert not (cli.folder / "home").exists()
    if command[-1] == "--json":
        empty = answered.json
        assert empty == [] or empty["events"] == 0


def test_an_empty_list_says_in_words_that_it_is_empty(cli: Terminal) -> None:
    assert cli.run("docket").err == "Nothing is open here.\n"
    assert cli.run("docket", "--overdue").err == "Nothing is overdue here.\n"
    assert cli.run("inputs").err == "Nothing is open for inputs here.\n"
    assert "nothing was written" in cli.run("reminders", "-o", "out").err
    assert not (cli.folder / "out").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("committee", "show", "--committee", "MN"),
        ("roster", "show", "--committee", "MN"),
        ("request", "1", "-o", "r.json"),
        ("affirm", "JP-MN/2026/001", "-o", "r.json"),
        ("export", "bundle", "1", "-o", "b.json"),
        ("distribute", "1"),
        ("withdraw", "1", "--reason", "no"),
        ("settle", "--committee", "MN"),
    ],
    ids=" ".join,
)
def test_what_needs_a_committee_says_that_there_is_none(
    cli: Terminal, command: tuple[str, ...]
) -> None:
    if command[0] == "settle":
        cli.run("init")

    refused = cli.run(*command, code=1)

    assert refused.out == ""
    assert refused.err.startswith("jcgov: ")
    assert not (cli.folder / "r.json").exists()
    assert not (cli.folder / "b.json").exists()


def test_the_home_may_be_named_before_or_after_the_command_and_wins_over_the_environment(
    told: Terminal, told_home: Path
) -> None:
    elsewhere = told.folder / "elsewhere"
    log = told.json("log")

    before = told.run("--home", told_home, "log", "--json", home=elsewhere).json
    after = told.run("log", "--json", "--home", told_home, home=elsewhere).json
    among = told.run("committee", "--home", told_home, "list", "--json", home=elsewhere).json
    joined = told.run(f"--home={told_home}", "log", "--json", home=elsewhere).json

    assert before == after == joined == log != []
    assert [entry["committee"] for entry in among] == ["JP-ID", "JP-MN"]
    assert not elsewhere.exists()


def test_without_a_name_the_home_is_a_folder_here(tmp_path: Path) -> None:
    here = Terminal(tmp_path)

    here.run("init")

    assert (tmp_path / ".jcgov" / "jcgov.sqlite3").is_file()
    assert Path(here.json("doctor")["home"]) == Path(".jcgov")


def test_making_a_home_again_changes_nothing(told_copy: Terminal) -> None:
    before = doctor_without_the_clock(told_copy)

    told_copy.run("init")

    assert doctor_without_the_clock(told_copy) == before


def doctor_without_the_clock(cli: Terminal) -> Any:
    """Return what the doctor says, but for how many seconds ago something was."""
    found = cli.json("doctor")
    for committee in found["committees"]:
        del committee["log"]["age_seconds"]
    return found


def test_the_engines_own_keys_may_lie_elsewhere(cli: Terminal) -> None:
    for side in ("JP", "MN"):
        cli.run("key", "new", "--unencrypted", "-o", f"{side}.key")
    sides = {s: {"keys": [f"{s}.key.pub.json"], "threshold": 1} for s in ("JP", "MN")}
    cli.write("plan.json", {"committee": "MN", "sides": sides})
    keys = cli.folder / "vault"

    cli.run(
        *("committee", "found", "plan.json", "-o", "founding.json"),
        environment={"JCGOV_KEYS": str(keys)},
    )

    assert {f.name for f in keys.iterdir()} >= {"JP-MN.record.key", "JP-MN.log.key"}
    assert not (cli.folder / "home" / "keys").exists()


@pytest.mark.parametrize("command", [("log",), ("init",), ("doctor",), ("settle",)], ids=" ".join)
def test_a_database_url_of_another_kind_is_refused(cli: Terminal, command: tuple[str, ...]) -> None:
    url = {"JCGOV_DATABASE_URL": "mysql://db/jcgov"}

    refused = cli.run(*command, code=1, environment=url)

    assert "JCGOV_DATABASE_URL must begin with postgresql://" in refused.err
    assert not (cli.folder / "home").exists()


COMMANDS = (
    ("log",),
    ("init",),
    ("doctor",),
    ("replay",),
    ("settle",),
    ("proposals",),
    ("committee", "list"),
    ("register", "projects", "--committee", "MN"),
    ("impact", "MN004"),
    ("yearly",),
    ("report", "--committee", "MN", "--year", "2025", "-o", "report.md"),
    ("search", "solar"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_of_another_program_is_left_as_it_is(
    cli: Terminal, command: tuple[str, ...]
) -> None:
    home = cli.folder / "home"
    home.mkdir()
    foreign = sqlite3.connect(home / "jcgov.sqlite3")
    foreign.execute("CREATE TABLE events (mine)")
    foreign.commit()
    foreign.close()
    before = files(home)

    refused = cli.run(*command, code=1)

    assert "another program" in refused.err
    assert files(home) == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_home_of_another_format_names_both_formats(
    told_copy: Terminal, command: tuple[str, ...]
) -> None:
    home = told_copy.folder / "home"
    newer = sqlite3.connect(home / "jcgov.sqlite3")
    newer.execute("PRAGMA user_version = 2")
    newer.commit()
    newer.close()

    refused = told_copy.run(*command, code=1)

    assert "format 2" in refused.err
    assert "format 1" in refused.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_is_no_database_is_said_to_be_none(
    cli: Terminal, command: tuple[str, ...]
) -> None:
    home = cli.folder / "home"
    home.mkdir()
    (home / "jcgov.sqlite3").write_bytes(b"minutes of the meeting\n" * 100)

    refused = cli.run(*command, code=1)

    assert "jcgov.sqlite3" in refused.err
    assert (home / "jcgov.sqlite3").read_bytes().startswith(b"minutes")


@pytest.mark.parametrize("command", [("init",), ("log",), ("import", "decisions", "none.csv")])
def test_a_home_that_is_a_file_is_refused_by_name(cli: Terminal, command: tuple[str, ...]) -> None:
    cli.write("home", b"a file")
    cli.write("none.csv", b"")

    refused = cli.run(*command, code=1)

    assert "is a file" in refused.err
    assert (cli.folder / "home").read_bytes() == b"a file"


@pytest.mark.parametrize(
    "command",
    [
        ("log", "--json"),
        ("register", "credits", "--committee", "MN", "--json"),
        ("replay", "--verify", "--json"),
        ("committee", "list", "--json"),
        ("committee", "show", "--committee", "MN", "--json"),
        ("roster", "show", "--committee", "MN", "--json"),
        ("proposals", "--json"),
    ],
    ids=" ".join,
)
def test_a_home_that_cannot_be_written_is_read_all_the_same(
    told_copy: Terminal, command: tuple[str, ...]
) -> None:
    home = told_copy.folder / "home"
    written = told_copy.run(*command).json
    _forbid(home)
    try:
        read = told_copy.bound(*command)
    finally:
        _allow(home)

    assert read.code == 0, read.err
    assert _lasting(read.json) == _lasting(written)


def test_a_home_that_cannot_be_written_is_read_while_its_views_are_behind(
    told_copy: Terminal,
) -> None:
    home = told_copy.folder / "home"
    whole = told_copy.json("log")
    views = sqlite3.connect(home / "jcgov.sqlite3")
    views.execute("UPDATE positions SET position = 0")
    views.execute("DELETE FROM decision_log")
    views.commit()
    views.close()
    _forbid(home)
    try:
        read = told_copy.bound("log", "--json")
    finally:
        _allow(home)

    assert read.json == whole


@pytest.mark.parametrize(
    "command",
    [
        ("init",),
        ("settle",),
        ("convene", "--committee", "MN", "--date", "2031-01-01", "--place", "Tokyo"),
        ("import", "decisions", "rows.csv"),
    ],
    ids=" ".join,
)
def test_writing_to_a_home_that_cannot_be_written_is_refused_with_its_name(
    told_copy: Terminal, command: tuple[str, ...]
) -> None:
    home = told_copy.folder / "home"
    told_copy.write("rows.csv", b"partner_iso2\n")
    _forbid(home)
    try:
        refused = told_copy.bound(*command)
    finally:
        _allow(home)

    assert refused.code in (1, 3)
    assert refused.err.startswith("jcgov: ")


def test_an_import_is_tried_on_a_home_that_cannot_be_written(told_copy: Terminal) -> None:
    home = told_copy.folder / "home"
    _forbid(home)
    try:
        tried = told_copy.bound("import", "decisions", REAL, "--dry-run")
    finally:
        _allow(home)

    assert tried.code == 0
    assert "0 rows of decisions.csv would be taken" in tried.out


def _forbid(home: Path) -> None:
    (home / "jcgov.sqlite3").chmod(0o444)
    home.chmod(0o555)


def _allow(home: Path) -> None:
    home.chmod(0o755)
    (home / "jcgov.sqlite3").chmod(0o644)
    shutil.rmtree(home)


def _lasting(answer: object) -> object:
    return {**answer, "seconds": None} if isinstance(answer, dict) else answer
