"""Committees shared out among processes, and brought together again in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Protocol, TypeAlias, TypeVar

from aggregates.store.topics import encode
from tests.benchmarks.proceedings import Command

_PAGE = 250
"""Commands that a process hands over at once; it waits until they are taken."""


class InTime(Protocol):
    """What happens at an instant in a stream."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def stream(self) -> str:
        """Where."""


T = TypeVar("T", bound=InTime)
Row: TypeAlias = tuple[str, int, str, bytes]


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command whose events are rows: stream, version, topic and state."""

    at: datetime
    stream: str
    version: int
    last_proposal: int
    rows: list[Row]


class Source(Protocol):
    """What can yield the commands of one shard of its committees in any process."""

    def commands(self, shard: int, shards: int) -> Iterator[Command]:
        """Yield them in the order of the instants."""


def in_order(parts: Sequence[Iterable[T]]) -> Iterator[T]:
    """Merge parts that are each in order; at one instant the streams follow by name."""
    return merge(*parts, key=lambda happened: (happened.at, happened.stream))


@contextmanager
def side_by_side(source: Source, processes: int) -> Iterator[Iterator[StoredCommand]]:
    """Make a source's commands in so many processes, which end with the block.

    The order does not depend on their number. With one, no process is started.
    """
    if processes == 1:
        yield map(_stored, source.commands(0, 1))
        return
    context = get_context("spawn")
    started, parts = [], []
    try:
        for shard in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(source, shard, processes, theirs), daemon=True
            )
            process.start()
            theirs.close()
            started.append(process)
            parts.append(_received(ours))
        yield in_order(parts)
    finally:
        for process in started:
            process.terminate()
            process.join()


def _received(pipe: Connection) -> Iterator[StoredCommand]:
    try:
        while True:
            yield from pipe.recv()
    except EOFError:
        raise RuntimeError("a process that makes the history has failed; it says why") from None
    finally:
        pipe.close()


def _work(source: Source, shard: int, shards: int, pipe: Connection) -> None:
    commands = source.commands(shard, shards)
    while page := [_stored(command) for command in islice(commands, _PAGE)]:
        pipe.send(page)


def _stored(command: Command) -> StoredCommand:
    rows = [
        (stream, version, event.topic, encode(event)) for stream, version, event in command.placed()
    ]
    return StoredCommand(command.at, command.stream, command.version, command.last_proposal, rows)
