"""``jcgov acknowledge`` and ``jcgov reconcile``: from a registry's file to what both sides read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.governance.terminal import Terminal

AT = "2026-12-01T02:00:00Z"
DECISION = "JP-MN/2026/001"
KEYS = {
    "decision": str,
    "committee": str,
    "project": str,
    "side": str,
    "decided": int | None,
    "reported": int | None,
    "difference": int | None,
    "days_open": int | None,
}


def said(**changes: Any) -> dict[str, Any]:
    """Return a report of Mongolia's registry on MN006, whole and right."""
    plain = {
        "committee": "MN",
        "side": "MN",
        "decision": DECISION,
        "item": 1,
        "report": "MN-2026-010",
        "amount": 6_063,
        "serials": {"first": "MN-006-0001", "last": "MN-006-6063"},
        "issued_on": "2026-11-30",
    }
    return plain | changes


def key(cli: Terminal, person: str = "mn-registry") -> Path:
    assert cli.home is not None
    return cli.home / "keys" / "people" / f"{person}.key"


def report(cli: Terminal, code: int = 0, person: str = "mn-registry", **changes: Any) -> str:
    """Write, sign and hand in a report; return what was said of it."""
    cli.write("report.json", said(**changes))
    cli.run("acknowledge", "report.json", "-o", "request.json", at=AT)
    cli.run("sign", "request.json", "--key", key(cli, person), "-o", "report.sig", "--yes")
    found = cli.run("acknowledge", "report.sig", code=code, at=AT)
    return found.out + found.err


def item_of(cli: Terminal, project: str) -> int:
    """Return which item of the decision is about a project."""
    entries = cli.json("reconcile", "--details")
    (item,) = {e["item"] for e in entries if (e["decision"], e["project"]) == (DECISION, project)}
    return int(item)


def line(cli: Terminal, side: str = "MN", *options: str) -> dict[str, Any]:
    entries = cli.json("reconcile", "--committee", "MN", *options)
    wanted = (DECISION, "MN006", side)
    (found,) = [e for e in entries if (e["decision"], e["project"], e["side"]) == wanted]
    return dict(found)


def test_a_registry_reports_by_files_and_both_sides_read_it(told_copy: Terminal) -> None:
    item = item_of(told_copy, "MN006")
    before = line(told_copy, "MN", "--as-of", "2026-11-30")
    assert before["days_open"] is not None
    assert (before["reported"], before["difference"]) == (None, None)

    assert report(told_copy, item=item) == f"report of MN on {DECISION} item {item} recorded\n"

    after = line(told_copy, "MN", "--as-of", "2026-12-01")
    assert (after["decided"], after["reported"], after["difference"]) == (6_063, 6_063, 0)
    assert after["days_open"] is None
    assert line(told_copy, "MN", "--as-of", "2026-11-30") == before
    assert line(told_copy, "MN", "--known-at", "2026-11-30T00:00:00Z")["reported"] is None
    assert "was recorded before" in report(told_copy, item=item)


def test_who_signs_reads_the_report_and_the_decision(told_copy: Terminal) -> None:
    told_copy.write("report.json", said(item=item_of(told_copy, "MN006")))
    told_copy.run("acknowledge", "report.json", "-o", "request.json", at=AT)

    shown = told_copy.run(
        "sign", "request.json", "--key", key(told_copy), "-o", "report.sig", "--yes"
    ).out

    assert "Report MN-2026-010 of the registry of MN in JP-MN: 6,063 credits issued" in shown
    assert f"It speaks of this text, which is not signed itself: Decision {DECISION}" in shown
    for field in ("amount = 6063", "serials.last = MN-006-6063", "supersedes = (nothing)"):
        assert f"  {field}" in shown


def test_the_demonstrations_reports_are_what_the_contract_says(told: Terminal) -> None:
    found = told.json("reconcile")

    assert found
    for entry in found:
        assert list(entry) == list(KEYS)
        assert all(isinstance(entry[name], kind) for name, kind in KEYS.items())
        if entry["decided"] is not None and entry["reported"] is not None:
            assert entry["difference"] == entry["decided"] - entry["reported"]
        if entry["decided"] == 0:
            assert entry["reported"] == 0
        assert (entry["days_open"] is None) == (entry["difference"] == 0)
    assert {entry["committee"] for entry in found} == {"JP-MN"}


