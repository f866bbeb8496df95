"""Settling: what is due is recorded by its instant, whether and whenever anybody sweeps."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.committee.events import DecisionAdopted, ProposalClosed, ReceiptGiven
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.settings import Settings
from policies.lifecycles.proposal import Stage as TextStage
from policies.refusals import NotFoundError, Refusal, StepNotAllowedError
from tests.aggregates.room import MEASURE, METHODOLOGY, Room

CHAIRS = ("jp-hara", "mn-bold")
EXPIRES = "2026-02-10"


def measure(title: str) -> dict[str, object]:
    return MEASURE | {"title": title}


def due(room: Room) -> list[tuple[str, int]]:
    """Return what was settled, in the order of the record."""
    stream = room.stage.engine.record.stream("JP-MN")
    found = []
    for entry in stream:
        if isinstance(entry.event, DecisionAdopted):
            found.append(("adopted", entry.event.proposal))
        if isinstance(entry.event, ProposalClosed):
            found.append((entry.event.reason, entry.event.proposal))
    return found


def test_due_things_are_recorded_in_the_order_of_their_instants(room: Room) -> None:
    late = room.on("2026-01-14").distribute(measure("A"))
    lapsing = room.distribute(measure("B"), expires="2026-01-25")
    early = room.on("2026-01-16").distribute(measure("C"), expires="2026-03-01")
    for proposal in (early, late):
        room.sign(proposal, *CHAIRS)

    room.on("2026-04-01").sweep()

    # 25 January: A's window over; 26 January: B lapses; 27 January: C's window over.
    assert due(room) == [("adopted", late), ("expired", lapsing), ("adopted", early)]


def test_of_two_texts_due_at_one_instant_the_older_proposal_is_first(room: Room) -> None:
    first = room.on("2026-01-12").distribute(METHODOLOGY)
    second = room.distribute(measure("B"))
    room.sign(second, *CHAIRS)
    room.sign(first, *CHAIRS)

    room.on("2026-02-02").sweep()

    assert due(room) == [("adopted", first), ("adopted", second)]


def test_an_earlier_due_text_decides_what_a_later_one_meets(room: Room) -> None:
    """Two extend one measure; the second names a decision that is no longer the last."""
    base = room.on("2026-01-06").distribute()
    room.sign(base, *CHAIRS)
    extended = MEASURE | {"result": "extended"}
    winner = room.on("2026-01-19").distribute(extended | {"until": "2027-06-30"})
    loser = room.on("2026-01-20").distribute(extended | {"until": "2027-12-31"})
    room.sign(loser, *CHAIRS)
    room.sign(winner, *CHAIRS)

    room.on("2026-04-01").sweep()

    assert due(room) == [("adopted", base), ("adopted", winner), ("conflict", loser)]
    closed = room.closed(loser)
    assert closed is not None
    assert "someone decided between" in closed.detail


def test_a_sweep_that_finds_nothing_due_records_nothing(room: Room) -> None:
    room.on("2026-01-12").distribute()
    version = room.state.version

    assert room.on("2026-01-15").sweep() == []
    assert room.state.version == version


def test_a_refused_command_leaves_what_was_due_recorded(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)

    with pytest.raises(StepNotAllowedError, match="convened before its date"):
        room.on("2026-02-02").convene("2026-01-20")

    assert due(room) == [("adopted", proposal)]


def test_a_command_on_a_text_that_has_lapsed_is_refused_and_the_lapse_recorded(
    room: Room,
) -> None:
    proposal = room.on("2026-01-12").distribute(expires=EXPIRES)

    with pytest.raises(NotFoundError, match="no open proposal"):
        room.on("2026-03-01").withdraw(proposal)

    assert due(room) == [("expired", proposal)]


def test_a_refused_command_records_nothing_of_itself(room: Room) -> None:
    proposal = room.on("2026-01-12").distribute()
    version = room.state.version

    with pytest.raises(StepNotAllowedError):
        room.stage.engine.proposals.distribute("JP-MN", proposal)

    assert room.state.version == version


# The outcome does not depend on sweeps

_SWEEPS = st.lists(st.integers(0, 70 * 24), max_size=8).map(sorted)
"""Hours after the beginning at which somebody sweeps."""
_ACTS = st.lists(
    st.tuples(
        st.integers(0, 65 * 24),
        st.sampled_from(
            (
                "sign-0-jp-hara",
                "sign-0-mn-bold",
                "sign-1-jp-mori",
                "sign-1-mn-bold",
                "sign-2-jp-hara",
                "sign-2-mn-dorj",
                "object-0-mn-sara",
                "object-1-jp-hara",
                "letter-2-mn-sara",
                "affirm-2-mn-sara",
                "affirm-2-jp-ueda",
                "retire-mn-bold",
                "end-mn-sara",
                "end-jp-mori",
            )
        ),
    ),
    max_size=14,
).map(lambda acts: sorted(acts, key=lambda act: act[0]))
_BEGIN = datetime(2026, 1, 12, 2, tzinfo=UTC)


def facts(sweeps: list[int], acts: list[tuple[int, str]]) -> list[tuple[object, ...]]:
    """Play the acts, with sweeps in between, and return what was decided."""
    folder = Path(tempfile.mkdtemp(prefix="jcgov-settling-"))
    clock = ToldClock(_BEGIN - timedelta(days=5))
    try:
        with assembly.engine(Settings(folder, folder / "keys"), clock) as made:
            room = Room.seated(Stage(made, clock, Voice(), folder / "people"))
            return _play(room, clock, sweeps, acts)
    finally:
        shutil.rmtree(folder)


def _play(
    room: Room, clock: ToldClock, sweeps: list[int], acts: list[tuple[int, str]]
) -> list[tuple[object, ...]]:
    clock.now = _BEGIN
    room.appoint("MN", *room.seat("mn-zaya", "Zaya Bat", ("member",), until="2026-01-18"))
    texts = [
        room.distribute(METHODOLOGY),
        room.distribute(measure("B"), expires=EXPIRES),
        room.distribute(measure("C")),
    ]
    steps = [(hour, "sweep") for hour in sweeps] + acts + [(75 * 24, "sweep")]
    for hour, act in sorted(steps, key=lambda step: (step[0], step[1] != "sweep")):
        clock.now = _BEGIN + timedelta(hours=hour)
        _act(room, act, texts)
    events = [e.event for e in room.stage.engine.record.stream("JP-MN")]
    adopted = [
        (e.number, e.adopted_on, e.adoption.value["path"], tuple(s.person for s in e.signers))
        for e in events
        if isinstance(e, DecisionAdopted)
    ]
    closed = [(e.number, e.reason, e.detail) for e in events if isinstance(e, ProposalClosed)]
    return [*adopted, *closed]


def _act(room: Room, act: str, texts: list[int]) -> None:
    verb, _, rest = act.partition("-")
    place, _, person = rest.partition("-")
    try:
        match verb:
            case "sweep":
                room.sweep()
            case "sign":
                room.sign(texts[int(place)], person)
            case "object" | "affirm":
                said = room.assertion(texts[int(place)], objects=verb == "object")
                room.stage.submit(room.stage.sign(said, person))
            case "letter":
                room.letter(texts[int(place)], person)
            case "retire":
                room.appoint("MN", room.retires(rest))
            case "end":
                room.appoint(place.upper(), room.ends(rest, "member"))
    except Refusal:
        return


@given(sweeps=_SWEEPS, acts=_ACTS)
@settings(deadline=None, max_examples=1000 if os.environ.get("JCGOV_LONG") else 40)
def test_no_outcome_depends_on_whether_or_when_anybody_swept(
    sweeps: list[int], acts: list[tuple[int, str]]
) -> None:
    assert facts(sweeps, acts) == facts([], acts)


def test_of_two_texts_the_one_due_first_is_recorded_first_whatever_its_number(room: Room) -> None:
    """The second leaves the first without ground: both take the same measure for the first time."""
    later = room.on("2026-01-12").distribute(measure("Visits"))
    sooner = room.on("2026-01-13").distribute(measure("Visits"))
    room.on("2026-01-19").distribute(measure("Visits"), revises=later)
    for proposal in (later, sooner):
        room.sign(proposal, *CHAIRS)

    room.on("2026-03-02").sweep()

    assert room.adopted_on(sooner) == date(2026, 1, 24)
    closed = room.closed(later)
    assert closed is not None
    assert closed.reason == "conflict"


def test_nothing_falls_due_between_settling_and_the_command(room: Room) -> None:
    """The clock is read once: an objection at the window's end finds the text decided or open."""
    proposal = room.on("2026-01-12").distribute()
    room.sign(proposal, *CHAIRS)
    objection = room.stage.sign(room.assertion(proposal, objects=True), "mn-sara")
    last = datetime(2026, 1, 22, 15, 59, 59, 999_999, tzinfo=UTC)
    instants = iter(last + timedelta(microseconds=n) for n in range(9))
    room.stage.engine.desk.clock = lambda: next(instants)

    room.stage.submit(objection)

    assert room.proposal(proposal).stage is TextStage.OBJECTED
    assert room.events(ReceiptGiven)[-1].at == last
