"""A fault at every statement, commit and round trip of each command, one after the other.

After each: nothing stands by halves, and the command that is repeated goes through.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psycopg
import pytest

from aggregates.store.chain import Head
from governance import assembly
from governance.assembly import Engine
from governance.demo.stage import ToldClock
from governance.settings import Settings
from policies.refusals import FaultError
from projections.all import VIEWS
from projections.follower import catch_up
from tests.faults.commands import BEGINS, SCRIPT, Scene
from tests.faults.conftest import LONG
from tests.faults.invariants import require_whole
from tests.faults.loop import Running
from tests.faults.points import DIED, Point, fault_at, watched_sqlite

PARTNERS = ("MN", "ID", "TH")
COMMANDS = {"found", "import", "appoint", "propose", "sign and adopt", "settle"}
if LONG:
    COMMANDS |= {step.name for step in SCRIPT}
NEVER = Point(10**9, "before", dies=False)


@dataclass
class Process:
    """Where commands are done: in processes that die at the point, one for each try."""

    settings: Settings
    cast: Path
    dies = True

    def try_at(self, what: str, point: Point) -> bool:
        """Try a command; whether it was through before the point."""
        with Running(_try, self.settings, self.cast, what, point) as running:
            told = running.wait()
            code = running.process.exitcode
        assert code in (0, DIED), (told.troubles, code)
        return code == 0

    def coming(self) -> str:
        """Return what the next step is."""
        with assembly.engine(self.settings) as engine:
            return Scene(engine, ToldClock(BEGINS), self.cast, PARTNERS).coming

    def close(self) -> None:
        """Leave nothing open."""


def _try(_pipe: Pipe, settings: Settings, cast: Path, what: str, point: Point) -> None:
    with watched_sqlite():
        tried = Here(settings, cast, dies=True)
        tried.try_at(what, point)
    tried.close()


@dataclass
class Here:
    """Where commands are done: in this process, by an engine that goes on after each fault."""

    settings: Settings
    cast: Path
    dies: bool = False
    open: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.open.enter_context(watched_sqlite())
        self.clock = ToldClock(BEGINS)
        self._engine: Engine | None = None

    def try_at(self, what: str, point: Point) -> bool:
        """Try a command; whether it was through before the point."""
        commands: dict[str, Callable[[], object]] = {"step": self._step, "views": self._views}
        if what == "init":
            return self._faults(point, lambda: assembly.make_tables(self.settings))
        self._opened()  # not among what fails: a command of its own
        return self._faults(point, commands[what])

    def coming(self) -> str:
        """Return what the next step is."""
        return Scene(self._opened(), self.clock, self.cast, PARTNERS).coming

    def close(self) -> None:
        """Close the engine."""
        self.open.close()

    def _faults(self, point: Point, command: Callable[[], object]) -> bool:
        with fault_at(point) as points:
            try:
                command()
            except FaultError:
                if not points.reached:
                    raise
        return not points.reached

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = self.open.enter_context(assembly.engine(self.settings, self.clock))
            tables = assembly.open_tables(self.settings, self._engine.record)
            self._tables = self.open.enter_context(closing(tables))
        return self._engine

    def _step(self) -> None:
        Scene(self._opened(), self.clock, self.cast, PARTNERS).step()

    def _views(self) -> None:
        catch_up(self._opened().record, self._tables, VIEWS)


@pytest.fixture(params=[Here, Process], ids=["raising", "dying"])
def trying(request: pytest.FixtureRequest, place: Settings, cast: Path) -> Iterator[Here | Process]:
    """Return where commands are tried."""
    made: Here | Process = request.param(place, cast)
    with closing(made):
        yield made


def _points(*, dies: bool) -> Iterator[Point]:
    """Yield every point; to die before one is to die after the one before it."""
    for number in itertools.count(1):
        assert number < 200, "the command never gets through"
        if LONG and not dies:
            yield Point(number, "before", dies)
        yield Point(number, "after", dies)


def test_a_fault_at_any_point_of_a_command_leaves_all_or_nothing(trying: Here | Process) -> None:
    tried: Counter[str] = Counter()
    head = Head()
    while COMMANDS - set(tried):
        command = trying.coming()
        if command not in COMMANDS or command in tried:
            assert trying.try_at("step", NEVER)
            continue
        before = head = require_whole(trying.settings, alone=trying.dies)
        for point in _points(dies=trying.dies):
            through = trying.try_at("step", point)
            head = require_whole(trying.settings, alone=trying.dies)
            tried[command] += 1
            if through or (head != before and command != "import"):
                break  # an import records committee by committee, and goes on
        assert head.position > before.position  # repeated, it was done
        assert tried[command] >= 4
    print(f"\nfaults at the points of commands: {dict(tried)}")


def test_a_fault_at_any_point_of_a_batch_of_views_leaves_no_gap(trying: Here | Process) -> None:
    for _ in range(3 if LONG else 1):
        for _ in range(9):
            assert trying.try_at("step", NEVER)
        for point in _points(dies=trying.dies):
            through = trying.try_at("views", point)
            require_whole(trying.settings, alone=trying.dies, views_to_the_end=through)
            if through:
                break
        assert point.number >= 8  # positions, head, events, BEGIN, positions, rows, COMMIT


def test_a_fault_at_any_point_of_making_a_place_lets_it_be_made_again(
    trying: Here | Process,
) -> None:
    """Make a place with a fault at each statement; without the long form, at every fourth."""
    settings = trying.settings
    for point in itertools.islice(_points(dies=trying.dies), 0, None, 1 if LONG else 4):
        _unmake(settings)
        through = trying.try_at("init", point)
        assembly.make_tables(settings)
        if through:
            break
    assert point.number >= 6
    assert trying.try_at("step", NEVER)
    assert require_whole(settings, alone=trying.dies).position == 1


def _unmake(settings: Settings) -> None:
    if settings.home.exists():
        shutil.rmtree(settings.home)
    if settings.database_url is not None:
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            connection.execute("DROP SCHEMA IF EXISTS jcgov CASCADE")
