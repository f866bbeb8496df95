"""The pages of the registers show what the interface for programs says, as of any day."""

from __future__ import annotations

import csv
import io
import re

import pytest
from starlette.testclient import TestClient

from governance.pages.language import LANGUAGES
from governance.pages.register_columns import SHOWN, Name
from tests.pages.weighing import PEOPLE, require_light


@pytest.mark.parametrize("name", SHOWN)
def test_each_register_shows_every_entry_in_every_language(reader: TestClient, name: Name) -> None:
    known = reader.get(f"/v1/committees/MN/registers/{name}?limit=1000").json()

    for language in LANGUAGES:
        answer = reader.get(f"{language.prefix}/committees/MN/{name}", headers=PEOPLE)

        assert answer.status_code == 200
        assert answer.text.count("<tr>") - 1 == len(known)
        require_light(reader, answer)


@pytest.mark.parametrize("name", SHOWN)
def test_the_files_hold_exactly_the_rows_of_the_page(reader: TestClient, name: Name) -> None:
    known = reader.get(f"/v1/committees/MN/registers/{name}?as_of=2018-01-01&limit=1000").json()
    asked = f"/committees/MN/{name}%s?as_of=2018-01-01"

    page = reader.get(asked % "", headers=PEOPLE).text
    rows = list(csv.DictReader(io.StringIO(reader.get(asked % ".csv").text)))

    assert reader.get(asked % ".json").json() == known
    assert len(rows) == len(known) == page.count("<tr>") - 1
    assert tuple(rows[0]) == SHOWN[name].members
    first = SHOWN[name].members[0]
    assert [row[first] for row in rows] == [str(entry[first] or "") for entry in known]


def test_a_register_as_of_a_day_before_everything_is_empty(reader: TestClient) -> None:
    answer = reader.get("/committees/MN/credits?as_of=2001-01-01", headers=PEOPLE)

    assert "This register is empty." in answer.text
    assert reader.get("/committees/MN/credits.json?as_of=2001-01-01").json() == []


def test_a_form_that_was_sent_empty_asks_for_today(reader: TestClient) -> None:
    empty = reader.get("/committees/MN/projects?as_of=", headers=PEOPLE)

    assert empty.status_code == 200
    assert empty.text.count("<tr>") == reader.get("/committees/MN/projects").text.count("<tr>")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/committees/MN/credits?as_of=yesterday", 422),
        ("/committees/MN/credits?page=0", 422),
        ("/committees/MN/credits?page=2", 404),
        ("/committees/MN/credits?sort=amount", 422),
        ("/committees/XX/credits", 404),
        ("/committees/MN/secrets", 404),
    ],
)
def test_what_cannot_be_asked_is_refused(reader: TestClient, path: str, status: int) -> None:
    answer = reader.get(path, headers=PEOPLE)

    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_signed_adopted_and_imported_look_different(reader: TestClient) -> None:
    credits = reader.get("/committees/MN/credits", headers=PEOPLE).text
    imported = reader.get("/committees/KH/projects", headers=PEOPLE).text

    assert 'class="mark signed"' in credits
    assert 'class="mark adopted"' in credits
    assert 'class="mark historical"' in imported
    assert 'class="mark signed"' not in imported


@pytest.mark.parametrize(
    "page",
    [
        "",
        "/projects",
        "/projects/MN004",
        "/rulebook",
        "/charts",
        "/compare",
        "/inputs",
        "/inputs/005",
    ],
)
def test_a_rehearsal_says_so_on_each_page_of_its_own(reader: TestClient, page: str) -> None:
    said = '<p class="banner" role="note">This committee is a rehearsal'

    assert said in reader.get(f"/committees/MN{page}", headers=PEOPLE).text


@pytest.mark.parametrize("page", ["", "/projects", "/rulebook", "/charts"])
def test_an_earnest_committee_says_nothing_of_rehearsals(reader: TestClient, page: str) -> None:
    assert "is a rehearsal" not in reader.get(f"/committees/KH{page}", headers=PEOPLE).text


def test_an_unchanged_register_is_not_sent_again(reader: TestClient) -> None:
    tag = reader.get("/committees/MN/projects", headers=PEOPLE).headers["etag"]
    again = reader.get("/committees/MN/projects", headers={**PEOPLE, "if-none-match": tag})

    assert again.status_code == 304


def test_every_link_of_a_register_leads_somewhere_of_ours(reader: TestClient) -> None:
    text = reader.get("/committees/MN/credits", headers=PEOPLE).text

    assert re.findall(r'href="(/committees/MN/projects/[^"]+)"', text)
    assert not re.findall(r'(?:href|action)="(?!/|#)', text)
