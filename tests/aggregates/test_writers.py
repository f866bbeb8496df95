"""Writers who meet: each one's work stays, and who does not get through is told who was first."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.committee import decide_distribution
from aggregates.committee.acting import Acting
from aggregates.committee.events import MeetingConvened
from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from governance import assembly
from governance.service import desk as desks
from policies.refusals import SomeoneActedFirstError
from tests.aggregates.room import CODE, MEASURE, Room


def convene_among(room: Room, others: int) -> list[Event]:
    """Convene a meeting; while it is decided on, another writer convenes one, so many times."""
    first = room.stage.engine.desk
    other = desks.Desk(first.record, first.clock, first.keys)
    met = 0

    def command(state: CommitteeState, acting: Acting) -> list[Event]:
        nonlocal met
        if met < others:
            met += 1
            other.act(CODE, lambda s, a: _convene(s, a, f"other {met}"))
        return _convene(state, acting, "mine")

    return first.act(CODE, command)


def _convene(state: CommitteeState, acting: Acting, meeting: str) -> list[Event]:
    return decide_distribution.convene(state, acting, date(2026, 2, 10), "Tokyo", meeting)


def convened(room: Room) -> list[str]:
    return [event.meeting for event in room.events(MeetingConvened)]


def test_a_command_is_decided_anew_as_often_as_others_were_first(room: Room) -> None:
    others = desks.ATTEMPTS - 1

    convene_among(room, others)

    assert convened(room) == [*(f"other {n}" for n in range(1, others + 1)), "mine"]


def test_who_never_gets_through_is_told_what_was_recorded_instead(room: Room) -> None:
    with pytest.raises(SomeoneActedFirstError) as refused:
        convene_among(room, desks.ATTEMPTS)

    assert "another writer" in str(refused.value)
    assert "last in JP-MN: meeting convened, 2026-01-05T02:00:00Z" in str(refused.value)
    assert "yours was not recorded" in str(refused.value)
    assert "mine" not in convened(room)
    assert len(convened(room)) == desks.ATTEMPTS


def test_who_was_first_is_named_where_the_record_tells(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    first = room.stage.engine.desk

    def command(state: CommitteeState, acting: Acting) -> list[Event]:
        room.letter(proposal, "mn-sara", f"Letter {acting.now} {len(room.events(Event))}")
        return _convene(state, acting, "mine")

    alone = desks.Desk(first.record, first.clock, first.keys)
    with pytest.raises(SomeoneActedFirstError, match="receipt given of mn-sara"):
        alone.act(CODE, command)


def test_who_signs_affirms_or_objects_reads_nothing_of_the_past(room: Room) -> None:
    """With a snapshot, these acts take no longer however much the committee has decided."""
    made = room.stage.engine
    proposal = room.distribute(MEASURE)
    assert made.desk.snapshots is not None
    made.desk.snapshots.keep(room.state)
    anew = assembly.snapshots_of(made.settings, made.record)
    made.desk._cache.clear()
    made.desk.snapshots = anew

    room.affirm(proposal, "jp-mori")
    room.sign(proposal, "jp-hara")
    room.object(proposal, "mn-sara")

    past = room.state.past
    assert [part.is_here for part in (past.ground, past.decided, past.reserved)] == [False] * 3
    room.distribute(MEASURE)
    assert past.ground.is_here
    assert room.state == made.record.fold(CODE, evolve)
