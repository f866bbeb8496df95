"""Decisions at a meeting: convened before its date, signed from that day on."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.committee.events import MeetingConvened
from policies.lifecycles.proposal import Stage
from policies.proof.reading import read
from policies.proof.statements import AtMeeting, Distribution, OfConvening
from policies.refusals import (
    HiddenTextError,
    MeetingNotYetError,
    NotFoundError,
    StepNotAllowedError,
    UnreadableError,
)
from tests.aggregates.room import EVERYONE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")


# Convening


def test_a_convening_goes_out_to_every_member_with_its_date(room: Room) -> None:
    meeting = room.on("2026-01-12").convene("2026-02-10")

    (convened,) = room.events(MeetingConvened)
    sent = read(convened.envelope, Distribution)
    assert meeting == "JP-MN/M/001"
    assert sent.what == OfConvening(meeting=meeting, date=date(2026, 2, 10))
    assert set(sent.members) == set(EVERYONE)


@pytest.mark.parametrize("day", ["2026-01-11", "2026-01-12"])
def test_a_meeting_is_not_convened_for_today_or_before(room: Room, day: str) -> None:
    with pytest.raises(StepNotAllowedError, match="convened before its date"):
        room.on("2026-01-12").convene(day)


def test_a_meeting_is_convened_on_the_eve_of_its_day_in_ulaanbaatar(room: Room) -> None:
    room.at("2026-02-09 15:59:59").convene("2026-02-10")

    with pytest.raises(StepNotAllowedError, match="2026-02-10 is not after 2026-02-10"):
        room.at("2026-02-09 16:00").convene("2026-02-10", "Tokyo")


def test_the_same_convening_twice_is_recorded_once(room: Room) -> None:
    first = room.on("2026-01-12").convene("2026-02-10", meeting="13th")
    again = room.convene("2026-02-10", meeting="13th")

    assert first == again == "13th"
    assert len(room.events(MeetingConvened)) == 1


def test_a_meeting_that_is_convened_is_not_moved_under_its_name(room: Room) -> None:
    room.on("2026-01-12").convene("2026-02-10", meeting="13th")

    with pytest.raises(StepNotAllowedError, match="13th is convened for 2026-02-10"):
        room.convene("2026-02-11", meeting="13th")


def test_meetings_are_numbered_in_their_order(room: Room) -> None:
    room.on("2026-01-12")

    names = [room.convene(day) for day in ("2026-02-10", "2026-02-11")]

    assert names == ["JP-MN/M/001", "JP-MN/M/002"]


def test_a_place_with_hidden_characters_is_refused(room: Room) -> None:
    with pytest.raises(HiddenTextError, match="place"):
        room.on("2026-01-12").convene("2026-02-10", "Ulaan\u200bbaatar")


@pytest.mark.parametrize("name", ["Ninth\u202e", "Ninth\nTenth", "n" * 301])
def test_a_meetings_name_can_be_read(room: Room, name: str) -> None:
    with pytest.raises((HiddenTextError, UnreadableError), match=r"meeting"):
        room.convene("2026-02-10", meeting=name)

    assert not room.state.meetings


@pytest.mark.parametrize("place", ["Tokyo\nand online", "Tokyo\n"])
def test_a_place_is_written_on_one_line(room: Room, place: str) -> None:
    with pytest.raises(HiddenTextError, match="place: the text has several lines"):
        room.convene("2026-02-10", place)


@pytest.mark.parametrize("place", ["", "  "])
def test_a_convening_says_where(room: Room, place: str) -> None:
    with pytest.raises(UnreadableError, match="where the committee meets"):
        room.convene("2026-02-10", place)


def test_no_text_is_tabled_for_a_meeting_that_nobody_convened(room: Room) -> None:
    with pytest.raises(NotFoundError, match="'14th' is not convened; there are: none"):
        room.on("2026-01-12").table("14th")


# Signing and adopting


def test_both_co_chairs_adopt_on_the_day_of_the_meeting(room: Room) -> None:
    meeting = room.on("2026-01-12").convene("2026-02-10")
    proposal = room.table(meeting)

    room.on("2026-02-10").sign(proposal, *CHAIRS)

    assert room.text(proposal).decision.procedure == AtMeeting(
        meeting=meeting, date=date(2026, 2, 10)
    )
    assert room.adopted_on(proposal) == date(2026, 2, 10)
    assert room.path(proposal) == "meeting"
    assert room.audit(proposal).ok


def test_a_signature_before_the_day_of_the_meeting_is_refused(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))

    with pytest.raises(
        MeetingNotYetError, match="is on 2026-02-10; signatures count from that day"
    ):
        room.at("2026-02-09 15:59:59").sign(proposal, "jp-hara")

    assert room.proposal(proposal).signatures == ()


def test_the_day_of_the_meeting_begins_at_midnight_of_the_committee(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))

    room.at("2026-02-09 16:00").sign(proposal, *CHAIRS)

    assert room.adopted_on(proposal) == date(2026, 2, 10)


def test_signatures_that_come_later_adopt_on_the_day_of_the_second_side(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.on("2026-02-10").sign(proposal, "jp-hara")

    room.on("2026-02-16").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 2, 16)
    assert room.audit(proposal).ok


def test_a_text_may_be_tabled_at_the_meeting_itself(room: Room) -> None:
    meeting = room.on("2026-01-12").convene("2026-02-10")
    proposal = room.on("2026-02-10").table(meeting)

    room.sign(proposal, *CHAIRS)

    assert room.adopted_on(proposal) == date(2026, 2, 10)


def test_one_side_alone_adopts_nothing_however_many_sign(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.on("2026-02-10").sign(proposal, "jp-hara", "jp-mori")

    room.on("2026-06-01").sweep()

    assert room.adoption(proposal) is None
    assert "Bold Ganbaatar, co-chair or Dorj Sarnai, alternate" in room.standing(proposal).says


def test_alternates_of_both_sides_adopt(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))

    room.on("2026-02-10").sign(proposal, "jp-mori", "mn-dorj")

    assert room.adopted_on(proposal) == date(2026, 2, 10)


def test_time_alone_completes_no_meeting(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))

    assert room.on("2026-03-02").sweep() == []
    assert room.proposal(proposal).stage is Stage.OPEN


def test_a_text_for_a_meeting_is_not_distributed(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))

    with pytest.raises(StepNotAllowedError, match="distribute is not possible"):
        room.stage.engine.proposals.distribute("JP-MN", proposal)


# Objections


def test_a_member_objects_at_a_meeting_as_long_as_the_text_is_open(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.on("2026-02-10").sign(proposal, "jp-hara")
    room.on("2026-02-12").object(proposal, "jp-ueda")

    room.sign(proposal, "mn-bold")

    assert room.adoption(proposal) is None
    assert room.proposal(proposal).stage is Stage.OBJECTED


def test_an_alternate_does_not_sign_away_the_objection_of_the_co_chair(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.letter(proposal, "mn-bold")

    room.on("2026-02-10").sign(proposal, "jp-hara", "mn-dorj")

    assert room.adoption(proposal) is None


def test_the_co_chair_who_objected_by_letter_signs_and_the_text_is_adopted(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.letter(proposal, "mn-bold")
    room.on("2026-02-10").sign(proposal, "jp-hara", "mn-dorj")

    room.on("2026-02-11").sign(proposal, "mn-bold")

    assert room.adopted_on(proposal) == date(2026, 2, 11)
    assert room.audit(proposal).ok


# How a text for a meeting ends


def test_a_text_for_a_meeting_lapses(room: Room) -> None:
    proposal = room.table(
        room.on("2026-01-12").convene("2026-02-10"), MEASURE, expires="2026-02-10"
    )
    room.on("2026-02-10").sign(proposal, "jp-hara")

    room.at("2026-02-10 16:00").sweep()

    closed = room.closed(proposal)
    assert closed is not None
    assert closed.reason == "expired"


def test_a_new_version_voids_what_was_signed_at_the_meeting(room: Room) -> None:
    meeting = room.on("2026-01-12").convene("2026-02-10")
    proposal = room.table(meeting)
    room.on("2026-02-10").sign(proposal, "jp-hara")

    room.table(meeting, MEASURE | {"until": "2026-06-30"}, revises=proposal)
    room.sign(proposal, "mn-bold")

    assert room.adoption(proposal) is None
    assert [awaited.side for awaited in room.standing(proposal).awaited] == ["JP"]


def test_a_co_chair_who_was_replaced_after_the_meeting_no_longer_counts(room: Room) -> None:
    proposal = room.table(room.on("2026-01-12").convene("2026-02-10"))
    room.on("2026-02-10").sign(proposal, "jp-hara")
    abe = room.seat("jp-abe", "Abe Jun", ("co-chair",))
    room.appoint("JP", room.ends("jp-hara", "co-chair"), *abe)

    room.sign(proposal, "mn-bold")
    assert room.adoption(proposal) is None
    room.on("2026-02-12").sign(proposal, "jp-abe")

    assert room.adopted_on(proposal) == date(2026, 2, 12)
