"""The same events give the same bytes on either engine, and in whatever order a server sorts."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.governance.test_cli_import import REAL
from tests.places import SQLitePlaces

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("log", "--json"),
    ("log", "--csv"),
    ("log",),
    ("log", "--committee", "MN", "--type", "issuance", "--json"),
    ("log", "--as-of", "2018-12-31", "--json"),
    *(
        ("register", name, "--committee", committee, *form)
        for name in ("methodologies", "entities", "projects", "credits")
        for committee in ("MN", "ID", "PW")
        for form in (("--json",), ())
        if form or committee == "MN"
    ),
    *(
        ("reconcile", "--as-of", "2026-06-30", *form)
        for form in (("--json",), ("--details", "--json"), ("--totals", "--json"), ())
    ),
    ("reconcile", "--differences", "--json"),
    ("committee", "list", "--json"),
    ("committee", "show", "--committee", "MN", "--json"),
    ("roster", "show", "--committee", "MN", "--json"),
    ("proposals", "--json"),
    ("impact", "MN004", "--json"),
    ("impact", "MN_AM003", "2.0"),
    ("yearly", "--json"),
    ("search", "solar", "--limit", "0", "--json"),
    ("search", "angstrom"),
    ("feed", "--side", "JP", "--json"),
    ("feed", "--side", "MN"),
)
ROWS = [
    ("MN", "", "Ганбаатар – 日本"),
    ("MN", "", "\U0001f600 undated too"),
    ("MN", "2020-02-02", "ÅNGSTRÖM"),
    ("MN", "2020-02-02", "ångström"),
    ("ID", "2020-02-02", "angström"),
    ("KE", "", "Zürich"),
    ("KE", "2020-02-02", "a"),
    ("KE", "2020-02-02", "B"),
]


def rows() -> str:
    head = REAL.read_text("utf-8").splitlines()[0]
    lines = [
        f"{committee},{day},meeting,pin_no_objection,{title},{title},no_objection,,,,,x,high"
        for committee, day, title in ROWS
    ]
    return "\n".join([head, *lines, ""])


def outputs(cli: Terminal) -> dict[str, str]:
    """Return what every command that reads prints."""
    found = {" ".join(command): cli.run(*command).out for command in COMMANDS}
    replayed = cli.json("replay", "--verify")
    doctor = cli.json("doctor")
    for committee in doctor["committees"]:  # beside the record: when it is, what witnesses said
        del committee["log"]["age_seconds"], committee["log"]["witnesses"]
    rest = {
        "replay": {name: value for name, value in replayed.items() if name != "seconds"},
        "doctor": {name: doctor[name] for name in ("events", "behind", "committees")},
    }
    return found | {name: json.dumps(value) for name, value in rest.items()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The demonstration on SQLite, with all the real data, and with what no locale sorts alike."""
    folder = tmp_path_factory.mktemp("both")
    cli = Terminal.at(SQLitePlaces().make(folder / "home"))
    cli.run("demo", "--home", folder / "home")
    cli.run("import", "decisions", REAL)
    cli.write("rows.csv", rows().encode())
    cli.run("import", "decisions", "rows.csv")
    cli.run("backup", "backup.jsonl")
    return cli


@pytest.fixture(scope="module")
def known(told: Terminal) -> dict[str, str]:
    return outputs(told)


def moved(told: Terminal, folder: Path, url: str | None) -> Terminal:
    """Restore the backup into an empty place."""
    folder.mkdir()
    cli = Terminal.at(Settings(folder / "home", folder / "home" / "keys", url))
    cli.run("restore", told.folder / "backup.jsonl")
    keys = told.folder / "home" / "keys"
    cli.environment["JCGOV_KEYS"] = str(keys)
    return cli


def require_same(cli: Terminal, known: dict[str, str]) -> None:
    for name, printed in outputs(cli).items():
        assert printed == known[name], name


def test_what_is_compared_has_undated_rows_other_letters_and_signed_ones(
    known: dict[str, str],
) -> None:
    log = json.loads(known["log --json"])

    assert {entry["status"] for entry in log} == {"signed", "historical"}
    titles = {item["title"] for entry in log for item in entry["items"]}
    assert {title for _, _, title in ROWS} <= titles
    assert any(entry["adopted_on"] is None for entry in log)


def test_sqlite_to_postgresql_and_back_is_the_same_byte_for_byte(
    told: Terminal, known: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    there = moved(told, tmp_path / "there", database_url)
    require_same(there, known)
    there.run("backup", "backup.jsonl")

    back = moved(there, tmp_path / "back", None)
    back.environment["JCGOV_KEYS"] = str(told.folder / "home" / "keys")
    require_same(back, known)
    back.run("backup", "backup.jsonl")

    first, second, third = (
        (cli.folder / "backup.jsonl").read_bytes() for cli in (told, there, back)
    )
    assert first == second == third


def test_every_column_of_the_database_sorts_by_bytes_whatever_the_servers_locale(
    told: Terminal, database_url: str, tmp_path: Path
) -> None:
    moved(told, tmp_path / "there", database_url)

    with psycopg.connect(database_url) as connection:
        columns = connection.execute(
            "SELECT relname || '.' || attname, collname::text FROM pg_attribute"
            " JOIN pg_class ON pg_class.oid = attrelid"
            " JOIN pg_collation ON pg_collation.oid = attcollation"
            " WHERE relnamespace = 'jcgov'::regnamespace AND relkind IN ('r', 'i')"
        ).fetchall()

    assert len(columns) > 60
    assert {collation for _, collation in columns} == {"C"}
