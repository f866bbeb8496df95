"""What a side should look after is told before it is too late, and bars nothing."""

from __future__ import annotations

from datetime import date

from aggregates.committee.snapshot import CORE, decode, decode_late, encode
from governance.service.concerns import concerns
from tests.aggregates.room import Room
from tests.aggregates.succession_story import answered, tell
from tests.aggregates.successions import JP, MN, compromises_key, hands_in

TODAY = date(2026, 1, 5)


def told(room: Room, today: date = TODAY, within: int = 90, side: str = "JP") -> list[str]:
    return [c.what for c in concerns(room.state, today, within) if c.side == side]


def test_whoever_signs_for_a_side_should_have_a_second_key(room: Room) -> None:
    assert told(room) == [
        "Hara Kenji, co-chair, has no second key",
        "Mori Aiko, alternate, has no second key",
    ]

    for name in ("jp-hara", "jp-mori"):
        room.stage.key(f"{name}-2")
        room.appoint("JP", room.key(name, f"{name}-2"))

    assert told(room) == []


def test_a_side_without_a_usable_key_of_a_co_chair_is_told_first(room: Room) -> None:
    hands_in(room, "JP", [room.retires("jp-hara")], *JP[:2])
    first, *_ = told(room)
    assert first == "no co-chair with a key in use today; an alternate can still sign"

    hands_in(room, "JP", [room.ends("jp-hara", "co-chair"), room.retires("jp-mori")], *JP[:2])
    first, *_ = told(room)
    assert first.endswith("nor an alternate: nothing can be decided")
    assert "Mori Aiko, alternate, has no key in use" in told(room)


def test_an_authority_that_can_lose_no_further_key_is_told(room: Room) -> None:
    hands_in(room, "MN", [compromises_key(room, MN[0])], *MN[1:])

    (found,) = [what for what in told(room, side="MN") if "authority" in what]
    assert found.startswith("its authority has 2 usable keys and needs 2")
    assert not [what for what in told(room) if "its authority" in what]


def test_terms_that_end_soon_are_told_on_their_last_days_and_with_who_follows(room: Room) -> None:
    khan = room.seat("mn-khan", "Khan Bat", ("co-chair",), "2026-01-05", "2026-03-31")
    tuya = room.seat("mn-tuya", "Tuya Erdene", ("co-chair",), "2026-04-01")
    room.appoint("MN", room.ends("mn-bold", "co-chair"), *khan)
    ends = "the term of Khan Bat as co-chair ends"

    assert ends in told(room, side="MN")
    assert ends in told(room, date(2026, 3, 31), 0, "MN")
    assert ends not in told(room, within=84, side="MN")
    assert ends not in told(room, date(2026, 4, 1), side="MN")
    (until,) = [c.until for c in concerns(room.state, TODAY) if c.what == ends]
    assert until == date(2026, 3, 31)
    room.appoint("MN", *tuya)
    assert f"{ends}; Tuya Erdene follows" in told(room, side="MN")


def test_a_key_that_has_not_answered_the_roll_call_is_told(room: Room) -> None:
    answered(room.on("2026-02-02"), 2026, "jp-hara", "jp-ueda", *JP)

    silent = [what for what in told(room) if "roll-call of 2026" in what]

    assert len(silent) == 1
    assert "of jp-mori has not answered" in silent[0]
    assert not [what for what in told(room, date(2027, 2, 1)) if "roll-call" in what]


def test_what_a_snapshot_says_of_the_roll_calls_is_what_the_events_say(room: Room) -> None:
    tell(room)
    state = room.state
    parts = encode(state)

    again = decode(parts[CORE], lambda name: decode_late(name, parts[name]))

    assert again.roll_calls == state.roll_calls
    assert [len(called.answered) for called in state.roll_calls.values()] == [5, 3]
