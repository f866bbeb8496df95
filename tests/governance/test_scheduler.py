"""The scheduler sweeps in UTC, never drops a sweep that comes late, and never dies."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apscheduler.executors.base import BaseExecutor
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler

from aggregates.announcements.events import announcements_stream
from governance import assembly
from governance.scheduler import Sweeper, schedule
from governance.service.sweep import Sweep, Swept
from governance.settings import Settings
from policies.refusals import TamperedError, UnreachableError
from tests.governance.setting import proposal
from tests.governance.terminal import LIMIT, Terminal

BEGINS = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
"""Half an hour before Europe's clocks are changed."""


class ManualScheduler(BaseScheduler):  # type: ignore[misc]  # comes without types
    """A scheduler that looks at the time when it is told to."""

    def tick(self) -> None:
        self._process_jobs()

    def wakeup(self) -> None:
        """Wait to be told."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def _create_default_executor(self) -> BaseExecutor:
        return DebugExecutor()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    with time_machine.travel(instant, tick=False):
        yield


@pytest.fixture
def manual() -> Iterator[ManualScheduler]:
    scheduler = ManualScheduler()
    yield scheduler
    if scheduler.running:
        scheduler.shutdown()


def test_it_sweeps_at_once_and_then_as_often_as_it_is_told(manual: ManualScheduler) -> None:
    swept: list[datetime] = []
    with at(BEGINS):
        schedule(manual, lambda: swept.append(datetime.now(UTC)), 5, BEGINS)
        manual.start()
    for minute in range(24 * 60 + 1):
        with at(BEGINS + timedelta(minutes=minute)):
            manual.tick()

    assert swept == [BEGINS + timedelta(minutes=5 * count) for count in range(24 * 12 + 1)]


def test_sweeps_that_were_missed_for_three_weeks_are_made_once_and_not_dropped(
    manual: ManualScheduler,
) -> None:
    swept: list[datetime] = []
    with at(BEGINS):
        schedule(manual, lambda: swept.append(datetime.now(UTC)), 5, BEGINS)
        manual.start()
        manual.tick()
    asleep_until = BEGINS + timedelta(days=21, minutes=2)
    for instant in (asleep_until, asleep_until + timedelta(minutes=3)):
        with at(instant):
            manual.tick()

    assert swept == [BEGINS, asleep_until, asleep_until + timedelta(minutes=3)]


def test_a_sweep_that_takes_long_is_not_joined_by_another() -> None:
    running, most, finished = [0], [0], threading.Event()
    calls: list[int] = []

    def slow() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.3)
        running[0] -= 1
        calls.append(1)
        if len(calls) == 2:
            finished.set()

    scheduler = BackgroundScheduler()
    schedule(scheduler, slow, 1, datetime.now(UTC))
    scheduler.start()
    job = scheduler.get_job("sweep")
    assert (job.max_instances, job.coalesce, job.misfire_grace_time) == (1, True, None)
    job.reschedule("interval", seconds=0.1)
    assert finished.wait(LIMIT)
    scheduler.shutdown()

    assert most == [1]
    assert running == [0], "shutting down waits for the sweep that runs"


# The sweeper


class Away:
    """Something to sweep that is away at first."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.opened = self.closed = 0

    @contextmanager
    def open(self) -> Iterator[Callable[[], Swept]]:
        self.opened += 1
        try:
            yield self.sweep
        finally:
            self.closed += 1

    def sweep(self) -> Swept:
        if self.troubles:
            raise self.troubles.pop(0)
        return Swept()


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (UnreachableError("the database is away"), "the database is away"),
        (TamperedError("event 3 was changed"), "event 3 was changed"),
        (KeyError("proposal"), "fault: KeyError: 'proposal'"),
    ],
)
def test_trouble_is_said_and_passes(trouble: Exception, says: str) -> None:
    said: list[str] = []
    swept: list[Swept] = []
    away = Away(trouble)
    sweeper = Sweeper(away.open, swept.append, lambda error: said.append(str(error)))

    for _ in "123":
        sweeper()
    sweeper.close()

    assert said == [says]
    assert len(swept) == 2
    assert (away.opened, away.closed) == (2, 2)


