"""How ``jcgov case`` names cases, shows them, and goes together with ``propose`` and ``freeze``."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime

import pytest

from aggregates.case.events import CaseSubmitted, Submitter
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from governance.cli.main import build_parser
from governance.service.case_names import CaseName, the_one
from governance.service.case_steps import COMMANDS
from policies.cases import CASE_KINDS, LIFECYCLES
from policies.lifecycles.cases import BY_THE_ENGINE, Stage, Step
from policies.proof.statements import RulebookName
from policies.refusals import NotFoundError, UnreadableError
from tests.governance import docket_files as files
from tests.governance.docket_files import case, noon, papers, submit
from tests.governance.terminal import Terminal

SQLITE = pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")


def opened(committee: str, place: int, number: str | None) -> CaseState:
    """Return a case as it is after its submission."""
    submitted = CaseSubmitted(
        at=datetime(2026, 7, 2, 4, tzinfo=UTC),
        on=date(2026, 7, 2),
        by="somebody",
        stage=Stage.SUBMITTED,
        case=f"{committee}/C/{place:03}",
        committee=committee,
        kind="methodology_proposal",
        title="Heat pumps",
        number=number,
        submitter=Submitter(name="Nomad"),
        asks={},
        documents=(),
        rulebook=RulebookName(version="X-1", digest="0" * 64),
        after=1,
        supersedes=None,
    )
    return evolve(None, submitted)


CASES = [
    opened("JP-MN", 1, "MN_PM001"),
    opened("JP-MN", 12, None),
    opened("JP-MN", 1234, "MN_PM002"),
    opened("JP-ID", 1, "ID_PM001"),
]


@pytest.mark.parametrize(
    ("name", "committee", "found"),
    [
        ("JP-MN/C/001", None, 0),
        ("MN/C/1", None, 0),
        ("jp-mn/c/01", None, 0),
        ("JP-MN/C/1234", "JP-MN", 2),
        ("C1", "JP-ID", 3),
        ("c0012", None, 1),
        ("MN_PM001", None, 0),
        ("id_pm001", None, 3),
        ("ID_PM001", "JP-ID", 3),
    ],
)
def test_a_case_is_found_by_its_place_or_its_number(
    name: str, committee: str | None, found: int
) -> None:
    assert the_one(CaseName.parse(name, committee), CASES) is CASES[found]


def test_a_name_that_fits_several_cases_is_refused_with_the_candidates() -> None:
    with pytest.raises(NotFoundError) as refused:
        the_one(CaseName.parse("C1"), CASES)

    assert "JP-MN/C/001 (MN_PM001); JP-ID/C/001 (ID_PM001)" in str(refused.value)


@pytest.mark.parametrize("name", ["C2", "C", "1", "MN_PM001", "JP-ID/C/002", "", "C" + "9" * 40])
def test_a_name_that_fits_no_case_of_the_committee_is_refused(name: str) -> None:
    with pytest.raises(NotFoundError, match="no case"):
        the_one(CaseName.parse(name, "JP-ID"), CASES)


@pytest.mark.parametrize(
    "name", ["JP-MN/history", "JP-MN/C/", "JP-MN/C/1/2", "/C/1", "JP-MN/C/\u0661"]
)
def test_what_only_looks_like_a_case_is_none(name: str) -> None:
    with pytest.raises(NotFoundError, match="names no case"):
        CaseName.parse(name)


def test_a_case_of_another_committee_than_the_one_named_beside_it_is_refused() -> None:
    with pytest.raises(NotFoundError, match="JP-ID is named beside it"):
        CaseName.parse("JP-MN/C/001", "JP-ID")
    with pytest.raises(UnreadableError, match="JP-JP"):
        CaseName.parse("JP-JP/C/001")


def test_every_step_that_a_case_waits_for_has_a_command_that_the_command_line_knows() -> None:
    taken = {step for lifecycle in LIFECYCLES for step in lifecycle.steps}
    begins = {Step.SUBMIT, Step.SUBMIT_IDEA_NOTE}

    assert set(COMMANDS) == taken - (BY_THE_ENGINE - {Step.TABLE}) - begins
    for command in COMMANDS.values():
        arguments = shlex.split(command.format(case="C1"))
        options = build_parser(arguments).parse_args(arguments)
        assert "C1" in (options.case if "case" in options else options.cases)


@pytest.fixture
def clerk(opened: Terminal) -> Terminal:
    """A terminal with one methodology, of which one document has a confidential version."""
    form, sheet = files.METHODOLOGY_PAPERS
    opened.write("in.json", files.METHODOLOGY | {"documents": papers(opened, [form, sheet], "1")})
    confidential = papers(opened, [sheet], "2", confidential=[sheet])
    opened.write("sheet.json", {"documents": confidential})
    case(opened, "2026-07-02", "submit", "in.json")
    case(opened, "2026-07-02", "file", "C1", "sheet.json")
    return opened


def test_the_secretariat_sees_everything_and_the_public_nothing_confidential(
    clerk: Terminal,
) -> None:
    case(clerk, "2026-07-03", "check", "C1", "--complete")
    case(clerk, "2026-07-03", "publish", "C1")
    said = ("--author", "B. Citizen", "--text", "Please keep my name.", "--unpublished")
    case(clerk, "2026-07-04", "input", "C1", *said)

    shown = case(clerk, "2026-07-04", "show", "C1", "--json").json
    printed = case(clerk, "2026-07-04", "show", "C1").out
    public = clerk.run("inputs", "--json", at=noon("2026-07-04")).out

    [document] = [d for d in shown["documents"] if d["kind"] == files.METHODOLOGY_PAPERS[1]]
    assert document["version"] == "2"
    assert document["confidential"] in printed
    assert document["public"] in public
    assert document["confidential"] not in public
    [taken] = shown["inputs"]
    assert (taken["author"], taken["text"]) == ("B. Citizen", "Please keep my name.")
    assert taken["public"] is False
    assert "B. Citizen" not in public
    kept = clerk.run(
        *("document", "get", document["confidential"], "--confidential", "-o", "it.pdf")
    )
    assert "verified" in kept.err
    assert (clerk.folder / "it.pdf").read_bytes().endswith(b"with the costs")


def test_a_list_that_would_publish_what_was_confidential_is_refused(clerk: Terminal) -> None:
    [swapped] = papers(clerk, [files.METHODOLOGY_PAPERS[1]], "3", confidential=[])
    full = f"full-{files.METHODOLOGY_PAPERS[1]}-2.pdf"
    clerk.write("swapped.json", [swapped | {"public": full}])
    events = clerk.json("doctor")["events"]

    refused = case(clerk, "2026-07-03", "file", "C1", "swapped.json", code=1)

    assert refused.err.startswith("jcgov: swapped.json: ")
    assert "its public file is the confidential one of" in refused.err
    assert clerk.json("doctor")["events"] == events
    assert clerk.json("document", "check")["public"] == 3


def test_reading_records_nothing_and_shows_a_window_that_is_over_as_closed(
    clerk: Terminal,
) -> None:
    case(clerk, "2026-07-03", "check", "C1", "--complete")
    case(clerk, "2026-07-03", "publish", "C1")
    events = clerk.json("doctor")["events"]

    last = case(clerk, "2026-07-17", "show", "C1", "--json").json
    over = case(clerk, "2026-07-18", "show", "C1", "--json").json
    history = case(clerk, "2026-07-18", "history", "C1", "--json").json

    assert (last["stage"], last["window"]["closed"]) == ("public_input", False)
    assert (over["stage"], over["window"]["closed"]) == ("assessment", True)
    assert history[-1]["step"] == "case-published"
    assert clerk.json("doctor")["events"] == events


def test_what_is_overdue_says_since_when(clerk: Terminal) -> None:
    late = case(clerk, "2026-07-11", "show", "C1")

    assert "awaits the secretariat since 2026-07-09 (2 days overdue)" in late.out


def test_a_person_named_with_by_is_taken_before_the_one_of_the_environment(
    clerk: Terminal,
) -> None:
    case(clerk, "2026-07-03", "check", "C1", "--complete", "--by", "jp-mori")

    *_, last = case(clerk, "2026-07-03", "history", "C1", "--json").json

    assert last["by"] == "jp-mori"


def test_a_step_taken_earlier_is_recorded_on_its_day(clerk: Terminal) -> None:
    told = case(clerk, "2026-07-08", "check", "C1", "--complete", "--on", "2026-07-03", "--json")

    *_, last = case(clerk, "2026-07-08", "history", "C1", "--json").json

    assert told.json["stage"] == "complete"
    assert (last["on"], last["at"][:10]) == ("2026-07-03", "2026-07-08")


def test_a_step_of_long_ago_says_where_the_case_stands_now(clerk: Terminal) -> None:
    case(clerk, "2026-08-20", "check", "C1", "--complete", "--on", "2026-07-03")

    told = case(clerk, "2026-08-20", "publish", "C1", "--on", "2026-07-03")

    assert "(MN_PM001): assessment; awaits the committee until" in told.out


def test_a_refused_step_names_the_command_that_goes_on(clerk: Terminal) -> None:
    out_of_order = case(clerk, "2026-07-03", "publish", "C1", code=1)
    clerk.write("short.json", files.METHODOLOGY | {"documents": []})
    case(clerk, "2026-07-03", "submit", "short.json")
    without_papers = case(clerk, "2026-07-03", "check", "C2", "--complete", code=1)

    assert out_of_order.err.endswith("; what can be done: jcgov case show JP-MN/C/001\n")
    assert "file them first: jcgov case file JP-MN/C/002 FILE.json" in without_papers.err


def test_a_kind_of_document_that_is_misspelt_is_taken_and_said(clerk: Terminal) -> None:
    clerk.write("typo.json", papers(clerk, ["proposed_methodolgy_form"]))
    clerk.write("other.json", papers(clerk, ["zzz"]))

    near = case(clerk, "2026-07-02", "file", "C1", "typo.json").err
    far = case(clerk, "2026-07-02", "file", "C1", "other.json").err

    assert near == (
        "note: proposed_methodolgy_form is no kind of document that a rulebook asks for;"
        " is proposed_methodology_form meant?\n"
    )
    assert far == "note: zzz is no kind of document that a rulebook asks for\n"


def test_a_sweep_says_which_deadline_of_a_case_it_was(clerk: Terminal) -> None:
    swept = clerk.run("settle", at="2026-07-20T00:00:00Z").out

    assert (
        "overdue: JP-MN/C/001, methodology completeness: MN_PM001: Heat pumps in schools"
        " (2026-07-09)" in swept
    )


def test_a_text_of_an_input_is_read_from_a_file_of_any_system(clerk: Terminal) -> None:
    case(clerk, "2026-07-03", "check", "C1", "--complete")
    case(clerk, "2026-07-03", "publish", "C1")
    clerk.write("input.txt", "\ufeffFirst.\r\nСайн байна уу.\r\n".encode())
    case(clerk, "2026-07-04", "input", "C1", "--author", "C", "--text-file", "input.txt")

    shown = case(clerk, "2026-07-04", "show", "C1", "--json").json

    assert shown["inputs"][0]["text"] == "First.\nСайн байна уу."


def test_a_draft_holds_its_cases_and_freezing_gives_them_its_number(clerk: Terminal) -> None:
    person = {"JCGOV_PERSON": files.SECRETARY}
    case(clerk, "2026-07-03", "check", "C1", "--complete")
    case(clerk, "2026-07-03", "publish", "C1")
    day = noon("2026-07-20")
    draft = {
        "committee": "MN",
        "procedure": {"kind": "electronic"},
        "items": [{"case": "MN_PM001", "outcome": "rejected", "reason": "No baseline."}],
        "text": {"en": "MN_PM001 is not approved."},
    }
    clerk.write("draft.json", draft)

    nobody = clerk.run("propose", "draft.json", "--draft", at=day, code=1)
    clerk.run("propose", "draft.json", "--draft", at=day, environment=person)
    held = case(clerk, "2026-07-20", "show", "C1", "--json").json
    unnamed = clerk.run("freeze", "P1", at=day, code=1)
    frozen = clerk.run("freeze", "P1", "--by", files.SECRETARY, at=day)
    tabled = case(clerk, "2026-07-20", "show", "C1", "--json").json

    assert "JCGOV_PERSON" in nobody.err
    assert "JCGOV_PERSON" in unnamed.err
    assert (held["tabled"]["number"], held["possible"]) == (None, [])
    assert "the draft P1" in held["says"]
    assert "JP-MN/2026/001" in frozen.out
    assert tabled["tabled"] == {"proposal": 1, "version": 1, "item": 1, "number": "JP-MN/2026/001"}
    clerk.run("withdraw", "JP-MN/2026/001", "--reason", "Not yet.", at=day)
    assert case(clerk, "2026-07-20", "show", "C1", "--json").json["tabled"] is None


def test_a_proposal_says_which_cases_it_answers_in_its_items_alone(clerk: Terminal) -> None:
    text = {
        "committee": "MN",
        "procedure": {"kind": "electronic"},
        "items": [{"kind": "interim_special_measure", "title": "Online", "result": "adopted"}],
        "text": {"en": "Adopted."},
        "cases": [{"item": 1, "case": "JP-MN/C/001"}],
    }
    clerk.write("text.json", text)

    refused = clerk.run("propose", "text.json", at=noon("2026-07-20"), code=1)

    assert "text.json" in refused.err
    assert 'leave out "cases"' in refused.err


def test_two_cases_of_one_text_are_told_with_its_number(opened: Terminal) -> None:
    for title in ("First", "Second"):
        submission = files.ENTITY | {"title": title}
        name = submit(opened, submission, ["tpe_application_form"], "2026-07-02")["case"]
        case(opened, "2026-07-02", "check", name, "--complete")

    text = ("--text-en", "Both are designated.", "--json")
    tabled = case(opened, "2026-07-03", "table", "C1", "C2", *text).json
    again = case(opened, "2026-07-03", "table", "C1", *text, code=1)

    assert tabled["cases"] == ["JP-MN/C/001", "JP-MN/C/002"]
    assert tabled["number"] == "JP-MN/2026/001"
    assert "JP-MN/2026/001" in again.err


@SQLITE
def test_the_kinds_say_what_is_submitted_and_which_documents_it_takes(
    opened: Terminal, cli: Terminal
) -> None:
    plain = cli.json("case", "kinds")
    ruled = opened.json("case", "kinds", "--committee", "MN")

    handed_in = [name for name, kind in CASE_KINDS.items() if kind.handed_in]
    assert [entry["kind"] for entry in plain] == handed_in
    assert all(entry["documents"] == {} for entry in plain)
    assert not (cli.home or cli.folder).exists()
    [project] = [entry for entry in ruled if entry["kind"] == "project"]
    assert project["documents"]["publish"] == list(files.DESIGN_PAPERS)
    assert {"methodologies", "entity", "gases"} <= set(project["asks"])
    assert project["needs"] == ["entity"]


def test_one_kind_says_how_each_member_is_written_and_when_it_is_needed(
    opened: Terminal, cli: Terminal
) -> None:
    plain = cli.run("case", "kinds", "tpe_designation")
    ruled = opened.run("case", "kinds", "issuance_request", "--committee", "MN")
    refused = cli.run("case", "kinds", "issuance_difference", code=1)

    scopes = """[{"scope": 1, "until": "YYYY-MM-DD" or null}, …]"""
    assert f"validation\tby the decision\t{scopes}" in plain.out
    assert "--committee" in plain.err
    assert """monitoring_period\twhen submitted\t{"from": "YYYY-MM-DD",""" in ruled.out
    assert "request\tverification_report" in ruled.out
    assert ruled.err == ""
    assert "'issuance_difference' is no kind of case that is submitted" in refused.err


def test_what_the_committees_item_still_lacks_is_told_at_the_submission_and_shown(
    opened: Terminal,
) -> None:
    asks = {"validation": [{"scope": 1, "until": None}], "verification": []}
    filed = files.METHODOLOGY | {"kind": "tpe_designation", "title": "A Body", "asks": asks}
    opened.write("in.json", filed | {"documents": []})
    told = case(opened, "2026-07-01", "submit", "in.json")
    shown = case(opened, "2026-07-01", "show", "C1")

    assert "Still to be said before the committee decides: accreditation" in told.err
    assert "still to be said: accreditation" in shown.out
