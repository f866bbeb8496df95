"""What readers get: the shapes of ``--json``, which other people's programs rely on."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from tests.governance.terminal import Terminal

DAY = r"\d{4}-\d{2}-\d{2}"
INSTANT = rf"{DAY}T\d{{2}}:\d{{2}}:\d{{2}}Z"
DIGEST = r"[0-9a-f]{64}"
ENTRY = {
    "number",
    "committee",
    "adopted_on",
    "recorded_at",
    "status",
    "procedure",
    "rulebook",
    "signers",
    "items",
}
ITEM = {
    "kind",
    "subject",
    "title",
    "outcome",
    "quantity",
    "amounts",
    "monitoring_period",
    "methodologies",
    "source",
}


def test_a_log_entry_has_exactly_the_members_of_the_contract(told: Terminal) -> None:
    log = told.json("log")

    assert len(log) > 90
    for entry in log:
        assert set(entry) == ENTRY
        assert re.fullmatch(r"JP-[A-Z]{2}", entry["committee"])
        assert entry["number"].startswith(f"{entry['committee']}/")
        assert entry["adopted_on"] is None or re.fullmatch(DAY, entry["adopted_on"])
        assert re.fullmatch(INSTANT, entry["recorded_at"])
        assert entry["status"] in ("signed", "historical")
        assert entry["procedure"] in ("meeting", "electronic", "unknown")
        assert entry["items"]
        for item in entry["items"]:
            _require_item(item, entry)


def _require_item(item: dict[str, Any], entry: dict[str, Any]) -> None:
    assert set(item) == ITEM
    assert item["amounts"] is None or set(item["amounts"]) == {"JP", entry["committee"][3:]}
    period = item["monitoring_period"]
    assert period is None or [re.fullmatch(DAY, day) is not None for day in period] == [True] * 2
    assert isinstance(item["methodologies"], list)
    assert (item["source"] is None) == (entry["status"] == "signed")


def test_signed_and_historical_decisions_are_plainly_apart(told: Terminal) -> None:
    log = told.json("log", "--committee", "MN")

    signed = [entry for entry in log if entry["status"] == "signed"]
    past = [entry for entry in log if entry["status"] == "historical"]
    assert [entry["number"] for entry in signed] == [
        "JP-MN/2025/001",
        "JP-MN/2025/002",
        "JP-MN/2025/003",
        "JP-MN/2025/004",
        "JP-MN/2026/001",
        "JP-MN/2026/004",
    ]
    for entry in signed:
        assert {signer["side"] for signer in entry["signers"]} == {"JP", "MN"}
        assert entry["rulebook"] is not None
    for entry in past:
        assert "/H/" in entry["number"]
        assert (entry["signers"], entry["rulebook"]) == ([], None)


def test_the_log_runs_by_date_then_committee_then_number(told: Terminal) -> None:
    log = told.json("log")

    keys = [(e["adopted_on"] or "", e["committee"], e["number"]) for e in log]

    assert keys == sorted(keys)


def test_the_log_is_narrowed_by_committee_kind_and_day(told: Terminal) -> None:
    whole = told.json("log")

    mine = told.json("log", "--committee", "JP-MN")
    kind = told.json("log", "--type", "issuance", "--committee", "MN")
    early = told.json("log", "--as-of", "2017-10-24")
    before = told.json("log", "--as-of", "2017-10-23")

    assert mine == told.json("log", "--committee", "MN")
    assert mine == [e for e in whole if e["committee"] == "JP-MN"]
    assert kind == [e for e in mine if any(i["kind"] == "issuance" for i in e["items"])]
    assert early == [
        e for e in whole if (e["adopted_on"] or "") <= "2017-10-24" and e["adopted_on"]
    ]
    assert {e["adopted_on"] for e in early} - {e["adopted_on"] for e in before} == {"2017-10-24"}
    assert told.json("log", "--type", "coronation") == []


def test_a_misspelt_kind_does_not_pass_for_an_empty_log(told: Terminal) -> None:
    misspelt = told.run("log", "--type", "isuance", "--json")
    absent = told.run("log", "--type", "crediting_period_renewal", "--json")

    assert misspelt.json == absent.json == []
    assert "'isuance' is no kind of item; there are" in misspelt.err
    assert "issuance" in misspelt.err
    assert absent.err == ""


def test_what_was_known_at_an_instant_leaves_out_what_was_recorded_later(told: Terminal) -> None:
    known = told.json("log", "--committee", "MN", "--known-at", "2025-03-27T23:00:00Z")

    assert [e["number"] for e in known if e["status"] == "signed"] == [
        "JP-MN/2025/001",
        "JP-MN/2025/002",
    ]
    assert told.json("log", "--committee", "MN", "--known-at", "2001-01-01") == []


def test_the_log_as_csv_has_a_line_an_item_and_no_formula(told: Terminal) -> None:
    log = told.json("log")

    lines = list(csv.DictReader(io.StringIO(told.run("log", "--csv").out)))

    assert len(lines) == sum(len(entry["items"]) for entry in log)
    assert [line["number"] for line in lines] == [e["number"] for e in log for _ in e["items"]]
    for line in lines:
        assert not any(cell[:1] in ("=", "+", "@") for cell in line.values())
    amounts = {line["amounts"] for line in lines if line["number"] == "JP-MN/2025/002"}
    assert amounts == {"JP=35854; MN=8963"}


def test_the_piped_log_is_a_plain_table(told: Terminal) -> None:
    table = told.run("log", "--committee", "MN").table

    assert {line["status"] for line in table} == {"signed", "historical"}
    assert [line["amounts"] for line in table if line["number"] == "JP-MN/2025/002"] == [
        "JP 35,854, MN 8,963"
    ]


REGISTERS = {
    "methodologies": {"number", "version", "title", "scope", "approved_on", "until", "basis"},
    "entities": {"number", "name", "status", "validation", "verification", "basis"},
    "projects": {"number", "title", "status", "registered_on", "methodologies", "basis"},
    "credits": {"project", "period", "side", "decided", "reported", "basis"},
}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_entry_has_exactly_the_members_of_the_contract(
    told: Terminal, name: str
) -> None:
    for code in ("MN", "ID"):
        for entry in told.json("register", name, "--committee", code):
            assert set(entry) == REGISTERS[name]
            assert entry["basis"] in ("signed", "adopted", "imported")
            for work in ("validation", "verification"):
                assert all(set(scope) == {"scope", "until"} for scope in entry.get(work, []))


def test_the_credits_register_has_an_entry_for_each_side_with_decided_and_reported(
    told: Terminal,
) -> None:
    found = told.json("register", "credits", "--committee", "MN")

    mn004 = [e for e in found if e["project"] == "MN004" and e["basis"] == "signed"]
    assert [(e["side"], e["decided"], e["reported"]) for e in mn004] == [
        ("JP", 35854, 35854),
        ("MN", 8963, 8963),
    ]
    mn005 = {e["side"]: (e["decided"], e["reported"]) for e in found if e["project"] == "MN005"}
    assert mn005 == {"JP": (0, 0), "MN": (1, 1)}


def test_credits_that_were_merely_imported_are_left_out_and_counted(told: Terminal) -> None:
    read = told.run("register", "credits", "--committee", "BD", "--json")

    assert read.json == []
    assert "4 imported records are not counted" in read.err
    assert told.json("register", "projects", "--committee", "BD")[0]["basis"] == "imported"


def test_a_replay_says_events_rows_and_digests_and_equals_the_live_views(told: Terminal) -> None:
    first = told.json("replay")
    second = told.json("replay", "--verify")

    assert set(first) == {"events", "seconds", "views", "verified"}
    assert first["verified"] is None
    assert first["views"] == second["views"]
    for view in first["views"].values():
        assert set(view) == {"rows", "digest"}
        assert re.fullmatch(DIGEST, view["digest"])
    assert second["verified"]["ok"]
    assert second["verified"]["events"] == first["events"] == told.json("doctor")["events"]


def test_committees_rosters_and_proposals_have_names_and_sides(told: Terminal) -> None:
    listed = told.json("committee", "list")
    shown = told.json("committee", "show", "--committee", "MN")
    roster = told.json("roster", "show", "--committee", "MN")

    assert [entry["committee"] for entry in listed] == ["JP-ID", "JP-MN"]
    assert all(entry["rehearsal"] for entry in listed)
    assert shown["roster"] == roster
    assert set(shown) == {
        "committee",
        "founding",
        "rehearsal",
        "rulebook",
        "roster",
        "meetings",
        "proposals",
        "concerns",
        "disputed",
    }
    assert {person["side"] for person in roster} == {"JP", "MN"}
    assert {"person", "name", "side", "roles", "terms", "keys"} == set(roster[0])
    assert told.json("proposals") == []  # a text that was refused has left no draft


def test_a_rulebook_is_shown_with_the_source_and_status_of_every_figure(told: Terminal) -> None:
    figures = [line.split("\t") for line in told.run("rulebook", "show", "ID").out.splitlines()[3:]]

    assert len(figures) > 10
    for _figure, value, status, source in figures:
        assert value
        assert source
        assert status in ("confirmed", "unconfirmed")


def test_a_rulebook_of_an_earlier_version_is_shown_by_its_name(told: Terminal) -> None:
    newest = told.run("rulebook", "show", "MN").out
    earlier = told.run("rulebook", "show", "MN", "MN-2013").out

    assert newest.startswith("MN-2026 of Mongolia")
    assert earlier.startswith("MN-2013 of Mongolia")
    assert "MN-2013, MN-2026" in told.run("rulebook", "show", "MN", "MN-1066", code=1).err


def test_a_rulebook_as_json_is_the_text_whose_digest_is_shown(told: Terminal) -> None:
    text = told.run("rulebook", "show", "MN", "--json").out.removesuffix("\n")
    shown = told.run("rulebook", "show", "MN").out

    from policies.proof.canonical import digest

    assert digest(text.encode()) in shown


def test_the_doctor_says_what_is_there_and_what_is_behind(told: Terminal) -> None:
    found = told.json("doctor")

    assert found["there"]
    assert set(found["behind"].values()) == {0}
    assert [entry["committee"] for entry in found["committees"]] == ["JP-ID", "JP-MN"]
    assert all(entry["record_key"] for entry in found["committees"])
    assert set(found["subscriptions"].values()) == {0}


def test_reading_settles_nothing(told_copy: Terminal) -> None:
    before = told_copy.json("doctor")["events"]

    told_copy.run("log", at="2031-01-01T00:00:00+00:00")
    told_copy.run("committee", "show", "--committee", "ID", at="2031-01-01T00:00:00+00:00")
    told_copy.run("proposals", at="2031-01-01T00:00:00+00:00")

    assert told_copy.json("doctor")["events"] == before
