"""A committee's own deadlines: terms, keys, scopes, measures, texts and the yearly meeting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregates.committee.times import CommitteeTimes
from policies.timetable import Turned, in_order
from tests.aggregates.room import CODE, MEASURE, Room

CHAIRS = ("jp-hara", "mn-bold")
ENTITY: dict[str, Any] = {
    "kind": "tpe_designation",
    "title": "Verification Ltd",
    "accreditation": "ISO 14065",
    "validation": [{"scope": 1, "until": "2027-03-31"}, {"scope": 3, "until": None}],
    "verification": [{"scope": 1, "until": "2027-06-30"}],
}


def times(room: Room) -> CommitteeTimes:
    found = CommitteeTimes()
    for entry in room.stage.engine.record.stream(CODE):
        found.take(entry.event)
    return found


def told(room: Room, until: str, *clocks: str) -> list[tuple[str, str, str, str, str]]:
    """Return what has turned by an instant: since when, about what, which clock, turn, last day."""
    now = datetime.fromisoformat(until).replace(tzinfo=UTC)
    return [_shown(entry) for entry in in_order(_of(times(room).turned(now), clocks))]


def _of(turned: Iterable[Turned], clocks: tuple[str, ...]) -> Iterable[Turned]:
    return (t for t in turned if not clocks or t.deadline.clock.startswith(clocks))


def _shown(entry: Turned) -> tuple[str, str, str, str, str]:
    deadline = entry.deadline
    since = entry.since.strftime("%Y-%m-%d %H:%M")
    return since, deadline.about, deadline.clock, str(entry.turn), deadline.due.isoformat()


def agreed(room: Room, day: str, *items: dict[str, Any]) -> str:
    """Adopt items by the affirmation of everyone on one day; return the decision's number."""
    proposal = room.on(day).distribute(*items)
    room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
    room.sign(proposal, *CHAIRS)
    adopted = room.adoption(proposal)
    assert adopted is not None
    return adopted.number


# People


def test_a_term_is_due_sixty_days_ahead_and_lapses_with_its_keys(room: Room) -> None:
    until = "2026-06-30"
    room.on("2026-02-01").appoint("JP", *room.seat("jp-abe", "Abe", ("member",), until=until))

    found = told(room, "2027-01-01", "term", "key")

    assert [(since, about, turn) for since, about, _clock, turn, _due in found] == [
        ("2026-04-30 16:00", "jp-abe", "due"),
        ("2026-04-30 16:00", "jp-abe", "due"),
        ("2026-06-30 16:00", "jp-abe", "lapsed"),
        ("2026-06-30 16:00", "jp-abe", "lapsed"),
    ]
    assert {clock.partition("/")[0] for _since, _about, clock, _turn, _due in found} == {
        "term",
        "key",
    }


def test_a_term_that_the_next_one_follows_without_a_break_does_not_end(room: Room) -> None:
    act, key = room.seat("jp-abe", "Abe", ("member",), until="2026-06-30")
    room.on("2026-02-01").appoint("JP", act, key)
    room.on("2026-03-01").appoint("JP", act | {"from": "2026-07-01", "until": "2027-06-30"})

    assert {due for *_others, due in told(room, "2028-01-01", "term")} == {"2027-06-30"}


def test_a_break_of_one_day_is_a_break(room: Room) -> None:
    act, key = room.seat("jp-abe", "Abe", ("member",), until="2026-06-30")
    room.on("2026-02-01").appoint("JP", act, key)
    room.on("2026-03-01").appoint("JP", act | {"from": "2026-07-02", "until": "2027-06-30"})

    assert {due for *_others, due in told(room, "2028-01-01", "term")} == {
        "2026-06-30",
        "2027-06-30",
    }


def test_a_term_without_an_end_and_a_role_that_was_ended_come_to_nothing(room: Room) -> None:
    act, key = room.seat("jp-abe", "Abe", ("member",), until="2026-12-31")
    room.on("2026-02-01").appoint("JP", act, key)
    room.on("2026-03-01").appoint("JP", room.ends("jp-abe", "member"))

    assert told(room, "2028-01-01", "term", "key") == []


