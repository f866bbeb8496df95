"""``jcgov settle`` announces, ``jcgov announcements`` shows it."""

from __future__ import annotations

import pytest

from tests.governance.setting import files, proposal
from tests.governance.terminal import Terminal

FIELDS = {"committee", "about", "clock", "turn", "due", "since", "recorded_at", "awaits", "title"}
DAY = "2026-12-01T00:00:00Z"


@pytest.fixture
def waiting(founded_in_july: Terminal) -> str:
    """Return the number of a text that went out on 1 December 2026, in Mongolia already day."""
    founded_in_july.write("measure.json", proposal())
    number = str(founded_in_july.run("propose", "measure.json", "--json", at=DAY).json["number"])
    founded_in_july.run("distribute", number, at=DAY)
    return number


def test_what_is_announced_is_said_once_and_kept(founded_in_july: Terminal, waiting: str) -> None:
    first = founded_in_july.run("settle", at="2026-12-20T00:00:00Z")
    second = founded_in_july.run("settle", at="2026-12-20T00:05:00Z")

    assert f"JP-MN: closed: {waiting}, version 1: members may affirm or object (2026-12-11)" in (
        first.out
    )
    assert second.out == "Nothing is due.\n"
    shown = founded_in_july.json("announcements")
    assert [set(entry) for entry in shown] == [FIELDS] * 3
    closed = next(entry for entry in shown if entry["turn"] == "closed")
    assert closed == {
        "committee": "JP-MN",
        "about": waiting,
        "clock": "electronic_window",
        "turn": "closed",
        "due": "2026-12-11",
        "since": "2026-12-11T16:00:00Z",
        "recorded_at": "2026-12-20T00:00:00Z",
        "awaits": "every member",
        "title": f"{waiting}, version 1: members may affirm or object",
    }


def test_announcements_of_a_committee_and_since_a_time(
    founded_in_july: Terminal, waiting: str
) -> None:
    founded_in_july.run("settle", at="2026-12-05T00:00:00Z")
    founded_in_july.run("settle", at="2026-12-20T00:00:00Z")

    assert founded_in_july.json("announcements", "--committee", "ID") == []
    assert len(founded_in_july.json("announcements", "--committee", "MN")) == 3
    assert len(founded_in_july.json("announcements", "--since", "2026-12-20")) == 1
    assert len(founded_in_july.json("announcements", "--since", "2026-12-20T00:00:00Z")) == 1
    assert founded_in_july.json("announcements", "--since", "2026-12-20T00:00:01Z") == []


def test_piped_it_is_one_line_for_each(founded_in_july: Terminal, waiting: str) -> None:
    founded_in_july.run("settle", at="2026-12-20T00:00:00Z")

    rows = founded_in_july.run("announcements").table

    assert [set(row) for row in rows] == [FIELDS] * 3
    assert {row["about"] for row in rows} == {waiting, "JP-MN"}


def test_the_record_with_announcements_is_good_and_comes_back_from_a_backup(
    founded_in_july: Terminal, waiting: str
) -> None:
    founded_in_july.run("settle", at="2026-12-20T00:00:00Z")
    founded_in_july.run("announcements")

    replayed = founded_in_july.json("replay", "--verify")

    assert replayed["verified"]["ok"]
    assert replayed["views"]["announcements"]["rows"] == 3


def test_a_home_that_is_absent_has_none_and_is_not_made(cli: Terminal) -> None:
    before = files(cli.folder)

    assert cli.json("announcements") == []
    assert files(cli.folder) == before


def test_a_time_that_is_none_is_wrong_usage(cli: Terminal) -> None:
    assert "is no instant" in cli.run("announcements", "--since", "noon", code=2).err


def test_a_committee_that_is_not_founded_is_refused(founded_in_july: Terminal) -> None:
    refused = founded_in_july.run("settle", "--committee", "ID", code=1)

    assert "JP-ID is not founded here" in refused.err
