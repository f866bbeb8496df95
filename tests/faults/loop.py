"""A process that does one command after the other, and tells what it has acknowledged.

What it tells goes line by line through a pipe, so that all of it is known when it was killed.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

from eventsourcing.persistence import StoredEvent

from aggregates.store.chain import Head
from aggregates.store.record import Record
from governance import assembly
from governance.demo.stage import ToldClock
from governance.settings import Settings
from policies.refusals import FaultError, SomeoneActedFirstError
from projections.all import VIEWS
from projections.follower import catch_up
from tests.faults.commands import BEGINS, PARTNERS, Scene
from tests.forked import FORKS

LIMIT = 60.0
"""Seconds after which a process that should have ended, or said something, has failed."""


@dataclass(frozen=True)
class Orders:
    """What a process is to do: whose commands, how many, and whether trouble ends it."""

    settings: Settings
    cast: Path
    partners: tuple[str, ...] = PARTNERS
    steps: int = 10**6
    alarm: tuple[int, float] | None = None
    """The append at which the kernel ends the process, and how many seconds after its beginning.

    By a signal that nothing handles: no instruction of the program runs any more, as with SIGKILL,
    but the moment does not depend on when another process gets its turn.
    """
    persists: bool = False


@dataclass
class Told:
    """What a process has told."""

    heads: list[Head] = field(default_factory=list)
    """Where the record stood when it began, and after each acknowledged command."""
    steps: list[str] = field(default_factory=list)
    appends: list[tuple[str, int, int]] = field(default_factory=list)
    """Each append that was begun: its stream, the version before it, and how many events."""
    begun: int = 0
    """How many events it has begun to append since the last acknowledged command."""
    batches: list[int] = field(default_factory=list)
    """How many events each batch of a follower held."""
    troubles: list[str] = field(default_factory=list)
    inside: str = ""
    """What it was inside of when it last told something: a write of the `record`, or of `views`."""
    ended: bool = False

    def take(self, line: bytes) -> None:
        """Take one line."""
        word, *rest = json.loads(line)
        match word:
            case "begin":
                self.heads.append(Head(rest[0], bytes.fromhex(rest[1])))
                self.begun = 0
            case "append":
                self.appends.append((rest[0], rest[1], rest[2]))
                self.begun += rest[2]
                self.inside = "record"
            case "views":
                self.inside = "views"
            case "out":
                self.inside = ""
            case "batch":
                self.batches.append(rest[0])
            case "done":
                self.steps.append(rest[0])
                self.heads.append(Head(rest[1], bytes.fromhex(rest[2])))
                self.begun = 0
            case "trouble":
                self.troubles.append(rest[0])
            case "end":
                self.ended = True


class Running:
    """A running loop; as a context manager it is killed at the end, if it still runs."""

    def __init__(self, target: Callable[..., object], *arguments: Any) -> None:
        self._read, write = FORKS.Pipe(duplex=False)
        self.process: ForkServerProcess = FORKS.Process(target=target, args=(write, *arguments))
        self.process.start()
        write.close()
        self.told = Told()
        self._rest = b""
        self._open = True

    @classmethod
    def commands(cls, orders: Orders) -> Self:
        """Begin to do commands."""
        return cls(do_commands, orders)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._read.close()

    def kill(self) -> Told:
        """Kill it with SIGKILL, and return all that it told before."""
        self.process.kill()
        return self.wait()

    def wait(self, limit: float = LIMIT) -> Told:
        """Wait for its end, and return all that it told."""
        self.hear(lambda told: False, limit)
        self.process.join(limit)
        assert self.process.exitcode is not None, "the process does not end"
        return self.told

    def hear(self, enough: Callable[[Told], bool], limit: float = LIMIT) -> bool:
        """Listen until enough was told, or nobody tells any more; whether it was enough."""
        end = time.monotonic() + limit
        while self._open and not enough(self.told):
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"nothing heard in {limit} s after {self.told.steps[-3:]}"
            self._take(os.read(self._read.fileno(), 65_536))
        return enough(self.told)

    def hear_for(self, seconds: float) -> None:
        """Listen for some time, or until nobody tells any more."""
        end = time.monotonic() + seconds
        while self._open and (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._read], [], [], left)
            if ready:
                self._take(os.read(self._read.fileno(), 65_536))

    def _take(self, data: bytes) -> None:
        self._open = bool(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.told.take(line)


class Voice:
    """Tells lines through a pipe; each is short enough to be written whole."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def say(self, *words: Any) -> None:
        """Tell one line."""
        os.write(self._pipe.fileno(), json.dumps(words).encode() + b"\n")


def do_commands(pipe: Connection, orders: Orders) -> None:
    """Do commands until there were enough, or killed; after each, bring the views up."""
    voice = Voice(pipe)
    left = orders.steps
    while left:
        try:
            for _ in one_by_one(orders, voice):
                left -= 1
                if not left:
                    break
            else:
                break
        except (FaultError, SomeoneActedFirstError) as trouble:
            voice.say("trouble", str(trouble)[:3000])
            if not orders.persists:
                break
            time.sleep(0.05)
    voice.say("end")


def one_by_one(orders: Orders, voice: Voice) -> Iterator[None]:
    """Do a command and acknowledge it, as often as asked, while there is something to do."""
    clock = ToldClock(BEGINS)
    with assembly.engine(orders.settings, clock) as engine:
        scene = Scene(engine, clock, orders.cast, orders.partners)
        head = engine.record.head
        voice.say("begin", head.position, head.link.hex())
        telling(engine.record, voice, orders.alarm)
        with closing(assembly.open_tables(orders.settings, engine.record)) as tables:
            while True:
                try:
                    step = scene.step()
                except LookupError:
                    return
                head = engine.record.head
                voice.say("done", step, head.position, head.link.hex())
                voice.say("views")
                catch_up(engine.record, tables, VIEWS)
                voice.say("out")
                yield


def telling(record: Record, voice: Voice, alarm: tuple[int, float] | None = None) -> None:
    """Let a record tell of each append, before it begins and when it has ended."""
    insert = record.table.insert_events
    count = itertools.count(1)

    def told(events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        first = events[0]
        voice.say("append", str(first.originator_id), first.originator_version - 1, len(events))
        if alarm is not None and next(count) == alarm[0]:
            signal.setitimer(signal.ITIMER_REAL, alarm[1])
        found = insert(events, **kwargs)
        voice.say("out")
        return found

    record.table.insert_events = told  # type: ignore[assignment,method-assign]
