"""What the service reads out is what the command line does, in pages that can be followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.governance.terminal import Terminal
from tests.http.following import followed

BUNDLE = "application/vnd.jcm.bundle.v1+json"


def test_committees_are_those_that_are_founded_and_those_with_a_past(
    reader: TestClient, told: Terminal
) -> None:
    found = reader.get("/v1/committees").json()

    founded = {e["committee"]: e["founding"] for e in told.json("committee", "list")}
    assert {e["committee"]: e["founding"] for e in found if e["founded"]} == founded
    assert {e["committee"] for e in found} >= {e["committee"] for e in told.json("log")}
    assert [e["committee"] for e in found] == sorted(e["committee"] for e in found)
    mongolia = next(e for e in found if e["committee"] == "JP-MN")
    assert mongolia["sides"] == ["JP", "MN"]
    assert mongolia["rehearsal"] is True
    assert (
        mongolia["rulebook"]
        == told.json("committee", "show", "--committee", "MN")["rulebook"]["version"]
    )


FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"type": "issuance"},
    {"as_of": "2018-12-31"},
    {"known_at": "2025-04-01T00:00:00Z"},
    {"known_at": "2026-01-24", "type": "issuance"},
    {"type": "no_such_kind"},
    {"as_of": "0001-01-01"},
)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("limit", [7, 100])
def test_the_log_is_that_of_the_command_line_in_pages(
    reader: TestClient, told: Terminal, wanted: dict[str, str], limit: int
) -> None:
    options = [part for k, v in wanted.items() for part in (f"--{k.replace('_', '-')}", v)]

    pages = followed(reader, "/v1/committees/MN/decisions", wanted | {"limit": str(limit)})

    assert [e for page in pages for e in page] == told.json("log", "--committee", "MN", *options)
    assert all(len(page) == limit for page in pages[:-1])


def test_a_committee_is_named_either_way(reader: TestClient) -> None:
    short = reader.get("/v1/committees/MN/decisions")
    assert short.json() == reader.get("/v1/committees/JP-MN/decisions").json() != []


def test_each_decision_is_found_by_its_full_number(reader: TestClient, told: Terminal) -> None:
    log = told.json("log")

    for entry in [log[0], *(e for e in log if e["committee"] == "JP-MN")]:
        answer = reader.get(f"/v1/decisions/{entry['number']}")
        assert answer.json() == entry
        encoded = entry["number"].replace("/", "%2F")
        assert reader.get(f"/v1/decisions/{encoded}").json() == entry


def test_the_bundle_is_the_file_that_verifies(
    reader: TestClient, told: Terminal, told_once: Any
) -> None:
    answer = reader.get("/v1/decisions/JP-MN/2026/001/bundle")
    told.write("it.jcbundle.json", answer.content)
    told.run("export", "bundle", "JP-MN/2026/001", "-o", "exported.json")

    assert answer.headers["content-type"] == BUNDLE
    assert answer.content == Path(told.folder / "exported.json").read_bytes()
    trust = told_once.home / "trust.json"
    assert told.json("verify", "it.jcbundle.json", "--trust", trust, "--require", "signed")["ok"]


def test_a_historical_decision_has_no_bundle(reader: TestClient, told: Terminal) -> None:
    number = next(e["number"] for e in told.json("log") if e["status"] == "historical")
    answer = reader.get(f"/v1/decisions/{number}/bundle")

    assert answer.status_code == 404
    assert "nobody signed it" in answer.json()["detail"]
    assert "link" not in reader.get(f"/v1/decisions/{number}").headers


@pytest.mark.parametrize("name", ["methodologies", "entities", "projects", "credits"])
@pytest.mark.parametrize("committee", ["MN", "ID", "PW"])
@pytest.mark.parametrize("wanted", [{}, {"as_of": "2017-06-30"}, {"known_at": "2025-03-20"}])
def test_a_register_is_that_of_the_command_line_in_pages(
    reader: TestClient, told: Terminal, name: str, committee: str, wanted: dict[str, str]
) -> None:
    options = [part for k, v in wanted.items() for part in (f"--{k.replace('_', '-')}", v)]
    path = f"/v1/committees/{committee}/registers/{name}"

    pages = followed(reader, path, wanted | {"limit": "3"})

    known = told.json("register", name, "--committee", committee, *options)
    assert [e for page in pages for e in page] == known


def test_credits_say_how_many_imported_records_they_leave_out(reader: TestClient) -> None:
    left = reader.get("/v1/committees/PW/registers/credits")
    assert int(left.headers["x-imported-left-out"]) > 0
    assert "x-imported-left-out" not in reader.get("/v1/committees/PW/registers/projects").headers


@pytest.mark.parametrize("on", ["2025-09-20", "2025-11-20", "2026-06-01", "0001-01-01"])
@pytest.mark.parametrize("flags", [(), ("overdue",), ("ended",)])
def test_the_docket_is_that_of_the_command_line(
    reader: TestClient, told: Terminal, on: str, flags: tuple[str, ...]
) -> None:
    options = [f"--{flag}" for flag in flags]
    asked = {"on": on, "limit": "1"} | dict.fromkeys(flags, "true")

    pages = followed(reader, "/v1/committees/MN/docket", asked)

    known = told.json("docket", "--committee", "MN", "--on", on, *options)
    assert [e for page in pages for e in page] == known


def test_what_is_open_for_inputs_is_what_the_command_line_says(
    reader: TestClient, told: Terminal
) -> None:
    seen = []
    for on in ("2025-09-01", "2025-09-10", "2025-09-20", "2026-06-01"):
        found = reader.get("/v1/committees/MN/inputs", params={"on": on}).json()
        assert found == told.json("inputs", "--committee", "MN", "--on", on)
        seen += found
    assert seen


def test_reading_writes_nothing(reader: TestClient, told: Terminal) -> None:
    before = told.json("doctor")["events"]
    for path in ("docket", "inputs", "decisions", "registers/credits"):
        assert reader.get(f"/v1/committees/MN/{path}").status_code == 200
    assert told.json("doctor")["events"] == before


def test_every_view_is_said_with_how_far_behind_it_is(reader: TestClient, told: Terminal) -> None:
    found = reader.get("/healthz").json()
    assert found["status"] == "ok"
    assert found["events"] == told.json("doctor")["events"]
    assert {name: view["behind"] for name, view in found["views"].items()} == told.json("doctor")[
        "behind"
    ]


def test_metrics_have_declared_names_alone_as_labels(reader: TestClient) -> None:
    reader.get("/v1/decisions/JP-MN/2026/001")
    reader.get("/v1/decisions/JP-MN/9999/999")
    reader.get("/etc/passwd")
    reader.request("BREW", "/v1/committees")
    text = reader.get("/metrics").text

    assert 'route="/v1/decisions/{number:path}",status="200"' in text
    assert 'jcgov_http_refusals_total{refusal="not-found"}' in text
    assert 'method="other"' in text
    assert "jcgov_database_reachable 1.0" in text
    assert 'jcgov_view_behind_events{view="decision_log"} 0.0' in text
    for stranger in ("JP-MN", "passwd", "BREW", "2026/001"):
        assert stranger not in text


def test_json_is_one_document_of_the_media_type_said(reader: TestClient) -> None:
    answer = reader.get("/v1/committees/MN/decisions")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content) == answer.json()
