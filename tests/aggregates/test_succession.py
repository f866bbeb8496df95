"""Who speaks for a side, over years: each side's own authority says so, whatever is lost or stolen.

The other side can neither do it nor be in the way; what is decided stands.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from aggregates.committee.events import AppointmentRecorded, CommitteeFounded
from governance.service.founding import appointment_request
from policies.proof.reading import read
from policies.proof.statements import Founding
from policies.refusals import (
    AppointmentError,
    ContextError,
    KeyTakenError,
    NotEntitledError,
    Refusal,
    SealError,
)
from tests.aggregates.room import MEASURE, Room
from tests.aggregates.successions import (
    JP,
    MN,
    authority,
    compromises_key,
    hands_in,
    signed,
    stated,
)

CHAIRS = ("jp-hara", "mn-bold")
OF_JAPAN = ("jp-hara", "jp-mori", "jp-ueda")


def refused(
    room: Room,
    acts: list[dict[str, Any]],
    *names: str,
    error: type[Refusal] | tuple[type[Refusal], ...] = AppointmentError,
    match: str = "needed signatures of the authority of JP",
) -> None:
    """Claim that an appointment of Japan with these signatures is refused, and nothing recorded."""
    before = room.state.version
    with pytest.raises(error, match=match):
        hands_in(room, "JP", acts, *names)
    assert room.state.version == before


# A token is lost


def test_a_lost_token_is_replaced_by_its_own_sides_authority_alone(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    lost_and_new = [room.retires("jp-hara"), room.key("jp-hara", "hara-2")]

    refused(room, lost_and_new, JP[0], "hara-2")
    refused(room, lost_and_new, *MN, "hara-2", error=SealError, match="no part in this")
    refused(room, lost_and_new, JP[0], MN[0], "hara-2", error=SealError, match="no part in this")
    refused(room, lost_and_new, *JP[:2], match="must sign the appointment itself")
    refused(room, lost_and_new, *JP[:2], "hara-2", MN[0], error=SealError, match="no part in this")
    hands_in(room, "JP", lost_and_new, *JP[:2], "hara-2")

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None, "the lost key's signature counts no longer"
    room.sign(proposal, "hara-2")
    adopted = room.adoption(proposal)
    assert adopted is not None
    assert [signer.person for signer in adopted.signers] == list(CHAIRS)
    assert room.audit(proposal).ok
    again = [room.key("jp-hara", "jp-hara")]
    refused(room, again, *JP[:2], "jp-hara", error=KeyTakenError, match="has had")


def test_appointments_follow_one_another_and_a_known_one_changes_nothing(room: Room) -> None:
    first = stated(room, "JP", room.retires("jp-ueda"))
    second = stated(room, "JP", room.retires("jp-mori"))
    taken = signed(room, first, *JP[:2])
    room.stage.submit(taken)

    said = room.stage.submit(taken)
    assert (said.events, said.says) == ((), "appointment 2 of JP recorded before")
    for wrong in (
        second,
        structs.replace(second, seq=4),
        structs.replace(second, seq=3, prev=None),
    ):
        with pytest.raises(AppointmentError, match="the next appointment of JP is number 3"):
            room.stage.submit(signed(room, wrong, *JP[:2]))
    hands_in(room, "JP", [room.retires("jp-mori")], *JP[:2])
    assert len(room.events(AppointmentRecorded)) == 4


def test_an_appointment_of_a_rehearsal_or_another_committee_is_refused(room: Room) -> None:
    """The same authority's keys may found a rehearsal, and sit in every committee of theirs."""
    (founded,) = room.events(CommitteeFounded)
    founding = read(founded.envelope, Founding)
    rehearsal = structs.replace(founding, rehearsal=not founding.rehearsal).envelope().digest
    act = room.retires("jp-hara")
    room.stage.found("ID")
    of_indonesia = room.stage.engine.desk.load("JP-ID").roster.founding

    for other in (rehearsal, of_indonesia):
        replayed = structs.replace(stated(room, "JP", act), founding=other)
        with pytest.raises(ContextError, match="a rehearsal, or another record"):
            room.stage.submit(signed(room, replayed, *JP[:2]))
    elsewhere = structs.replace(stated(room, "JP", act), committee="JP-ID")
    with pytest.raises(ContextError, match="belongs to the founding"):
        room.stage.submit(signed(room, elsewhere, *JP[:2]))

    assert room.state.roster.keys[room.stage.key("jp-hara").record.keyid].active


# An authority loses keys, or changes


