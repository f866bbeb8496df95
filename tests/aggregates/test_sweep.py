"""Sweeps: whenever they come, and however many, what is announced is the same."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregates.announcements.events import DeadlineAnnounced, announcements_stream
from aggregates.event import Event
from aggregates.store.record import Record
from governance import assembly
from governance.assembly import Engine
from governance.demo.stage import Stage, ToldClock, Voice
from governance.keys.engine import EngineKeys
from governance.service.cases import Cases
from governance.service.desk import Desk
from governance.service.history import HistoryService
from governance.service.proposals import Proposals
from governance.service.sweep import Source, Sweep
from governance.service.whole_record import check_record
from governance.settings import Settings
from policies.deadlines import Deadline
from policies.proof.statements import AtMeeting
from policies.refusals import NotFoundError, Refusal
from policies.timetable import Moment, Reckoning, Timetable
from tests.aggregates.room import CODE, EVERYONE, MEASURE, METHODOLOGY, Room
from tests.aggregates.test_replay_properties import BEGAN, NAMES, opened
from tests.places import Places, record_in_memory

CHAIRS = ("jp-hara", "mn-bold")
_ZONE = ZoneInfo("Asia/Ulaanbaatar")


def announced(record: Record) -> list[DeadlineAnnounced]:
    found = [entry.event for entry in record.stream(announcements_stream(CODE))]
    return [event for event in found if isinstance(event, DeadlineAnnounced)]


def said(record: Record) -> list[tuple[str, str, str]]:
    return [
        (event.clock, event.turn.value, event.since.date().isoformat())
        for event in announced(record)
    ]


# One committee


def test_a_sweep_settles_first_and_announces_what_is_left(room: Room) -> None:
    proposal = room.on("2026-02-02").distribute(expires="2026-05-01")
    room.sign(proposal, *CHAIRS)

    swept = Sweep(room.on("2026-03-20").stage.engine.desk)()

    assert room.adopted_on(proposal) == date(2026, 2, 13)
    assert [event.topic for event in swept.settled[CODE]] == ["jcm.decision-adopted.v1"]
    assert said(room.stage.engine.record) == [
        ("electronic_window", "open", "2026-02-01"),
        ("electronic_window", "closed", "2026-02-12"),
    ]
    assert swept.announced[CODE] == announced(room.stage.engine.record)


def test_a_sweep_of_nothing_new_writes_nothing(room: Room) -> None:
    room.on("2026-02-02").distribute()
    sweep = Sweep(room.on("2026-03-20").stage.engine.desk)
    sweep()
    position = room.stage.engine.record.position

    again, anew = sweep(), Sweep(room.stage.engine.desk)()

    assert position == room.stage.engine.record.position
    assert again.announced == anew.announced == {CODE: []}


def test_a_clock_that_is_set_back_takes_nothing_back_and_says_nothing_twice(room: Room) -> None:
    room.on("2026-02-02").distribute()
    sweep = Sweep(room.on("2026-03-20").stage.engine.desk)
    sweep()
    before = announced(room.stage.engine.record)
    for day in ("2026-02-03", "2026-03-20"):
        room.on(day)
        sweep()

    assert announced(room.stage.engine.record) == before


def test_a_committee_that_is_not_there_is_refused_and_others_are_swept(room: Room) -> None:
    room.on("2026-02-02").distribute()
    room.on("2026-03-20")

    swept = Sweep(room.stage.engine.desk)(["JP-ID", CODE])

    assert isinstance(swept.refused["JP-ID"], NotFoundError)
    assert swept.announced[CODE]


def test_a_fold_that_failed_begins_anew(room: Room) -> None:
    """An error half way through a page leaves no event counted twice."""
    room.on("2026-02-02").distribute()
    room.on("2026-03-20")
    failing = itertools.chain([True], itertools.repeat(False))

    class Failing(_OneLimit):
        def take(self, event: Event) -> None:
            super().take(event)
            if self.taken == 2 and next(failing):
                message = "away"
                raise OSError(message)

    sweep = Sweep(room.stage.engine.desk, [Source(_kinds(room), Failing)])
    with pytest.raises(OSError, match="away"):
        sweep()

    assert [event.title for event in sweep().announced[CODE]] == ["the 1. event"]


def test_other_streams_with_deadlines_plug_in(room: Room) -> None:
    settled: list[str] = []

    def settle(code: str) -> list[Event]:
        settled.append(code)
        return []

    room.on("2026-03-20")
    swept = Sweep(room.stage.engine.desk, [Source(_kinds(room), _OneLimit)], [settle])()

    assert settled == [CODE]
    assert [event.title for event in swept.announced[CODE]] == ["the 1. event"]


class _OneLimit:
    """A fold in which the first event begins a limit of its own."""

    def __init__(self) -> None:
        self.taken = 0
        self.table = Timetable()

    def take(self, event: Event) -> None:
        self.taken += 1
        if self.taken == 1:
            deadline = Deadline(
                about=CODE,
                clock="test",
                kind="limit",
                opens=None,
                due=date(2026, 2, 1),
                awaits="nobody",
                title="the 1. event",
            )
            late = Moment.at(datetime(2026, 3, 1, tzinfo=UTC))
            self.table.stand([deadline], late, Reckoning(_ZONE))

    def turned(self, now: datetime) -> Iterator[Any]:
        return self.table.turned(now)


def _kinds(room: Room) -> tuple[type[Event], ...]:
    return tuple({type(entry.event) for entry in room.stage.engine.record.stream(CODE)})


# Two at once


def test_two_sweepers_that_meet_announce_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one announces between this one's reading and its append."""
    room.on("2026-02-02").distribute()
    room.on("2026-03-20")
    desk = room.stage.engine.desk
    first, other = Sweep(desk), Sweep(desk)
    append = Record.append
    met: list[str] = []

    def meeting(record: Record, stream: str, version: int, events: list[Event]) -> None:
        if events and not met and stream == announcements_stream(CODE):
            met.append(stream)
            other()
        append(record, stream, version, events)

    monkeypatch.setattr(Record, "append", meeting)
    swept = first()

    assert met
    assert swept.announced == {CODE: []}
    assert len({(e.about, e.clock, e.due, e.turn) for e in announced(desk.record)}) == len(
        announced(desk.record)
    )


