"""Two days compared: what came, ended and changed between them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from governance.pages.compare import compared
from governance.pages.language import LANGUAGES
from tests.pages.weighing import PEOPLE, require_light

PATH = "/committees/MN/compare"


def test_what_was_decided_between_two_days_came(reader: TestClient) -> None:
    for language in LANGUAGES:
        path = f"{language.prefix}{PATH}?from=2025-05-01&to=2025-12-31"
        page = reader.get(path, headers=PEOPLE)

        assert page.status_code == 200
        assert "MN_AM005" in page.text
        assert "MN007" in page.text
        assert "TPE-MN-015" in page.text
        require_light(reader, page)


def test_the_order_of_the_days_does_not_matter(reader: TestClient) -> None:
    one = reader.get(f"{PATH}?from=2025-05-01&to=2025-12-31", headers=PEOPLE).text
    other = reader.get(f"{PATH}?from=2025-12-31&to=2025-05-01", headers=PEOPLE).text

    assert (
        one.partition("<h2>")[2].partition("<footer>")[0]
        == (other.partition("<h2>")[2].partition("<footer>")[0])
    )


def test_one_day_and_itself_differ_in_nothing(reader: TestClient) -> None:
    text = reader.get(f"{PATH}?from=2025-05-01&to=2025-05-01", headers=PEOPLE).text

    assert text.count("Nothing differs.") == 4


def test_without_days_there_is_the_form(reader: TestClient) -> None:
    assert "Choose two days" in reader.get(PATH, headers=PEOPLE).text
    assert "Choose two days" in reader.get(f"{PATH}?from=&to=", headers=PEOPLE).text


@pytest.mark.parametrize("asked", ["from=x&to=y", "from=2025-01-01&to=2025-13-01", "when=now"])
def test_what_are_no_days_is_refused(reader: TestClient, asked: str) -> None:
    assert reader.get(f"{PATH}?{asked}", headers=PEOPLE).status_code == 422


def test_each_difference_is_told_once_with_both_readings() -> None:
    before = [{"number": "A", "status": "x"}, {"number": "B", "status": "x"}]
    after = [{"number": "A", "status": "y"}, {"number": "C", "status": "x"}]

    found = compared(before, after, ("number",))

    assert [entry["name"] for entry in found["came"]] == ["C"]
    assert [entry["name"] for entry in found["ended"]] == ["B"]
    assert found["changed"] == [{"name": "A", "members": [("status", "x", "y")]}]


def test_in_another_language_what_differs_is_told_in_it(reader: TestClient) -> None:
    days = "?from=2025-05-01&to=2026-06-01"
    english = reader.get(f"{PATH}{days}", headers=PEOPLE).text
    japanese = reader.get(f"/ja{PATH}{days}", headers=PEOPLE).text

    assert "<td>Reported</td>" in english
    assert "<td>報告量</td>" in japanese
    assert "<td>Reported</td>" not in japanese
    assert "Mongolia" not in japanese
    assert "モンゴル" in japanese