def test_an_authority_that_lost_one_of_three_keys_replaces_it_with_the_other_two(
    room: Room,
) -> None:
    change = authority(room, JP[1], JP[2], "jp-new")

    refused(room, [change], JP[1], "jp-new", match="1 of the 2")
    refused(room, [change], "jp-new", match="0 of the 2")
    refused(room, [change], JP[1], JP[2], match="must sign the appointment itself")
    refused(room, [change], *MN[:2], "jp-new", error=SealError, match="no part in this")
    hands_in(room, "JP", [change], JP[1], JP[2], "jp-new")

    refused(room, [room.retires("jp-ueda")], JP[0], JP[1], error=SealError, match="no part in this")
    hands_in(room, "JP", [room.retires("jp-ueda")], JP[1], "jp-new")


def test_a_thief_of_one_key_of_an_authority_can_do_nothing_and_is_shut_out(room: Room) -> None:
    refused(room, [room.retires("jp-hara")], JP[0])
    refused(room, [authority(room, JP[0], "thief-1", "thief-2")], JP[0], "thief-1", "thief-2")

    hands_in(room, "JP", [compromises_key(room, JP[0])], *JP[1:])

    for names in (JP, (JP[0], JP[1])):
        refused(room, [room.retires("jp-hara")], *names, error=SealError, match="no part in this")
    kept = authority(room, JP[0], JP[1], "jp-new")
    refused(room, [kept], *JP[1:], "jp-new", match="was compromised; it stays in no authority")
    hands_in(room, "JP", [authority(room, *JP[1:], "jp-new")], *JP[1:], "jp-new")


def test_an_authority_passes_to_other_keys_when_old_and_new_both_sign(room: Room) -> None:
    new = ("jp-cabinet-1", "jp-cabinet-2", "jp-cabinet-3")
    change = authority(room, *new)

    refused(room, [change], *JP)
    refused(room, [change], *new)
    refused(room, [change], *JP[:2], *new[:2], match="must sign the appointment itself")
    hands_in(room, "JP", [change], *JP[:2], *new)

    refused(room, [room.retires("jp-ueda")], *JP[:2], error=SealError, match="no part in this")
    hands_in(room, "JP", [room.retires("jp-ueda")], *new[1:])
    back = authority(room, *JP)
    refused(room, [back], *new[:2], *JP, error=KeyTakenError, match="has had")


# Everything of one side is lost


def test_a_side_that_lost_all_its_keys_but_one_comes_back_by_its_second_authority_key(
    room: Room,
) -> None:
    """One of two keys suffices: one is in use, the other lies sealed elsewhere."""
    hands_in(room, "JP", [authority(room, JP[0], "sealed", threshold=1)], *JP[:2], "sealed")
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    lost = [compromises_key(room, name) for name in OF_JAPAN]
    fresh = [room.key(name, f"{name}-2") for name in OF_JAPAN]
    new = tuple(f"{name}-2" for name in OF_JAPAN)
    change = [authority(room, "sealed", "jp-new", threshold=1)]

    refused(room, [*change, *lost, *fresh], *MN, "jp-new", *new, error=SealError, match="no part")
    refused(room, [*change, *lost, *fresh], "jp-new", *new)
    refused(room, [*change, *lost, *fresh], "sealed", "jp-new", *new[1:], match="of jp-hara must")
    hands_in(room, "JP", [*change, *lost, *fresh], "sealed", "jp-new", *new)

    refused(room, [room.retires("jp-hara-2")], JP[0], error=SealError, match="no part in this")
    for name in OF_JAPAN:
        with pytest.raises(NotEntitledError, match="no longer in use"):
            room.affirm(proposal, name)
    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None
    room.sign(proposal, "jp-hara-2")
    assert room.audit(proposal).ok


def test_a_side_is_never_left_unable_to_act_by_its_own_word(room: Room) -> None:
    both = [compromises_key(room, JP[0]), compromises_key(room, JP[1])]

    refused(room, both, *JP[:2], match="would have 1 usable keys and needs 2")
    with_new = [*both, authority(room, JP[2], "jp-new")]
    hands_in(room, "JP", with_new, *JP, "jp-new")
    hands_in(room, "JP", [room.retires("jp-ueda")], JP[2], "jp-new")


# People come and go


