"""Plans of engine statements: what nobody could sign is refused before anybody does."""

from __future__ import annotations

from typing import Any

import pytest

from governance.service.engine_statement import engine_request
from policies.proof.statements import OldLog
from policies.refusals import Refusal
from tests.aggregates.room import CODE, Room

ENDED = {"size": 7, "root": "ab" * 32}
HERE = OldLog(size=3, root="cd" * 32)
"""The last checkpoint that was published here."""


def key(room: Room, name: str) -> dict[str, str]:
    return room.stage.key(name).record.to_json()


def witnesses(*keys: Any, quorum: Any = ()) -> dict[str, Any]:
    sides = ("JP", "MN")
    named = [{"name": f"w{n}", "side": sides[n], "key": key} for n, key in enumerate(keys)]
    return {"keys": named, "quorum": quorum}


def test_what_a_plan_leaves_out_stays(room: Room) -> None:
    keys, roster = room.stage.engine.keys, room.state.roster

    engine = engine_request(room.state, keys, {"record": key(room, "a new record key")}, HERE)

    assert engine.record == room.stage.key("a new record key").record
    assert engine.log == roster.log
    assert (engine.old_log, engine.witnesses) == (None, roster.witnesses)
    log = {"log": {"key": "new", "origin": "log.example/new"}, "old_log": ENDED}
    engine = engine_request(room.state, keys, log, HERE)
    assert engine.record == roster.record
    assert engine.log.origin == "log.example/new"
    assert engine.old_log == OldLog(size=7, root="ab" * 32)
    assert keys.log_hand(CODE, engine.log) is not None
    engine = engine_request(room.state, keys, {"log": {"post_quantum": "new"}}, HERE)
    assert engine.old_log == HERE


def test_what_nobody_could_sign_is_refused_and_makes_no_key(room: Room) -> None:
    own, keys = room.stage.key("own").record.to_json(), room.stage.engine.keys
    authority, chair = key(room, "mn-jp-authority-1"), key(room, "jp-hara")
    both = witnesses(own, key(room, "other"), quorum=[["w0", "w1"]])
    refused: list[tuple[Any, str]] = [
        ({}, "changes nothing"),
        ([], "not well formed"),
        ({"record": 7}, "record"),
        ({"record": "fresh"}, "record"),
        ({"seal": "new"}, "seal"),
        ({"old_log": ENDED, "record": "new"}, "an unchanged one does not"),
        ({"old_log": {"size": -1, "root": "ab" * 32}, "log": {"key": "new"}}, "old_log.size"),
        ({"old_log": {"size": 1, "root": "x"}, "log": {"key": "new"}}, "old_log.root"),
        ({"record": chair}, "one key, one role"),
        ({"record": authority}, "one key, one role"),
        ({"record": own | {"keyid": "0" * 64}}, "keyid"),
        ({"witnesses": witnesses(quorum=[["w0"]])}, "quorum"),
        ({"witnesses": witnesses(own), "record": own}, "quorum"),
        ({"witnesses": witnesses(own, quorum=[["w0"]])}, "one side's alone"),
        ({"witnesses": both, "record": own}, "stands twice"),
        ({"log": {"origin": "two words"}}, "log.origin"),
        ({"log": {"origin": "zero\u200bwidth"}}, "plan"),
    ]
    before = sorted(keys.folder.iterdir())

    for plan, match in refused:
        with pytest.raises(Refusal, match=match):
            engine_request(room.state, keys, plan, HERE)

    assert sorted(keys.folder.iterdir()) == before
