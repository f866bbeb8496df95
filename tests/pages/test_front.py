"""The front page names every committee with its figures, in every language of the interface."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from governance.pages import answering
from governance.pages.language import LANGUAGES

BROWSER = {"accept": "text/html"}


def test_it_lists_every_committee_of_which_something_is_recorded(reader: TestClient) -> None:
    answer = reader.get("/", headers=BROWSER)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    known = [entry["committee"] for entry in reader.get("/v1/committees").json()]
    listed = re.findall(r"<small>(JP-[A-Z]{2})", answer.text)
    assert sorted(listed) == known
    names = re.findall(r'<a href="/committees/[A-Z]{2}">([^<]+)</a>', answer.text)
    assert names == sorted(names)
    assert len(names) == len(known)


def test_its_figures_are_those_of_the_registers(reader: TestClient) -> None:
    decided = reader.get("/v1/committees/MN/registers/credits").json()
    credits = sum(entry["decided"] or 0 for entry in decided)
    text = reader.get("/", headers=BROWSER).text

    row = text[text.index(">Mongolia<") :].partition("</tr>")[0]

    assert f"{credits:,}".replace(",", "\u202f") in row


def test_it_is_there_in_every_language(reader: TestClient) -> None:
    for language in LANGUAGES:
        answer = reader.get(f"{language.prefix}/", headers=BROWSER)

        assert f'<html lang="{language.code}">' in answer.text
        for other in LANGUAGES:
            assert other == language or f'hreflang="{other.code}"' in answer.text


def test_an_unchanged_page_is_not_sent_again(reader: TestClient) -> None:
    tag = reader.get("/", headers=BROWSER).headers["etag"]

    assert reader.get("/", headers={**BROWSER, "if-none-match": tag}).status_code == 304


def test_a_page_that_is_kept_does_not_outlive_the_styles_that_it_names(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = reader.get("/", headers=BROWSER).headers["etag"]
    monkeypatch.setattr(answering, "made_from", lambda: "another program of the same version")

    answer = reader.get("/", headers={**BROWSER, "if-none-match": tag})

    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


@pytest.mark.parametrize("path", ["/", "/decisions", "/v1/committees"])
def test_what_a_browser_holds_keeps_the_policy_that_it_came_with(
    reader: TestClient, path: str
) -> None:
    """A 304's headers replace those of the answer that is held (RFC 9111, 3.2 and 4.3.4)."""
    first = reader.get(path, headers=BROWSER)
    held = reader.get(path, headers={**BROWSER, "if-none-match": first.headers["etag"]})

    policy = first.headers["content-security-policy"]
    assert held.status_code == 304
    assert held.headers.get("content-security-policy", policy) == policy


def test_what_it_loads_is_ours_and_kept_for_ever(reader: TestClient) -> None:
    text = reader.get("/", headers=BROWSER).text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)

    assert loaded
    for address in loaded:
        answer = reader.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    other = loaded[0].replace("/static/", "/static/0")
    assert reader.get(other).status_code == 404