def test_a_key_lives_as_long_as_any_role_of_its_holder_unless_it_is_retired(room: Room) -> None:
    member = room.seat("jp-abe", "Abe", ("member",), until="2026-12-31")
    alternate = member[0] | {"role": "alternate", "until": "2026-10-31"}
    room.on("2026-02-01").appoint("JP", *member, alternate, room.key("jp-abe", "jp-abe-2"))
    room.on("2026-03-01").appoint("JP", room.retires("jp-abe-2"))

    keys = {(clock, due) for _since, _about, clock, _turn, due in told(room, "2028-01-01", "key")}
    assert {due for _clock, due in keys} == {"2026-12-31"}
    assert len(keys) == 1


# What is decided


def test_each_scope_of_an_entity_ends_for_itself_by_kind_of_work(room: Room) -> None:
    agreed(room, "2026-02-02", ENTITY)
    entity = next(iter(room.state.ground.entities))

    assert told(room, "2028-01-01", "scope") == [
        ("2027-01-29 16:00", entity, "scope/validation/1", "due", "2027-03-31"),
        ("2027-03-31 16:00", entity, "scope/validation/1", "lapsed", "2027-03-31"),
        ("2027-04-30 16:00", entity, "scope/verification/1", "due", "2027-06-30"),
        ("2027-06-30 16:00", entity, "scope/verification/1", "lapsed", "2027-06-30"),
    ]


def test_a_measure_of_the_past_ends_once_the_committee_has_adopted_its_record(room: Room) -> None:
    room.imports(
        {
            "decision_type": "interim_special_measure",
            "decision_date": "2025-03-01",
            "subject_title": "Remote audits",
            "outcome": "adopted",
            "extra": "effective=2025-03-01/2026-09-30",
        }
    )
    assert told(room, "2028-01-01", "measure") == []  # merely imported
    agreed(room, "2026-02-02", {"kind": "history_adoption", "up_to": "2025-12-31"})

    assert told(room, "2028-01-01", "measure") == [
        ("2026-07-31 16:00", CODE, "measure/JP-MN/H/2025-03-01/meeting#1", "due", "2026-09-30"),
        ("2026-09-30 16:00", CODE, "measure/JP-MN/H/2025-03-01/meeting#1", "lapsed", "2026-09-30"),
    ]


@pytest.mark.parametrize(
    ("scopes", "clocks"),
    [(None, set()), ([1], set()), ([3], {"scope/validation/1", "scope/verification/1"})],
)
def test_what_is_suspended_does_not_lapse(
    room: Room, scopes: list[int] | None, clocks: set[str]
) -> None:
    agreed(room, "2026-02-02", ENTITY)
    entity = next(iter(room.state.ground.entities))
    suspension = {
        "kind": "tpe_suspension",
        "title": "Verification Ltd",
        "number": entity,
        "scopes": scopes,
        "reason": "An accreditation was withdrawn.",
    }
    agreed(room, "2026-03-02", suspension)

    found = told(room, "2028-01-01", "scope")
    assert {clock for _since, _about, clock, _turn, _due in found} == clocks


def test_an_extended_measure_ends_on_its_later_day(room: Room) -> None:
    first = agreed(room, "2026-02-02", MEASURE)
    second = agreed(room, "2026-09-02", MEASURE | {"result": "extended", "until": "2027-12-31"})

    assert told(room, "2028-06-01", "measure") == [
        ("2027-10-31 16:00", CODE, f"measure/{second}#1", "due", "2027-12-31"),
        ("2027-12-31 16:00", CODE, f"measure/{second}#1", "lapsed", "2027-12-31"),
    ]
    assert first != second


# Texts


def test_an_electronic_window_opens_and_closes_and_the_text_lapses(room: Room) -> None:
    proposal = room.on("2026-02-02").distribute(expires="2026-05-01")
    number = room.text(proposal).decision.number
    room.on("2026-08-01").sweep()

    assert told(room, "2026-08-01", "electronic_window", "text_expiry") == [
        ("2026-02-01 16:00", number, "electronic_window", "open", "2026-02-12"),
        ("2026-02-12 16:00", number, "electronic_window", "closed", "2026-02-12"),
        ("2026-03-01 16:00", number, "text_expiry", "due", "2026-05-01"),
        ("2026-05-01 16:00", number, "text_expiry", "lapsed", "2026-05-01"),
    ]