def test_sums_by_project_side_and_year_are_those_of_the_register(told: Terminal) -> None:
    sums = told.json("reconcile", "--totals")
    years = {line["year"] for line in told.run("reconcile", "--totals").table}
    assert "2025" in years
    registered = told.json("register", "credits", "--committee", "MN")

    for name in ("decided", "reported"):
        for project in {entry["project"] for entry in registered}:
            for side in ("JP", "MN"):
                wanted = (project, side)
                assert sum(
                    entry[name] for entry in sums if (entry["project"], entry["side"]) == wanted
                ) == sum(
                    entry[name] or 0
                    for entry in registered
                    if (entry["project"], entry["side"]) == wanted
                )
    assert all(list(entry)[:4] == ["committee", "project", "side", "year"] for entry in sums)
    assert sum(e["open"] for e in sums) == len(told.json("reconcile", "--open"))


def test_what_differs_opens_a_case_that_a_secretary_explains(told_copy: Terminal) -> None:
    item = item_of(told_copy, "MN006")

    told = report(told_copy, item=item, amount=6_000, serials=None)

    assert "recorded, and differs: 6,000 reported, 6,063 decided for MN; 6,000 credits" in told
    case = told_copy.json("reconcile", "--differences")[-1]["case_name"]
    assert case in {entry["case"] for entry in told_copy.json("docket")}
    assert line(told_copy)["difference"] == 63
    told_copy.run("case", "explain", case, "Held back by a court.", "--by", "jp-hara", at=AT)
    assert case not in {entry["case"] for entry in told_copy.json("docket")}
    found = [entry["what"] for entry in told_copy.json("reconcile", "--differences")]
    assert found[-2:] == ["under", "without_serials"]
    assert told_copy.json("reconcile", "--differences", "--as-of", "2026-11-30") != found


@pytest.mark.parametrize(
    ("changes", "person", "match"),
    [
        ({}, "jp-registry", "is the registry of JP, the report is of MN"),
        (
            {"issued_on": "2026-12-03"},
            "mn-registry",
            "in the future; nowhere is it after 2026-12-01",
        ),
        ({"supersedes": "MN-0"}, "mn-registry", "has reported no such thing"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    told_copy: Terminal, changes: dict[str, Any], person: str, match: str
) -> None:
    told = report(told_copy, 1, person, item=item_of(told_copy, "MN006"), **changes)

    assert match in told
    assert line(told_copy)["reported"] is None


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"{", "report.json"),
        (b"[]", "report.json: the report is not well formed"),
        ({"side": "ID"}, "report.json: ID is no side of JP-MN"),
        ({"decision": "JP-MN/2026/999"}, "no adopted decision of JP-MN has the number"),
        ({"amount": -1}, "amount"),
        ({"committee": "XX"}, "XX"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_and_nothing_is_left(
    told: Terminal, content: Any, match: str
) -> None:
    told.write("report.json", said(**content) if isinstance(content, dict) else content)

    found = told.run("acknowledge", "report.json", "-o", "request.json", code=1)

    assert match in found.err
    assert not (told.folder / "request.json").exists()


def test_a_file_is_named_once_in_what_is_wrong_with_it(told: Terminal, told_home: Path) -> None:
    for command in ("acknowledge", "government-report"):
        for file in ("absent.sig", told_home / "trust.json"):
            refused = told.run(command, file, code=1).err
            assert refused.count(str(file)) == 1, refused


def test_another_statement_is_no_report(told: Terminal, told_home: Path) -> None:
    bundle = told_home / "MN004.jcbundle.json"

    told.run("acknowledge", bundle, code=1)
    told.run("acknowledge", "absent.json", code=1)
    told.run("acknowledge", code=2)
    told.run("reconcile", "--totals", "--details", code=2)


def test_a_home_that_is_absent_has_nothing_to_reconcile(cli: Terminal) -> None:
    assert cli.json("reconcile") == []
    assert cli.json("reconcile", "--totals") == []
    assert cli.json("reconcile", "--differences") == []
    assert cli.home is not None
    assert not cli.home.exists()
