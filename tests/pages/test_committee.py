"""A committee's page says what is in force, on any day; its rulebook names every source."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

from governance.pages import rulebook_terms
from policies.figures import figures
from policies.rulebook import parse_rulebook
from tests.http.conftest import NOW
from tests.pages.read import links, page, text_of

HOME = "/committees/MN"
LATE: dict[str, Any] = {"as_of": "2025-07-01"}


def register(reader: TestClient, name: str, **query: Any) -> list[dict[str, Any]]:
    answer = reader.get(f"/v1/committees/MN/registers/{name}", params={**query, "limit": 1000})
    assert "link" not in answer.headers
    found: list[dict[str, Any]] = answer.json()
    return found


def figure(value: int) -> str:
    return f"{value:,}".replace(",", " ")


@pytest.mark.parametrize("query", [{}, LATE, {"as_of": "2016-12-31"}])
def test_its_figures_are_those_of_the_registers(reader: TestClient, query: dict[str, Any]) -> None:
    text = text_of(page(reader, HOME, **query))

    methodologies = {entry["number"] for entry in register(reader, "methodologies", **query)}
    working = [
        e
        for e in register(reader, "entities", **query)
        if e["status"] in ("designated", "provisional")
    ]
    projects = [e for e in register(reader, "projects", **query) if e["status"] == "registered"]
    credits = register(reader, "credits", **query)
    decided, reported = (sum(e[name] or 0 for e in credits) for name in ("decided", "reported"))
    assert f"Methodologies {len(methodologies)} " in text
    assert f"entities {len(working)} " in text
    assert f"projects {len(projects)} " in text
    assert f"Credits decided {figure(decided)} tCO2e, of" in text
    assert f"reported as issued: {figure(reported)} " in text


def test_it_shows_who_speaks_for_each_side_on_the_day(reader: TestClient) -> None:
    now, before = text_of(page(reader, HOME)), text_of(page(reader, HOME, **LATE))

    assert "MN Tuya Erdene co-chair" in now
    assert "MN Bold Ganbaatar" not in now
    assert "MN Bold Ganbaatar co-chair" in before
    assert "MN Tuya Erdene co-chair" not in before
    assert "JP Hara Kenji co-chair" in now


def test_before_its_founding_nobody_speaks_and_no_rulebook_is_in_force(reader: TestClient) -> None:
    text = text_of(page(reader, HOME, as_of="2016-12-31"))

    assert "Rulebook –" in text
    assert "JP – – –" in text
    assert "MN – – –" in text


def test_one_that_is_not_founded_here_has_only_a_past(reader: TestClient) -> None:
    text = text_of(page(reader, "/committees/KE"))

    assert "This committee is not founded here" in text
    assert "Who speaks" not in text
    assert "rehearsal" not in text


def test_its_next_deadlines_and_open_inputs_are_those_of_the_docket(reader: TestClient) -> None:
    for day in ("2025-04-20", "2025-09-20", None):
        query: dict[str, Any] = {} if day is None else {"as_of": day}
        on = {"on": day or NOW.date().isoformat()}
        text = text_of(page(reader, HOME, **query))
        cases = reader.get("/v1/committees/MN/docket", params=on).json()
        inputs = reader.get("/v1/committees/MN/inputs", params=on).json()

        assert f"Open cases {len(cases)} " in text
        for case in [case for case in cases if case["due"]][:8]:
            assert f"{case['title']} {case['due']} " in text
        for entry in inputs:
            assert f"until {entry['closes']}, {entry['days_left']} day" in text
        assert ("Nothing just now." in text) == (not inputs)


def test_its_last_decisions_are_the_newest_of_the_day(reader: TestClient) -> None:
    newest = reader.get(f"{HOME}/decisions.json", params=LATE).json()[:5]

    shown = links(page(reader, HOME, **LATE), "/decisions/")

    assert shown == [f"/decisions/{decision['number']}" for decision in newest]


def test_its_links_keep_the_day(reader: TestClient) -> None:
    html = page(reader, HOME, **LATE)

    assert f"{HOME}/projects?as_of=2025-07-01" in links(html, HOME)
    assert f"{HOME}/decisions?as_of=2025-07-01" in links(html, HOME)


def test_what_is_not_there_or_cannot_be_asked_is_said(reader: TestClient) -> None:
    page(reader, "/committees/XX", 404)
    page(reader, HOME, 422, as_of="yesterday")
    page(reader, HOME, 422, on="2025-01-01")
    page(reader, "/committees/%3Cscript%3E", 404)


def test_its_rulebook_shows_every_figure_with_its_source_and_status(reader: TestClient) -> None:
    stored = reader.get(f"{HOME}/rulebook.json")
    rulebook = parse_rulebook(stored.text).rulebook
    html = page(reader, f"{HOME}/rulebook")

    text = text_of(html)
    known = list(figures(rulebook))
    assert len(known) > 40
    for place, figure in known:
        assert rulebook_terms.FIGURES[place] in text
        assert " ".join(figure.source.split()) in text
    for status in ("confirmed", "unconfirmed"):
        count = sum(figure.status == status for _place, figure in known)
        assert html.count(f'<span class="mark {status}">') == count > 0
    assert hashlib.sha256(stored.content).hexdigest() in text


def test_in_another_language_a_rulebook_names_its_figures_and_documents_in_it(
    reader: TestClient,
) -> None:
    text = text_of(page(reader, f"/ja{HOME}/rulebook"))

    assert "電子的決定への異議申立期間（日）" in text
    assert "プロジェクト設計書" in text
    assert "Project design document" not in text


def test_a_decision_leads_to_the_rulebook_that_it_was_taken_under(reader: TestClient) -> None:
    (address,) = links(page(reader, "/decisions/JP-MN/2025/002"), f"{HOME}/rulebook")

    digest = address.rpartition("=")[2]
    assert digest in text_of(page(reader, address))
    assert hashlib.sha256(reader.get(address.replace("?", ".json?")).content).hexdigest() == digest


def test_the_rulebook_that_would_be_in_force_is_not_said_to_be(reader: TestClient) -> None:
    text = text_of(page(reader, "/committees/KE/rulebook"))

    assert "no rulebook is in force" in text
    assert "Those in force" not in text


@pytest.mark.parametrize(
    "query", [{"as_of": "2016-12-31"}, {"digest": "0" * 64}, {"digest": "<b>"}]
)
def test_no_other_rulebook_was_in_force(reader: TestClient, query: dict[str, Any]) -> None:
    assert "<b>" not in page(reader, f"{HOME}/rulebook", 404, **query)
    assert reader.get(f"{HOME}/rulebook.json", params=query).status_code == 404
