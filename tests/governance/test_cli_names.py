"""How decisions are named: whole, or by their last digits while only one fits."""

from __future__ import annotations

import pytest

from tests.governance.setting import MEASURE, adopt, proposal
from tests.governance.terminal import Terminal


@pytest.mark.parametrize("name", ["2", "002", "0002", "JP-MN/2025/002"])
def test_a_decision_is_named_whole_or_by_its_digits(told: Terminal, name: str) -> None:
    told.run("export", "bundle", name, "-o", "b.json")

    assert b"JP-MN/2025/002" in (told.folder / "b.json").read_bytes()


def test_digits_that_fit_several_are_refused_with_the_candidates(told: Terminal) -> None:
    refused = told.run("export", "bundle", "1", "--committee", "MN", "-o", "b.json", code=1)

    assert "JP-MN/2025/001" in refused.err
    assert "JP-MN/2026/001" in refused.err
    assert not (told.folder / "b.json").exists()


@pytest.mark.parametrize(
    "name", ["7", "JP-MN/2025/7", "JP-MN/2025/2", "JP-MN/H/2017-10-24/meeting", "P1", "²", "", "-0"]
)
def test_a_name_that_fits_no_signed_decision_is_not_found(told: Terminal, name: str) -> None:
    refused = told.run("export", "bundle", "-o", "b.json", "--", name, code=1)

    assert refused.err.startswith("jcgov: ")
    assert not (told.folder / "b.json").exists()


def test_a_committee_that_does_not_have_the_decision_is_refused(told: Terminal) -> None:
    asked = ("export", "bundle", "JP-MN/2025/002", "--committee", "ID", "-o", "b.json")

    assert "JP-MN/2025/002" in told.run(*asked, code=1).err


@pytest.mark.parametrize("name", ["1", "001", "JP-MN/2026/001", "P1"])
def test_an_open_proposal_is_named_by_number_digits_or_id(founded: Terminal, name: str) -> None:
    founded.write("proposal.json", proposal())
    founded.run("propose", "proposal.json", at="2026-12-01T03:00:00+00:00")

    founded.run("request", name, "-o", "r.json", at="2026-12-01T03:00:00+00:00")

    assert (founded.folder / "r.json").exists()


@pytest.mark.parametrize(
    "name", ["4", "P4", "JP-MN/2026/004", "P", "P²", "²", "", "x/y", "JP-PW/1"]
)
def test_a_name_that_fits_no_open_proposal_is_refused_with_those_that_are_open(
    founded: Terminal, name: str
) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]

    refused = founded.run("withdraw", "--reason", "no", "--", name, code=1)

    if "/" not in name:
        assert number in refused.err


def test_years_make_digits_ambiguous_and_the_candidates_are_named(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    for year in (2026, 2027):
        founded.run("propose", "proposal.json", at=f"{year}-12-01T03:00:00+00:00")

    refused = founded.run("distribute", "1", code=1, at="2027-12-01T04:00:00+00:00")

    assert "JP-MN/2026/001" in refused.err
    assert "JP-MN/2027/001" in refused.err


def test_digits_need_the_committee_where_proposals_of_several_fit(told_copy: Terminal) -> None:
    at = "2031-01-06T03:00:00+00:00"
    for partner in ("MN", "ID"):
        told_copy.write("proposal.json", proposal(partner))
        told_copy.run("propose", "proposal.json", at=at)

    refused = told_copy.run("request", "1", "-o", "r.json", code=1, at=at)

    assert "JP-ID/2031/001" in refused.err
    assert "JP-MN/2031/001" in refused.err
    told_copy.run("request", "1", "--committee", "ID", "-o", "r.json", at=at)


def test_an_adopted_decision_is_no_open_proposal_any_more(founded: Terminal) -> None:
    number = adopt(founded, proposal(items=[MEASURE]))

    refused = founded.run("withdraw", number, "--reason", "too late", code=1)

    assert f"adopted already, and open no more, is '{number}'" in refused.err


def test_what_is_withdrawn_is_named_by_its_full_number(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("propose", "proposal.json", "--draft")

    numbered = founded.run("withdraw", "1", "--reason", "superseded")
    draft = founded.run("withdraw", "P2", "--reason", "superseded")

    assert numbered.out == f"{number} is withdrawn; its number is not used again\n"
    assert draft.out == "draft P2 of JP-MN is withdrawn; it had no number\n"


@pytest.mark.parametrize("name", ["9" * 5000, "0" * 5000, "P" + "9" * 5000])
def test_digits_without_end_are_a_name_that_fits_nothing(founded: Terminal, name: str) -> None:
    founded.write("proposal.json", proposal())
    founded.run("propose", "proposal.json")

    founded.run("withdraw", "--reason", "no", "--", name, code=1)
    founded.run("export", "bundle", "-o", "b.json", "--", name, code=1)
