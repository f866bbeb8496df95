"""``jcgov committee engine``: both authorities replace the record key, the log key, witnesses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.governance.inside import Inside
from tests.governance.setting import sign
from tests.governance.terminal import Terminal

CONVENE = ("convene", "--committee", "MN", "--date", "2099-12-15", "--place", "Tokyo")


@pytest.fixture
def cli(founded: Terminal) -> Inside:
    return Inside.of(founded)


def asked(cli: Terminal, plan: Any, *, code: int = 0) -> str:
    """Ask for a statement; return what was said."""
    cli.write("plan.json", plan)
    return cli.run(
        *("committee", "engine", "plan.json", "--committee", "MN", "-o", "engine.json"), code=code
    ).err


def signed_by_both(cli: Terminal) -> str:
    for side in ("JP", "MN"):
        sign(cli, "engine.json", f"MN-{side}.key", f"engine-{side}.sig")
    return cli.run("submit", "engine-JP.sig", "engine-MN.sig").out


def keys_in(cli: Terminal) -> set[str]:
    assert cli.home is not None
    return {file.name for file in (cli.home / "keys").glob("*.key")}


def has_record_key(cli: Terminal) -> bool:
    return bool(cli.json("doctor")["committees"][0]["record_key"])


def test_a_lost_record_key_is_replaced_by_both_authorities(cli: Inside) -> None:
    assert cli.home is not None
    (cli.home / "keys" / "JP-MN.record.key").unlink()
    assert not has_record_key(cli)
    assert "record key is not here" in cli.run(*CONVENE, code=1).err

    said = asked(cli, {"record": "new"})
    assert "engine statement 1 of JP-MN" in said
    assert "1 of JP, 1 of MN" in said
    assert not has_record_key(cli), "nothing is in force before it is recorded"
    sign(cli, "engine.json", "MN-JP.key", "engine-JP.sig")
    refused = cli.run("submit", "engine-JP.sig", code=1).err
    assert "0 of the 1 needed signatures of the authority of MN" in refused
    assert signed_by_both(cli) == "engine statement 1 of JP-MN recorded\n"

    assert has_record_key(cli)
    assert "recorded before" in cli.run("submit", "engine-JP.sig", "engine-MN.sig").out
    cli.run(*CONVENE)
    assert cli.json("replay", "--verify")["verified"]["ok"] is True


def test_the_old_key_is_used_until_the_new_one_is_recorded_and_asking_twice_makes_one(
    cli: Inside,
) -> None:
    asked(cli, {"record": "new"})
    first = (cli.folder / "engine.json").read_bytes()
    assert has_record_key(cli)

    asked(cli, {"record": "new"})

    assert (cli.folder / "engine.json").read_bytes() == first
    assert {n for n in keys_in(cli) if "record" in n} == {"JP-MN.record.key", "JP-MN.record.2.key"}
    signed_by_both(cli)
    asked(cli, {"record": "new"})
    signed_by_both(cli)
    assert has_record_key(cli)


def test_a_damaged_old_key_does_not_keep_the_new_one_from_being_found(cli: Inside) -> None:
    assert cli.home is not None
    asked(cli, {"record": "new"})
    signed_by_both(cli)

    (cli.home / "keys" / "JP-MN.record.key").write_bytes(b"no key any more")

    assert has_record_key(cli)


def test_witnesses_and_a_log_key_are_named_by_files_beside_the_plan(cli: Inside) -> None:
    for name in ("w-jp", "w-mn"):
        cli.run("key", "new", "--unencrypted", "-o", f"{name}.key")
    witnesses = {
        "keys": [
            {"name": "w-jp.example", "side": "JP", "key": "w-jp.key.pub.json"},
            {"name": "w-mn.example", "side": "MN", "key": "w-mn.key.pub.json"},
        ],
        "quorum": [["w-jp.example", "w-mn.example"]],
    }
    log = {"origin": "log.example/JP-MN", "key": "new"}
    cli.run("publish")

    asked(cli, {"log": log, "witnesses": witnesses})

    shown = sign(cli, "engine.json", "MN-JP.key", "shown.sig").out
    assert "Engine statement 1 of JP-MN: its record key, log and witnesses from here" in shown
    assert "old_log.size = 3" in shown
    assert "witnesses.keys[2].name = w-mn.example" in shown
    assert "JP-MN.log.2.key" in keys_in(cli)
    assert "recorded" in signed_by_both(cli)
    cli.run("sign", "engine.json", "--key", "w-jp.key", "-o", "w.sig", "--yes", code=1)


def test_a_plan_that_nobody_could_sign_is_refused_by_its_file_and_makes_no_key(cli: Inside) -> None:
    before = keys_in(cli)

    ended = {"record": "new", "old_log": {"size": 7, "root": "ab" * 32}}
    assert "plan.json: a new log key names where" in asked(cli, ended, code=1)
    assert "absent.pub.json cannot be read" in asked(cli, {"record": "absent.pub.json"}, code=1)
    assert "plan.json: key" in asked(cli, {"record": "MN-jp-hara.key.pub.json"}, code=1)

    assert keys_in(cli) == before
    assert not (cli.folder / "engine.json").exists()


def test_two_statements_of_one_number_cannot_both_be_recorded(cli: Inside) -> None:
    cli.run("key", "new", "--unencrypted", "-o", "other.key")
    asked(cli, {"record": "other.key.pub.json"})
    for side in ("JP", "MN"):
        sign(cli, "engine.json", f"MN-{side}.key", f"other-{side}.sig")
    asked(cli, {"record": "new"})
    signed_by_both(cli)

    refused = cli.run("submit", "other-JP.sig", "other-MN.sig", code=1).err

    assert "engine statement 2 must follow" in refused