def test_sweepers_in_two_processes_announce_what_one_would(
    room: Room, places: Places, tmp_path: Path
) -> None:
    for day in ("2026-02-02", "2026-02-05", "2026-02-09"):
        room.on(day).distribute(expires="2026-03-01")
    room.stage.engine.record.close()
    place = room.stage.engine.settings
    alone = places.copy(place, tmp_path / "alone")
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    workers = [context.Process(target=sweep_often, args=(place, barrier)) for _ in "12"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with assembly.engine(alone, ToldClock(datetime(2026, 4, 20, tzinfo=UTC))) as made:
        Sweep(made.desk)()

    with assembly.open_record(place) as record, assembly.open_record(alone) as one:
        assert without_at(record) == without_at(one)
        assert len(announced(record)) == 12
        assert check_record(record, lambda _count: None)["ok"]
    places.drop(alone)


def sweep_often(settings: Settings, barrier: Any) -> None:
    """Sweep day after day for three months, in step with the other process."""
    clock = ToldClock(datetime(2026, 2, 10, tzinfo=UTC))
    with assembly.engine(settings, clock) as made:
        sweep = Sweep(made.desk)
        for _ in range(24):
            barrier.wait(30)
            sweep()
            clock.now += timedelta(days=3)


# 400 days


def test_400_days_of_sweeps_and_one_at_the_end_say_the_same(
    room: Room, places: Places, tmp_path: Path
) -> None:
    story(room)
    room.stage.engine.record.close()
    place = room.stage.engine.settings
    asleep = places.copy(place, tmp_path / "asleep")
    begins, end = datetime(2026, 2, 10, tzinfo=UTC), datetime(2027, 3, 17, 1, tzinfo=UTC)
    with assembly.engine(place, ToldClock(begins)) as made:
        sweep, clock = Sweep(made.desk), made.desk.clock
        assert isinstance(clock, ToldClock)
        while clock.now < end:
            sweep()
            clock.now += timedelta(days=1)
        ran = without_at(made.record)
        assert all(e.at - e.since <= timedelta(days=1, hours=1) for e in announced(made.record)[3:])
    with assembly.engine(asleep, ToldClock(end)) as made:
        Sweep(made.desk)()
        assert without_at(made.record) == ran
    assert {event.turn.value for event in ran} == {"open", "closed", "due", "lapsed", "overdue"}
    places.drop(asleep)


def story(room: Room) -> None:
    """Leave open texts, one that both sides signed, a measure, and a term that ends."""
    act, key = room.seat("jp-abe", "Abe", ("member",), until="2026-10-31")
    room.on("2026-01-20").appoint("JP", act, key)
    signed = room.on("2026-02-02").distribute(MEASURE)
    room.sign(signed, *CHAIRS)
    room.on("2026-02-04").distribute(METHODOLOGY)


# Whatever happens, whenever anybody sweeps

ITEMS: tuple[dict[str, Any], ...] = (
    METHODOLOGY,
    MEASURE,
    MEASURE | {"title": "Visits", "until": "2026-03-01"},
    MEASURE | {"title": "Visits", "result": "extended", "until": "2026-06-30"},
    {
        "kind": "tpe_designation",
        "title": "Verification Ltd",
        "accreditation": "ISO 14065",
        "validation": [{"scope": 1, "until": "2026-05-31"}],
        "verification": [{"scope": 1, "until": "2026-08-31"}],
    },
    {
        "kind": "tpe_suspension",
        "title": "Verification Ltd",
        "number": "TPE-MN-001",
        "scopes": None,
        "reason": "An accreditation was withdrawn.",
    },
)
ACTS = (
    "text",
    "agree",
    "agree",
    "withdraw",
    "revise",
    "sign",
    "affirm",
    "object",
    "term",
    "end",
    "convene",
)
HOURS = (0, 1, 5, 14, 72, 11 * 24 + 1, 20 * 24, 60 * 24)

steps_of = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 99),
        st.sampled_from(HOURS),
        st.lists(st.sampled_from((0, 1, 30, 280)), max_size=2),
    ),
    min_size=5,
    max_size=14,
)


