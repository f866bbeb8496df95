"""What another rulebook would have said of the real record; nothing is changed by asking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from governance.exchange.rulebook_file import read_proposed
from governance.settings import Settings
from policies.refusals import Refusal
from policies.rulebook import shipped
from tests.governance.setting import files
from tests.governance.terminal import Terminal

RULEBOOKS = Path(__file__).parents[2] / "policies" / "rulebooks"
DECISIONS = Path(__file__).parents[2] / "governance" / "demo" / "data" / "decisions.csv"
START = "eligibility.operation_starts_on_or_after"
FLOOR = "allocation.partner_government_percent_at_least"


def figure(place: str, value: object) -> str:
    return f'{place} = {{ value = {value}, source = "a proposal", status = "unconfirmed" }}'


def proposed(cli: Terminal, country: str, **figures: object) -> Path:
    """Write a country's file with figures of its first version set anew, or added."""
    lines = (RULEBOOKS / f"{country.lower()}.toml").read_text("utf-8").splitlines()
    set_anew = {name.replace("__", "."): value for name, value in figures.items()}
    kept = [line for line in lines if not line.startswith(tuple(set_anew))]
    at = next(n for n, line in enumerate(kept) if line.startswith("generation"))
    added = [figure(place, value) for place, value in set_anew.items()]
    text = "\n".join([*kept[: at + 1], *added, *kept[at + 1 :]])
    return cli.write("proposed.toml", text.encode())


def asked(cli: Terminal, file: Path, *more: str) -> Any:
    return cli.json("whatif", "--rulebook", file, *more)


def verdict(entry: dict[str, str] | None) -> str | None:
    return None if entry is None else entry["verdict"]


def lines(found: Any, check: str) -> dict[tuple[str, int], tuple[str | None, str | None]]:
    """Return the verdicts of a check, old and new, by decision and item."""
    return {
        (line["decision"], line["item"]): (verdict(line["old"]), verdict(line["new"]))
        for line in found["verdicts"]
        if line["check"] == check
    }


def test_a_later_start_would_have_refused_a_project_and_of_others_cannot_be_told(
    told: Terminal,
) -> None:
    file = proposed(told, "MN", **{START.replace(".", "__"): "2026-01-01"})

    found = asked(told, file, "--edition", "MN-2013")

    starts = lines(found, "operation-start")
    assert starts[("JP-MN/2025/004", 1)] == ("pass", "fail")
    past = {key: verdicts for key, verdicts in starts.items() if "/H/" in key[0]}
    assert len(past) == 6
    assert set(past.values()) == {("cannot tell", "cannot tell")}
    assert {line["check"] for line in found["verdicts"]} == {"operation-start"}
    [line] = [one for one in found["verdicts"] if one["decision"] == "JP-MN/2025/004"]
    assert (line["status"], line["subject"], line["rulebook"]) == ("signed", "MN007", "MN-2013")
    assert line["figure"] == {"place": START, "old": "2013-01-01", "new": "2026-01-01"}
    assert line["new"]["bars"]
    assert "before 2026-01-01" in line["new"]["evidence"]


def test_a_floor_would_have_refused_what_falls_short_of_it_by_a_hair(told: Terminal) -> None:
    """1,776 of 8,880 is a fifth; 1,789 of 8,947 is not."""
    file = proposed(told, "MN", **{FLOOR.replace(".", "__"): 20})

    found = asked(told, file, "--edition", "MN-2013")

    floors = lines(found, "partner-government")
    assert floors[("JP-MN/H/2017-10-24/meeting", 1)] == (None, "fail")
    assert floors[("JP-MN/H/2018-11-06/meeting", 3)] == (None, "cannot tell")
    assert floors[("JP-MN/2025/002", 1)] == (None, "fail")
    assert {line["check"] for line in found["verdicts"]} == {"partner-government"}


def test_indonesias_own_floor_raised_is_asked_of_the_mongolian_record(told: Terminal) -> None:
    low = proposed(told, "ID", **{FLOOR.replace(".", "__"): 10})
    tenth = lines(asked(told, low, "--committee", "MN"), "partner-government")
    high = proposed(told, "ID", **{FLOOR.replace(".", "__"): 20})
    fifth = lines(asked(told, high, "--committee", "MN"), "partner-government")

    differing = {key for key in fifth if fifth[key] != tenth.get(key)}
    assert differing == {
        ("JP-MN/H/2017-10-24/meeting", 1),
        ("JP-MN/H/2025-03-27/unknown", 1),
        ("JP-MN/2025/002", 1),
    }
    assert {fifth[key] for key in differing} == {(None, "fail")}


