"""A project's page tells everything from the methodology to the credits, and nothing secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from governance.pages.language import LANGUAGES
from governance.pages.templating import project_numbers
from governance.settings import Settings
from tests.pages.weighing import PEOPLE, require_light

PATH = "/committees/MN/projects"


def test_it_goes_from_the_methodology_to_the_reports_by_day(reader: TestClient) -> None:
    entries = reader.get(f"{PATH}/MN004.json").json()

    assert [entry["on"] for entry in entries] == sorted(entry["on"] for entry in entries)
    assert [entry["what"] for entry in entries if entry["what"] != "step"] == [
        "methodology",
        *["decision"] * 4,
        *["report"] * 3,
    ]
    assert [e["report"] for e in entries if e["what"] == "report" and e["supersedes"]] == [
        "MN-2026-004"
    ]


def test_every_decision_about_it_is_there_as_the_log_has_it(reader: TestClient) -> None:
    log = reader.get("/v1/committees/MN/decisions?limit=1000").json()
    about = {d["number"] for d in log for item in d["items"] if item["subject"] == "MN004"}

    text = reader.get(f"{PATH}/MN004", headers=PEOPLE).text

    assert about
    assert about <= set(re.findall(r'href="/decisions/([^"]+)"', text))


def test_every_public_step_of_its_cases_is_there(reader: TestClient) -> None:
    steps = [e for e in reader.get(f"{PATH}/MN007.json").json() if e["what"] == "step"]
    other = [e for e in reader.get(f"{PATH}/MN004.json").json() if e["what"] == "step"]

    assert {entry["case"] for entry in steps} == {"JP-MN/C/004", "JP-MN/C/006"}
    assert len(steps) == 15 + 9
    assert {entry["case"] for entry in other} == {"JP-MN/C/007"}


def test_its_credits_are_those_of_the_register(reader: TestClient) -> None:
    register = reader.get("/v1/committees/MN/registers/credits?limit=1000").json()
    own = [entry for entry in register if entry["project"] == "MN004"]

    table = reader.get(f"{PATH}/MN004", headers=PEOPLE).text.partition("</table>")[0]

    assert table.count("<tr>") - 1 == len(own) == 4


def test_what_was_merely_imported_counts_no_credits(reader: TestClient) -> None:
    known = reader.get("/v1/committees/KH/registers/projects").json()

    text = reader.get(f"/committees/KH/projects/{known[0]['number']}", headers=PEOPLE).text

    assert "No credits of this project count yet." in text
    assert 'class="mark historical"' in text
    assert 'class="mark signed"' not in text


def test_all_projects_have_a_light_page_in_every_language(reader: TestClient) -> None:
    for committee in reader.get("/v1/committees").json():
        code = committee["committee"]
        for entry in reader.get(f"/v1/committees/{code}/registers/projects?limit=1000").json():
            for language in LANGUAGES:
                path = f"{language.prefix}/committees/{code[3:]}/projects/{entry['number']}"
                answer = reader.get(path, headers=PEOPLE)
                assert answer.status_code == 200, path
            require_light(reader, answer)


def test_what_they_write_to_each_other_is_not_shown(reader: TestClient) -> None:
    steps = [e["step"] for e in reader.get(f"{PATH}/MN007.json").json() if e["what"] == "step"]
    texts = {step["text"] for step in steps if step["step"].startswith("request-raised")}

    assert texts == {""}


def test_its_public_documents_can_be_downloaded(reader: TestClient) -> None:
    text = reader.get(f"{PATH}/MN007", headers=PEOPLE).text
    links = re.findall(r'href="(/committees/MN/documents/[0-9a-f]{64})"', text)

    assert len(links) > 5
    for link in links:
        answer = reader.get(link)
        assert answer.status_code == 200
        name = rf'attachment; filename="[a-z0-9_]+-[A-Za-z0-9._]+-{link[-64:-56]}[.a-z]*"'
        assert re.fullmatch(name, answer.headers["content-disposition"])
        assert "document-" not in answer.headers["content-disposition"].replace("_document-", "")
        assert answer.headers["x-content-type-options"] == "nosniff"
        tag = {"if-none-match": answer.headers["etag"]}
        assert reader.get(link, headers=tag).status_code == 304


def test_a_confidential_document_is_never_found(reader: TestClient, told_once: Settings) -> None:
    secret = [path.name for path in Path(told_once.documents, "confidential").rglob("*/*")]

    assert secret
    for digest in secret:
        assert reader.get(f"/committees/MN/documents/{digest}").status_code == 404
        assert digest not in reader.get(f"{PATH}/MN007", headers=PEOPLE).text


def test_a_document_of_one_committee_is_not_another_ones(reader: TestClient) -> None:
    text = reader.get(f"{PATH}/MN007", headers=PEOPLE).text
    link = re.findall(r'href="(/committees/MN/documents/[0-9a-f]{64})"', text)[0]

    assert reader.get(link.replace("/MN/", "/ID/")).status_code == 404


@pytest.mark.parametrize(
    "number",
    ["MN999", "mn004", "MN00%25", "%25", "MN004%27--", "<script>", "MN004/../../x", "MN00_"],
)
def test_what_is_no_project_is_not_there(reader: TestClient, number: str) -> None:
    answer = reader.get(f"{PATH}/{number}", headers=PEOPLE)

    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_the_register_links_each_project_of_a_joint_issuance() -> None:
    shown = project_numbers("PW002+PW003 (joint)")

    assert [part["text"] for part in shown if part["is_number"]] == ["PW002", "PW003"]
    assert "".join(part["text"] for part in shown) == "PW002+PW003 (joint)"
    assert [part["is_number"] for part in project_numbers("GE_PIN001")] == [True]
    assert [part["is_number"] for part in project_numbers("MN_AM003")] == [False]