def test_what_cannot_be_opened_is_trouble_as_well() -> None:
    said: list[str] = []

    def opens() -> Any:
        message = "the database is away"
        raise UnreachableError(message)

    sweeper = Sweeper(opens, lambda _swept: None, lambda error: said.append(str(error)))
    sweeper()
    sweeper()

    assert said == ["the database is away"] * 2


# On a real record


def test_400_days_under_the_scheduler(
    founded_in_july: Terminal, manual: ManualScheduler, place_of: Callable[[Terminal], Settings]
) -> None:
    begins = datetime(2026, 12, 1, tzinfo=UTC)
    founded_in_july.write("measure.json", proposal())
    number = founded_in_july.run("propose", "measure.json", "--json", at=begins.isoformat()).json[
        "number"
    ]
    founded_in_july.run("distribute", number, at=begins.isoformat())
    settings = place_of(founded_in_july)

    @contextmanager
    def opens() -> Iterator[Sweep]:
        with assembly.engine_there(settings) as made:
            yield Sweep(made.desk)

    said: list[str] = []
    sweeper = Sweeper(opens, lambda _swept: None, lambda error: said.append(str(error)))
    with at(begins):
        schedule(manual, sweeper, 24 * 60, begins)
        manual.start()
    for day in range(401):
        with at(begins + timedelta(days=day, minutes=1)):
            manual.tick()
    sweeper.close()

    assert said == []
    with assembly.open_record(settings) as record:
        events = [e.event for e in record.stream(announcements_stream("JP-MN"))]
    shown = [(e.clock, e.turn.value, e.at.date().isoformat()) for e in events]  # type: ignore[attr-defined]
    assert shown[:2] == [
        ("electronic_window", "open", "2026-12-01"),
        ("yearly_meeting", "due", "2026-12-01"),
    ] or shown[:2] == [
        ("yearly_meeting", "due", "2026-12-01"),
        ("electronic_window", "open", "2026-12-01"),
    ]
    assert shown[2:] == [
        ("electronic_window", "closed", "2026-12-12"),
        ("yearly_meeting", "overdue", "2027-01-01"),
        ("text_expiry", "due", "2027-10-02"),
        ("yearly_meeting", "due", "2027-11-01"),
        ("text_expiry", "lapsed", "2027-12-02"),
        ("yearly_meeting", "overdue", "2028-01-01"),
    ]


@pytest.fixture
def place_of() -> Callable[[Terminal], Settings]:
    """Return where a terminal's state lies."""

    def settings(cli: Terminal) -> Settings:
        assert cli.home is not None
        url = cli.environment.get("JCGOV_DATABASE_URL")
        return Settings(cli.home, cli.home / "keys", url)

    return settings


# The command


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return what a process says on stderr, up to a line with these words."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    pytest.fail(f"it ended without saying {words!r}: {said}")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_settle_every_minute_sweeps_at_once_and_ends_cleanly(
    founded_in_july: Terminal, ending: signal.Signals
) -> None:
    process = founded_in_july.start("settle", "--every", "1", at="2026-12-01T00:00:00Z")
    assert process.stdout is not None
    line = process.stdout.readline()

    process.send_signal(ending)
    _out, err = process.communicate(timeout=LIMIT)

    assert line == "JP-MN: due: JP-MN meets at least once in 2026 (2026-12-31)\n"
    assert process.returncode == 0, err
    assert "ended; the next sweep goes on from here" in err
    assert "Traceback" not in err


def test_settle_every_minute_outlives_a_database_that_is_away(cli: Terminal) -> None:
    away = {"JCGOV_DATABASE_URL": "postgresql://127.0.0.1:9/nowhere"}
    process = cli.start("settle", "--every", "1", environment=away)
    read_until(process, "trying again")

    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err


@pytest.mark.parametrize("minutes", ["0", "-1", "1441", "soon", "1.5"])
def test_other_minutes_are_wrong_usage(cli: Terminal, minutes: str) -> None:
    refused = cli.run("settle", f"--every={minutes}", code=2)

    assert "is no number of minutes from 1 to 1440" in refused.err
