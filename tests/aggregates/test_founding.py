"""Founding a committee, and each side's word on who speaks for it, as the record takes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from aggregates.committee.events import AppointmentRecorded, CommitteeFounded
from governance.demo.stage import Stage
from governance.keys.notes import NoteSigner
from governance.service.founding import found_committee, founding_request
from policies.proof.dsse import Envelope
from policies.proof.statements import Appoint, Appointment, Founding, Witness, Witnesses
from policies.refusals import (
    AppointmentError,
    FoundedAlreadyError,
    FoundingError,
    HiddenTextError,
    KeyTakenError,
    NotFoundError,
)
from policies.rulebook import shipped
from policies.sides import Role
from tests.aggregates.room import CODE, PEOPLE, Room

AUTHORITIES = ("mn-jp-authority-1", "mn-jp-authority-2", "mn-mn-authority-1", "mn-mn-authority-2")


def statement(stage: Stage, *, rulebook: str | None = "MN-2013") -> Founding:
    """Return a founding of JP-MN with two of three keys a side."""
    plan: dict[str, Any] = {
        "committee": "MN",
        "sides": {
            side: {
                "keys": [
                    stage.key(f"mn-{side}-authority-{n}".lower()).record.to_json()
                    for n in (1, 2, 3)
                ],
                "threshold": 2,
            }
            for side in ("JP", "MN")
        },
        "rulebook": rulebook,
    }
    return founding_request(plan, stage.engine.keys, rehearsal=True)[0]


def foundings(stage: Stage) -> list[CommitteeFounded]:
    events = [entry.event for entry in stage.engine.record.stream("JP-MN")]
    return [event for event in events if isinstance(event, CommitteeFounded)]


def signed(stage: Stage, founding: Founding, *names: str) -> Envelope:
    return stage.sign(founding.envelope(), *(names or AUTHORITIES))


# The founding


def test_both_authorities_found_the_committee_under_its_first_rulebook(stage: Stage) -> None:
    envelope = signed(stage, statement(stage))

    stage.submit(envelope)

    state = stage.engine.desk.load("JP-MN")
    assert state.roster.founding == envelope.digest
    assert state.rulebook.version == "MN-2013"
    assert state.roster.members == frozenset()


def test_one_authority_alone_founds_nothing(stage: Stage) -> None:
    founding = statement(stage)

    with pytest.raises(FoundingError, match="1 of the 2 needed signatures of the authority of MN"):
        stage.submit(signed(stage, founding, *AUTHORITIES[:3]))

    with pytest.raises(NotFoundError, match="JP-MN is not founded here"):
        stage.engine.desk.load("JP-MN")


def test_the_same_founding_twice_changes_nothing(stage: Stage) -> None:
    envelope = signed(stage, statement(stage))
    assert "founded; its founding is" in stage.submit(envelope).says

    again = stage.submit(envelope)

    assert "was founded by this already" in again.says
    assert len(foundings(stage)) == 1


def test_the_same_founding_with_more_signatures_changes_nothing(stage: Stage) -> None:
    founding = statement(stage)
    stage.submit(signed(stage, founding))

    stage.submit(signed(stage, founding, *AUTHORITIES, "mn-jp-authority-3"))

    assert len(foundings(stage)) == 1


def test_another_founding_of_the_same_committee_is_refused(stage: Stage) -> None:
    first = signed(stage, statement(stage))
    stage.submit(first)
    second = replace(statement(stage), rehearsal=False)

    with pytest.raises(FoundedAlreadyError, match=f"JP-MN is founded, by {first.digest}"):
        stage.submit(signed(stage, second))

    assert len(foundings(stage)) == 1


def test_a_rulebook_that_the_founding_does_not_name_is_refused(stage: Stage) -> None:
    envelope = signed(stage, statement(stage))

    with pytest.raises(FoundingError, match=r"names the rulebook MN-2013 .*, this text is MN-2026"):
        found_committee(stage.engine.desk, envelope, shipped("MN", "MN-2026"))


def test_a_founding_under_a_rulebook_that_nobody_ships_asks_for_its_text(stage: Stage) -> None:
    founding = statement(stage)
    other = replace(founding, rulebook=replace(founding.rulebook, digest="0" * 64))

    with pytest.raises(FoundingError, match="give its text with --rulebook"):
        stage.submit(signed(stage, other))


def test_a_rulebook_of_another_country_is_refused(stage: Stage) -> None:
    indonesia = shipped("ID")
    named = replace(statement(stage).rulebook, version=indonesia.version, digest=indonesia.digest)
    envelope = signed(stage, replace(statement(stage), rulebook=named))

    with pytest.raises(FoundingError, match="the rulebook is that of ID"):
        found_committee(stage.engine.desk, envelope, indonesia)


def test_a_version_that_the_text_does_not_bear_is_refused(stage: Stage) -> None:
    founding = statement(stage)
    other = replace(founding, rulebook=replace(founding.rulebook, version="MN-2014"))

    with pytest.raises(FoundingError, match="the rulebook's version is MN-2013, not MN-2014"):
        stage.submit(signed(stage, other))


@pytest.mark.parametrize(("today", "good"), [("2026-06-03", False), ("2026-06-04", True)])
def test_a_committee_is_not_founded_under_a_rulebook_of_a_later_day(
    stage: Stage, today: str, good: bool
) -> None:
    stage.clock.tell(f"{today} 12:00")
    envelope = signed(stage, statement(stage, rulebook="MN-2026"))

    if good:
        assert found_committee(stage.engine.desk, envelope)
    else:
        with pytest.raises(FoundingError, match="MN-2026 is dated 2026-06-04"):
            found_committee(stage.engine.desk, envelope)


def test_a_founding_names_the_witnesses_of_both_sides_and_both_keys_of_the_log(
    stage: Stage,
) -> None:
    named = replace(statement(stage), witnesses=_witnesses("JP", "MN"))

    assert found_committee(stage.engine.desk, signed(stage, named))

    roster = stage.engine.desk.load("JP-MN").roster
    assert set(roster.log_keys.witnesses) == {"witness.example/JP", "witness.example/MN"}
    assert [key.scheme for key in roster.log.keys] == ["ed25519", "ml-dsa-44"]


def test_a_founding_whose_witnesses_are_all_of_one_side_is_refused(stage: Stage) -> None:
    named = replace(statement(stage), witnesses=_witnesses("JP"))

    with pytest.raises(FoundingError, match="one side's alone"):
        stage.submit(signed(stage, named))


def _witnesses(*sides: str) -> Witnesses:
    keys = tuple(
        Witness(name=f"witness.example/{side}", side=side, key=NoteSigner.new("ed25519").record)
        for side in sides
    )
    return Witnesses(keys=keys, quorum=(tuple(witness.name for witness in keys),))


# Appointments


def test_an_appointment_that_is_known_changes_nothing(room: Room) -> None:
    envelope = room.appoint("JP", *room.seat("jp-abe", "Abe Jun", ("member",)))
    before = len(room.events(AppointmentRecorded))

    again = room.stage.submit(envelope)

    assert again.events == ()
    assert "recorded before" in again.says
    assert len(room.events(AppointmentRecorded)) == before


def test_an_older_appointment_is_known_too(room: Room) -> None:
    first = room.events(AppointmentRecorded)[0].envelope

    assert room.stage.submit(first).events == ()


def test_a_name_with_hidden_characters_does_not_enter_though_it_is_signed(room: Room) -> None:
    roster = room.state.roster
    act = Appoint(
        person="jp-abe", name="Abe\u202e", role=Role.MEMBER, begins=date(2026, 1, 1), ends=None
    )
    statement = Appointment(
        committee=CODE,
        founding=roster.founding,
        side="JP",
        seq=roster.seqs["JP"] + 1,
        prev=roster.heads["JP"],
        acts=(act,),
    )

    with pytest.raises(HiddenTextError, match=r"appointment\.acts\[1\]\.name"):
        room.stage.submit(room.stage.sign(statement.envelope(), *AUTHORITIES[:2]))


def test_the_other_sides_authority_appoints_nobody(room: Room) -> None:
    with pytest.raises(AppointmentError, match="jp-hara is of JP"):
        room.appoint("MN", *room.seat("jp-hara", "Hara Kenji", ("member",))[:1])


def test_a_key_of_one_person_is_not_given_to_another(room: Room) -> None:
    with pytest.raises(KeyTakenError, match="has, or has had, a place"):
        room.appoint("JP", room.key("jp-ueda", "jp-mori"))


def members(room: Room, count: int, *, until: str | None = None) -> list[dict[str, Any]]:
    return [
        act
        for n in range(count)
        for act in room.seat(f"jp-x{n}", f"Member {n}", ("member",), until=until)
    ]


def test_a_side_has_ten_members_at_most(room: Room) -> None:
    seated = len(PEOPLE["JP"])

    room.appoint("JP", *members(room, 10 - seated))
    with pytest.raises(
        AppointmentError, match="JP would have 11 members on 2026-01-05; its rulebook allows 10"
    ):
        room.appoint("JP", *room.seat("jp-abe", "Abe Jun", ("member",)))

    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",)))


def test_a_registry_is_no_member_and_takes_no_seat_of_the_ten(room: Room) -> None:
    room.appoint("JP", *members(room, 10 - len(PEOPLE["JP"])))

    room.appoint("JP", *room.seat("jp-registry", "Registry of Japan", ("registry",)))

    seats = room.state.roster.seats(room.stage.clock.now.date())
    assert len([seat for seat in seats if seat.side == "JP"]) == 10


def test_a_member_who_leaves_makes_room_for_another(room: Room) -> None:
    room.appoint("JP", *members(room, 10 - len(PEOPLE["JP"])))

    abe = room.seat("jp-abe", "Abe Jun", ("member",))
    room.appoint("JP", room.ends("jp-ueda", "member"), *abe)

    assert "jp-abe" in room.state.roster.members


def test_ten_are_counted_on_every_day_to_come(room: Room) -> None:
    room.appoint("JP", *members(room, 10 - len(PEOPLE["JP"])))
    later = room.seat("jp-abe", "Abe Jun", ("member",), "2026-03-01")

    with pytest.raises(AppointmentError, match="11 members on 2026-03-01"):
        room.appoint("JP", *later)
