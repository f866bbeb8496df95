"""What nobody could sign with effect is refused before anybody is asked to sign it."""

from __future__ import annotations

from typing import Any

import pytest

from governance.service.requests import Request
from policies.proof.reading import read
from policies.proof.statements import Founding
from tests.governance.setting import MEASURE, proposal, sign
from tests.governance.terminal import Terminal

JP, MN = "JP.key.pub.json", "MN.key.pub.json"


def authority(*keys: str, threshold: int = 1) -> dict[str, Any]:
    return {"keys": list(keys), "threshold": threshold}


@pytest.mark.parametrize(
    ("sides", "match"),
    [
        ({"JP": authority(JP)}, "has the sides JP and MN, this has JP"),
        ({"JP": authority(JP), "ID": authority(MN)}, "this has ID, JP"),
        ({"JP": authority(JP), "MN": authority(JP)}, "stands twice"),
        ({"JP": authority(JP, JP, threshold=2), "MN": authority(MN)}, "stands twice"),
        ({"JP": authority(JP, threshold=2), "MN": authority(MN)}, "needs 2 of 1 keys"),
        ({"JP": authority(JP, threshold=0), "MN": authority(MN)}, ">= 1"),
        ({"JP": authority(), "MN": authority(MN)}, "needs 1 of 0 keys"),
    ],
)
def test_a_founding_that_no_signature_makes_good_is_not_written(
    cli: Terminal, sides: dict[str, Any], match: str
) -> None:
    for side in ("JP", "MN"):
        cli.run("key", "new", "--unencrypted", "-o", f"{side}.key")
    cli.write("plan.json", {"committee": "MN", "sides": sides})

    refused = cli.run("committee", "found", "plan.json", "-o", "founding.json", code=1)

    assert match in refused.err
    assert not (cli.folder / "founding.json").exists()
    assert not (cli.folder / "home").exists()


def test_a_committee_that_is_founded_is_not_founded_again(founded: Terminal) -> None:
    plan = {
        "committee": "MN",
        "sides": {s: authority(f"MN-{s}.key.pub.json") for s in ("JP", "MN")},
    }
    founded.write("plan.json", plan)

    refused = founded.run("committee", "found", "plan.json", "-o", "again.json", code=1)
    founded.run("committee", "found", "plan.json", "-o", "same.json", "--rehearsal")

    assert "JP-MN is founded, by " in refused.err
    assert not (founded.folder / "again.json").exists()
    assert (founded.folder / "same.json").read_bytes() == (
        founded.folder / "founding.json"
    ).read_bytes()


def appointing(role: str, **changes: Any) -> dict[str, Any]:
    plain = {"act": "appoint", "person": "jp-abe", "name": "Abe Jun", "role": role}
    return plain | {"from": "2026-01-01", "until": None} | changes


@pytest.mark.parametrize(
    ("acts", "match"),
    [
        ([], "does nothing"),
        ([appointing("member", until="2025-01-01")], "before"),
        ([appointing("alternate")], "is no member"),
        ([appointing("co-chair")], "co-chair"),
        ([{"act": "add-key", "person": "jp-abe", "key": "MN-jp-hara.key.pub.json"}], "jp-abe"),
        (
            [{"act": "add-key", "person": "jp-hara", "key": "MN-JP.key.pub.json"}],
            "has, or has had, a place",
        ),
        ([{"act": "end", "person": "jp-mori", "role": "co-chair"}], "co-chair"),
        (
            [appointing("member", person=f"jp-x{n}", name=f"Member {n}") for n in range(9)],
            "allows 10",
        ),
    ],
)
def test_an_appointment_that_no_signature_makes_good_is_not_written(
    founded: Terminal, acts: list[dict[str, Any]], match: str
) -> None:
    founded.write("acts.json", acts)

    refused = founded.run(
        *("roster", "request", "acts.json", "--committee", "MN"),
        *("--side", "JP", "-o", "out.json"),
        code=1,
    )

    assert match in refused.err
    assert not (founded.folder / "out.json").exists()


WRITING: tuple[tuple[str, ...], ...] = (
    ("propose", "proposal.json"),
    ("distribute", "1"),
    ("convene", "--committee", "MN", "--date", "2030-01-01", "--place", "Tokyo"),
    ("withdraw", "1", "--reason", "no"),
    ("submit", "signed.sig"),
    ("roster", "request", "acts.json", "--committee", "MN", "--side", "JP", "-o", "x"),
)


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("command", WRITING, ids=lambda command: command[0])
def test_what_needs_a_committee_makes_no_home(founded: Terminal, command: tuple[str, ...]) -> None:
    founded.write("proposal.json", proposal())
    founded.write("acts.json", [appointing("member")])
    founded.run("request", founded.json("propose", "proposal.json")["number"], "-o", "r.json")
    sign(founded, "r.json", "MN-jp-hara.key", "signed.sig")
    nowhere = founded.folder / "nowhere"

    refused = founded.run(*command, home=nowhere, code=1)

    assert "nothing is recorded below" in refused.err
    assert "committee found" in refused.err
    assert not nowhere.exists()


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(
    ("files", "match"),
    [
        (("JP.sig",), "the authority of MN are here"),
        (("founding.json",), "authority"),
        (("JP.sig", "MN.sig", "--rulebook", "other.json"), "the founding names the rulebook"),
        (("appoint-0.sig", "JP.sig", "MN.sig"), "nothing is recorded below"),
    ],
)
def test_what_founds_no_committee_makes_no_home(
    founded: Terminal, files: tuple[str, ...], match: str
) -> None:
    founded.write("other.json", founded.run("rulebook", "show", "ID", "--json").out.encode())
    nowhere = founded.folder / "nowhere"

    refused = founded.run("submit", *files, home=nowhere, code=1)

    assert match in refused.err
    assert not nowhere.exists()


