"""``jcgov import decisions``: the past comes in once, whole, and bad rows are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.governance.terminal import ROOT, Terminal

REAL = ROOT / "governance" / "demo" / "data" / "decisions.csv"
HEAD = REAL.read_text("utf-8").splitlines()[0]
GOOD = "PW,2018-01-30,unknown,rules_adoption,,Rules,adopted,,,,,https://jcm.example,high"
UNDATED = "PW,,unknown,project_registration,PW009,Solar,registered,,,,,https://jcm.example,low"


def rows(cli: Terminal, *lines: str, name: str = "rows.csv") -> Path:
    """Write a file of decisions."""
    return cli.write(name, "\n".join([HEAD, *lines, ""]).encode())


def test_the_real_file_is_taken_whole_and_the_second_time_changes_nothing(cli: Terminal) -> None:
    first = cli.json("import", "decisions", REAL)
    log = cli.json("log")
    second = cli.json("import", "decisions", REAL)

    assert (first["taken"], first["unchanged"], first["refused"]) == (192, 0, 0)
    assert (second["taken"], second["unchanged"], second["refused"]) == (0, 192, 0)
    assert len(first["committees"]) == 18
    assert cli.json("log") == log
    assert sum(len(entry["items"]) for entry in log) == 192 - first["sittings"]


def test_a_dry_run_says_the_same_and_records_nothing(cli: Terminal) -> None:
    dry = cli.json("import", "decisions", REAL, "--dry-run")
    assert cli.json("log") == []
    wet = cli.json("import", "decisions", REAL)

    assert dry["dry_run"]
    assert dry | {"dry_run": False} == wet


def test_bad_rows_are_named_by_file_and_line_and_the_good_ones_are_in(cli: Terminal) -> None:
    lame = GOOD.replace("2018-01-30", "2018-02-30")
    file = rows(cli, GOOD, lame, UNDATED, GOOD.replace("PW,", "XX,"))

    said = cli.run("import", "decisions", file, code=1)

    assert f"{file}:3: refused: " in said.err
    assert f"{file}:5: refused: " in said.err
    assert f"{file}:2:" not in said.err
    assert [e["number"] for e in cli.json("log")] == [
        "JP-PW/H/undated/1",
        "JP-PW/H/2018-01-30/unknown",
    ]


def test_refusals_are_in_the_document_as_well(cli: Terminal) -> None:
    file = rows(cli, GOOD, "PW,yesterday")

    report = cli.json("import", "decisions", file, code=1)

    assert (report["taken"], report["refused"]) == (1, 1)
    [refusal] = report["refusals"]
    assert refusal["line"] == 3
    assert refusal["reason"]


def test_a_changed_row_is_a_conflict_that_names_what_differs(cli: Terminal) -> None:
    cli.run("import", "decisions", rows(cli, GOOD))

    said = cli.run("import", "decisions", rows(cli, GOOD.replace("high", "low")), code=1)

    assert "confidence: recorded 'high', here 'low'" in said.err
    assert "JP-PW/H/2018-01-30/unknown" in said.err


def test_a_sitting_alone_is_no_entry_of_the_log(cli: Terminal) -> None:
    sitting = "PW,2018-01-30,meeting,jc_meeting,PW-JC1,1st meeting,held,,,,,https://x.example,high"

    report = cli.json("import", "decisions", rows(cli, sitting))

    assert (report["taken"], report["sittings"]) == (1, 1)
    assert cli.json("log") == []


def test_undated_rows_come_first_in_the_order_of_the_file(cli: Terminal) -> None:
    more = UNDATED.replace("PW009", "PW008")

    cli.run("import", "decisions", rows(cli, GOOD, UNDATED, more))

    log = cli.json("log")
    assert [(e["number"], e["adopted_on"]) for e in log] == [
        ("JP-PW/H/undated/1", None),
        ("JP-PW/H/undated/2", None),
        ("JP-PW/H/2018-01-30/unknown", "2018-01-30"),
    ]
    assert [e["items"][0]["subject"] for e in log][:2] == ["PW009", "PW008"]
    assert cli.json("log", "--as-of", "2999-01-01") == log[2:]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00" * 100,
        b"\xff\xfe" + "a,b".encode("utf-16-le"),
        b'"',
        HEAD.replace(",source", "").encode(),
        f"{HEAD},notes".encode(),
        f"{HEAD},source".encode(),
        HEAD.replace(",", ";").encode(),
    ],
)
def test_a_file_that_is_no_table_of_decisions_is_refused_and_makes_no_home(
    cli: Terminal, content: bytes
) -> None:
    cli.write("rows.csv", content)

    refused = cli.run("import", "decisions", "rows.csv", code=1)

    assert refused.err.startswith("jcgov: rows.csv: ")
    assert not (cli.folder / "home").exists()


def test_a_trial_says_what_would_be_taken_and_makes_no_home(cli: Terminal) -> None:
    said = cli.run("import", "decisions", REAL, "--dry-run")

    assert "rows of decisions.csv would be taken" in said.out
    assert not (cli.folder / "home").exists()


def test_history_is_shown_as_imported_until_the_committee_adopts_it(cli: Terminal) -> None:
    cli.run("import", "decisions", REAL)

    projects = cli.json("register", "projects", "--committee", "MN")
    assert {entry["basis"] for entry in projects} == {"imported"}
    assert cli.json("register", "credits", "--committee", "MN") == []
    early = cli.json("register", "projects", "--committee", "MN", "--as-of", "2015-12-31")
    assert 0 < len(early) < len(projects)
    assert cli.json("register", "projects", "--committee", "MN", "--known-at", "2001-01-01") == []
