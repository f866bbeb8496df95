"""Whatever is done to cases, what is folded from their streams is what is live."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from datetime import timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aggregates.case.evolve import evolve
from aggregates.event import Event
from governance.demo.stage import Stage
from governance.service.cases import Cases
from governance.service.whole_record import check_record
from policies.cases import LIFECYCLES
from policies.lifecycles.cases import CaseLifecycle, Step
from policies.refusals import Refusal
from tests.aggregates.docket import Docket, NotAdopted, open_docket
from tests.aggregates.recorded_steps import every_move, taken
from tests.aggregates.room import CODE
from tests.aggregates.test_replay_properties import build, opened
from tests.aggregates.ways import NO_COMMAND, Walks

picks = st.integers(0, 99)
STEPS = tuple(step for step in Step if step not in NO_COMMAND)


@functools.cache
def began() -> tuple[Event, ...]:
    """Return what is recorded before the docket opens."""
    folder, signers, events = opened()
    room = build(folder, signers, events)
    open_docket(room)
    return tuple(entry.event for entry in room.stage.engine.record.stream(CODE))


class ADocket(RuleBasedStateMachine):
    """Cases of a kind to which anybody does anything at any time; most of it is refused."""

    def __init__(self) -> None:
        super().__init__()
        folder, signers, _events = opened()
        room = build(folder, signers, began())
        room.on("2026-06-08")
        self.docket = Docket(room)
        self.walks = Walks(self.docket, LIFECYCLES[0])
        self.seen = 0

    @property
    def stage(self) -> Stage:
        return self.docket.room.stage

    @initialize(lifecycle=st.sampled_from(LIFECYCLES), pick=picks)
    def begin(self, lifecycle: CaseLifecycle, pick: int) -> None:
        self.walks = Walks(self.docket, lifecycle)
        self.open_somewhere(pick)

    def attempt(self, act: Callable[..., object], *arguments: object) -> None:
        """Act; a refusal or a conflict is an answer, anything else is a fault."""
        try:
            act(*arguments)
        except (Refusal, NotAdopted):
            return

    def one(self, pick: int) -> str:
        return self.walks.opened[pick % len(self.walks.opened)]

    @rule(pick=picks)
    def open_somewhere(self, pick: int) -> None:
        """Bring another case to a stage, as the table leads there."""
        stages = self.walks.lifecycle.stages[1:]
        self.attempt(self.walks.go, stages[pick % len(stages)])

    @rule(step=st.sampled_from(STEPS), pick=picks)
    def do_anything(self, step: Step, pick: int) -> None:
        self.attempt(self.walks.attempt, step, self.one(pick))

    @rule(pick=picks, which=picks)
    def do_what_is_possible(self, pick: int, which: int) -> None:
        case = self.one(pick)
        possible = self.walks.lifecycle.possible(self.docket.state(case).stage)
        if possible:
            self.attempt(self.walks.take, possible[which % len(possible)], case)

    @rule(pick=picks)
    def take_it_off_the_table(self, pick: int) -> None:
        self.attempt(self.walks.untable, self.one(pick))

    @rule(days=st.sampled_from((0, 1, 16, 31)))
    def let_time_pass(self, days: int) -> None:
        self.stage.clock.now += timedelta(days=days)

    @rule()
    def sweep(self) -> None:
        self.docket.sweep()

    @precondition(lambda self: self.stage.engine.record.position != self.seen)
    @invariant()
    def what_is_folded_is_what_is_live(self) -> None:
        record = self.stage.engine.record
        self.seen = record.position
        moves = every_move(self.walks.lifecycle)
        for live in self.docket.cases.all(CODE):
            folded = record.fold(live.case, evolve)
            assert folded == live
            assert msgspec.json.encode(folded) == msgspec.json.encode(live)
            assert live.version == record.version(live.case)
            assert set(taken(self.docket, live.case)) <= moves
            tabled = live.tabled
            assert tabled is None or tabled.proposal in self.docket.room.state.proposals
            assert tabled is None or live.is_open

    def teardown(self) -> None:
        engine = self.stage.engine
        states = self.docket.cases.all(CODE)
        assert Cases(engine.desk, engine.history).all(CODE) == states
        numbers = [state.number for state in states if state.number is not None]
        assert len(set(numbers)) == len(numbers)
        checked = check_record(engine.record, lambda _count: None)
        assert checked["ok"], checked["detail"]
        engine.record.close()


TestWhateverADocketDoes = ADocket.TestCase
TestWhateverADocketDoes.settings = settings(
    deadline=None,
    max_examples=500 if os.environ.get("JCGOV_LONG") else 60,
    stateful_step_count=20,
)