@pytest.mark.parametrize("places", ["sqlite"], indirect=True, scope="session")
def test_a_founding_that_both_sides_signed_makes_the_home(founded: Terminal) -> None:
    nowhere = founded.folder / "nowhere"

    first = founded.run("submit", "JP.sig", "MN.sig", home=nowhere)
    again = founded.run("submit", "JP.sig", home=nowhere)

    assert "JP-MN founded" in first.out
    assert "was founded by this already" in again.out


def test_of_several_statements_each_outcome_is_said_until_one_is_refused(
    founded: Terminal,
) -> None:
    for name in ("one", "two"):
        founded.write("proposal.json", proposal(items=[MEASURE | {"title": f"Measure {name}"}]))
        number = founded.json("propose", "proposal.json")["number"]
        founded.run("distribute", number)
        founded.run("request", number, "-o", f"{name}.json")
        sign(founded, f"{name}.json", "MN-jp-hara.key", f"{name}.sig")
    sign(founded, "two.json", "MN-jp-mori.key", "member.sig")

    said = founded.run("submit", "one.sig", "member.sig", code=1)

    assert said.out.startswith("recorded; JP-MN/")
    assert "Mori Aiko (JP) is member" in said.err
    assert "recorded before" in founded.run("submit", "one.sig").out


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"payload":"x"}', b"\xff"])
@pytest.mark.parametrize("command", ["submit", "sign"])
def test_of_several_files_the_one_that_is_none_is_named(
    founded: Terminal, command: str, content: bytes
) -> None:
    founded.write("proposal.json", proposal())
    founded.run("request", founded.json("propose", "proposal.json")["number"], "-o", "good.json")
    founded.write("bad.json", content)
    more = ("--key", "MN-jp-hara.key", "-o", "out", "--yes") if command == "sign" else ()

    refused = founded.run(command, "good.json", "bad.json", *more, code=1)

    assert refused.err.startswith("jcgov: bad.json")
    assert "at at" not in refused.err
    assert not (founded.folder / "out").exists()


def _witnessed(*sides: str | None) -> dict[str, Any]:
    """Return a founding's plan with a witness of each of these sides; null: of neither."""
    names = {side: f"witness.example/{side or 'third'}" for side in sides}
    keys = [
        {"name": name, "side": side, "key": f"witness-{side}.key.pub.json"}
        for side, name in names.items()
    ]
    return {
        "committee": "MN",
        "sides": {"JP": authority(JP), "MN": authority(MN)},
        "origin": "log.example/JP-MN",
        "witnesses": {"keys": keys, "quorum": [list(names.values())]},
    }


def _with_keys(cli: Terminal, *sides: str | None) -> None:
    for name in ("JP", "MN", *(f"witness-{side}" for side in sides)):
        scheme = "ed25519" if name.startswith("witness") else "p256"
        cli.run("key", "new", "--scheme", scheme, "--unencrypted", "-o", f"{name}.key")


def test_a_founding_names_witnesses_by_their_public_files_and_makes_three_keys(
    cli: Terminal,
) -> None:
    _with_keys(cli, "JP", "MN")
    cli.write("plan.json", _witnessed("JP", "MN"))

    cli.run("committee", "found", "plan.json", "-o", "founding.json")

    said = read(Request.from_bytes((cli.folder / "founding.json").read_bytes()).envelope, Founding)
    assert said.log.origin == "log.example/JP-MN"
    assert [key.scheme for key in said.log.keys] == ["ed25519", "ml-dsa-44"]
    assert {witness.side for witness in said.witnesses.keys} == {"JP", "MN"}
    private = sorted(file.name for file in (cli.folder / "home" / "keys").glob("*.key"))
    assert private == ["JP-MN.log-ml-dsa-44.key", "JP-MN.log.key", "JP-MN.record.key"]
    for name in private:
        assert (cli.folder / "home" / "keys" / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("sides", "good"),
    [(("JP",), False), (("MN", "JP"), True), (("JP", None), True), ((None,), False)],
)
def test_a_quorum_takes_both_sides_or_one_and_a_third(
    cli: Terminal, sides: tuple[str | None, ...], good: bool
) -> None:
    _with_keys(cli, *sides)
    cli.write("plan.json", _witnessed(*sides))

    said = cli.run("committee", "found", "plan.json", "-o", "founding.json", code=0 if good else 1)

    assert good or "one side's alone" in said.err
    assert good == (cli.folder / "founding.json").exists()


@pytest.mark.parametrize(
    ("plan", "options", "warned"),
    [
        ({}, (), True),
        ({"origin": "record.example/JP-MN"}, (), False),
        ({}, ("--rehearsal",), False),
    ],
)
def test_a_log_that_is_named_after_nobodys_address_for_good_is_warned_of(
    cli: Terminal, plan: dict[str, Any], options: tuple[str, ...], *, warned: bool
) -> None:
    for side in ("JP", "MN"):
        cli.run("key", "new", "--unencrypted", "-o", f"{side}.key")
    sides = {side: authority(f"{side}.key.pub.json") for side in ("JP", "MN")}
    cli.write("plan.json", {"committee": "MN", "sides": sides} | plan)

    said = cli.run("committee", "found", "plan.json", "-o", "founding.json", *options).err

    assert ("jcm.invalid/JP-MN for good" in said) is warned
