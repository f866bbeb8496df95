"""Whatever a committee does: nothing is adopted without both sides, and replay says the same."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from aggregates.committee.evolve import evolve
from aggregates.committee.snapshot import decode, decode_late, encode
from aggregates.event import Event
from governance.assembly import Engine
from governance.demo.stage import Stage, ToldClock, Voice
from governance.keys.engine import EngineKeys
from governance.keys.files import PrivateKey
from governance.service.cases import Cases
from governance.service.desk import Desk
from governance.service.history import HistoryService
from governance.service.proposals import Proposals
from governance.service.signing import adoption_request
from governance.service.whole_record import check_record
from governance.settings import Settings
from policies.proof.audit import verify
from policies.proof.statements import AtMeeting
from policies.refusals import Refusal
from tests.aggregates.room import CODE, EVERYONE, MEASURE, METHODOLOGY, PEOPLE, Room
from tests.aggregates.witness import ULAANBAATAR, Witness
from tests.places import record_in_memory

BEGAN = datetime(2026, 1, 5, 2, tzinfo=UTC)
NAMES = {person: (name, roles) for side in PEOPLE.values() for person, name, roles in side}
SECOND_KEYS = ("jp-hara-2", "mn-bold-2")
KEYS = (*EVERYONE, *SECOND_KEYS)
ITEMS: tuple[dict[str, Any], ...] = (
    METHODOLOGY,
    METHODOLOGY | {"title": "Boilers"},
    MEASURE | {"title": "Visits"},
    MEASURE | {"title": "Visits", "result": "extended", "until": "2027-06-30"},
)
RULES: tuple[dict[str, Any], ...] = tuple(
    {
        "kind": "rules_revision",
        "title": f"Rules of {version}",
        "documents": [],
        "rulebook": {"version": version},
    }
    for version in ("MN-2026", "MN-2013")
)
HOURS = (1, 7, 20, 24, 72, 11 * 24, 40 * 24, -30)

people = st.sampled_from(EVERYONE)
keys = st.sampled_from(KEYS)
picks = st.integers(0, 99)
files = st.sampled_from(
    (
        ("jp-hara", "mn-bold"),
        ("jp-hara", "mn-bold"),
        ("jp-hara", "mn-dorj"),
        ("jp-hara",),
        ("mn-bold",),
        ("jp-mori", "mn-dorj"),
        ("jp-hara-2", "mn-bold-2"),
        ("jp-hara", "jp-hara-2", "jp-mori"),
        ("mn-sara",),
    )
)
"""Whose keys sign one file; most of the time those who may."""
affirmers = st.sampled_from((KEYS, EVERYONE, ("jp-mori", "jp-ueda", "mn-dorj", "mn-sara")))


def build(folder: Path, signers: dict[str, PrivateKey], began: Sequence[Event]) -> Room:
    """Build the engine over a record in memory that begins with these events."""
    clock = ToldClock(BEGAN)
    record = record_in_memory()
    record.append(CODE, 0, began)
    engine_keys = EngineKeys(folder)
    desk = Desk(record, clock, engine_keys)
    history = HistoryService(record, clock)
    cases = Cases(desk, history)
    made = Engine(
        Settings(folder, folder),
        record,
        engine_keys,
        desk,
        history,
        cases,
        Proposals(desk, history, cases),
    )
    return Room(Stage(made, clock, Voice(), folder / "people", signers))


@functools.cache
def opened() -> tuple[Path, dict[str, PrivateKey], tuple[Event, ...]]:
    """Make every key and found the committee once; examples begin from these events."""
    folder = Path(tempfile.mkdtemp(prefix="jcgov-replay-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    signers: dict[str, PrivateKey] = {}
    room = build(folder, signers, ())
    room.stage.found("MN")
    for side, members in PEOPLE.items():
        acts = [act for member in members for act in room.seat(*member)]
        second = f"{members[0][0]}-2"
        room.stage.key(second)
        room.appoint(side, *acts, room.key(members[0][0], second))
    return folder, signers, tuple(e.event for e in room.stage.engine.record.stream(CODE))


def appointed(
    person: str, name: str, role: str, begins: date, until: date | None
) -> dict[str, Any]:
    """Return the act that appoints somebody."""
    act = {"act": "appoint", "person": person, "name": name, "role": role}
    return act | {
        "from": begins.isoformat(),
        "until": None if until is None else until.isoformat(),
    }


class ACommittee(RuleBasedStateMachine):
    """A small committee in which anybody does anything at any time; most of it is refused."""

    def __init__(self) -> None:
        super().__init__()
        folder, signers, began = opened()
        self.room = build(folder, signers, began)
        self.witness = Witness()
        self.seen = self.folded = self.resumed = 0
        self.snapshot = encode(self.room.state)
        self.taken = self.room.state.version
        self.proofs: dict[int, bytes] = {}

    # What people do

    def attempt(self, act: Callable[..., object], *arguments: Any, **named: Any) -> None:
        """Act; a refusal is an answer, anything else is a fault."""
        try:
            act(*arguments, **named)
        except Refusal:
            return

    def one(self, pick: int) -> int:
        """Return one of the texts: as a rule an open one, sometimes one that has ended."""
        open_ones = sorted(self.room.state.proposals.keys() & self.room.texts.keys())
        found = open_ones if open_ones and pick % 10 else sorted(self.room.texts)
        return found[pick % len(found)]

    @initialize(days=st.sampled_from((0, 155)))
    def begin(self, days: int) -> None:
        """Begin before or after the day from which the rulebook of 2026 may take force."""
        self.room.stage.clock.now += timedelta(days=days)

    @rule(
        items=st.lists(st.sampled_from(ITEMS), min_size=1, max_size=2),
        soon=st.sampled_from((True, False, False)),
    )
    def send_out(self, items: list[dict[str, Any]], soon: bool) -> None:
        day = (self.room.stage.clock.now + timedelta(days=15)).date()
        self.attempt(self.room.distribute, *items, expires=day.isoformat() if soon else None)

    @rule(item=st.sampled_from(ITEMS), days=st.integers(0, 9))
    def table(self, item: dict[str, Any], days: int) -> None:
        day = (self.room.stage.clock.now + timedelta(days=days)).date()
        self.attempt(self.room.convene, day.isoformat())
        meetings = list(self.room.state.meetings)
        if meetings:
            self.attempt(self.room.table, meetings[-1], item)

    @rule(item=st.sampled_from((*ITEMS, *RULES)), keep=st.booleans(), left=st.integers(0, 2))
    def agree_on_a_text(self, item: dict[str, Any], keep: bool, left: int) -> None:
        """Send out what both sides sign, as a rule until its window is over.

        What is decided already is judged by its own rulebook for ever (see teardown).
        """
        if item in RULES:
            open_ones = [p.number for p in self.room.state.proposals.values() if p.number]
            change = item["rulebook"] | {"keeps": open_ones if keep else []}
            item = item | {"rulebook": change}
        self.attempt(self._agree, item)
        if left:
            self.room.stage.clock.now += timedelta(days=11)
            self.sweep()

    def _agree(self, item: dict[str, Any]) -> None:
        proposal = self.room.distribute(item)
        self.room.sign(proposal, "jp-hara", "mn-bold")

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, item=st.sampled_from((*ITEMS, None)))
    def send_out_a_new_version_or_withdraw(self, pick: int, item: dict[str, Any] | None) -> None:
        if item is None:
            self.attempt(self.room.withdraw, self.one(pick))
        else:
            self.attempt(self.room.distribute, item, revises=self.one(pick))

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, signers=files)
    def sign(self, pick: int, signers: tuple[str, ...]) -> None:
        self.attempt(self.room.sign, self.one(pick), *signers)

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, signers=affirmers)
    def affirm(self, pick: int, signers: tuple[str, ...]) -> None:
        proposal = self.one(pick)
        for key in signers:
            self.attempt(self.room.affirm, proposal, key)

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, key=keys, by_letter=st.booleans())
    def object(self, pick: int, key: str, by_letter: bool) -> None:
        proposal = self.one(pick)
        if by_letter:
            self.attempt(self.room.letter, proposal, key, f"{key} on {proposal}")
        else:
            self.attempt(self.room.object, proposal, key)

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, signers=files)
    def record_the_adoption_in_place_of_the_record_key(
        self, pick: int, signers: tuple[str, ...]
    ) -> None:
        self.attempt(self._record, self.one(pick), signers)

    def _record(self, proposal: int, signers: tuple[str, ...]) -> None:
        stage, state = self.room.stage, self.room.state
        if proposal in state.proposals:
            request = adoption_request(stage.engine.desk, state, state.proposals[proposal])
            stage.submit(stage.sign(request.envelope, *signers))

    # What the sides do

    @rule(person=people, pick=picks, change=st.sampled_from(("retire", "end", "term", "fill")))
    def change_people(self, person: str, pick: int, change: str) -> None:
        side, (name, roles) = person[:2].upper(), NAMES[person]
        today = (self.room.stage.clock.now + timedelta(hours=8)).date()
        match change:
            case "retire":
                act = self.room.retires(KEYS[pick % len(KEYS)])
            case "end":
                act = self.room.ends(person, roles[pick % len(roles)])
            case "term":
                begins, until = today + timedelta(days=pick % 5), today + timedelta(days=pick)
                role = ("co-chair", "member", "alternate")[pick % 3]
                act = appointed(person, name, role, begins, until)
            case _:
                side = ("JP", "MN")[pick % 2]
                self._fill(side, today)
                return
        self.attempt(self.room.appoint, side, act)

    def _fill(self, side: str, today: date) -> None:
        """Give everyone of a side the roles back that they have lost, and a key that counts."""
        state = self.room.state
        for person, name, roles in PEOPLE[side]:
            held = state.roster.people[person].roles(today)
            for role in roles:
                if role not in held:
                    act = appointed(person, name, role, today, None)
                    self.attempt(self.room.appoint, side, act)

    # What time does

    @rule(hours=st.sampled_from(HOURS))
    def let_time_pass(self, hours: int) -> None:
        self.room.stage.clock.now += timedelta(hours=hours)

    @precondition(lambda self: self.room.texts)
    @rule(pick=picks, seconds=st.sampled_from((-1, 0, 3600)))
    def wait_for_the_day_of_a_text(self, pick: int, seconds: int) -> None:
        """Tell the clock about when a window is over, or a meeting's day begins."""
        procedure = self.room.text(self.one(pick)).decision.procedure
        if isinstance(procedure, AtMeeting):
            day = procedure.date
        else:
            day = procedure.closes + timedelta(days=1)
        begins = datetime.combine(day, time.min, ULAANBAATAR).astimezone(UTC)
        clock = self.room.stage.clock
        clock.now = max(clock.now, begins + timedelta(seconds=seconds))

    @rule()
    def sweep(self) -> None:
        self.room.sweep()

    @rule(away=st.sampled_from((True, False, False)))
    def carry_the_record_key_away_or_back(self, away: bool) -> None:
        folder = opened()[0]
        self.room.stage.engine.keys.folder = folder / "nowhere" if away else folder

    @rule()
    def take_a_snapshot(self) -> None:
        self.snapshot, self.taken = encode(self.room.state), self.room.state.version

    # What always holds

    @invariant()
    def every_row_holds_before_an_independent_witness(self) -> None:
        record = self.room.stage.engine.record
        for entry in record.onwards(self.seen).entries:
            state = record.mapper.to_stored_event(entry)
            self.witness.follow(state.topic, state.state)
            self.seen = entry.position

    @invariant()
    def the_stream_folded_from_its_beginning_is_the_live_state(self) -> None:
        state = self.room.state
        if state.version != self.folded:
            assert self.room.stage.engine.record.fold(CODE, evolve) == state
            self.folded = state.version

    @invariant()
    def a_snapshot_and_the_events_after_it_are_the_live_state(self) -> None:
        state, record = self.room.state, self.room.stage.engine.record
        if state.version != self.resumed:
            kept = decode(self.snapshot["core"], lambda n: decode_late(n, self.snapshot[n]))
            assert kept.version == self.taken
            assert record.fold(CODE, evolve, kept, after=self.taken) == state
            self.resumed = state.version

    @invariant()
    def every_adopted_decision_proves_itself(self) -> None:
        for proposal in self.witness.adopted.values():
            if proposal not in self.proofs:
                self.proofs[proposal] = self.room.bundle(proposal)
                audit = self.room.audit(proposal)
                assert audit.ok, audit.checks[-1]

    def teardown(self) -> None:
        for proposal, bundle in self.proofs.items():
            assert self.room.bundle(proposal) == bundle, "what was proved has changed since"
            assert verify(bundle, self.room.trust).ok, "another rulebook changed a verdict"
        record = self.room.stage.engine.record
        checked = check_record(record, lambda _count: None)
        assert checked["ok"], checked["detail"]
        record.close()


TestWhateverACommitteeDoes = ACommittee.TestCase
TestWhateverACommitteeDoes.settings = settings(
    deadline=None,
    max_examples=2000 if os.environ.get("JCGOV_LONG") else 100,
    stateful_step_count=40,
)