def test_the_rulebook_in_force_makes_no_difference_and_all_shows_every_verdict(
    told: Terminal,
) -> None:
    file = told.write("same.json", shipped("MN", "MN-2013").text.encode())

    found = asked(told, file)
    whole = asked(told, file, "--all")

    assert found["verdicts"] == []
    assert found["looked_at"] == {"signed": 6, "historical": 26}
    assert {line["new"]["verdict"] for line in whole["verdicts"]} >= {"pass", "cannot tell"}
    assert all(line["old"] == line["new"] for line in whole["verdicts"])
    decided = {line["decision"] for line in whole["verdicts"] if line["status"] == "signed"}
    assert decided == {
        *("JP-MN/2025/001", "JP-MN/2025/002", "JP-MN/2025/003", "JP-MN/2025/004"),
        *("JP-MN/2026/001", "JP-MN/2026/004"),
    }
    signed = [line for line in whole["verdicts"] if line["status"] == "signed"]
    assert not [line for line in signed if line["old"]["bars"]], "what was adopted was not barred"


def test_asking_changes_nothing(told_copy: Terminal, place: Settings) -> None:
    file = proposed(told_copy, "MN", **{FLOOR.replace(".", "__"): 20})
    assert told_copy.home is not None
    before = files(told_copy.home)
    verified = told_copy.json("replay", "--verify") if place.database_url else None
    before = files(told_copy.home) if verified else before

    first = asked(told_copy, file)
    again = asked(told_copy, file)

    assert first == again
    assert files(told_copy.home) == before
    if verified is not None:
        after = told_copy.json("replay", "--verify")
        assert after["verified"]["head"] == verified["verified"]["head"]


def test_the_table_says_old_and_new_and_how_many_were_looked_at(told: Terminal) -> None:
    file = proposed(told, "MN", **{START.replace(".", "__"): "2026-01-01"})

    shown = told.run("whatif", "--rulebook", file, "--edition", "MN-2013")

    line = next(row for row in shown.table if row["decision"] == "JP-MN/2025/004")
    assert (line["old"], line["new"]) == ("pass (MN-2013)", "fail, bars")
    assert line["rule"].endswith(f"({START}): 2013-01-01 → 2026-01-01")
    assert "6 signed and 26 historical decisions of JP-MN looked at" in shown.err
    assert "Nothing was changed." in shown.err


def test_an_imported_record_needs_no_founding_and_undated_rows_cannot_be_told(
    cli: Terminal,
) -> None:
    text = DECISIONS.read_text("utf-8")
    undated = 'MN,,unknown,issuance,MN001,Boilers,notified,5,side:JP=4; side:MN=1,,,"x",low\n'
    cli.write("decisions.csv", (text + undated).encode())
    cli.run("import", "decisions", "decisions.csv")
    file = proposed(cli, "MN", **{FLOOR.replace(".", "__"): 20})

    found = asked(cli, file, "--all", "--edition", "MN-2013")

    assert found["looked_at"]["signed"] == 0
    untold = [line for line in found["verdicts"] if line["decision"].startswith("JP-MN/H/undated")]
    assert untold
    assert {line["check"] for line in untold} == {"facts"}
    assert untold[0]["new"]["evidence"] == "cannot tell: the record holds no date"
    assert ("JP-MN/H/2017-10-24/meeting", 1) in lines(found, "partner-government")


def test_an_absent_home_answers_nothing_and_is_not_made(tmp_path: Path) -> None:
    there = Terminal(tmp_path, tmp_path / "home")

    assert asked(there, proposed(there, "MN"))["looked_at"] == {"signed": 0, "historical": 0}
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{ this: is not }", "is not"),
        (b"nothing", "neither a country's TOML nor a rulebook's JSON"),
        (b"", "names no country"),
        (b"country = 7", "names no country"),
        (b'country = "JP"', "names no committee"),
        (b'country = "MN"\nname = "x"', "no versions"),
        (b'country = "MN"\nnonsense = 1\n[[versions]]\nversion = "x"', "unknown keys nonsense"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b'{"a":' + b"[" * 100_000, "nest"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_a_file_that_is_no_rulebook_is_refused_by_name(content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        read_proposed(content, "proposed.toml")


def test_a_version_that_the_file_lacks_is_named_with_those_that_it_has(cli: Terminal) -> None:
    file = proposed(cli, "MN")

    refused = cli.run("whatif", "--rulebook", file, "--edition", "MN-1999", code=1)
    assert "no version 'MN-1999'; there are MN-2013, MN-2026" in refused.err
    cli.run("whatif", "--rulebook", "absent.toml", code=1)
    cli.run("whatif", code=2)
