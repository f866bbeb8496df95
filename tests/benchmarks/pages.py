"""Server time of every public page: ``python -m tests.benchmarks.pages [--only WORD]``.

In process, no network: fresh (the first request of a process), warm, and the first request after a
decision was adopted in the same committee or in another one. Each beside the time of a static file,
measured in turns with it: what the framework takes by itself. On a busy machine the time of the
processor says more than the clock's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from governance import assembly
from governance.http.app import application_of
from governance.http.limits import Limits
from governance.http.opened import Opened
from governance.pages.templating import static
from governance.settings import Settings
from tests.benchmarks import addresses, measuring
from tests.benchmarks.going_on import Place, add_options, place
from tests.benchmarks.measuring import absolute

BUDGET = 0.050
"""Seconds of server time that a page may take."""
WARM = 15
"""Requests of which a warm page's time is taken."""


@dataclass
class Timed:
    """An application; how long each answer took until its last byte, and of that the processor."""

    app: ASGIApp
    taken: list[tuple[float, float]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note the time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter(), time.process_time()
        await self.app(scope, receive, send)
        self.taken.append((time.perf_counter() - began[0], time.process_time() - began[1]))


@dataclass
class Service:
    """The service over one home, in this process."""

    client: TestClient
    timed: Timed
    opened: Opened

    @classmethod
    @contextmanager
    def over(cls, settings: Settings) -> Iterator[Service]:
        """Open it, with the clock where the record ends."""
        now = _end(settings)
        app = application_of(settings, Limits(), lambda: now)
        timed = Timed(app)
        with TestClient(timed, base_url="http://test") as client:
            yield cls(client, timed, app.state.opened)

    def seconds(self, address: str) -> float:
        """Ask for an address, and return how long its answer took; it must be one."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            message = f"{address}: {answer.status_code}"
            raise RuntimeError(message)
        return self.timed.taken[-1][0]

    def read(self, address: str) -> Any:
        """Return what an address answers with; null where it has nothing."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            return None
        is_json = answer.headers["content-type"].startswith("application/json")
        return answer.json() if is_json else answer.text

    def record(self, rows: list[StoredEvent]) -> None:
        """Append events, and wait until every view has them."""
        self.opened.engine.record.table.insert_events(rows)
        while any(left for _at, left in self.opened.behind().values()):
            time.sleep(0.001)


@dataclass
class Times:
    """What was measured of one kind of address, in seconds."""

    kind: str
    fresh: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Of the first requests after an event."""


def main() -> int:
    """Measure every kind of address, or those that are named, and print a table."""
    options = _options()
    if options.once:
        with Service.over(Settings.read(None)) as service:
            print(service.seconds(options.once))
        return 0
    where = (options.folder, options.committees, options.events)
    with place(*where, postgresql=options.postgresql) as made:
        _print(measured(made, options.rounds, options.only, fresh=options.fresh))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--rounds", type=int, default=5, help="events a kind, on each side")
    parser.add_argument("--fresh", type=int, default=3, help="fresh processes a kind")
    parser.add_argument("--only", default="", help="only kinds whose name holds this word")
    parser.add_argument("--once", help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(made: Place, rounds: int, only: str = "", *, fresh: int = 0) -> list[Times]:
    """Measure the kinds of addresses whose name holds a word; `fresh`: processes for each."""
    with Service.over(made.settings) as service:
        static_file = static("site.css")
        codes = addresses.committees(service.read)
        common = addresses.of_all(static_file)
        every = {code: common | addresses.of_one(service.read, code) for code in codes}
        _most, fullest = max((len(known), list(known)) for known in every.values())
        kinds = [kind for kind in fullest if only in kind]
        found = [Times(kind) for kind in kinds]
        for times in found:
            print(f"measuring: {times.kind}", file=sys.stderr)
            _warm(service, every, times, static_file)
            for number in range(2 * rounds):
                _after(service, every, times, next(made.more), same=number % 2 == 0)
        for times in found:
            address = next(known[times.kind] for known in every.values() if times.kind in known)
            times.fresh += [_fresh(made.settings, address) for _ in range(fresh)]
    return found


def worst_after_an_event(folder: Path, rounds: int) -> measuring.Row:
    """Measure the slowest page on its first request after an event, against the budget."""
    with place(folder) as made:
        found = measured(made, rounds)
    slowest = max(statistics.median([*times.same, *times.other]) for times in found)
    return absolute("slowest page, first request after an event", slowest, goal=BUDGET, unit="s")


def _warm(
    service: Service, every: dict[str, dict[str, str]], times: Times, static_file: str
) -> None:
    """Ask as often as it takes, in turns with the floor."""
    address = next(known[times.kind] for known in every.values() if times.kind in known)
    service.seconds(address)
    for _ in range(WARM):
        times.warm.append(service.seconds(address))
        times.floors.append(service.seconds(static_file))


def _after(
    service: Service,
    every: dict[str, dict[str, str]],
    times: Times,
    rows: list[StoredEvent],
    *,
    same: bool,
) -> None:
    """Ask before events and after them, a page of the committee that adopted, or of another."""
    adopting = str(rows[-1].originator_id).partition("-")[2]
    having = [code for code, known in every.items() if times.kind in known]
    others = [code for code in having if code != adopting]
    code = adopting if same and adopting in having else (others or having)[0]
    address = every[code][times.kind]
    service.seconds(address)
    service.record(rows)
    (times.same if same else times.other).append(service.seconds(address))
    times.processor.append(service.timed.taken[-1][1])


def _fresh(settings: Settings, address: str) -> float:
    command = [sys.executable, "-m", __spec__.name, "--once", address]
    environment = os.environ | {"JCGOV_HOME": str(settings.home)}
    if settings.database_url is not None:
        environment["JCGOV_DATABASE_URL"] = settings.database_url
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(ran.stdout.splitlines()[-1])


def _end(settings: Settings) -> datetime:
    with assembly.open_record(settings) as record:
        return record.onwards(record.position - 1).entries[0].event.at


COLUMNS = ("page", "fresh", "warm", "same committee", "another", "processor", "floor", "ratio")


def _print(found: list[Times]) -> None:
    table = Table(title="milliseconds, median and worst", title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "page" else "right")
    for times in found:
        sides = (times.fresh, times.warm, times.same, times.other, times.processor)
        floor = statistics.median(times.floors)
        after = statistics.median([*times.same, *times.other])
        table.add_row(
            times.kind,
            *(_shown(side) for side in sides),
            f"{floor * 1000:.1f}",
            f"{after / floor:.1f}",
        )
    Console(width=110).print(table)


def _shown(taken: list[float]) -> str:
    show: Callable[[float], str] = lambda seconds: f"{seconds * 1000:.1f}"  # noqa: E731
    return f"{show(statistics.median(taken))} {show(max(taken))}" if taken else "–"


if __name__ == "__main__":
    raise SystemExit(main())
