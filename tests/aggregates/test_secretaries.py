"""A secretary in session: the committee decides as if nobody had been appointed."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.committee.standing import question_of
from governance.service.founding import roster_entries
from policies.refusals import AppointmentError, NotEntitledError
from tests.aggregates.room import EVERYONE, PEOPLE, Room
from tests.aggregates.test_adoption_record import record, request, take_the_record_key_away

CHAIRS = ("jp-hara", "mn-bold")
SECRETARY = ("mn-naran", "Naran Tuya", ("secretary",))


@pytest.fixture
def served(room: Room) -> Room:
    """The room with a secretary of Mongolia, who has a key."""
    room.appoint("MN", *room.seat(*SECRETARY))
    return room


def test_a_secretary_stands_in_the_roster_and_not_among_the_seats(served: Room) -> None:
    state, today = served.state, date(2026, 1, 5)

    entry = next(e for e in roster_entries(state, today) if e["person"] == "mn-naran")
    assert entry["roles"] == ["secretary"]
    assert len(entry["keys"]) == 1
    assert {seat.person for seat in state.roster.seats(today)} == set(EVERYONE)


def test_a_secretary_takes_no_seat_of_the_ten(served: Room) -> None:
    for number in range(10 - len(PEOPLE["MN"])):
        served.appoint("MN", *served.seat(f"mn-x{number}", f"Member {number}", ("member",)))

    served.appoint("MN", *served.seat("mn-oyun", "Oyun Bat", ("secretary",)))

    with pytest.raises(AppointmentError, match="MN would have 11 members"):
        served.appoint("MN", *served.seat("mn-naran-2", "Naran Dorj", ("member",)))


def test_all_have_affirmed_without_the_secretary(served: Room) -> None:
    proposal = served.on("2026-01-12").distribute()

    served.sign(proposal, *CHAIRS)
    served.affirm(proposal, *(person for person in EVERYONE if person not in CHAIRS))

    assert served.path(proposal) == "all_affirmed"
    assert served.adopted_on(proposal) == date(2026, 1, 12)
    assert served.audit(proposal).ok


def test_a_secretary_neither_signs_nor_affirms_nor_objects(served: Room) -> None:
    proposal = served.on("2026-01-12").distribute()
    before = served.state.version

    with pytest.raises(NotEntitledError, match=r"Naran Tuya \(MN\) holds no seat"):
        served.sign(proposal, "mn-naran")
    with pytest.raises(NotEntitledError, match=r"Naran Tuya \(MN\) holds no seat"):
        served.affirm(proposal, "mn-naran")
    with pytest.raises(NotEntitledError, match=r"Naran Tuya \(MN\) holds no seat"):
        served.object(proposal, "mn-naran")
    assert served.state.version == before


def test_a_secretarys_letter_is_no_objection(served: Room) -> None:
    proposal = served.on("2026-01-12").distribute()

    with pytest.raises(NotEntitledError, match="mn-naran"):
        served.letter(proposal, "mn-naran")


def member_and_secretary(room: Room, until: str | None = None) -> None:
    """Make a member, who is awaited, secretary as well."""
    act = {"act": "appoint", "person": "mn-sara", "name": "Sara Oyun", "role": "secretary"}
    room.appoint("MN", act | {"from": "2026-01-01", "until": until})


def test_an_end_of_a_secretarys_role_is_no_members_leaving(room: Room) -> None:
    member_and_secretary(room, until="2026-01-13")
    proposal = room.on("2026-01-12").distribute()
    room.on("2026-01-14").appoint("MN", room.ends("mn-sara", "secretary"))

    asked = question_of(room.state, room.proposal(proposal), room.stage.clock.now)
    assert asked.seated is None
    room.appoint("MN", room.ends("mn-sara", "member"))
    asked = question_of(room.state, room.proposal(proposal), room.stage.clock.now)
    assert asked.seated == room.stage.clock.now


@pytest.mark.parametrize("until", ["2026-01-24", None], ids=["its term", "an appointment"])
def test_a_secretarys_end_does_not_move_the_day_of_an_adoption(
    room: Room, until: str | None
) -> None:
    member_and_secretary(room, until)
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    take_the_record_key_away(room)
    if until is None:
        room.on("2026-01-25").appoint("MN", room.ends("mn-sara", "secretary"))

    room.on("2026-01-26").sweep()
    record(room, request(room, proposal), *CHAIRS)

    assert room.adopted_on(proposal) == date(2026, 1, 23)