def test_a_co_chair_is_replaced_while_texts_are_open(room: Room) -> None:
    decided = room.on("2026-01-12").distribute()
    open_text = room.distribute(MEASURE | {"title": "Another measure"})
    room.sign(decided, *CHAIRS)
    room.on("2026-01-26").sweep()
    before = room.bundle(decided)
    room.sign(open_text, "jp-hara")
    successor = room.seat("jp-abe", "Abe Jun", ("co-chair",), "2026-01-26")
    handed_over = [room.ends("jp-hara", "co-chair"), room.retires("jp-hara"), *successor]

    refused(room, handed_over, *MN, "jp-abe", error=SealError, match="no part in this")
    refused(room, successor, *JP[:2], "jp-abe", match="would both be co-chair of JP")
    hands_in(room, "JP", handed_over, *JP[:2], "jp-abe")

    room.sign(open_text, "mn-bold")
    assert room.adoption(open_text) is None, "what the old co-chair signed counts no longer"
    (awaited,) = room.standing(open_text).awaited
    assert (awaited.side, awaited.name) == ("JP", "Mori Aiko, alternate or Abe Jun, co-chair")
    with pytest.raises(NotEntitledError, match="no longer in use"):
        room.sign(open_text, "jp-hara")
    room.sign(open_text, "jp-abe")
    assert room.audit(open_text).ok
    assert room.bundle(decided) == before
    assert room.audit(decided).ok


def test_an_alternate_signs_within_its_dates_alone(room: Room) -> None:
    """Mori, a member, stands in for the co-chair from the 20th to the 22nd."""
    hands_in(room, "JP", [room.ends("jp-mori", "alternate")], *JP[:2])
    stands_in = {
        "act": "appoint",
        "person": "jp-mori",
        "name": "Mori Aiko",
        "role": "alternate",
        "from": "2026-01-20",
        "until": "2026-01-22",
    }
    refused(room, [stands_in], *MN[:2], error=SealError, match="no part in this")
    hands_in(room, "JP", [stands_in], *JP[:2])
    text = room.on("2026-01-12").distribute()
    room.sign(text, "mn-bold")

    with pytest.raises(NotEntitledError, match=r"Mori Aiko .* is member"):
        room.on("2026-01-19").sign(text, "jp-mori")
    room.on("2026-01-20").sign(text, "jp-mori")
    assert [seat.person for seat in room.standing(text).signers] == ["jp-mori", "mn-bold"]
    with pytest.raises(NotEntitledError, match=r"Mori Aiko .* is member"):
        room.on("2026-01-23").sign(text, "jp-mori")
    room.on("2026-02-02").sweep()
    assert room.adoption(text) is None


def test_what_an_alternate_signed_in_its_time_counts_while_that_lasts(room: Room) -> None:
    hands_in(room, "JP", [room.ends("jp-mori", "alternate")], *JP[:2])
    mori = {"act": "appoint", "person": "jp-mori", "name": "Mori Aiko", "role": "alternate"}
    hands_in(room, "JP", [mori | {"from": "2026-01-12", "until": "2026-01-23"}], *JP[:2])
    on_its_last_day = room.on("2026-01-12").distribute()
    after_it = room.on("2026-01-14").distribute()
    for text in (on_its_last_day, after_it):
        room.sign(text, "jp-mori", "mn-bold")

    room.on("2026-02-02").sweep()

    assert room.adopted_on(on_its_last_day) == date(2026, 1, 23)
    assert room.adoption(after_it) is None
    assert [awaited.side for awaited in room.standing(after_it).awaited] == ["JP"]


# What the other side may do: nothing


def test_the_other_side_can_do_none_of_it(room: Room) -> None:
    acts: list[list[dict[str, Any]]] = [
        [room.retires("jp-hara")],
        [compromises_key(room, "jp-hara")],
        [compromises_key(room, JP[0])],
        [room.ends("jp-hara", "co-chair")],
        room.seat("jp-abe", "Abe Jun", ("member",)),
        [authority(room, *MN)],
    ]

    for act in acts:
        refused(
            room, act, *MN, error=(SealError, AppointmentError), match="no part|authority of JP"
        )
    own = [
        ([room.retires("jp-hara")], "is no key of MN"),
        ([compromises_key(room, "jp-hara")], "is no key of MN"),
        ([room.ends("jp-hara", "co-chair")], "MN has appointed nobody"),
        ([authority(room, JP[0], *MN)], "one key, one role"),
    ]
    today = date(2026, 1, 12)
    for act, match in own:
        added = [JP[0]] if match == "one key, one role" else []
        with pytest.raises(Refusal, match=match):
            appointment_request(room.state, "MN", act, today)
        with pytest.raises(Refusal, match=match):
            hands_in(room, "MN", act, *MN, *added)
