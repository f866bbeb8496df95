"""A committee whose log both sides watch: the witnesses are named by an engine statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from aggregates.committee.evolve import evolve
from aggregates.event import Event
from aggregates.transparency.entries import entries_of
from aggregates.transparency.events import CheckpointPublished, log_stream
from governance import assembly
from governance.demo.stage import Stage, ToldClock, Voice
from governance.keys.engine import Purpose
from governance.service.checkpoints import log_ended
from governance.service.engine_statement import engine_request
from governance.service.publishing import Outlook
from governance.service.signing import Submitted
from governance.service.witness_addresses import WitnessesHere
from policies.proof.checkpoint import LogKeys, TreeHead
from policies.proof.merkle import Frontier, leaf_hash
from policies.proof.statements import Engine, Witnesses
from tests.aggregates.room import CODE, Room
from tests.witnesses import Onlooker, watching

NAMES = {"JP": "witness.jp.example/log", "MN": "witness.mn.example/log"}


@dataclass
class Watched:
    """The room, its witnesses by side, and how they are reached."""

    room: Room
    onlookers: dict[str, Onlooker]
    ways: WitnessesHere

    @classmethod
    @contextmanager
    def opened(cls, stage: Stage) -> Iterator[Watched]:
        """Open a stage's place anew, with witnesses beside it."""
        ways = WitnessesHere()
        made_of = stage.engine.settings
        clock = ToldClock(stage.clock.now)
        with assembly.engine(made_of, clock, ways) as made:
            signers, trust = dict(stage.signers), dict(stage.trust)
            room = Room(Stage(made, clock, Voice(), stage.keys, signers, trust))
            onlookers = {
                side: Onlooker(name, side, lambda: room.state.roster.log_keys, clock)
                for side, name in NAMES.items()
            }
            found = cls(room, onlookers, ways)
            for side in onlookers:
                found.reach(side)
            yield found

    def reach(self, side: str) -> None:
        """Let a witness be reached."""
        onlooker = self.onlookers[side]
        self.ways.ways[CODE, onlooker.name] = onlooker.add_checkpoint

    def lose(self, side: str) -> None:
        """Let a witness be away."""
        del self.ways.ways[CODE, self.onlookers[side].name]

    def name_witnesses(self) -> Submitted:
        """Let both authorities name both witnesses."""
        return self.state_engine(witnesses=watching(*self.onlookers.values()))

    def statement(
        self,
        *,
        witnesses: Witnesses | None = None,
        new_keys: tuple[Purpose, ...] = (),
        origin: str | None = None,
    ) -> Engine:
        """Return an engine statement as the engine writes it."""
        new = dict.fromkeys(new_keys, "new")
        log = {
            "origin": origin,
            "key": new.get("log"),
            "post_quantum": new.get("log-ml-dsa-44"),
        }
        plan = {
            "record": new.get("record"),
            "log": log,
            "witnesses": msgspec.to_builtins(witnesses),
        }
        engine = self.room.stage.engine
        ended = log_ended(engine.record, CODE)
        return engine_request(self.room.state, engine.keys, plan, ended)

    def state_engine(
        self, *, witnesses: Witnesses | None = None, new_keys: tuple[Purpose, ...] = ()
    ) -> Submitted:
        """Record both authorities' word on the engine's keys and the log's witnesses."""
        return self.submit(self.statement(witnesses=witnesses, new_keys=new_keys))

    def submit(self, statement: Engine) -> Submitted:
        """Let both authorities sign an engine statement, and hand it in."""
        names = [f"mn-{side}-authority-{n}" for side in ("jp", "mn") for n in (1, 2)]
        return self.room.stage.submit(self.room.stage.sign(statement.envelope(), *names))

    def publish(self) -> Outlook:
        """Publish what can be."""
        return self.room.stage.engine.publisher.publish(CODE)

    @property
    def checkpoints(self) -> list[CheckpointPublished]:
        """What was published, in order."""
        entries = self.room.stage.engine.record.stream(log_stream(CODE))
        return [e.event for e in entries if isinstance(e.event, CheckpointPublished)]

    @property
    def entries(self) -> list[bytes]:
        """Every entry of the log, from the events alone."""
        stream = self.room.stage.engine.record.stream(CODE)
        return [envelope.to_bytes() for found in stream for envelope in entries_of(found.event)]

    def keys_at(self, version: int) -> LogKeys:
        """Return the log's keys at a version of the committee's stream."""
        state = self.room.stage.engine.record.fold(CODE, evolve, until=version)
        assert state is not None
        return state.roster.log_keys


def tree_of(origin: str, entries: list[bytes]) -> TreeHead:
    """Return the tree over entries."""
    frontier = Frontier.empty()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    return TreeHead(origin, frontier.size, frontier.root)


def log_of(told: list[tuple[str, Event]], origin: str) -> TreeHead:
    """Return the tree over what events of a record log."""
    stream = (event for name, event in told if name == CODE)
    return tree_of(origin, [e.to_bytes() for event in stream for e in entries_of(event)])
