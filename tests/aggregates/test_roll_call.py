"""The yearly roll-call: each key signs, fresh, that its holder has it; it bars nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from msgspec import structs

from aggregates.committee.events import RollCallAnswered, RollCalled
from aggregates.event import Event
from governance.service.requests import Request
from governance.service.roll_call import call_roll, roll_entries
from governance.service.whole_record import check_record
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Call, RollCall
from policies.refusals import ContextError, NotEntitledError, SealError, StepNotAllowedError
from tests.aggregates.room import CODE, EVERYONE, Room
from tests.aggregates.successions import JP, MN, compromises_key, hands_in, used
from tests.aggregates.test_checking import rewritten

KEYS = {*EVERYONE, *JP, *MN}


def calls(room: Room, year: int = 2026) -> dict[str, Request]:
    return call_roll(room.stage.engine.desk, CODE, year)


def answer(room: Room, name: str, year: int = 2026) -> Envelope:
    """Return the answer of a key, not signed yet."""
    keyid = room.stage.key(name).record.keyid
    return calls(room, year)[_stem(room, keyid)].envelope


def _stem(room: Room, keyid: str) -> str:
    place = room.state.roster.keys[keyid]
    return f"{place.side}-{place.person or 'authority'}-{keyid[:16]}"


def answers(room: Room, *names: str, year: int = 2026) -> None:
    for name in names:
        room.stage.submit(room.stage.sign(answer(room, name, year), name))


def silent(room: Room, year: int = 2026) -> set[str]:
    """Return the names of the keys that are called and have not answered."""
    names = {key.record.keyid: name for name, key in room.stage.signers.items()}
    today = room.stage.engine.desk.acting(room.state).today(room.state)
    entries = roll_entries(room.state, year, today, used(room))
    return {names[entry["keyid"]] for entry in entries if entry["answered_at"] is None}


def checked(room: Room) -> str:
    found = check_record(room.stage.engine.record, lambda _events: None)
    return str(found["detail"]) if not found["ok"] else ""


# Who is called, and who has answered


def test_every_key_of_a_side_is_called_and_answers_for_itself(room: Room) -> None:
    requests = calls(room.on("2026-02-02"))
    assert len(requests) == len(KEYS)
    assert silent(room) == KEYS

    answers(room.on("2026-02-09"), "jp-hara", JP[2])

    assert silent(room) == KEYS - {"jp-hara", JP[2]}
    assert len(calls(room)) == len(KEYS) - 2, "who has answered is not asked again"
    assert len(room.events(RollCalled)) == 1
    assert room.state.roll_calls[2026].at == datetime(2026, 2, 2, 2, tzinfo=UTC)
    assert checked(room) == ""


def test_who_is_silent_is_shown_with_when_its_key_was_last_used(room: Room) -> None:
    calls(room.on("2026-02-02"))
    answers(room.on("2026-02-09"), "jp-hara")
    today = room.stage.engine.desk.acting(room.state).today(room.state)

    entries = roll_entries(room.state, 2026, today, used(room))

    by_person = {entry["person"]: entry for entry in entries if entry["person"]}
    hara, bold = by_person["jp-hara"], by_person["mn-bold"]
    assert (hara["answered_at"], hara["last_used_at"]) == ("2026-02-09T02:00:00Z",) * 2
    assert (bold["answered_at"], bold["last_used_at"]) == (None, "2026-01-05T02:00:00Z")
    assert (bold["role"], bold["called_at"]) == ("co-chair", "2026-02-02T02:00:00Z")
    used_never = [e for e in entries if e["holder"] == "authority" and e["last_used_at"] is None]
    assert used_never == [], "every key of both authorities has signed by now"


def test_a_registrys_key_is_called_and_one_whose_holder_has_no_role_is_not(room: Room) -> None:
    room.appoint("MN", *room.seat("mn-registry", "Registry of Mongolia", ("registry",)))
    room.appoint("JP", room.ends("jp-ueda", "member"))
    calls(room.on("2026-02-02"))

    assert silent(room) == {*KEYS, "mn-registry"} - {"jp-ueda"}
    answers(room, "mn-registry")
    assert "mn-registry" not in silent(room)


def test_a_roll_call_bars_nothing(room: Room) -> None:
    calls(room.on("2026-01-12"))
    proposal = room.distribute()
    room.sign(proposal, "jp-hara", "mn-bold")
    room.on("2026-02-02").sweep()

    assert room.adoption(proposal) is not None
    assert room.audit(proposal).ok
    assert silent(room) == KEYS


# What is refused


def test_an_answer_is_taken_once_by_its_digest(room: Room) -> None:
    envelope = room.stage.sign(answer(room.on("2026-02-02"), "jp-hara"), "jp-hara")
    assert room.stage.submit(envelope).events

    said = room.stage.submit(envelope)

    assert said.events == ()
    assert said.says.endswith("of jp-hara had answered already")
    room.appoint("JP", room.retires("jp-hara"))
    assert room.stage.submit(envelope).events == (), "also when the key has gone since"


def test_a_key_answers_for_itself_alone(room: Room) -> None:
    own = answer(room.on("2026-02-02"), "jp-hara")

    for signers in (("mn-bold",), ("jp-hara", "mn-bold"), (JP[0],), ()):
        with pytest.raises(SealError, match="signed by the key that it names"):
            room.stage.submit(room.stage.sign(own, *signers))
    said = read(own, RollCall)
    for wrong in ({"person": "jp-mori"}, {"side": "MN"}, {"person": None}):
        other = structs.replace(said, **wrong).envelope()
        with pytest.raises(NotEntitledError, match="says otherwise"):
            room.stage.submit(room.stage.sign(other, "jp-hara"))
    record = structs.replace(said, person=None, keyid=room.state.roster.record.keyid).envelope()
    hand = room.stage.engine.keys.seal(CODE, room.state.roster.record)
    assert hand is not None
    with pytest.raises(NotEntitledError, match="no key of a side"):
        room.stage.submit(hand(read(record, RollCall)))
    assert room.events(RollCallAnswered) == []


def test_a_key_that_is_no_longer_in_use_answers_no_call(room: Room) -> None:
    said = {name: answer(room.on("2026-02-02"), name) for name in ("jp-hara", "mn-bold")}
    room.appoint("JP", room.retires("jp-hara"))
    hands_in(room, "MN", [compromises_key(room, "mn-bold")], *MN[:2])

    for name, own in said.items():
        with pytest.raises(NotEntitledError, match="no longer in use"):
            room.stage.submit(room.stage.sign(own, name))
    assert not {"jp-hara", "mn-bold"} & silent(room)


def test_an_answer_is_to_the_call_of_its_year_and_no_other(room: Room) -> None:
    own = read(answer(room.on("2026-02-02"), "jp-hara"), RollCall)
    next_year = answer(room.on("2027-02-01"), "jp-hara", 2027)
    assert read(next_year, RollCall).call != own.call
    for wrong in ({"call": "0" * 64}, {"year": 2027}, {"call": room.state.roster.founding}):
        with pytest.raises(ContextError, match="this answers the call"):
            room.stage.submit(room.stage.sign(structs.replace(own, **wrong).envelope(), "jp-hara"))
    never = structs.replace(own, year=2025).envelope()
    with pytest.raises(ContextError, match="has not called its keys for 2025"):
        room.stage.submit(room.stage.sign(never, "jp-hara"))
    rehearsal = structs.replace(own, founding="0" * 64).envelope()
    with pytest.raises(ContextError, match="a rehearsal"):
        room.stage.submit(room.stage.sign(rehearsal, "jp-hara"))

    room.stage.submit(
        room.stage.sign(own.envelope(), "jp-hara")
    )  # late, and an answer all the same
    assert "jp-hara" in silent(room, 2027)


def test_the_keys_are_called_within_their_year_and_by_the_record_key(room: Room) -> None:
    for year in (2025, 2027):
        with pytest.raises(StepNotAllowedError, match="it is 2026 in the committee"):
            calls(room, year)
    call = Call(
        committee=CODE,
        founding=room.state.roster.founding,
        year=2026,
        nonce="0" * 32,
        at=room.stage.clock(),
    )
    with pytest.raises(ContextError, match="made by the record key, not submitted"):
        room.stage.submit(room.stage.sign(call.envelope(), *JP))
    (room.stage.engine.settings.keys / f"{CODE}.record.key").unlink()
    with pytest.raises(NotEntitledError, match="record key is not here"):
        calls(room)


# What nobody can write into the record


def test_a_record_that_somebody_rewrote_is_found(room: Room) -> None:
    calls(room.on("2026-02-02"))
    answers(room, "jp-hara")
    own = room.events(RollCallAnswered)[0].envelope
    said = read(own, RollCall)

    forged = room.stage.sign(structs.replace(said, call="0" * 64).envelope(), "jp-hara")
    called = room.stage.sign(room.events(RollCalled)[0].envelope.unsigned(), JP[0])
    faults: list[tuple[type[Event], Envelope, str]] = [
        (RollCallAnswered, own.unsigned(), "signed by the key that it names"),
        (RollCallAnswered, forged, "an answer to another call than that of 2026"),
        (RollCalled, called, "must be signed by the committee's record key"),
    ]
    for kind, envelope, match in faults:
        found = rewritten(room, kind, partial(structs.replace, envelope=envelope))
        assert not found["ok"]
        assert match in found["detail"]
