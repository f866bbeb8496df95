"""Mixed public reads of a service that really runs: ``python -m tests.benchmarks.load``.

Starts ``jcgov serve`` on the loopback and asks it at an open rate: each request is sent when it is
due, however late the answers before it are, and its time is counted from then. What is not answered
with 200 is an error. Of each kind a few addresses are asked for much and most of them seldom, as
people read (Zipf's law); `--even`: as crawlers do. `--appends` records decisions meanwhile. The
client takes its share of the same cores, which is said beside what the machine did otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import anyio
import httpcore2
import psutil
from anyio.streams.memory import MemoryObjectReceiveStream
from rich.console import Console
from rich.table import Table

from governance import assembly
from governance.pages.templating import static
from tests.benchmarks import addresses
from tests.benchmarks.going_on import Place, add_options, place
from tests.http.served import Served, served

RATE, SECONDS = 200, 30
ALONE = ("--sweep", "0", "--publish", "0", "--no-push")
"""As web server alone: the record ends years ago, and its first sweep would announce all since."""
PATIENCE = 30.0
"""Seconds after which a request counts as lost."""
CONNECTIONS = 64
HEADERS = [("Accept", "text/html,*/*")]
NO_ANSWER = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException)
SHARES = {
    "front": 6,
    "front, Japanese": 2,
    "committee": 10,
    "committee, a day": 2,
    "log": 10,
    "log, page": 4,
    "log, kind": 3,
    "log of all": 3,
    "log of all, page": 5,
    "log of all, words": 1,
    "log of all, days": 1,
    "log, CSV": 2,
    "log, JSON": 2,
    "log, Atom": 2,
    "decision": 20,
    "methodologies": 2,
    "entities": 2,
    "projects": 4,
    "credits": 3,
    "credits, a day": 2,
    "credits, CSV": 1,
    "project": 8,
    "rulebook": 1,
    "compare": 1,
    "charts": 2,
    "inputs": 1,
    "inputs of all": 2,
    "verify": 1,
    "status": 1,
    addresses.HEALTH: 1,
    addresses.FLOOR: 8,
}
"""How often each kind is asked for, of which all have some address."""


@dataclass
class Outcome:
    """What came of the requests: seconds of those answered with 200 by kind, and the errors."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    bytes: int = 0


def main() -> int:
    """Load the service, and print what came of it; 1 if there was an error."""
    options = _options()
    where = (options.folder, options.committees, options.events)
    with (
        place(*where, postgresql=options.postgresql) as made,
        served(made.settings, made.settings.home.parent / "serve", *_how(options)) as service,
    ):
        found = addresses_of(service, Random(options.seed))
        print(f"loading: {sum(map(len, found.values())):,} addresses", file=sys.stderr)
        outcome, said = loaded(service, made, found, options)
    _print(outcome, said, options)
    return 1 if outcome.errors else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=RATE, help="requests a second")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--appends", type=float, default=0, help="decisions recorded a second")
    add_options(parser)
    parser.add_argument("--workers", type=int, default=1, help="processes; several: on PostgreSQL")
    parser.add_argument("--even", action="store_true", help="each address as often as another")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _how(options: argparse.Namespace) -> list[str]:
    return [*ALONE, "--workers", str(options.workers)]


def addresses_of(service: Served, rng: Random) -> dict[str, list[str]]:
    """Return every address that may be asked for, by kind."""

    def read(address: str) -> Any:
        answer = service.client.get(address)
        if answer.status_code != 200:
            return None
        is_json = answer.headers["content-type"].startswith("application/json")
        return answer.json() if is_json else answer.text

    found: dict[str, list[str]] = {}
    for kind, address in addresses.of_all(static("site.css")).items():
        found.setdefault(kind, []).append(address)
    found["log of all, page"] = [f"/decisions?page={page}" for page in range(2, 151)]
    for code in addresses.committees(read):
        home = f"/committees/{code}"
        for kind, address in addresses.of_one(read, code).items():
            found.setdefault(kind, []).append(address)
        decisions = read(f"{home}/decisions.json") + read(f"{home}/decisions.json?page=3")
        found["decision"] += [f"/decisions/{decision['number']}" for decision in decisions]
        found["project"] += [
            f"{home}/projects/{p['number']}" for p in read(f"{home}/projects.json")
        ]
        found.setdefault("log, page", []).extend(f"{home}/decisions?page={n}" for n in (2, 3, 4))
        found["credits, a day"] += [
            f"{home}/credits?as_of={rng.randint(2018, 2022)}-{rng.randint(1, 12):02}-15"
            for _ in range(5)
        ]
    return {kind: found[kind] for kind in SHARES}


