"""Announcements are made once, in the words of their instant, and never before it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from aggregates.announcements.decide import announce
from aggregates.announcements.events import DeadlineAnnounced, announcements_stream
from aggregates.announcements.evolve import evolve
from aggregates.announcements.state import AnnouncementsState
from aggregates.event import Event
from governance.service.whole_record import check_record
from policies.deadlines import Deadline, Turn
from policies.timetable import Turned
from tests.aggregates.room import CODE, Room

NOW = datetime(2026, 5, 1, 2, tzinfo=UTC)
DUE = date(2026, 4, 10)
TURN = datetime(2026, 4, 10, 16, tzinfo=UTC)


def turned(
    at: datetime = TURN, turn: Turn = Turn.OVERDUE, about: str = "JP-MN/C/001", title: str = "Check"
) -> Turned:
    deadline = Deadline(
        about=about,
        clock="completeness",
        kind="limit",
        opens=None,
        due=DUE,
        awaits="the secretariat",
        title=title,
    )
    return Turned(at, at, turn, deadline)


def announcement(**changes: Any) -> DeadlineAnnounced:
    plain: dict[str, Any] = {
        "at": NOW,
        "committee": CODE,
        "about": "JP-MN/C/001",
        "clock": "completeness",
        "turn": Turn.OVERDUE,
        "due": DUE,
        "since": TURN,
        "awaits": "the secretariat",
        "title": "Check",
    }
    return DeadlineAnnounced(**(plain | changes))


def test_what_turned_is_announced_with_all_that_is_known_of_it() -> None:
    assert announce(AnnouncementsState(CODE), [turned()], NOW) == [announcement()]


def test_what_was_announced_is_not_announced_again() -> None:
    state = evolve(None, announcement())

    assert announce(state, [turned(), turned(title="Another title")], NOW) == []


def test_another_turn_last_day_or_subject_is_another_announcement() -> None:
    state = evolve(None, announcement(turn=Turn.DUE))
    state = evolve(state, announcement(due=date(2026, 4, 11)))
    state = evolve(state, announcement(about="JP-MN/C/002"))

    assert len(announce(state, [turned()], NOW)) == 1


def test_what_turns_now_is_left_to_the_next_sweep() -> None:
    assert announce(AnnouncementsState(CODE), [turned(at=NOW)], NOW) == []


def test_announcements_stand_in_the_order_of_their_instants() -> None:
    later = turned(TURN.replace(hour=17), about="JP-MN/C/002")

    made = announce(AnnouncementsState(CODE), [later, turned()], NOW)

    assert [event.about for event in made] == ["JP-MN/C/001", "JP-MN/C/002"]


def test_a_clock_that_was_set_back_orders_nothing_backwards() -> None:
    state = evolve(None, announcement(about="JP-MN/C/002"))

    (made,) = announce(state, [turned()], datetime(2026, 4, 20, tzinfo=UTC))

    assert made.at == NOW


def test_only_announcements_fold_into_announcements(room: Room) -> None:
    founded = next(room.stage.engine.record.stream(CODE)).event

    with pytest.raises(TypeError, match="no announcement"):
        evolve(None, founded)


# Checking the whole record


def checked(room: Room, stream: str, event: Event) -> str:
    record = room.stage.engine.record
    record.append(stream, record.version(stream), [event])
    return str(check_record(record, lambda _count: None)["detail"])


def test_an_announcement_in_its_stream_is_good(room: Room) -> None:
    assert "stand in their chain" in checked(room, announcements_stream(CODE), announcement())


def test_an_announcement_in_another_stream_is_not_good(room: Room) -> None:
    detail = checked(room, "JP-ID/announcements", announcement())

    assert "is not good: an announcement of JP-MN in JP-ID/announcements" in detail


def test_an_announcement_of_a_committee_that_is_not_founded_is_not_good(room: Room) -> None:
    detail = checked(room, "JP-ID/announcements", announcement(committee="JP-ID"))

    assert "no founding of JP-ID stands before it" in detail


def test_an_announcement_before_its_instant_is_not_good(room: Room) -> None:
    detail = checked(
        room, announcements_stream(CODE), announcement(at=datetime(2026, 4, 1, tzinfo=UTC))
    )

    assert "an announcement before its instant" in detail