@contextmanager
def sitting(record: Record) -> Iterator[Room]:
    """Seat the committee in a record, with the keys that were made once."""
    folder, signers, began = opened()
    record.append(CODE, 0, began)
    clock = ToldClock(BEGAN)
    keys = EngineKeys(folder)
    desk = Desk(record, clock, keys)
    history = HistoryService(record, clock)
    cases = Cases(desk, history)
    proposals = Proposals(desk, history, cases)
    made = Engine(Settings(folder, folder), record, keys, desk, history, cases, proposals)
    yield Room(Stage(made, clock, Voice(), folder / "people", signers))


def perform(room: Room, act: str, pick: int) -> str | None:
    """Do something; return the name of the refusal, if it was refused."""
    try:
        _perform(room, act, pick)
    except Refusal as refusal:
        return refusal.name
    return None


def _perform(room: Room, act: str, pick: int) -> None:
    now = room.stage.clock.now
    item = ITEMS[pick % len(ITEMS)]
    texts = sorted(room.texts)
    one = texts[pick % len(texts)] if texts else 0
    person = EVERYONE[pick % len(EVERYONE)]
    soon = (now + timedelta(days=70 + pick % 30)).date().isoformat()
    match act:
        case "text":
            room.distribute(item, expires=soon if pick % 2 else None)
        case "agree":
            room.sign(room.distribute(item, expires=soon if pick % 2 else None), *CHAIRS)
        case "withdraw":
            room.withdraw(one)
        case "revise":
            room.distribute(item, revises=one)
        case "sign" if texts:
            room.sign(one, *CHAIRS[: 1 + pick % 2])
        case "affirm" if texts:
            for member in EVERYONE:
                perform_affirmation(room, one, member)
        case "object" if texts:
            room.letter(one, person, f"{person} on {one}")
        case "term":
            until = (now + timedelta(days=pick)).date().isoformat()
            begins = (now + timedelta(days=pick % 3)).date().isoformat()
            who = {"act": "appoint", "person": person, "name": NAMES[person][0]}
            terms = {"role": "member", "from": begins, "until": until}
            room.appoint(person[:2].upper(), who | terms)
        case "end":
            room.appoint(person[:2].upper(), room.ends(person, ("member", "alternate")[pick % 2]))
        case "convene":
            room.convene((now + timedelta(days=pick)).date().isoformat())
            meeting = list(room.state.meetings)[-1]
            tabled = room.table(meeting, item)
            assert isinstance(room.text(tabled).decision.procedure, AtMeeting)