def test_a_text_that_was_settled_long_after_its_window_was_never_due_to_lapse(room: Room) -> None:
    proposal = room.on("2026-02-02").distribute(expires="2026-05-01")
    room.sign(proposal, *CHAIRS)
    room.on("2026-08-01").sweep()

    turns = [(clock, turn) for _s, _a, clock, turn, _d in told(room, "2026-08-01", "e", "t")]
    assert turns == [("electronic_window", "open"), ("electronic_window", "closed")]


def test_a_text_that_everyone_affirmed_has_no_window_that_closes(room: Room) -> None:
    agreed(room, "2026-02-02", MEASURE)

    found = told(room, "2026-08-01", "electronic_window")
    assert [turn for _s, _a, _c, turn, _d in found] == ["open"]


def test_a_withdrawn_text_comes_to_nothing_more_and_a_new_version_has_its_own_window(
    room: Room,
) -> None:
    proposal = room.on("2026-02-02").distribute(expires="2026-05-01")
    room.on("2026-02-05").distribute(revises=proposal, expires="2026-05-01")
    room.on("2026-02-20").withdraw(proposal)

    found = told(room, "2026-08-01", "electronic_window", "text_expiry")
    assert [(clock, turn, due) for _s, _a, clock, turn, due in found] == [
        ("electronic_window", "open", "2026-02-12"),
        ("electronic_window", "open", "2026-02-15"),
        ("electronic_window", "closed", "2026-02-15"),
    ]


def test_a_text_that_conflicts_is_no_longer_due_once_it_would_have_been_adopted(
    room: Room,
) -> None:
    """Of two texts that take one measure's place the second conflicts; it was settled late."""
    agreed(room, "2026-02-02", MEASURE)
    extended = MEASURE | {"result": "extended", "until": "2027-06-30"}
    texts = [room.on("2026-02-03").distribute(extended, expires="2026-05-01") for _ in "12"]
    for text in texts:
        room.sign(text, *CHAIRS)
    room.on("2026-08-01").sweep()
    closed = room.closed(texts[1])

    assert closed is not None
    assert closed.reason == "conflict"
    assert "text_expiry" not in {clock for _s, _a, clock, _t, _d in told(room, "2026-08-01", "t")}


# The yearly meeting


def test_a_year_without_a_meeting_is_due_in_november_and_overdue_in_january(room: Room) -> None:
    assert told(room, "2027-12-31", "yearly") == [
        ("2026-10-31 16:00", CODE, "yearly_meeting", "due", "2026-12-31"),
        ("2026-12-31 16:00", CODE, "yearly_meeting", "overdue", "2026-12-31"),
        ("2027-10-31 16:00", CODE, "yearly_meeting", "due", "2027-12-31"),
    ]


def test_a_meeting_counts_when_its_day_has_passed(room: Room) -> None:
    room.on("2026-03-01").convene("2026-12-20")

    assert [turn for *_others, turn, _due in told(room, "2027-10-01", "yearly")] == ["due"]


def test_a_meeting_on_the_last_day_of_the_year_is_in_time(room: Room) -> None:
    room.on("2026-03-01").convene("2026-12-31")

    assert [turn for *_others, turn, _due in told(room, "2027-10-01", "yearly")] == ["due"]


def test_a_meeting_that_was_held_before_the_notice_leaves_nothing_to_announce(room: Room) -> None:
    room.on("2026-03-01").convene("2026-10-30")

    assert told(room, "2027-10-01", "yearly") == []


def test_a_meeting_of_another_year_does_not_count(room: Room) -> None:
    room.on("2026-12-30").convene("2027-01-05")

    assert [turn for *_others, turn, _due in told(room, "2027-12-31", "yearly")] == [
        "due",
        "overdue",
    ]
