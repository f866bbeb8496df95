"""``jcgov reminders`` as a secretary types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.governance import docket_files as docket
from tests.governance.docket_files import case, noon, submit
from tests.governance.setting import files
from tests.governance.terminal import Outcome, Terminal


@pytest.fixture
def cli(opened: Terminal) -> Terminal:
    submit(opened, docket.METHODOLOGY, docket.METHODOLOGY_PAPERS, "2026-07-02")
    return opened


def remind(cli: Terminal, *words: str | Path, day: str = "2026-07-06", code: int = 0) -> Outcome:
    return cli.run("reminders", *words, at=noon(day), code=code)


def test_everyone_gets_an_e_mail_and_a_calendar(cli: Terminal) -> None:
    told = remind(cli, "-o", "out", "--json").json

    assert [(entry["person"], entry["awaited"]) for entry in told] == [
        ("jp-hara", 2),  # as co-chair, and because no secretary is appointed
        ("jp-mori", 0),
        ("mn-bold", 2),
        ("mn-dorj", 0),
    ]
    assert told[0]["next"] == "2026-07-09"
    stems = ("jp-hara.JP", "jp-mori.JP", "mn-bold.MN", "mn-dorj.MN")
    written = [f"{stem}.{kind}" for stem in stems for kind in ("eml", "ics")]
    assert sorted(files(cli.folder / "out")) == written
    mail = (cli.folder / "out" / "jp-hara.JP.eml").read_text("utf-8")
    assert "To: Hara Kenji:;" in mail
    assert "Subject: 2 things await you" in mail
    assert "jp-hara" in remind(cli, "-o", "out").out


def test_a_second_run_changes_nothing_and_a_later_one_what_is_done(cli: Terminal) -> None:
    remind(cli, "-o", "out")
    first = files(cli.folder / "out")
    remind(cli, "-o", "out")
    assert files(cli.folder / "out") == first

    case(cli, "2026-07-07", "check", "C1", "--complete")
    remind(cli, "-o", "out", day="2026-07-07")

    calendar = (cli.folder / "out" / "mn-bold.MN.ics").read_bytes()
    assert calendar.count(b"STATUS:CANCELLED") == 1
    assert calendar.count(b"STATUS:CONFIRMED") == 1


def test_one_person_alone_is_reminded(cli: Terminal) -> None:
    remind(cli, "--person", "mn-bold", "--committee", "MN", "-o", "out")

    assert sorted(files(cli.folder / "out")) == ["mn-bold.MN.eml", "mn-bold.MN.ics"]


def test_bad_input_is_refused_and_nothing_written(cli: Terminal) -> None:
    cli.write("file", {"not": "a folder"})
    before = files(cli.folder)

    assert "'eve' is nobody" in remind(cli, "--person", "eve", "-o", "out", code=1).err
    assert "JP-ID is not founded" in remind(cli, "--committee", "ID", "-o", "out", code=1).err
    assert "file" in remind(cli, "-o", "file", code=1).err
    assert remind(cli, code=2).out == ""
    assert set(files(cli.folder)) == set(before)


@pytest.mark.parametrize("content", [b"", b"my notes", b"\xff\x00", b"BEGIN:VCALENDAR\r\n" * 9000])
def test_a_calendar_of_somebody_else_is_not_written_over(cli: Terminal, content: bytes) -> None:
    (cli.folder / "out").mkdir()
    cli.write("out/mn-bold.MN.ics", content)

    refused = remind(cli, "-o", "out", code=1)

    assert "out/mn-bold.MN.ics: it " in refused.err
    assert files(cli.folder / "out") == {"mn-bold.MN.ics": content}


def test_an_absent_home_reminds_nobody_and_is_not_made(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    cli = Terminal(tmp_path, absent)

    assert cli.run("reminders", "-o", "out", "--json").json == []
    assert list(tmp_path.iterdir()) == []
