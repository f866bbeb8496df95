"""A place that holds the beginning of a long history, and what goes on in it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from aggregates.committee.events import DecisionAdopted
from aggregates.store.chain import Row
from aggregates.store.record import Record
from aggregates.store.table import BATCH
from governance import assembly
from governance.settings import Settings
from tests.benchmarks.histories import History, fill
from tests.postgresql.server import Server

EVENTS, COMMITTEES = 140_000, 32
"""Some ten thousand decisions."""
_HELD_BACK = 8_000


@dataclass(frozen=True)
class Place:
    """Settings of a place whose views are made; `more` yields what is recorded in it next."""

    settings: Settings
    more: Iterator[list[StoredEvent]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `place` takes."""
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--committees", type=int, default=COMMITTEES)
    parser.add_argument("--folder", type=Path, help="where the history is kept from run to run")
    parser.add_argument("--postgresql", action="store_true", help="on a server of PostgreSQL")


@contextmanager
def place(
    folder: Path | None = None,
    committees: int = COMMITTEES,
    events: int = EVENTS,
    *,
    postgresql: bool = False,
) -> Iterator[Place]:
    """Yield a place; the history that a folder holds already is not made again."""
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jcgov-bench-")))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jcgov-home-"))) / "home"
        url = None
        if postgresql:
            url = stack.enter_context(Server.start(durable=True)).create_database()
        yield _filled(Settings(home, home / "keys", url), _made(folder, committees, events), events)


def _made(folder: Path, committees: int, events: int) -> Path:
    file = folder / f"{committees}-{events}.sqlite3"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with closing(Record.open(unfinished)) as record:
            fill(record, History(committees, events + _HELD_BACK, seed=1))
        unfinished.rename(file)
    return file


def _filled(settings: Settings, file: Path, events: int) -> Place:
    assembly.make_tables(settings)
    with (
        closing(Record.open_read_only(file)) as whole,
        assembly.open_record(settings) as record,
    ):
        places = ((at, min(at + BATCH, events)) for at in range(0, events, BATCH))
        record.table.fill([Row(*row) for row in whole.table.rows(*place)] for place in places)
        later = [StoredEvent(*row[1:5]) for row in whole.table.rows(events, whole.position)]
    with assembly.library(settings):
        pass
    return Place(settings, _up_to_adoptions(later))


def _up_to_adoptions(rows: list[StoredEvent]) -> Iterator[list[StoredEvent]]:
    """Yield events in turns, each of which ends with an adopted decision; raise at the end."""
    turn: list[StoredEvent] = []
    for row in rows:
        turn.append(row)
        if row.topic == DecisionAdopted.topic:
            yield turn
            turn = []
    raise RuntimeError("the history that was held back has no further decision")
