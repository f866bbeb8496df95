"""``jcgov slip`` and ``jcgov interest`` as a secretary types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.governance import docket_files as files
from tests.governance.docket_files import case, noon, submit
from tests.governance.terminal import Outcome, Terminal


@pytest.fixture
def cli(opened: Terminal) -> Terminal:
    submit(opened, files.METHODOLOGY, files.METHODOLOGY_PAPERS, "2026-07-02")
    return opened


def run(cli: Terminal, *words: str | Path, by: str = files.SECRETARY, code: int = 0) -> Outcome:
    """Run a command on 6 July 2026."""
    return cli.run(*words, at=noon("2026-07-06"), environment={"JCGOV_PERSON": by}, code=code)


# Slips


def test_a_slip_is_looked_up_and_corrected(cli: Terminal) -> None:
    (entry,) = run(cli, "slip", "show", "C1", "--json").json
    assert (entry["entry"], entry["step"], entry["by"]) == (1, "case-submitted", files.SECRETARY)
    assert entry["says"]["title"] == "Heat pumps in schools"

    told = run(cli, "slip", "correct", "C1", "1", "title", "Heat pumps", "--reason", "A slip.")

    assert told.out.startswith("JP-MN/C/001 (MN_PM001): submitted")
    first, slip = run(cli, "case", "history", "C1", "--json").json
    assert first["what"]["title"] == "Heat pumps in schools"
    assert first["corrected"] == {"title": "Heat pumps"}
    assert (slip["step"], slip["what"]["said"]) == ("case-slip-corrected", "Heat pumps in schools")
    shown = run(cli, "case", "history", "C1").out
    assert "corrected to: title: Heat pumps" in shown
    (entry,) = run(cli, "docket", "--json").json
    assert entry["title"] == "MN_PM001: Heat pumps"
    assert cli.json("replay", "--verify")["verified"]["ok"]


def test_a_long_text_comes_from_a_file(cli: Terminal) -> None:
    case(cli, "2026-07-03", "check", "C1", "--complete")
    case(cli, "2026-07-03", "publish", "C1")
    case(cli, "2026-07-04", "input", "C1", "--author", "A", "--text", "Tow lines.")
    cli.write("text.txt", "Two\r\nlines.\r\n".encode("utf-8-sig"))

    run(cli, "slip", "correct", "C1", "4", "text", "--text-file", "text.txt", "--reason", "Slip.")

    (shown,) = run(cli, "inputs", "--json").json
    (comment,) = shown["inputs"]
    assert (comment["text"], comment["recorded"]) == ("Two\nlines.", {"text": "Tow lines."})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("C1", "1", "number", "MN_PM002"), "nothing in which a slip is corrected"),
        (("C1", "9", "title", "T"), "has no entry 9; it has 1 to 1"),
        (("C9", "1", "title", "T"), "no case 'C9'"),
        (("C1", "1", "on", "yesterday"), "is no date"),
        (("C1", "1", "on", "2026-07-03"), "between its neighbours"),
        (("C1", "1", "title", "a\u202eb"), "U+202E"),
        (("C1", "1", "title", "Heat pumps in schools"), "says that already"),
    ],
)
def test_what_is_no_slip_is_refused_in_a_sentence(
    cli: Terminal, words: tuple[str, ...], said: str
) -> None:
    refused = run(cli, "slip", "correct", *words, "--reason", "A slip.", code=1)

    assert said in refused.err
    assert len(run(cli, "case", "history", "C1", "--json").json) == 1


def test_the_other_side_is_refused(cli: Terminal) -> None:
    words = ("slip", "correct", "C1", "1", "title", "T", "--reason", "A slip.")

    assert "jp-mori" not in run(cli, *words, by="jp-mori", code=1).out
    assert "is neither" in run(cli, *words, by="jp-mori", code=1).err
    assert "say who does this" in run(cli, *words, by="", code=1).err


@pytest.mark.parametrize(
    "words",
    [
        ("slip",),
        ("slip", "correct", "C1", "one", "title", "T", "--reason", "R"),
        ("slip", "correct", "C1", "1", "title", "--reason", "R"),
        ("slip", "correct", "C1", "1", "title", "T", "--reason", " "),
        ("slip", "correct", "C1", "1", "title", "T", "--text-file", "f", "--reason", "R"),
        ("interest", "declare", "--text", "T"),
        ("interest", "declare", "--case", "C1", "--proposal", "1", "--text", "T"),
        ("interest", "declare", "--case", "C1", "--item", "1", "--text", "T"),
        ("interest", "declare", "--proposal", "1", "--text", "T"),
        ("interest", "withdraw", "one", "--committee", "MN", "--reason", "R"),
        ("interest", "withdraw", "I1", "--reason", "R"),
    ],
)
def test_wrong_usage(cli: Terminal, words: tuple[str, ...]) -> None:
    assert run(cli, *words, code=2).out == ""


# Interests


def test_an_interest_is_declared_shown_and_taken_back(cli: Terminal) -> None:
    cli.write("form.pdf", b"I own shares.")
    declared = run(
        *(cli, "interest", "declare", "--case", "MN_PM001", "--text", "I own shares of Nomad."),
        *("--letter", "form.pdf", "--on", "2026-07-03"),
    )
    assert declared.out == (
        "I1: Dorj Sarnai (MN) has an interest in JP-MN/C/001, Heat pumps in schools, 2026-07-03:"
        " I own shares of Nomad.\n"
    )
    (entry,) = run(cli, "interest", "list", "--json").json
    assert (entry["case"], entry["person"]) == ("JP-MN/C/001", files.SECRETARY)
    (shown,) = run(cli, "case", "show", "C1", "--json").json["interests"]
    assert shown == entry
    assert "I own shares" in run(cli, "case", "show", "C1").out

    run(cli, "interest", "withdraw", "I1", "--committee", "MN", "--reason", "Sold.")

    assert run(cli, "interest", "list", "--json").json == []
    assert (
        "standing are: none"
        in run(
            *(cli, "interest", "withdraw", "1", "--committee", "MN", "--reason", "Sold."), code=1
        ).err
    )
    assert cli.json("replay", "--verify")["verified"]["ok"]


def test_an_interest_in_an_item_stands_beside_the_request_and_not_in_it(cli: Terminal) -> None:
    from tests.governance.setting import proposal

    cli.write("proposal.json", proposal())
    number = run(cli, "propose", "proposal.json", "--json").json["number"]
    run(cli, "distribute", number)
    run(cli, "request", number, "-o", "before.json")

    run(
        *(cli, "interest", "declare", "--proposal", number, "--item", "1", "--text", "My firm."),
        by="mn-bold",
    )

    said = "not signed, declared beside it: I1: Bold Ganbaatar (MN) has an interest in item 1"
    assert said in run(cli, "request", number, "-o", "after.json").err
    assert said in run(cli, "affirm", number, "-o", "affirm.json").err
    assert (cli.folder / "after.json").read_bytes() == (cli.folder / "before.json").read_bytes()
    proposals = run(cli, "proposals")
    assert f"{number}: I1: Bold Ganbaatar (MN)" in proposals.err
    (entry,) = run(cli, "proposals", "--json").json
    assert [shown["text"] for shown in entry["interests"]] == ["My firm."]


def test_a_hostile_text_is_written_out_or_refused(cli: Terminal) -> None:
    assert (
        "U+001B"
        in run(*(cli, "interest", "declare", "--case", "C1", "--text", "\x1b[2J"), code=1).err
    )


def test_an_absent_home_has_no_interests_and_is_not_made(tmp_path: Path) -> None:
    cli = Terminal(tmp_path, tmp_path / "absent")

    assert cli.run("interest", "list", "--json").json == []
    for words in (
        ("interest", "declare", "--case", "C1", "--text", "T"),
        ("interest", "withdraw", "I1", "--committee", "MN", "--reason", "R"),
        ("slip", "show", "C1"),
        ("slip", "correct", "C1", "1", "title", "T", "--reason", "R"),
    ):
        assert "nothing is recorded below" in cli.run(*words, code=1).err
    assert list(tmp_path.iterdir()) == []
