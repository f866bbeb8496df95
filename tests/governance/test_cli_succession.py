"""Succession at a terminal: the roll-call, disputed uses, and what a side should look after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.governance.inside import Inside
from tests.governance.setting import adopt, proposal, sign
from tests.governance.terminal import Terminal

YEAR = str(date.today().year)  # noqa: DTZ011 - the terminal's clock is the real one
ROLL = ("roster", "roll-call", "--committee", "MN", "--year")


@pytest.fixture
def cli(founded: Terminal) -> Inside:
    return Inside.of(founded)


def appoint(cli: Terminal, side: str, acts: list[dict[str, Any]], *keys: str) -> None:
    cli.write("acts.json", acts)
    where = ("--committee", "MN", "--side", side, "-o", "appoint.json")
    cli.run("roster", "request", "acts.json", *where)
    for key in keys:
        sign(cli, "appoint.json", f"{key}.key", f"{key}.sig")
    cli.run("submit", *(f"{key}.sig" for key in keys))


def test_every_key_is_called_answers_once_and_is_listed(cli: Inside) -> None:
    assert "have not been called" in cli.run(*ROLL, YEAR, "--list").err
    called = cli.run(*ROLL, YEAR, "-o", "roll").out.split()

    assert len(called) == len(list((cli.folder / "roll").iterdir())) == 6
    own = next(file for file in called if "JP-jp-hara-" in file)
    shown = sign(cli, own, "MN-jp-hara.key", "answer.sig").out
    assert f"Roll-call of {YEAR} in JP-MN: key " in shown
    assert (
        "sign"
        in cli.run(*("sign", own, "--key", "MN-mn-bold.key", "-o", "x.sig", "--yes"), code=1).err
    )
    assert "of jp-hara answered" in cli.run("submit", "answer.sig").out
    assert "had answered already" in cli.run("submit", "answer.sig").out
    assert "5 keys of JP-MN have not answered" in cli.run(*ROLL, YEAR, "-o", "again").err

    answered = [e["person"] for e in cli.json(*ROLL, YEAR, "--list") if e["answered_at"]]
    assert answered == ["jp-hara"]
    silent = {
        row["whose"] for row in cli.run(*ROLL, YEAR, "--list").table if row["answered"] == "not yet"
    }
    assert silent == {"authority", "Mori Aiko", "Bold Ganbaatar", "Dorj Sarnai"}
    concerns = cli.json("doctor")["committees"][0]["concerns"]
    assert sum("roll-call" in concern["what"] for concern in concerns) == 5
    assert cli.json("replay", "--verify")["verified"]["ok"] is True


def test_a_roll_call_is_asked_for_in_one_way_and_in_its_year(cli: Inside) -> None:
    for wrong in ((), ("--list", "-o", "roll"), ("-o", "roll", "--json")):
        cli.run(*ROLL, YEAR, *wrong, code=2)
    cli.run(*ROLL, "none", "--list", code=2)
    assert "within their year" in cli.run(*ROLL, "2025", "-o", "roll", code=1).err
    assert not (cli.folder / "roll").exists()


def test_what_a_stolen_key_signed_is_shown_and_stands(cli: Inside) -> None:
    assert cli.json("roster", "disputed") == []
    assert "No side has said" in cli.run("roster", "disputed").err
    number = adopt(cli, proposal())
    public = "MN-jp-hara.key.pub.json"
    unknown = [{"act": "compromise-key", "keyid": public, "since": f"{number}9"}]
    cli.write("acts.json", unknown)
    asked = ("roster", "request", "acts.json", "--committee", "MN", "--side", "JP", "-o", "a.json")
    assert "acts.json: the record has no envelope" in cli.run(*asked, code=1).err
    cli.run("key", "new", "--unencrypted", "-o", "hara-2.key")
    new = {"act": "add-key", "person": "jp-hara", "key": "hara-2.key.pub.json"}
    stolen: list[dict[str, Any]] = [
        {"act": "compromise-key", "keyid": public, "since": None},
        new,
    ]
    appoint(cli, "JP", stolen, "MN-JP", "hara-2")

    rows = cli.run("roster", "disputed", "--committee", "MN").table
    assert [(row["statement"], row["subject"]) for row in rows] == [
        ("appointment", "JP 1"),
        ("decision", number),
    ]
    shown = cli.run("committee", "show", "--committee", "MN")
    assert "2 signatures are disputed" in shown.err
    (entry,) = cli.json("committee", "show", "--committee", "MN")["disputed"]
    assert (entry["name"], len(entry["uses"])) == ("Hara Kenji", 2)
    assert "(compromised)" in cli.run("roster", "show", "--committee", "MN").out
    assert [decision["number"] for decision in cli.json("log")] == [number]


def test_an_authority_is_changed_by_the_names_of_its_keys_files(cli: Inside) -> None:
    cli.run("key", "new", "--unencrypted", "-o", "second.key")
    keys = ["MN-JP.key.pub.json", "second.key.pub.json"]
    change = {"act": "change-authority", "authority": {"keys": keys, "threshold": 1}}
    alone = "its authority has 1 usable keys and needs 1"

    def told() -> list[str]:
        shown = cli.json("committee", "show", "--committee", "MN", "--within", "0")
        return [concern["what"] for concern in shown["concerns"] if concern["side"] == "JP"]

    assert [what for what in told() if what.startswith(alone)]
    appoint(cli, "JP", [change], "MN-JP", "second")
    assert not [what for what in told() if what.startswith(alone)]
    appoint(cli, "JP", [{"act": "end", "person": "jp-mori", "role": "member"}], "second")
