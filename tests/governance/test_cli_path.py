"""From nothing to a signed decision, on files alone, as README tells it."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest

from tests.governance.setting import MEASURE, PEOPLE, adopt, found, proposal, seat, sign
from tests.governance.terminal import Terminal

PROPOSED = "2026-12-02T03:00:00+00:00"
CONVENED = "2026-12-01T03:00:00+00:00"
MET = "2026-12-10T03:00:00+00:00"


def test_a_decision_by_electronic_means_goes_from_nothing_to_a_verified_file(
    founded: Terminal,
) -> None:
    number = adopt(founded, proposal())
    founding = founded.json("committee", "show", "--committee", "MN")["founding"]
    founded.write("trust.json", {"JP-MN": {"founding": founding}})

    founded.run("export", "bundle", number, "-o", "it.jcbundle.json")
    audit = founded.json("verify", "it.jcbundle.json", "--trust", "trust.json")

    assert audit["ok"]
    [entry] = founded.json("log", "--committee", "MN")
    assert (entry["number"], entry["status"], entry["procedure"]) == (
        number,
        "signed",
        "electronic",
    )
    assert [s["name"] for s in entry["signers"]] == ["Hara Kenji", "Bold Ganbaatar"]
    assert founded.json("replay", "--verify")["verified"]["ok"]


def test_a_decision_at_a_meeting_is_adopted_on_its_day_by_both_sides(cli: Terminal) -> None:
    found(cli, at=CONVENED)
    meeting = ["--committee", "MN", "--date", "2026-12-10", "--place", "Tokyo"]
    assert "JP-MN/M/001 on 2026-12-10" in cli.run("convene", *meeting, at=CONVENED).out
    at_meeting = {"kind": "meeting", "meeting": "JP-MN/M/001"}
    cli.write("proposal.json", proposal(procedure=at_meeting))
    cli.run("propose", "proposal.json", at=PROPOSED)
    cli.run("request", "JP-MN/2026/001", "-o", "request.json", at=PROPOSED)
    sign(cli, "request.json", "MN-jp-hara.key", "hara.sig")
    sign(cli, "request.json", "MN-mn-bold.key", "bold.sig")

    early = cli.run("submit", "hara.sig", at=PROPOSED, code=1)
    one = cli.run("submit", "hara.sig", at=MET)
    both = cli.run("submit", "bold.sig", at=MET)

    assert "2026-12-10" in early.err
    assert "Bold Ganbaatar" in one.out
    assert "is adopted on 2026-12-10" in both.out
    [entry] = cli.json("log")
    assert (entry["procedure"], entry["adopted_on"]) == ("meeting", "2026-12-10")


def test_a_submission_says_who_is_still_awaited_by_name_and_side(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    sent = founded.run("distribute", number).out
    founded.run("request", number, "-o", "request.json")
    sign(founded, "request.json", "MN-jp-hara.key", "hara.sig")

    said = founded.run("submit", "hara.sig").out

    assert re.match(rf"{number}: it went out on [0-9-]+, open until [0-9-]+; awaiting", sent)
    assert "Bold Ganbaatar" in said
    assert "co-chair (MN)" in said
    [entry] = founded.json("proposals")
    awaited = {(a["side"], a["person"]) for a in entry["awaited"]}
    assert ("MN", "mn-bold") in awaited
    assert ("JP", "jp-hara") not in awaited


def test_the_signatures_of_one_statement_go_in_together_and_again_without_change(
    founded: Terminal,
) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("distribute", number)
    founded.run("request", number, "-o", "request.json")
    for person in ("jp-hara", "mn-bold"):
        sign(founded, "request.json", f"MN-{person}.key", f"{person}.sig")

    founded.run("submit", "jp-hara.sig", "mn-bold.sig")
    before = founded.json("doctor")["events"]
    founded.run("submit", "jp-hara.sig", "mn-bold.sig")

    assert founded.json("doctor")["events"] == before


def test_an_objection_stops_a_text_and_a_new_version_answers_it(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("distribute", number)
    founded.run("object", number, "--reason", "the date is wrong", "-o", "no.json")
    sign(founded, "no.json", "MN-mn-dorj.key", "no.sig")
    said = founded.run("submit", "no.sig").out

    assert "Dorj Sarnai" in said
    [entry] = founded.json("proposals")
    assert [o["reason"] for o in entry["objections"]] == ["the date is wrong"]

    again = founded.json("propose", "proposal.json", "--revises", number)

    assert (again["number"], again["version"]) == (number, 2)


def test_an_objection_that_came_by_letter_names_its_author(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]
    founded.run("distribute", number)
    founded.write("letter.txt", b"We object.")

    said = founded.run(
        *("object", number, "--letter", "letter.txt"),
        *("--person", "mn-dorj", "--reason", "as the letter says"),
    )

    assert "Dorj Sarnai" in said.out


def test_a_withdrawn_text_gives_up_its_number_for_ever(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    first = founded.json("propose", "proposal.json")["number"]

    founded.run("withdraw", first, "--reason", "superseded")
    second = founded.json("propose", "proposal.json")["number"]

    assert (first[-3:], second[-3:]) == ("001", "002")


def test_one_side_cannot_appoint_for_the_other(founded: Terminal) -> None:
    acts = [{"act": "end", "person": "mn-bold", "role": "co-chair"}]
    founded.write("acts.json", acts)
    founded.run("roster", "request", "acts.json", "--committee", "MN", "--side", "MN", "-o", "r")
    sign(founded, "r", "MN-JP.key", "r.sig")

    said = founded.run("submit", "r.sig", code=1).err

    assert "has no part in this" in said
    roster = founded.json("roster", "show", "--committee", "MN")
    assert {e["person"]: e["roles"] for e in roster}["mn-bold"] == ["co-chair"]


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
def test_a_signature_under_another_text_of_the_same_version_says_so(founded: Terminal) -> None:
    """Two homes that were parted can freeze two texts under one number."""
    founded.write("proposal.json", proposal())
    other = founded.folder / "other"
    shutil.copytree(founded.folder / "home", other)
    number = founded.json("propose", "proposal.json")["number"]
    founded.write("proposal.json", proposal(text={"en": "Something else."}))
    founded.run("propose", "proposal.json", home=other)
    founded.run("request", number, "-o", "request.json", home=other)
    sign(founded, "request.json", "MN-jp-hara.key", "hara.sig")

    refused = founded.run("submit", "hara.sig", code=1)

    assert f"{number} was frozen with another text" in refused.err


def test_a_reason_with_hidden_characters_is_refused_before_it_is_signed(founded: Terminal) -> None:
    founded.write("proposal.json", proposal())
    number = founded.json("propose", "proposal.json")["number"]

    refused = founded.run("affirm", number, "--reason", "a\u202eb", "-o", "x.json", code=1)

    assert "reason: character 2" in refused.err
    assert not (founded.folder / "x.json").exists()


def test_a_later_appointment_adds_to_the_roster(founded: Terminal) -> None:
    people = {"mn-tuya": ("Tuya Erdene", "member")}

    seat(founded, "MN", "MN", people, None)

    roster = founded.json("roster", "show", "--committee", "MN")
    assert {e["name"]: e["roles"] for e in roster}["Tuya Erdene"] == ["member"]
    assert len(roster) == 1 + sum(len(side) for side in PEOPLE.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": []}, "items"),
        ({"items": "none"}, "items"),
        ({"items": ["issuance"]}, "object"),
        ({"text": {}}, "en"),
        ({"text": {"mn": "…"}}, "English"),
        ({"committee": None}, "committee"),
        ({"committee": "PW"}, "JP-PW is not founded"),
        ({"procedure": {"kind": "acclamation"}}, "procedure"),
        ({"procedure": {"kind": "meeting", "meeting": "JP-MN/M/009"}}, "JP-MN/M/009"),
        ({"procedure": {"kind": "electronic", "meeting": "JP-MN/M/001"}}, "electronic means"),
        ({"items": [{"title": "of no kind"}]}, "item 1: has no kind"),
        ({"items": [MEASURE | {"title": "Measure\n  JP may issue 1"}]}, "items[1].title"),
        ({"annexes": 5}, "annexes"),
        ({"annexes": [{"title": "A\nB", "text": "c"}]}, "annexes[1].title"),
        ({"surprise": 1}, "surprise"),
        ({"text": {"en": "a\u202eb"}}, "U+202E"),
    ],
)
def test_a_proposal_that_is_not_one_is_refused_by_the_name_of_its_member(
    founded: Terminal, change: dict[str, Any], said: str
) -> None:
    founded.write("proposal.json", proposal(**change))

    refused = founded.run("propose", "proposal.json", code=1)

    assert said in refused.err
    assert refused.out == ""
