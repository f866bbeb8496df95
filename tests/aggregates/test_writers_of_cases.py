"""Several writers on one docket, and what breaks between an adoption and its cases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregates.case import decide_audit, decide_table, events
from aggregates.case.acting import Acting
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState, Tabled
from aggregates.committee.events import CaseOpened, DecisionAdopted
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.service.cases import Cases
from policies.lifecycles.cases import Stage as At
from policies.refusals import SomeoneActedFirstError, StepNotAllowedError
from tests.aggregates.docket import METHODOLOGY, PROJECT, Docket
from tests.aggregates.room import CODE, Room
from tests.governance.terminal import Terminal

EACH = 6
"""What each of two writers does, again and again until it is recorded."""


def write(docket: Docket, act: Callable[[Docket, int], object], writer: int) -> None:
    """Open the place once more, and do a writer's work beside the others."""
    settings = docket.room.stage.engine.settings
    clock = ToldClock(docket.room.stage.clock.now)
    with assembly.engine(settings, clock) as made:
        stage = Stage(made, clock, Voice(), settings.keys / "people")
        mine = Docket(Room(stage), by=("jp-mori", "mn-dorj")[writer])
        for number in range(EACH):
            persist(lambda n=number: act(mine, writer * EACH + n))  # type: ignore[misc]


def persist(act: Callable[[], object]) -> None:
    """Do something again for as long as others are first."""
    while True:
        try:
            act()
        except SomeoneActedFirstError:
            continue
        return


def both(docket: Docket, act: Callable[[Docket, int], object]) -> None:
    """Let two writers work at once."""
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, docket, act, writer) for writer in (0, 1)]:
            done.result(60)


def test_two_writers_open_cases_under_one_numbering(docket: Docket) -> None:
    both(docket, lambda d, n: d.submit(METHODOLOGY | {"title": f"Methodology {n}"}))

    states = docket.cases.all(CODE)
    count = 2 * EACH
    assert [s.case for s in states] == [f"JP-MN/C/{n:03}" for n in range(1, count + 1)]
    assert [s.number for s in states] == [f"MN_PM{n:03}" for n in range(1, count + 1)]
    assert {s.title for s in states} == {f"Methodology {n}" for n in range(count)}
    assert len(docket.room.events(CaseOpened)) == count


def test_two_writers_on_one_case_lose_no_step(docket: Docket) -> None:
    case = docket.submit(PROJECT)

    both(
        docket,
        lambda d, n: d.step(case, lambda s, a: decide_audit.raise_request(s, a, "CAR", f"Ask {n}")),
    )

    requests = docket.state(case).requests.values()
    assert [r.request for r in requests] == [f"CAR{n}" for n in range(1, 2 * EACH + 1)]
    assert {r.text for r in requests} == {f"Ask {n}" for n in range(2 * EACH)}
    by = {e.by for e in docket.events(case) if isinstance(e, events.RequestRaised)}
    assert by == {"jp-mori", "mn-dorj"}


def test_a_step_is_decided_anew_where_another_was_first(docket: Docket) -> None:
    case = docket.submit(PROJECT)
    other = Cases(docket.room.stage.engine.desk, docket.room.stage.engine.history)
    met = False

    def raising(state: CaseState, acting: Acting) -> events.CaseEvent:
        nonlocal met
        if not met:
            met = True
            Docket(docket.room).step(
                case, lambda s, a: decide_audit.raise_request(s, a, "CAR", "The other one's")
            )
        return decide_audit.raise_request(state, acting, "CAR", "Mine")

    other.step(case, docket.hand, raising)

    said = [(r.request, r.text) for r in docket.state(case).requests.values()]
    assert said == [("CAR1", "The other one's"), ("CAR2", "Mine")]


def test_of_two_texts_at_once_one_holds_the_case(docket: Docket) -> None:
    case = docket.reviewed()
    refused: list[str] = []
    at_once = threading.Barrier(2, timeout=60)

    def propose(mine: Docket, number: int) -> None:
        if number % EACH == 0:
            at_once.wait()
        try:
            mine.propose({"case": case})
        except StepNotAllowedError as refusal:
            refused.append(str(refusal))

    both(docket, propose)

    assert len(refused) == 2 * EACH - 1
    assert len(docket.room.state.proposals) == 1
    tabled = docket.state(case).tabled
    assert tabled is not None
    assert tabled.proposal in docket.room.state.proposals


