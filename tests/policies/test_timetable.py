"""Whenever anybody looks, what deadlines came to is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.deadlines import Deadline, Kind, Turn
from policies.timetable import Moment, Reckoning, Timetable, in_order

ZONE = ZoneInfo("Asia/Ulaanbaatar")
RECKONING = Reckoning(ZONE, limit_notice=2, expiry_notice=60)
FIRST = date(2026, 3, 1)
LIMIT = Deadline(
    about="JP-MN/C/001",
    clock="completeness",
    kind="limit",
    opens=date(2026, 3, 3),
    due=date(2026, 3, 10),
    awaits="the secretariat",
    title="Completeness check",
)
NEVER = datetime.max.replace(tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def table(*steps: tuple[str, Sequence[Deadline]]) -> Timetable:
    """Return a timetable of what stood after each instant."""
    found = Timetable()
    for at, deadlines in steps:
        found.stand(deadlines, Moment.at(utc(at)), RECKONING)
    return found


def told(found: Timetable, now: datetime = NEVER) -> list[tuple[Turn, datetime]]:
    return [(entry.turn, entry.since) for entry in in_order(found.turned(now))]


def test_a_limit_that_nobody_meets_is_due_and_then_overdue() -> None:
    found = table(("2026-03-02 20:00", [LIMIT]))

    assert told(found) == [
        (Turn.DUE, utc("2026-03-07 16:00")),
        (Turn.OVERDUE, utc("2026-03-10 16:00")),
    ]


def test_what_turns_now_is_told_a_moment_later() -> None:
    found = table(("2026-03-02 20:00", [LIMIT]))

    assert told(found, utc("2026-03-07 16:00:00")) == []
    assert told(found, utc("2026-03-07 16:00:01")) == [(Turn.DUE, utc("2026-03-07 16:00"))]


def test_a_limit_that_was_met_in_time_comes_to_nothing() -> None:
    assert told(table(("2026-03-02 20:00", [LIMIT]), ("2026-03-07 15:59", []))) == []


def test_a_limit_that_was_met_at_the_very_instant_comes_to_nothing() -> None:
    assert told(table(("2026-03-02 20:00", [LIMIT]), ("2026-03-07 16:00", []))) == []


def test_a_limit_that_was_met_late_stays_told() -> None:
    found = table(("2026-03-02 20:00", [LIMIT]), ("2026-03-12 00:00", []))

    assert [turn for turn, _since in told(found)] == [Turn.DUE, Turn.OVERDUE]


def test_of_a_step_recorded_late_only_the_last_turn_is_told() -> None:
    found = table(("2026-03-20 02:00", [LIMIT]))

    assert told(found) == [(Turn.OVERDUE, utc("2026-03-10 16:00"))]
    assert told(found, utc("2026-03-20 02:00")) == []  # nobody could know it before


def test_of_a_step_recorded_between_both_are_told() -> None:
    found = table(("2026-03-09 02:00", [LIMIT]))

    assert [turn for turn, _since in told(found)] == [Turn.DUE, Turn.OVERDUE]


def test_a_window_recorded_when_it_was_over_is_only_closed() -> None:
    window = replace(LIMIT, kind="window", clock="public_input")

    assert [turn for turn, _ in told(table(("2026-05-01 00:00", [window])))] == [Turn.CLOSED]


def test_a_run_that_begins_and_ends_at_one_instant_comes_to_nothing() -> None:
    assert told(table(("2026-05-01 00:00", [LIMIT]), ("2026-05-01 00:00", []))) == []


def test_a_deadline_that_comes_back_is_told_once() -> None:
    found = table(
        ("2026-03-02 20:00", [LIMIT]), ("2026-03-08 20:00", []), ("2026-03-09 20:00", [LIMIT])
    )

    assert [turn for turn, _since in told(found)] == [Turn.DUE, Turn.OVERDUE]


def test_a_later_last_day_is_another_deadline() -> None:
    extended = replace(LIMIT, due=date(2026, 3, 20))
    found = table(("2026-03-02 20:00", [LIMIT]), ("2026-03-08 20:00", [extended]))

    assert [(e.turn, e.deadline.due.day) for e in in_order(found.turned(NEVER))] == [
        (Turn.DUE, 10),
        (Turn.DUE, 20),
        (Turn.OVERDUE, 20),
    ]


def test_what_is_awaited_is_told_as_it_stood_when_it_turned() -> None:
    other = replace(LIMIT, awaits="the applicant")
    found = table(("2026-03-02 20:00", [LIMIT]), ("2026-03-08 20:00", [other]))

    assert [(e.turn, e.deadline.awaits) for e in in_order(found.turned(NEVER))] == [
        (Turn.DUE, "the secretariat"),
        (Turn.OVERDUE, "the applicant"),
    ]


def test_parts_stand_beside_each_other() -> None:
    found = Timetable()
    other = replace(LIMIT, clock="editorial")
    found.stand([LIMIT], Moment.at(utc("2026-03-02 20:00")), RECKONING, "one")
    found.stand([other], Moment.at(utc("2026-03-02 20:00")), RECKONING, "other")
    found.stand([], Moment.at(utc("2026-03-03 20:00")), RECKONING, "one")

    assert list(found.standing) == [other]


def test_notice_is_counted_as_it_was_when_the_run_began() -> None:
    found = table(("2026-03-02 20:00", [LIMIT]))
    found.stand([LIMIT], Moment.at(utc("2026-03-03 20:00")), Reckoning(ZONE, limit_notice=5))

    assert told(found)[0] == (Turn.DUE, utc("2026-03-07 16:00"))


def test_what_was_settled_counts_for_its_whole_day_whenever_it_was_recorded() -> None:
    """The last day of the limit is over on the 10th; adoption on the 11th came too late for it."""
    met_late, met = table(("2026-03-02 20:00", [LIMIT])), table(("2026-03-02 20:00", [LIMIT]))
    met_late.stand([], Moment.settled(date(2026, 3, 11), ZONE), RECKONING)
    met.stand([], Moment.settled(date(2026, 3, 10), ZONE), RECKONING)

    assert [turn for turn, _ in told(met_late)] == [Turn.DUE, Turn.OVERDUE]
    assert [turn for turn, _ in told(met)] == [Turn.DUE]


def test_what_settling_begins_counts_from_the_start_of_its_day() -> None:
    found = Timetable()
    found.stand([LIMIT], Moment.settled(date(2026, 3, 9), ZONE), RECKONING)

    assert told(found)[0] == (Turn.DUE, utc("2026-03-07 16:00"))
    assert told(found, utc("2026-03-08 16:00:00")) == []
    assert told(found, utc("2026-03-08 16:00:01")) != []


# Whoever looks, however often

_KINDS: tuple[Kind, ...] = ("limit", "window", "expiry")
_DEADLINES = st.builds(
    lambda kind, clock, opens, days: replace(
        LIMIT,
        kind=_KINDS[kind],
        clock=f"{_KINDS[kind]}-{clock}",
        opens=FIRST + timedelta(days=opens),
        due=FIRST + timedelta(days=opens + days),
    ),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(-10, 30),
    st.integers(0, 10),
)
_SETS = st.lists(_DEADLINES, max_size=3)
_HOURS = st.integers(0, 24 * 50)


def _instant(hours: int) -> datetime:
    """Return an instant; every eighth one lies at the bound of a day in Ulaanbaatar."""
    return datetime(2026, 2, 15, 16, tzinfo=UTC) + timedelta(
        hours=hours if hours % 8 else hours * 3
    )


@given(
    steps=st.lists(st.tuples(_HOURS, _SETS, st.booleans()), max_size=12),
    looks=st.lists(_HOURS, max_size=12),
)
def test_looking_at_any_times_tells_the_same_as_looking_once_at_the_end(
    steps: list[tuple[int, list[Deadline], bool]], looks: list[int]
) -> None:
    """What somebody hears who looks in between is what is told at the end.

    A step at the instant of a look is recorded after it: the other order sees more, never less.
    """
    ordered = sorted(((_instant(step[0]), *step[1:]) for step in steps), key=lambda step: step[0])
    end = _instant(0) + timedelta(days=400)
    heard: dict[tuple[str, str, str, str], datetime] = {}
    table = Timetable()
    for look in sorted([*map(_instant, looks), end]):
        while ordered and ordered[0][0] < look:
            at, found, settled = ordered.pop(0)
            day = at.astimezone(ZONE).date()
            moment = Moment.settled(day, ZONE) if settled else Moment.at(at)
            table.stand(found, moment, RECKONING)
        for entry in in_order(table.turned(look)):
            heard.setdefault(entry.key, entry.since)

    at_the_end = {entry.key: entry.since for entry in in_order(table.turned(end))}
    assert heard == at_the_end