def perform_affirmation(room: Room, text: int, member: str) -> None:
    try:
        room.affirm(text, member)
    except Refusal:
        return


def tell(
    record: Record, steps: list[tuple[str, int, int, list[int]]], *, swept: bool
) -> tuple[list[DeadlineAnnounced], list[str | None], bool]:
    """Let it happen, with sweeps between or with one at the end; return what was announced.

    Returns also what was refused, and whether the record is good.
    """
    with sitting(record) as room:
        sweep, clock = Sweep(room.stage.engine.desk), room.stage.clock
        outcomes = []
        for act, pick, hours, sweeps in steps:
            outcomes.append(perform(room, act, pick))
            end = clock.now + timedelta(hours=hours)
            for hours_on in sorted(sweeps) if swept else ():
                clock.now = min(clock.now + timedelta(hours=hours_on), end)
                sweep()
            clock.now = end
        clock.now = BEGAN + timedelta(days=1200)
        swept_last = Sweep(room.stage.engine.desk)()
        assert not swept_last.refused
        good = check_record(record, lambda _count: None)
        return without_at(record), outcomes, bool(good["ok"])


def without_at(record: Record) -> list[DeadlineAnnounced]:
    """Return the announcements by what they say: only when they were recorded may differ."""
    plain = [replace(event, at=BEGAN) for event in announced(record)]
    return sorted(plain, key=lambda e: (e.since, e.about, e.clock, e.due, e.turn))


@settings(max_examples=1000 if os.environ.get("JCGOV_LONG") else 60, deadline=None)
@given(steps=steps_of)
@example(steps=[("agree", 2, 20 * 24, [280])])  # a measure that ends before it is settled
@example(steps=[("agree", 1, 60 * 24, [280])])  # a text whose expiry is near when it is settled
@example(steps=[("agree", 1, 0, []), ("agree", 1, 60 * 24, [280])])  # one that then conflicts
@example(  # one that conflicts with what is settled in the same sweep, after a term has ended
    steps=[("agree", 0, 0, []), ("term", 12, 0, []), ("agree", 33, 265, [280])]
)
def test_any_sweeps_between_any_commands_announce_the_same(
    steps: list[tuple[str, int, int, list[int]]],
) -> None:
    quiet, swept = record_in_memory(), record_in_memory()

    assert tell(quiet, steps, swept=False) == tell(swept, steps, swept=True)
    quiet.close()
    swept.close()


@settings(max_examples=6, deadline=None)
@given(steps=steps_of)
def test_on_every_engine_the_same_is_announced(
    places: Places, steps: list[tuple[str, int, int, list[int]]]
) -> None:
    with tempfile.TemporaryDirectory(prefix="jcgov-sweep-") as folder:
        place = places.make(Path(folder) / "home")
        place.home.mkdir(exist_ok=True)
        in_memory = record_in_memory()
        with assembly.open_record(place) as record:
            here = tell(record, steps, swept=True)
        there = tell(in_memory, steps, swept=False)
        in_memory.close()
        places.drop(place)
    assert here == there
    assert here[2]
