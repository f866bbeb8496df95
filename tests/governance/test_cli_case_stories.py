"""Two stories as README tells them, on files alone: a methodology, and a project."""

from __future__ import annotations

import pytest

from tests.governance import docket_files as files
from tests.governance.docket_files import case, convene, decide, noon, papers, stage, submit
from tests.governance.terminal import Terminal


@pytest.fixture
def cli(opened: Terminal) -> Terminal:
    return opened


def test_a_methodology_from_its_submission_to_its_approval_with_revisions(cli: Terminal) -> None:
    first, second = files.METHODOLOGY_PAPERS
    opened = submit(cli, files.METHODOLOGY, [first], "2026-07-02")
    assert (opened["case"], opened["number"]) == ("JP-MN/C/001", "MN_PM001")
    assert (opened["awaits"], opened["due"]) == ("secretariat", "2026-07-09")

    refused = case(cli, "2026-07-03", "check", "MN_PM001", "--complete", code=1)
    assert second in refused.err
    cli.write("sheet.json", papers(cli, [second], confidential=[second]))
    case(cli, "2026-07-03", "file", "MN_PM001", "sheet.json")
    case(cli, "2026-07-03", "check", "MN_PM001", "--complete")
    published = case(cli, "2026-07-06", "publish", "MN_PM001")
    assert "awaits the public until 2026-07-20 (14 days left)" in published.out
    case(cli, "2026-07-20", "input", "C1", "--author", "A. Reader", "--text", "Why so cold?")

    early = case(cli, "2026-07-20", "table", "C1", "--text-en", "Approved.", code=1)
    assert "public input" in early.err
    meeting = convene(cli, "2026-07-21", "2026-08-10")
    tabled = case(
        *(cli, "2026-07-21", "table", "C1", "--meeting", meeting),
        *("--outcome", "approved with revisions", "--text-en", "MN_PM001 is approved."),
    )
    assert "on the committee's table in JP-MN/2026/001" in tabled.out
    locked = case(cli, "2026-07-22", "withdraw", "C1", "--reason", "No funds.", code=1)
    assert "JP-MN/2026/001" in locked.err
    assert "is adopted on 2026-08-10" in decide(cli, "2026-08-10", "JP-MN/2026/001").out

    ended = case(cli, "2026-08-11", "show", "MN_PM001", "--json").json
    assert (ended["stage"], ended["awaits"], ended["possible"]) == ("approved", None, [])
    history = case(cli, "2026-08-11", "history", "C1", "--json").json
    assert [(step["on"], step["step"]) for step in history] == [
        ("2026-07-02", "case-submitted"),
        ("2026-07-03", "documents-filed"),
        ("2026-07-03", "case-found-complete"),
        ("2026-07-06", "case-published"),
        ("2026-07-20", "input-received"),
        ("2026-07-20", "inputs-closed"),
        ("2026-07-21", "case-tabled"),
        ("2026-08-10", "case-decided"),
    ]
    assert [step["by"] for step in history].count(files.SECRETARY) == 6
    assert history[-1]["what"]["outcome"] == "approved with revisions"
    [known] = cli.json("register", "methodologies", "--committee", "MN")
    assert known["number"] == "MN_AM001"
    assert cli.json("replay", "--verify")["verified"]["ok"]


