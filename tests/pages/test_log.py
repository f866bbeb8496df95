"""The decision log: newest first, filtered by its address, and the same for programs."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from governance.settings import Settings
from tests.governance.terminal import Terminal
from tests.http.conftest import Serve
from tests.pages.read import BROWSER, feed_of, links, page, text_of

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "http://test"


def decisions(reader: TestClient, base: str = "/decisions", **query: Any) -> list[dict[str, Any]]:
    answer = reader.get(f"{base}.json", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def numbers(reader: TestClient, base: str = "/decisions", **query: Any) -> list[str]:
    return [decision["number"] for decision in decisions(reader, base, **query)]


def everything(reader: TestClient, **query: Any) -> list[str]:
    found: list[str] = []
    for count in range(1, 20):
        some = numbers(reader, page=count, **query)
        found += some
        if len(some) < 50:
            return found
    raise AssertionError("the log has no end")


def test_it_has_every_decision_once_the_newest_first_and_the_undated_last(
    reader: TestClient, told: Terminal
) -> None:
    log = told.run("log", "--json").json
    days = {decision["number"]: decision["adopted_on"] or "" for decision in log}

    found = everything(reader)

    assert sorted(found) == sorted(days)
    assert [days[number] for number in found] == sorted(days.values(), reverse=True)


def test_one_committees_log_has_its_decisions_alone_and_says_that_it_is_a_rehearsal(
    reader: TestClient,
) -> None:
    found = numbers(reader, "/committees/MN/decisions")

    assert found
    assert all(number.startswith("JP-MN/") for number in found)
    assert "This committee is a rehearsal" in page(reader, "/committees/MN/decisions")
    assert "This committee is a rehearsal" not in page(reader, "/decisions")


def test_among_all_decisions_those_of_a_rehearsal_are_marked_one_by_one(
    reader: TestClient,
) -> None:
    mark = '<span class="mark historical">rehearsal</span>'
    rows = page(reader, "/decisions").split("<tr ")[1:]
    rehearsed = ["/decisions/JP-MN/" in row for row in rows]

    assert {*rehearsed} == {True, False}
    assert [mark in row for row in rows] == rehearsed
    assert mark not in page(reader, "/committees/MN/decisions")


def test_the_list_of_all_leads_to_the_same_list_of_one_committee(reader: TestClient) -> None:
    text = page(reader, "/decisions", type="issuance", page=2)

    assert "/committees/MN/decisions?type=issuance" in links(text, "/committees/")
    assert "Of one committee:" not in page(reader, "/committees/MN/decisions")


@pytest.mark.parametrize("base", ["/decisions", "/committees/MN/decisions"])
@pytest.mark.parametrize(
    "query", [{}, {"type": "issuance"}, {"q": "solar"}, {"as_of": "2016-12-31"}, {"page": "2"}]
)
def test_each_form_has_exactly_what_the_page_shows(
    reader: TestClient, base: str, query: dict[str, Any]
) -> None:
    shown = [
        a.removeprefix("/decisions/") for a in links(page(reader, base, **query), "/decisions/")
    ]

    found = decisions(reader, base, **query)
    assert [quote(decision["number"]) for decision in found] == shown
    table = list(csv.DictReader(io.StringIO(reader.get(f"{base}.csv", params=query).text)))
    assert [row["number"] for row in table] == [d["number"] for d in found for _ in d["items"]]
    feed = feed_of(reader, f"{base}.atom", **query)
    entries = [e.find(f"{ATOM}link").attrib["href"] for e in feed.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert entries == [f"{SITE}/decisions/{number}" for number in shown]


@pytest.mark.parametrize("words", ["solar", "AM003", "2025/002", "mn004 issuance", "ulaanbaatar"])
def test_words_find_the_decisions_that_the_command_finds(
    reader: TestClient, told: Terminal, words: str
) -> None:
    hits = told.run("search", *words.split(), "--kind", "decision", "--limit", "0", "--json").json

    found = everything(reader, q=words)

    assert found
    assert set(found) == {hit["number"] for hit in hits["hits"]}


def test_filters_narrow_together(reader: TestClient) -> None:
    found = decisions(
        reader,
        "/committees/MN/decisions",
        type="issuance",
        status="signed",
        **{"from": "2025-01-01", "to": "2025-12-31"},
    )

    assert [decision["number"] for decision in found] == ["JP-MN/2025/002"]


def test_both_days_of_an_interval_count_and_the_undated_lie_in_none(reader: TestClient) -> None:
    day = "2025-03-27"

    found = decisions(reader, **{"from": day, "to": day})

    assert {decision["adopted_on"] for decision in found} == {day}
    assert numbers(reader, to="1900-01-01") == numbers(reader, as_of="1900-01-01") == []


def test_a_kind_that_an_extension_of_the_past_brought_finds_the_whole_decision(
    told_copy: Settings, serve: Serve
) -> None:
    told = Terminal.at(told_copy, told_copy.home.parent)
    head = "partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
    head += "quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
    row = "MN,2017-10-24,meeting,{},,{},adopted,,,,,https://example.org/,high\n"
    first, more = row.format("rules_adoption", "One"), row.format("assessment_extension", "Two")
    for name, text in (("one.csv", head + first), ("two.csv", head + first + more)):
        (told_copy.home.parent / name).write_text(text)
        told.run("import", "decisions", told_copy.home.parent / name)
    reader = serve(told_copy)

    (found,) = decisions(reader, type="assessment_extension")

    assert found["number"] == "JP-MN/H/2017-10-24/meeting"
    assert {"One", "Two"} <= {item["title"] for item in found["items"]}
    assert numbers(reader, q="one two")[0] == found["number"]
    assert numbers(reader, type="assessment%") == []


def test_fields_that_a_form_leaves_empty_are_not_asked(reader: TestClient) -> None:
    empty: dict[str, Any] = dict.fromkeys(("q", "type", "status", "from", "to", "as_of"), "")

    assert numbers(reader, **empty) == numbers(reader)
    page(reader, "/decisions", **empty)


def test_a_page_beyond_the_last_says_so_and_leads_back(reader: TestClient) -> None:
    text = page(reader, "/decisions", page=1000)

    assert "There is no such page." in text
    assert 'href="/decisions"' in text


def test_pages_lead_on_and_back_with_their_filters(reader: TestClient) -> None:
    first = page(reader, "/decisions", status="historical")
    second = page(reader, "/decisions", page=2, status="historical")

    assert links(first, "/decisions?") == ["/decisions?status=historical&page=2"]
    assert links(second, "/decisions?") == ["/decisions?status=historical"]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "1.0"},
        {"from": "yesterday"},
        {"as_of": "2025-02-30"},
        {"status": "maybe"},
        {"q": "%"},
        {"q": "a b c d e f g h i"},
        {"q": "x" * 201},
        {"words": "solar"},
    ],
)
def test_what_cannot_be_asked_is_said_in_words(reader: TestClient, query: dict[str, str]) -> None:
    answer = reader.get("/decisions", params=query, headers=BROWSER)

    assert answer.status_code == 422
    assert "<h1>This cannot be answered</h1>" in answer.text


@pytest.mark.parametrize("name", ["q", "type"])
def test_what_a_stranger_asks_stays_text(reader: TestClient, name: str) -> None:
    hostile = '"><script>alert(1)</script>'
    asked: dict[str, Any] = {name: hostile}

    text = page(reader, "/decisions", **asked)

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert feed_of(reader, "/decisions.atom", **asked).tag == f"{ATOM}feed"


def test_what_the_past_says_stays_text_and_no_formula(told_copy: Settings, serve: Serve) -> None:
    told = Terminal.at(told_copy, told_copy.home.parent)
    file = told_copy.home.parent / "hostile.csv"
    file.write_text(
        "partner_iso2,decision_date,procedure,decision_type,subject_id,subject_title,outcome,"
        "quantity_tco2e,split,monitoring_period,extra,source,confidence\n"
        "MN,2018-01-02,meeting,rules_adoption,,=<b>1&2</b>,adopted,,,,,https://example.org/,high\n"
    )
    told.run("import", "decisions", file)
    reader = serve(told_copy)
    asked: dict[str, Any] = {"from": "2018-01-02", "to": "2018-01-02"}

    assert "=&lt;b&gt;1&amp;2&lt;/b&gt;" in page(reader, "/decisions", **asked)
    assert "'=<b>1&2</b>" in reader.get("/decisions.csv", params=asked).text
    feed = feed_of(reader, "/decisions.atom", **asked)
    assert "=<b>1&2</b>" in "".join(feed.itertext())


def test_an_unknown_committee_has_no_log(reader: TestClient) -> None:
    assert "Nothing is there" in text_of(page(reader, "/committees/XX/decisions", 404))
    assert reader.get("/committees/XX/decisions.csv").status_code == 404


def test_feeds_and_their_entries_have_lasting_names(reader: TestClient) -> None:
    ids = [[e.text for e in feed_of(reader, "/decisions.atom").iter(f"{ATOM}id")] for _ in range(2)]

    assert ids[0] == ids[1]
    assert len(ids[0]) == len(set(ids[0])) == 51


def test_without_any_decision_it_says_so(reader: TestClient) -> None:
    assert "0 decisions fit." in text_of(page(reader, "/decisions", q="zzzz"))
    feed = feed_of(reader, "/decisions.atom", q="zzzz")
    assert list(feed.iter(f"{ATOM}entry")) == []
