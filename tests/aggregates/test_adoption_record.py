"""Where the record key is lost or away, a co-chair of each side records the adoption."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from aggregates.committee.events import AdoptionSigned
from governance.keys.files import PrivateKey
from governance.service.reminders import addressees
from governance.service.requests import Request
from governance.service.signing import adoption_request
from governance.service.summary import summarise
from governance.service.whole_record import check_record
from policies.lifecycles.proposal import Stage
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Adoption
from policies.refusals import (
    AdoptionRecordError,
    AppointmentError,
    ConsensusMissingError,
    NotEntitledError,
    NotFoundError,
)
from tests.aggregates.room import CODE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")


def take_the_record_key_away(room: Room) -> bytes:
    file = room.stage.engine.settings.keys / f"{CODE}.record.key"
    key = file.read_bytes()
    file.unlink()
    return key


def bring_it_back(room: Room, key: bytes) -> None:
    (room.stage.engine.settings.keys / f"{CODE}.record.key").write_bytes(key)


def request(room: Room, proposal: int) -> Envelope:
    """Return the record of the adoption, for both co-chairs to sign."""
    desk = room.stage.engine.desk
    return adoption_request(desk, room.state, room.proposal(proposal)).envelope


def awaited_to_record(room: Room) -> list[str]:
    """Return whom a reminder asks to sign a record of an adoption."""
    return [
        entry.person
        for entry in addressees(room.stage.engine.cases)
        if any(task.clock.startswith("adoption/") for task in entry.tasks)
    ]


def record(room: Room, envelope: Envelope, *keys: str) -> None:
    room.stage.submit(room.stage.sign(envelope, *keys))


@pytest.fixture
def agreed(room: Room) -> int:
    """A text that both sides have signed and whose window is over, without the record key."""
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    take_the_record_key_away(room)
    room.on("2026-01-26").sweep()
    return proposal


def test_the_chairs_are_reminded_to_record_it_each_side_until_it_has(
    room: Room, agreed: int
) -> None:
    assert awaited_to_record(room) == ["jp-hara", "jp-mori", "mn-bold", "mn-dorj"]

    record(room, request(room, agreed), "jp-hara")
    assert awaited_to_record(room) == ["mn-bold", "mn-dorj"]

    record(room, request(room, agreed), "mn-bold")
    assert awaited_to_record(room) == []


def test_nobody_is_reminded_to_record_what_is_not_agreed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    take_the_record_key_away(room)
    room.on("2026-01-26").sweep()

    assert awaited_to_record(room) == []


def test_without_the_record_key_an_agreed_text_stays_open(room: Room, agreed: int) -> None:
    assert room.adoption(agreed) is None
    assert room.standing(agreed).reached


def test_both_co_chairs_record_the_adoption_in_place_of_the_key(room: Room, agreed: int) -> None:
    record(room, request(room, agreed), *CHAIRS)

    adopted = room.adoption(agreed)
    assert adopted is not None
    keyids = {signature.keyid for signature in adopted.adoption.signatures}
    assert keyids == {room.stage.key(person).record.keyid for person in CHAIRS}


def test_who_records_an_adoption_reads_the_text_that_is_adopted(room: Room, agreed: int) -> None:
    desk = room.stage.engine.desk
    asked = adoption_request(desk, room.state, room.proposal(agreed))

    lines = summarise(Request.from_bytes(asked.to_bytes()))

    assert f"  items[1].title = {MEASURE['title']}" in lines
    assert any(line.startswith("It speaks of this text") for line in lines)


def test_it_was_adopted_when_it_was_agreed_not_when_that_was_recorded(
    room: Room, agreed: int
) -> None:
    record(room.on("2026-02-09"), request(room, agreed), *CHAIRS)

    assert room.adopted_on(agreed) == date(2026, 1, 23)


def test_one_sides_record_is_not_enough(room: Room, agreed: int) -> None:
    envelope = request(room, agreed)
    record(room, envelope, "jp-hara")

    assert room.adoption(agreed) is None
    assert room.proposal(agreed).adoption is not None

    record(room, envelope, "mn-bold")
    assert room.adopted_on(agreed) == date(2026, 1, 23)


def test_the_second_side_may_record_days_later(room: Room, agreed: int) -> None:
    envelope = request(room, agreed)
    record(room, envelope, "jp-hara")

    record(room.on("2026-02-02"), envelope, "mn-bold")

    assert room.adopted_on(agreed) == date(2026, 1, 23)
    assert [event.person for event in room.events(AdoptionSigned)] == ["jp-hara", "mn-bold"]


def test_the_same_record_twice_changes_nothing(room: Room, agreed: int) -> None:
    envelope = request(room, agreed)
    record(room, envelope, "jp-hara")

    record(room, envelope, "jp-hara")

    assert len(room.events(AdoptionSigned)) == 1


def test_a_bundle_that_the_co_chairs_recorded_verifies(room: Room, agreed: int) -> None:
    record(room, request(room, agreed), *CHAIRS)

    assert room.audit(agreed).ok
    assert check_record(room.stage.engine.record, lambda _count: None)["ok"]


def test_the_record_key_records_what_was_agreed_when_it_comes_back(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    key = take_the_record_key_away(room)
    room.on("2026-01-26").sweep()

    bring_it_back(room, key)
    room.on("2026-02-02").sweep()

    assert room.adopted_on(proposal) == date(2026, 1, 23)
    assert room.path(proposal) == "window"


def test_a_meetings_adoption_is_recorded_by_the_co_chairs_too(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    take_the_record_key_away(room)
    room.on("2026-02-10").sign(proposal, *CHAIRS)
    assert room.adoption(proposal) is None

    record(room, request(room, proposal), *CHAIRS)

    assert room.path(proposal) == "meeting"
    assert room.audit(proposal).ok


# What is refused


def test_nothing_is_recorded_that_is_not_agreed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    take_the_record_key_away(room)

    with pytest.raises(ConsensusMissingError, match="is not agreed: awaiting Bold Ganbaatar"):
        request(room, proposal)


@pytest.mark.parametrize(
    "change",
    [
        {"adopted_on": date(2026, 1, 22)},
        {"adopted_on": date(2026, 1, 26)},
        {"path": "all_affirmed"},
        {"roster": "0" * 64},
        {"rulebook": "0" * 64},
        {"heads": {"JP": None, "MN": None}},
        {"assertions": ("0" * 64,)},
    ],
)
def test_a_record_that_says_something_else_than_what_follows_is_refused(
    room: Room, agreed: int, change: dict[str, object]
) -> None:
    wrong = replace(read(request(room, agreed), Adoption), **change).envelope()

    with pytest.raises(AdoptionRecordError, match="does not say how JP-MN/2026/001 was agreed"):
        record(room, wrong, *CHAIRS)

    assert room.adoption(agreed) is None


def test_a_record_of_a_text_that_is_not_there_is_refused(room: Room, agreed: int) -> None:
    wrong = replace(read(request(room, agreed), Adoption), decision="0" * 64).envelope()

    with pytest.raises(NotFoundError, match="no open text of JP-MN"):
        record(room, wrong, *CHAIRS)


def test_a_member_records_nothing(room: Room, agreed: int) -> None:
    with pytest.raises(NotEntitledError, match=r"Ueda Naoko .* is member"):
        record(room, request(room, agreed), "jp-ueda", "mn-bold")


def test_an_objection_counts_though_no_record_key_gives_its_receipt(
    room: Room, agreed: int
) -> None:
    old = request(room, agreed)
    room.object(agreed, "mn-bold")

    with pytest.raises(ConsensusMissingError, match=r"Bold Ganbaatar .* objects"):
        record(room, old, *CHAIRS)
    assert room.adoption(agreed) is None
    assert check_record(room.stage.engine.record, lambda _count: None)["ok"]


def test_an_objection_by_letter_counts_without_the_record_key_too(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    take_the_record_key_away(room)

    room.letter(proposal, "mn-sara")

    assert room.proposal(proposal).stage is Stage.OBJECTED


def test_an_affirmation_waits_for_the_record_key_that_gives_its_receipt(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    take_the_record_key_away(room)

    with pytest.raises(NotEntitledError, match="the committee's record key is not here"):
        room.affirm(proposal, "mn-sara")


def test_alternates_adopt_but_do_not_record_in_place_of_the_key(room: Room, agreed: int) -> None:
    envelope = request(room, agreed)

    for signers in (("jp-mori", "mn-dorj"), ("jp-hara", "mn-dorj")):
        with pytest.raises(NotEntitledError, match=r"is alternate; .* by the co-chairs"):
            record(room, envelope, *signers)

    assert room.adoption(agreed) is None


def test_a_record_from_before_the_roster_changed_is_asked_for_anew(room: Room, agreed: int) -> None:
    old = request(room, agreed)
    record(room, old, "jp-hara")
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))

    with pytest.raises(AdoptionRecordError, match="ask for a new one"):
        record(room, old, "mn-bold")
    record(room, request(room, agreed), *CHAIRS)

    assert room.audit(agreed).ok


def test_an_unrelated_appointment_does_not_change_the_day_of_the_agreement(
    room: Room, agreed: int
) -> None:
    room.on("2026-02-02").appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))

    record(room, request(room, agreed), *CHAIRS)

    assert room.adopted_on(agreed) == date(2026, 1, 23)


# What else needs the record key


def test_nothing_goes_out_to_the_members_without_the_record_key(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal
    take_the_record_key_away(room)

    with pytest.raises(NotEntitledError, match="record key is not here"):
        room.stage.engine.proposals.distribute(CODE, proposal)
    with pytest.raises(NotEntitledError, match="record key is not here"):
        room.convene("2026-02-10")


def test_another_key_in_its_place_is_not_the_record_key(room: Room) -> None:
    proposal = room.on("2026-01-12").propose().proposal
    take_the_record_key_away(room)
    log_key = room.stage.engine.settings.keys / f"{CODE}.log.key"
    bring_it_back(room, log_key.read_bytes())

    with pytest.raises(NotEntitledError, match="record key is not here"):
        room.stage.engine.proposals.distribute(CODE, proposal)


def test_a_text_is_withdrawn_and_lapses_without_the_record_key(room: Room) -> None:
    withdrawn = room.on("2026-01-12").propose().proposal
    lapsing = room.propose(MEASURE, expires="2026-02-10").proposal
    take_the_record_key_away(room)

    room.withdraw(withdrawn)
    room.on("2026-02-11").sweep()

    for proposal in (withdrawn, lapsing):
        closed = room.closed(proposal)
        assert closed is not None
        assert closed.envelope is None


def test_both_authorities_put_another_record_key_in_its_place(
    room: Room, agreed: int, tmp_path: Path
) -> None:
    new = PrivateKey.new("ed25519")
    room.replace_record_key(new)
    assert room.adoption(agreed) is None

    new.save(tmp_path / "new.key", None)
    bring_it_back(room, (tmp_path / "new.key").read_bytes())
    room.on("2026-02-02").sweep()

    adopted = room.adoption(agreed)
    assert adopted is not None
    assert [s.keyid for s in adopted.adoption.signatures] == [new.record.keyid]
    assert room.audit(agreed).ok
    assert check_record(room.stage.engine.record, lambda _count: None)["ok"]


def test_one_authority_alone_replaces_no_record_key(room: Room) -> None:
    with pytest.raises(AppointmentError, match="of the authority of MN are here"):
        room.replace_record_key(PrivateKey.new("ed25519"), ("JP",))