def test_a_project_from_its_idea_note_to_its_registration(cli: Terminal) -> None:
    _prepare(cli)
    planned = submit(cli, files.PLAN, ["project_idea_note"], "2026-08-03")
    assert (planned["case"], planned["number"]) == ("JP-MN/C/003", "MN_PIN001")
    meeting = convene(cli, "2026-08-03", "2026-08-10")
    case(
        *(cli, "2026-08-03", "table", "MN_PIN001", "--meeting", meeting),
        *("--text-en", "No objection."),
    )
    decide(cli, "2026-08-10", "JP-MN/2026/002")
    assert stage(cli, "2026-08-10", "C3") == "planned"

    design = {"asks": files.DESIGN, "documents": papers(cli, files.DESIGN_PAPERS)}
    cli.write("design.json", design)
    begun = case(cli, "2026-08-11", "design", "MN_PIN001", "design.json")
    assert "(MN001): validation; awaits the third-party entity TPE-MN-001" in begun.out
    case(cli, "2026-08-12", "publish", "MN001")
    shown = case(cli, "2026-08-13", "show", "MN001", "--json").json
    hindered = {p["step"]: p["hindered"] for p in shown["possible"]}
    window = shown["window"]["closes"]
    assert window in hindered["opine_positive"]

    case(cli, "2026-08-14", "raise", "MN001", "CAR", "The meter is not described.")
    case(cli, "2026-08-14", "raise", "MN001", "FAR", "Check the meter at verification.")
    cli.write("pdd.json", papers(cli, ["pdd"], "2.0"))
    case(cli, "2026-08-20", "answer", "MN001", "CAR1", "Now it is.", "--documents", "pdd.json")
    report = ("--report", "VR-1")
    after = "2026-09-15"
    assert window < after
    unresolved = case(cli, after, "opinion", "MN001", "positive", *report, code=1)
    assert "CAR1" in unresolved.err
    case(cli, after, "resolve", "MN001", "car1")
    assert "validated" in case(cli, after, "opinion", "MN001", "positive", *report).out

    request = {"asks": {}, "documents": papers(cli, files.REQUEST_PAPERS[1:], "3.0")}
    cli.write("request.json", request)
    case(cli, "2026-09-16", "request", "MN001", "request.json")
    incomplete = case(cli, "2026-09-17", "check", "MN001", "--incomplete", "No form is there.")
    assert "validated; awaits the participants" in incomplete.out
    request = {"documents": papers(cli, files.REQUEST_PAPERS, "4.0")}
    cli.write("request.json", request)
    case(cli, "2026-09-18", "request", "MN001", "request.json")
    case(cli, "2026-09-19", "check", "MN001", "--editorial", "Page 3 is blank.", "No date.")
    cli.write("form.json", papers(cli, ["registration_request_form"], "5.0"))
    case(cli, "2026-09-20", "correct", "MN001", "form.json")
    assert "ready; awaits the committee" in (
        case(cli, "2026-09-21", "check", "MN001", "--complete").out
    )
    meeting = convene(cli, "2026-09-21", "2026-10-01")
    text = ("--text-en", "Registered.")
    case(cli, "2026-09-21", "table", "MN001", "--meeting", meeting, *text)
    decide(cli, "2026-10-01", "JP-MN/2026/003")

    assert stage(cli, "2026-10-01", "MN001") == "registered"
    known = {p["number"]: p for p in cli.json("register", "projects", "--committee", "MN")}
    assert known["MN001"]["registered_on"] == "2026-10-01"
    assert cli.json("replay", "--verify")["verified"]["ok"]
    checked = cli.json("document", "check")
    assert (checked["troubled"], checked["confidential"]) == ([], 0)


def _prepare(cli: Terminal) -> None:
    """Let one decision approve a methodology and designate an entity, both of the docket."""
    submit(cli, files.METHODOLOGY, files.METHODOLOGY_PAPERS, "2026-07-02")
    case(cli, "2026-07-02", "check", "C1", "--complete")
    case(cli, "2026-07-02", "publish", "C1")
    submit(cli, files.ENTITY, ["tpe_application_form"], "2026-07-02")
    case(cli, "2026-07-02", "check", "C2", "--complete")
    meeting = convene(cli, "2026-07-20", "2026-07-30")
    text = ("--text-en", "Both are accepted.")
    case(cli, "2026-07-20", "table", "C1", "C2", "--meeting", meeting, *text)
    decide(cli, "2026-07-30", "JP-MN/2026/001")
    cli.run("settle", at=noon("2026-07-30"))
    assert [stage(cli, "2026-07-30", name) for name in ("C1", "C2")] == ["approved", "accepted"]
    assert "decided in: JP-MN/2026/001\n" in case(cli, "2026-07-30", "show", "C1").out
