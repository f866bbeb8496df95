"""An error is a page for people and a problem document for programs, with the same status."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

PEOPLE = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("path", ["/nothing", "/ja/nothing", "/committees/XX"])
def test_a_person_is_told_in_words_and_shown_a_way_on(reader: TestClient, path: str) -> None:
    answer = reader.get(path, headers=PEOPLE)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1>" in answer.text
    assert 'href="/ja/' in answer.text
    assert answer.headers["x-request-id"] in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_a_program_gets_a_problem_document(reader: TestClient, accept: str) -> None:
    answer = reader.get("/nothing", headers={"accept": accept})

    assert answer.status_code == answer.json()["status"] == 404


@pytest.mark.parametrize("path", ["/v1/nothing", "/healthz/x", "/metrics/x"])
def test_below_the_interface_for_programs_it_always_is_one(reader: TestClient, path: str) -> None:
    answer = reader.get(path, headers=PEOPLE)

    assert answer.headers["content-type"] == "application/problem+json"


def test_what_a_stranger_wrote_stays_text(reader: TestClient) -> None:
    answer = reader.get("/", params={"<script>": "1"}, headers=PEOPLE)

    assert answer.status_code == 422
    assert "<script>" not in answer.text


WITHOUT = "Show the page without that part"


@pytest.mark.parametrize("query", ["standing=signed", "from=yesterday", "page=1&page=2"])
def test_a_mistyped_query_leads_to_the_same_page_without_it(reader: TestClient, query: str) -> None:
    answer = reader.get(f"/ja/decisions?{query}", headers=PEOPLE)
    english = reader.get(f"/decisions?{query}", headers=PEOPLE)

    assert (answer.status_code, english.status_code) == (422, 422)
    assert f'<a href="/decisions">{WITHOUT}</a>' in english.text
    assert '<a href="/ja/decisions">この部分なし' in answer.text


def test_what_is_not_there_at_all_has_no_such_way_on(reader: TestClient) -> None:
    answer = reader.get("/nothing?standing=signed", headers=PEOPLE)

    assert answer.status_code == 404
    assert WITHOUT not in answer.text