def loaded(
    service: Served,
    made: Place,
    found: dict[str, list[str]],
    options: argparse.Namespace,
) -> tuple[Outcome, dict[str, Any]]:
    """Ask at the rate, and return what came of it, and what the machine did meanwhile."""
    rng, outcome = Random(options.seed), Outcome()
    kinds = rng.choices(list(SHARES), list(SHARES.values()), k=options.rate * options.seconds)
    plan = [(kind, _one_of(found[kind], rng, even=options.even)) for kind in kinds]
    server, us = psutil.Process(service.process.pid), psutil.Process()
    before = (_cpu(server, *server.children(recursive=True)), _cpu(us))
    load, began = os.getloadavg()[0], time.monotonic()
    with assembly.open_record(made.settings) as record:

        def append() -> None:
            record.table.insert_events(next(made.more))

        anyio.run(_run, service.address, plan, outcome, options, append)
    seconds = time.monotonic() - began
    after = (_cpu(server, *server.children(recursive=True)), _cpu(us))
    used = [(late - early) / seconds for early, late in zip(before, after, strict=True)]
    return outcome, {
        "seconds": seconds,
        "server": used[0],
        "client": used[1],
        "memory": server.memory_info().rss / 2**20,
        "load": (load, os.getloadavg()[0]),
        "cores": os.cpu_count(),
    }


def _one_of(known: list[str], rng: Random, *, even: bool) -> str:
    """Return an address: the n-th one n times more seldom than the first, unless all are alike."""
    if even:
        return rng.choice(known)
    return rng.choices(known, [1 / place for place in range(1, len(known) + 1)])[0]


def _cpu(*processes: psutil.Process) -> float:
    used = [process.cpu_times() for process in processes]
    return float(sum(times.user + times.system for times in used))


async def _run(
    address: str,
    plan: list[tuple[str, str]],
    outcome: Outcome,
    options: argparse.Namespace,
    append: Callable[[], None],
) -> None:
    """Put each request in line when it is due; as many at once as there are connections."""
    put, taken = anyio.create_memory_object_stream[tuple[str, str, float]](len(plan))
    async with anyio.create_task_group() as beside, anyio.create_task_group() as asking:
        if options.appends:
            beside.start_soon(_append, append, options.appends)
        for _ in range(CONNECTIONS):
            asking.start_soon(_ask, address, taken.clone(), outcome)
        taken.close()
        began = time.perf_counter()
        with put:
            for count, (kind, path) in enumerate(plan):
                due = began + count / options.rate
                await anyio.sleep(max(0.0, due - time.perf_counter()))
                put.send_nowait((kind, path, due))
        while taken.statistics().open_receive_streams:
            await anyio.sleep(0.01)
        beside.cancel_scope.cancel()


async def _ask(
    address: str, line: MemoryObjectReceiveStream[tuple[str, str, float]], outcome: Outcome
) -> None:
    """Ask by a connection of its own for what is next in line, until that has ended."""
    async with line, httpcore2.AsyncConnectionPool(max_connections=1, keepalive_expiry=5) as pool:
        async for kind, path, due in line:
            try:
                with anyio.fail_after(PATIENCE):
                    answer = await pool.request("GET", f"{address}{path}", headers=HEADERS)
            except (*NO_ANSWER, TimeoutError) as error:
                outcome.errors[f"{kind}: {type(error).__name__}"] += 1
                continue
            if answer.status == 200:
                outcome.taken.setdefault(kind, []).append(time.perf_counter() - due)
                outcome.bytes += len(answer.content)
            else:
                outcome.errors[f"{kind}: {answer.status} at {path}"] += 1


async def _append(append: Callable[[], None], rate: float) -> None:
    while True:
        await anyio.to_thread.run_sync(append)
        await anyio.sleep(1 / rate)


def _print(outcome: Outcome, said: dict[str, Any], options: argparse.Namespace) -> None:
    every = [taken for kind in outcome.taken.values() for taken in kind]
    table = Table(title=f"{options.rate} requests a second, milliseconds", title_justify="left")
    for column in ("kind", "answered", "median", "90 %", "99 %", "worst"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind, taken in sorted(outcome.taken.items(), key=lambda entry: -max(entry[1])):
        table.add_row(kind, str(len(taken)), *_percentiles(taken))
    table.add_section()
    table.add_row("all", f"{len(every):,}", *_percentiles(every))
    console = Console(width=100)
    console.print(table)
    console.print(
        f"{len(every) / said['seconds']:.0f} answers a second over {said['seconds']:.1f} s,"
        f" {outcome.bytes / 1e6:.0f} MB; {sum(outcome.errors.values())} errors;"
        f" cores used: server {said['server']:.2f}, client {said['client']:.2f} of {said['cores']};"
        f" server's memory {said['memory']:.0f} MiB;"
        f" load average before {said['load'][0]:.1f}, after {said['load'][1]:.1f}"
    )
    for error, count in outcome.errors.most_common(20):
        console.print(f"{count} x {error}")


def _percentiles(taken: list[float]) -> list[str]:
    ordered = sorted(taken)
    places = [ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.9, 0.99)]
    return [f"{seconds * 1000:.1f}" for seconds in (*places, ordered[-1])]


if __name__ == "__main__":
    raise SystemExit(main())