# What breaks in between


class Crash(Exception):
    """The machine is gone."""


@pytest.fixture
def broken(docket: Docket, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case whose decision is adopted, while the step that follows from it was never recorded."""
    case = docket.reviewed()
    proposal = docket.propose({"case": case}).proposal
    docket.room.stage.engine.proposals.distribute(CODE, proposal)
    with monkeypatch.context() as patched:

        def crash(*_: object) -> None:
            raise Crash

        patched.setattr(Cases, "settle_case", crash)
        docket.room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
        with pytest.raises(Crash):
            docket.room.sign(proposal, "jp-hara", "mn-bold")
    adopted = docket.room.adoption(proposal)
    assert adopted is not None
    tabled = docket.state(case).tabled
    assert tabled is not None
    assert tabled.proposal == proposal
    return case


def test_a_sweep_makes_good_what_a_crash_left_undone_and_twice_does_nothing(
    docket: Docket, broken: str
) -> None:
    settings, clock = docket.room.stage.engine.settings, docket.room.stage.clock
    with assembly.engine(settings, clock) as anew:
        (decided,) = anew.cases.settle(CODE)
        assert anew.cases.settle(CODE) == []

    assert isinstance(decided, events.CaseDecided)
    state = docket.state(broken)
    assert (state.stage, state.tabled) == (At.ACCEPTED, None)
    assert state.adoptions == (docket.room.events(DecisionAdopted)[-1].adoption.digest,)


def test_jcgov_settle_makes_it_good(docket: Docket, broken: str) -> None:
    terminal = Terminal.at(docket.room.stage.engine.settings)

    terminal.run("settle", at="2026-06-08T03:00:00Z")

    assert docket.state(broken).stage is At.ACCEPTED
    count = len(docket.events(broken))
    terminal.run("settle", at="2026-06-08T03:01:00Z")
    assert len(docket.events(broken)) == count


def test_whoever_acts_next_finds_it_made_good(docket: Docket, broken: str) -> None:
    with pytest.raises(StepNotAllowedError, match="is accepted"):
        docket.complete(broken)

    assert docket.state(broken).stage is At.ACCEPTED


def test_who_signs_last_is_not_told_of_others_at_the_case(
    docket: Docket, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = docket.reviewed()
    proposal = docket.propose({"case": case}).proposal
    docket.room.stage.engine.proposals.distribute(CODE, proposal)
    docket.room.affirm(proposal, "jp-mori", "jp-ueda", "mn-dorj", "mn-sara")
    with monkeypatch.context() as patched:

        def others_first(*_: object) -> None:
            raise SomeoneActedFirstError

        patched.setattr(Cases, "settle_case", others_first)
        docket.room.sign(proposal, "jp-hara", "mn-bold")
    assert docket.room.adoption(proposal) is not None
    assert docket.state(case).tabled is not None

    docket.sweep()

    assert docket.state(case).stage is At.ACCEPTED


def test_an_adoption_moves_a_case_once_whatever_holds_it(docket: Docket, broken: str) -> None:
    docket.sweep()
    adopted = docket.room.events(DecisionAdopted)[-1]
    now = docket.room.stage.clock.now
    state = docket.state(broken)
    assert decide_table.follow(state, adopted, now) == []

    folded = docket.room.stage.engine.record.fold(broken, evolve)
    assert folded is not None
    folded.tabled = Tabled(adopted.proposal, 1, 1, adopted.number)
    assert decide_table.follow(folded, adopted, now) == []


def test_a_proposal_that_ended_while_the_machine_was_gone_returns_its_case(
    docket: Docket, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = docket.reviewed()
    proposal = docket.propose({"case": case}).proposal
    with monkeypatch.context() as patched:

        def crash(*_: object) -> None:
            raise Crash

        patched.setattr(Cases, "settle_case", crash)
        with pytest.raises(Crash):
            docket.room.withdraw(proposal)

    docket.sweep()

    assert docket.state(case).tabled is None
    assert docket.propose({"case": case}).proposal != proposal
