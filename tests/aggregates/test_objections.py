"""Objections: by whom, until when, and what makes one fall."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from aggregates.committee.events import ReceiptGiven
from policies.lifecycles.proposal import Stage
from policies.proof.reading import read
from policies.proof.statements import Assertion
from policies.refusals import (
    ContextError,
    NotEntitledError,
    NotFoundError,
    StepNotAllowedError,
)
from tests.aggregates.room import EVERYONE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")
OTHERS = tuple(person for person in EVERYONE if person not in CHAIRS)


def test_an_objection_of_a_member_stops_a_text_that_both_sides_have_signed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.on("2026-01-20").object(proposal, "mn-sara", "A visit is needed.")

    room.on("2026-03-02").sweep()

    assert room.adoption(proposal) is None
    assert room.proposal(proposal).stage is Stage.OBJECTED
    assert "Sara Oyun (MN) objects: A visit is needed." in room.standing(proposal).says


def test_a_member_objects_until_the_last_second_of_the_window(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)

    room.at("2026-01-22 15:59:59").object(proposal, "mn-sara")

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_a_member_does_not_object_when_the_window_is_over(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")
    room.at("2026-01-22 16:00")

    with pytest.raises(StepNotAllowedError, match="only a co-chair may object"):
        room.object(proposal, "mn-sara")
    with pytest.raises(StepNotAllowedError, match="only a co-chair may object"):
        room.object(proposal, "jp-mori")


def test_a_co_chair_objects_until_the_adoption(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara")

    room.on("2026-02-16").object(proposal, "mn-bold", "Not now.")
    room.sign(proposal, "mn-dorj")

    room.on("2026-03-02").sweep()
    assert room.adoption(proposal) is None


def test_nobody_objects_to_what_is_adopted(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    request = room.assertion(proposal, objects=True)
    room.sign(proposal, *CHAIRS)
    room.on("2026-01-23").sweep()

    with pytest.raises(StepNotAllowedError, match="is adopted; a mistake is corrected"):
        room.stage.submit(room.stage.sign(request, "mn-bold"))


def test_a_side_has_not_consented_by_its_alternate_while_its_co_chair_objects(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "mn-dorj")
    room.object(proposal, "mn-bold")

    result = room.standing(proposal)

    assert "MN" in {awaited.side for awaited in result.awaited if awaited.person is None}
    assert [seat.person for seat in result.signers] == ["jp-hara"]


def test_an_alternate_signs_for_a_silent_co_chair(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-hara", "mn-dorj")

    room.on("2026-01-23").sweep()

    adopted = room.adoption(proposal)
    assert adopted is not None
    assert {(s.person, s.role) for s in adopted.signers} == {
        ("jp-hara", "co-chair"),
        ("mn-dorj", "alternate"),
    }


def test_the_alternate_of_the_other_side_is_not_hindered_by_an_objection(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, "jp-mori", "mn-dorj")
    room.object(proposal, "mn-bold")

    assert [seat.person for seat in room.standing(proposal).signers] == ["jp-mori"]


# What stays, and what falls


def test_a_signed_objection_stays_though_its_author_affirms_afterwards(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.object(proposal, "mn-sara")

    room.affirm(proposal, *OTHERS)

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_an_objection_stays_though_its_author_leaves(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.object(proposal, "mn-sara")

    room.appoint("MN", room.ends("mn-sara", "member"))

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_an_objection_stays_though_the_key_that_signed_it_is_retired(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.object(proposal, "mn-sara")

    room.appoint("MN", room.retires("mn-sara"))

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_a_letters_objection_stops_the_text(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)

    room.letter(proposal, "mn-sara")

    room.on("2026-02-02").sweep()
    assert room.adoption(proposal) is None


def test_the_same_letter_twice_is_recorded_once(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-sara")

    assert room.letter(proposal, "mn-sara") == []
    assert len(room.events(ReceiptGiven)) == 1


def test_a_letter_of_two_members_is_the_objection_of_each(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.letter(proposal, "jp-ueda", "We object.")
    room.letter(proposal, "mn-sara", "We object.")

    room.affirm(proposal, "jp-ueda")

    room.on("2026-02-02").sweep()
    assert [o.person for o in room.standing(proposal).objections] == ["mn-sara"]
    assert room.proposal(proposal).stage is Stage.OBJECTED
    assert room.adoption(proposal) is None


def test_a_letter_that_fell_does_not_object_again(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-sara")
    room.affirm(proposal, "mn-sara")

    assert room.letter(proposal, "mn-sara") == []
    assert room.proposal(proposal).stage is Stage.OPEN


def test_an_assertion_that_somebody_else_signed_first_is_not_swallowed(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    said = room.assertion(proposal, objects=False)
    room.stage.submit(room.stage.sign(said, "mn-sara"))

    with pytest.raises(ContextError, match="is Sara Oyun's; Ueda Naoko asks for a request of"):
        room.stage.submit(room.stage.sign(said, "jp-ueda"))

    room.stage.submit(room.stage.sign(said, "mn-sara"))
    assert len(room.events(ReceiptGiven)) == 1


@pytest.mark.parametrize("signers", [(), ("mn-sara", "jp-ueda")])
def test_an_assertion_is_that_of_one_person(room: Room, signers: tuple[str, ...]) -> None:
    proposal = room.on("2026-01-12").distribute()
    said = room.assertion(proposal, objects=False)

    with pytest.raises(NotEntitledError, match=f"one signature, this has {len(signers)}"):
        room.stage.submit(room.stage.sign(said, *signers))


def test_an_assertion_for_another_founding_says_nothing_here(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    said = read(room.assertion(proposal, objects=False), Assertion)
    elsewhere = replace(said, founding="0" * 64).envelope()

    with pytest.raises(ContextError, match="belongs to the founding 0000"):
        room.stage.submit(room.stage.sign(elsewhere, "mn-sara"))


def test_an_assertion_on_another_text_says_nothing_on_this_one(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    said = room.assertion(proposal, objects=False)
    room.distribute(MEASURE | {"title": "Online meetings"}, revises=proposal)

    with pytest.raises(NotFoundError, match="no open text"):
        room.stage.submit(room.stage.sign(said, "mn-sara"))


def test_a_letter_that_is_known_still_needs_a_seat_of_whom_it_is_said_to_be(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-sara")

    with pytest.raises(NotEntitledError, match="'jp-nobody' holds no seat"):
        room.letter(proposal, "jp-nobody")


def test_a_reason_of_several_lines_is_shown_on_one(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    room.object(proposal, "mn-sara", "No.\nJP-MN/2026/001 is adopted")

    assert "\n" not in room.standing(proposal).says
    assert "objects: No. JP-MN/2026/001 is adopted" in room.standing(proposal).says


def test_a_letter_of_someone_without_a_seat_is_refused(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()

    with pytest.raises(NotEntitledError, match="'jp-nobody' holds no seat"):
        room.letter(proposal, "jp-nobody")


def test_a_letters_objection_falls_when_its_author_affirms(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.letter(proposal, "mn-sara")

    room.on("2026-01-14").affirm(proposal, "mn-sara")

    assert room.proposal(proposal).stage is Stage.OPEN
    room.on("2026-02-02").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_a_letters_objection_falls_when_its_author_signs_the_text(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-bold")

    room.on("2026-01-14").sign(proposal, *CHAIRS)

    assert room.proposal(proposal).stage is Stage.OPEN
    room.on("2026-02-02").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_one_file_signed_by_two_authors_of_letters_lets_both_objections_fall(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-bold", "Mongolia objects.")
    room.letter(proposal, "jp-hara", "Japan objects.")

    room.on("2026-01-14").sign(proposal, *CHAIRS)

    assert room.proposal(proposal).stage is Stage.OPEN
    room.on("2026-02-02").sweep()
    assert room.adopted_on(proposal) == date(2026, 1, 23)


def test_another_member_does_not_lift_a_letters_objection(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.letter(proposal, "mn-sara")

    room.sign(proposal, *CHAIRS)
    room.affirm(proposal, "mn-dorj", "jp-mori", "jp-ueda")

    assert room.proposal(proposal).stage is Stage.OBJECTED


def test_a_text_is_adopted_on_the_day_on_which_the_last_objection_fell(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    room.letter(proposal, "mn-sara")

    room.on("2026-01-30").affirm(proposal, "mn-sara")

    assert room.adopted_on(proposal) == date(2026, 1, 30)
