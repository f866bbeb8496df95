"""``docs/succession.md``: its files and commands, run as they are written, one after the other."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine

from tests.governance.inside import Inside
from tests.governance.terminal import ROOT

PAGE = (ROOT / "docs" / "succession.md").read_text("utf-8")
BEGINS = "2026-07-06T02:00:00Z"
AUTHORITIES = {side: [f"{side.lower()}-a{n}" for n in (1, 2, 3)] for side in ("JP", "MN")}
PEOPLE = {
    "JP": (("jp-hara", "Hara Kenji", "co-chair"), ("jp-mori", "Mori Aiko", "member")),
    "MN": (("mn-bold", "Bold Ganbaatar", "co-chair"), ("mn-dorj", "Dorj Sarnai", "member")),
}
DECISION: dict[str, Any] = {
    "committee": "MN",
    "procedure": {"kind": "electronic"},
    "items": [
        {
            "kind": "interim_special_measure",
            "title": "Meetings may be held online",
            "until": "2030-12-31",
            "result": "adopted",
        }
    ],
    "text": {"en": "The Joint Committee takes a measure."},
}


class Step(NamedTuple):
    """A file that the page writes, or a command that it runs."""

    words: tuple[str, ...]
    file: str | None
    content: str | None


_BLOCK = re.compile(
    r"^```json (?P<file>\S+)\n(?P<content>(?:(?!```).*\n)*)```$|^ {4}\./jcgov (?P<words>.*)$",
    re.MULTILINE,
)


def steps(page: str) -> list[Step]:
    """Return the files and commands of a page, in their order."""
    return [
        Step(
            tuple(shlex.split(found["words"] or "", comments=True)), found["file"], found["content"]
        )
        for found in _BLOCK.finditer(page)
    ]


class Desk(Inside):
    """Runs commands in the folder in which the page's files lie."""

    def keyid(self, name: str) -> str:
        """Return the keyid of a key's public file."""
        record = json.loads((self.folder / f"{name}.key.pub.json").read_text("utf-8"))
        return str(record["keyid"])

    def signed(self, request: str, *keys: str) -> None:
        """Sign a request with these keys and hand all of it in."""
        for key in keys:
            self.run("sign", request, "--key", f"{key}.key", "-o", f"{key}.sig", "--yes")
        self.run("submit", *(f"{key}.sig" for key in keys))


@pytest.fixture
def clock() -> Iterator[None]:
    """Let every command of the test run on a day of 2026, as the page's number says."""
    with time_machine.travel(BEGINS):
        yield


@pytest.fixture
def desk(clock: None, tmp_path: Path) -> Desk:
    """JP-MN with two of three keys for each authority, and one decision that is adopted."""
    desk = Desk(tmp_path, tmp_path / "home")
    people = [person for seats in PEOPLE.values() for person, _name, _role in seats]
    for name in (*AUTHORITIES["JP"], *AUTHORITIES["MN"], *people):
        desk.run("key", "new", "--unencrypted", "-o", f"{name}.key")
    sides = {
        side: {"keys": [f"{name}.key.pub.json" for name in names], "threshold": 2}
        for side, names in AUTHORITIES.items()
    }
    desk.write("plan.json", {"committee": "MN", "sides": sides})
    desk.run("committee", "found", "plan.json", "-o", "founding.json", "--rehearsal")
    desk.signed("founding.json", *AUTHORITIES["JP"], *AUTHORITIES["MN"])
    for side, seats in PEOPLE.items():
        acts: list[dict[str, Any]] = []
        for person, name, role in seats:
            appoint = {"act": "appoint", "person": person, "name": name, "role": role}
            acts.append(appoint | {"from": "2026-01-01", "until": None})
            acts.append({"act": "add-key", "person": person, "key": f"{person}.key.pub.json"})
        desk.write("acts.json", acts)
        where = ("--committee", "MN", "--side", side, "-o", "seats.json")
        desk.run("roster", "request", "acts.json", *where)
        desk.signed("seats.json", *AUTHORITIES[side][:2], *(seat[0] for seat in seats))
    desk.write("proposal.json", DECISION)
    number = desk.json("propose", "proposal.json")["number"]
    desk.run("distribute", number)
    for person in ("jp-mori", "mn-dorj"):
        desk.run("affirm", number, "-o", "assertion.json")
        desk.signed("assertion.json", person)
    desk.run("request", number, "-o", "decision.json")
    desk.signed("decision.json", "jp-hara", "mn-bold")
    return desk


def test_every_file_and_command_of_the_page_works_as_it_is_written(desk: Desk) -> None:
    run = []
    for step in steps(PAGE):
        if step.file is not None:
            (desk.folder / step.file).write_text(str(step.content), "utf-8")
            continue
        words = list(step.words)
        if words[0] == "sign":
            words.append("--yes")  # a reader is asked, and types it
        if "REQUEST" in words:
            (request,) = (desk.folder / "roll-2026").glob(
                f"JP-authority-{desk.keyid('jp-a4')[:16]}*"
            )
            words[words.index("REQUEST")] = str(request)
        desk.run(*words)
        run.append(" ".join(words[:2]))

    assert {"roster request", "committee engine", "roster roll-call", "roster disputed"} <= {*run}
    assert run.count("roster request") == 6
    _require_told(desk)


def _require_told(desk: Desk) -> None:
    """Hold what stands in the end against what the page tells."""
    roster = {p["person"]: p for p in desk.json("roster", "show", "--committee", "MN")}
    in_use = {
        person: [key["keyid"] for key in entry["keys"] if key["active"]]
        for person, entry in roster.items()
    }
    assert in_use["jp-hara"] == []
    assert in_use["jp-abe"] == [desk.keyid("jp-abe-2")]
    assert in_use["jp-mori"] == [desk.keyid("jp-mori-2")]
    assert roster["jp-abe"]["roles"] == ["co-chair"]
    compromised = desk.json("roster", "disputed")
    uses = {e["keyid"]: [u["subject"] for u in e["uses"]] for e in compromised}
    assert uses == {
        desk.keyid("jp-hara-2"): ["JP 2"],
        desk.keyid("jp-abe"): ["JP 4"],
        desk.keyid("jp-mori"): ["JP 1", "JP-MN/2026/001"],
    }
    listed = desk.json("roster", "roll-call", "--committee", "MN", "--year", "2026", "--list")
    answered = [entry["keyid"] for entry in listed if entry["answered_at"] is not None]
    assert answered == [desk.keyid("jp-a4")]
    assert desk.json("doctor")["committees"][0]["record_key"] is True
    assert desk.json("log")[0]["number"] == "JP-MN/2026/001"
    assert desk.json("replay", "--verify")["verified"]["ok"] is True
