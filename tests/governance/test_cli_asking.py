"""What readers ask across the record: ``impact``, ``yearly``, ``report`` and ``search``."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from governance.cli.main import main
from tests.governance.setting import files
from tests.governance.terminal import Terminal
from tests.governance.test_output import Screen

ASKED: tuple[tuple[str, ...], ...] = (
    ("impact", "MN004"),
    ("impact", "MN_AM003", "2.0"),
    ("yearly",),
    ("yearly", "--committee", "MN", "--year", "2025"),
    ("search", "solar"),
)
RESTS = {
    *("what", "project", "title", "decision", "item", "adopted_on", "basis", "through"),
    *("entity", "report", "reported_on", "entity_at_report", "entity_at_decision", "status"),
    *("period", "quantity", "amounts", "why"),
}


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


# Impact


def test_impact_lists_rows_of_one_shape_and_what_it_cannot_tell(told: Terminal) -> None:
    found = told.json("impact", "MN004")

    assert found["committee"] == "JP-MN"
    assert found["totals"]["credits"]["signed"]["amounts"] == {"JP": 35854, "MN": 8963}
    assert {frozenset(row) for row in found["rests"] + found["cannot_tell"]} == {frozenset(RESTS)}
    assert [row["basis"] for row in found["rests"] if row["what"] == "issuance"] == [
        *("adopted", "signed", "imported")
    ]
    assert len(found["cannot_tell"]) == found["totals"]["cannot_tell"] == 4


def test_impact_says_its_totals_beside_the_table(told: Terminal) -> None:
    asked = told.run("impact", "MN004")

    assert "signed: issuances 1, credits 44,817: JP 35,854, MN 8,963" in asked.err
    assert "of 4 more the record cannot tell" in asked.err
    assert asked.out.splitlines()[0].startswith("what\tproject\tdecision\titem")


def test_impact_of_an_entity_shows_that_the_past_names_nobody(told: Terminal) -> None:
    found = told.json("impact", "TPE-MN-005")

    assert found["rests"] == []
    assert {row["why"].partition(";")[0] for row in found["cannot_tell"]} == {
        "who validated the project",
        "who verified the amount",
    }


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("MN999",), "MN999 is not in the record of JP-MN"),
        (("Verifier",), "is no number"),
        (("MN004", "--committee", "ID"), "MN004 is a number of JP-MN, not of JP-ID"),
        (("MN004", "--scope", "1"), "only an entity's work is asked by scope"),
    ],
)
def test_impact_of_what_is_no_number_is_refused(
    told: Terminal, asked: tuple[str, ...], says: str
) -> None:
    assert says in told.run("impact", *asked, code=1).err


@pytest.mark.parametrize(
    "asked",
    [
        ("impact",),
        ("impact", "TPE-MN-001", "--scope", "0"),
        ("impact", "TPE-MN-001", "--scope", "one"),
        ("yearly", "--year", "25"),
        ("yearly", "--year", "20255"),
        ("report", "--year", "2025", "-o", "r.md"),
        ("report", "--committee", "MN", "-o", "r.md"),
        ("search",),
        ("search", "solar", "--kind", "meeting"),
        ("search", "solar", "--limit", "-1"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said_to_be(told: Terminal, asked: tuple[str, ...]) -> None:
    assert "usage:" in told.run(*asked, code=2).err


# Yearly figures and the report


def test_yearly_figures_are_one_entry_for_each_committee_and_year(told: Terminal) -> None:
    found = told.json("yearly")

    places = [(entry["committee"], entry["year"] or 0) for entry in found]
    assert places == sorted(set(places))
    (year,) = told.json("yearly", "--committee", "MN", "--year", "2025")
    assert year in found
    assert year["meetings"] == {"convened": 2, "held": 2, "adopted": 0, "imported": 0}


def test_every_decision_of_the_log_is_in_some_year(told: Terminal) -> None:
    log = told.json("log")
    found = told.json("yearly")

    counted = sum(e[basis]["decisions"] for e in found for basis in ("adopted", "imported"))
    assert counted == sum(entry["status"] == "historical" for entry in log)
    signed = sum(entry["signed"]["decisions"] for entry in found)
    assert signed == sum(entry["status"] == "signed" for entry in log)


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_a_report_is_written_in_the_form_of_its_name(told: Terminal, name: str) -> None:
    report = ("report", "--committee", "MN", "--year", "2025", "-o", name)

    told.run(*report)
    first = (told.folder / name).read_text("utf-8")
    told.run(*report)

    assert (told.folder / name).read_text("utf-8") == first
    assert "JP-MN/2025/002" in first
    assert first.startswith("<!doctype html>" if name.endswith("html") else "# Yearly report 2025")


def test_a_report_of_another_form_is_refused_and_nothing_is_written(told: Terminal) -> None:
    refused = told.run(*("report", "--committee", "MN", "--year", "2025", "-o", "r.pdf"), code=1)

    assert "name it FILE.md" in refused.err
    assert not (told.folder / "r.pdf").exists()


# Search


def test_search_shows_as_many_as_are_asked_and_says_how_many_there_are(told: Terminal) -> None:
    some = told.run("search", "solar", "--limit", "3")
    every = told.json("search", "solar", "--limit", "0")

    assert len(some.table) == 3
    assert f"3 of {every['found']} hits; --limit 0 shows all" in some.err
    assert len(every["hits"]) == every["found"] > 10


def test_search_that_finds_nothing_says_so(told: Terminal) -> None:
    asked = told.run("search", "solar", "nowhere")

    assert "Nothing has every word." in asked.err
    assert told.json("search", "solar", "nowhere")["hits"] == []


def test_search_without_a_letter_is_refused_by_name(told: Terminal) -> None:
    assert "'-- ?' has no letter" in told.run("search", "--", "-- ?", code=1).err


# All of them


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_on_a_terminal_of_80_columns_nothing_is_wider(
    told: Terminal, screen: Screen, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in told.environment.items():
        monkeypatch.setenv(name, value)
    piped = told.run(*asked)

    with redirect_stdout(screen):
        assert main([*asked, "--home", str(told.home)]) == 0

    lines = screen.text.splitlines()
    assert max(map(len, lines)) <= 80
    words = set(re.findall(r"\w+", piped.out.partition("\n")[2]))
    shown = set(re.findall(r"\w+", screen.text))
    assert len(words & shown) > 0.9 * len(words)  # the rest is folded over two lines


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_an_empty_home_answers_and_nothing_is_made(
    cli: Terminal, asked: tuple[str, ...], tmp_path: Path
) -> None:
    before = files(tmp_path)

    cli.run(*asked)
    cli.json(*asked)

    assert files(tmp_path) == before
