"""The benchmarks: ``./check --bench [--events N] [--rounds N] [--only WORD]``.

Prints a table and writes ``tests/benchmarks/results.json``. Nothing here fails for being slow.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from aggregates.committee.events import DecisionAdopted
from aggregates.event import Event
from aggregates.store.chain import Row as Stored
from aggregates.store.record import Record
from governance.assembly import library, make_database
from governance.demo.story import tell
from governance.settings import Settings
from tests.benchmarks import (
    appending,
    checking,
    latency,
    loading,
    memory,
    pages,
    replaying,
    starting,
    tiles,
)
from tests.benchmarks.histories import History, fill
from tests.benchmarks.measuring import Row
from tests.postgresql.server import Server

RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Measure every row, or those that are named."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="jcgov-bench-") as name:
        folder = Path(name)
        many = _made(folder / "many.sqlite3", History(200, options.events, seed=1))
        one = _made(folder / "one.sqlite3", History(1, min(options.events, 100_000), seed=1))
        with Server.start(durable=True) as server:
            rows = _measured(options, folder, many, one, server)
    RESULTS.write_text(json.dumps({"rows": [row.to_json() for row in rows]}, indent=2) + "\n")
    _print(rows, options.events)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./check --bench", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="how long the history is")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair is measured")
    parser.add_argument("--only", default="", help="only rows whose name holds this word")
    return parser.parse_args()


def _measured(
    options: argparse.Namespace, folder: Path, many: Path, one: Path, server: Server
) -> list[Row]:
    rounds, decision = options.rounds, _a_decision(many)
    measures: dict[str, Callable[[], Row]] = {
        "durable append, SQLite": lambda: appending.on_sqlite(folder, decision, rounds),
        "durable append, PostgreSQL": lambda: appending.on_postgresql(
            _empty(server), decision, rounds
        ),
        "replay into the log, SQLite": lambda: replaying.on_sqlite(many, folder, rounds),
        "replay into the log, PostgreSQL": lambda: replaying.on_postgresql(
            _copied(many, server), rounds
        ),
        "replay, every signature checked": lambda: checking.on_all_cores(many, rounds),
        "loading a committee": lambda: loading.whole_stream(one, rounds),
        "loading with a snapshot": lambda: loading.with_snapshot(
            one, _made(folder / "short.sqlite3", History(1, 1000, seed=1)), rounds
        ),
        "commit to decision log, SQLite": lambda: latency.on_sqlite(folder, decision),
        "commit to decision log, PostgreSQL": lambda: latency.on_postgresql(
            _empty(server), decision, rounds
        ),
        "memory of a replay": lambda: memory.of_replay(many, folder),
        "memory of loading": lambda: memory.of_loading(one),
        "log: entries into tiles": lambda: tiles.building(folder, options.events, rounds),
        "log: one entry more": lambda: tiles.one_more(folder, options.events, rounds),
        "pages after an event": lambda: pages.worst_after_an_event(folder, rounds),
        "./jcgov log": lambda: starting.first_line(_told(folder), rounds),
    }
    rows = []
    for name, measure in measures.items():
        if options.only in name:
            print(f"measuring: {name}", file=sys.stderr)
            rows.append(measure())
    return rows


def _made(file: Path, history: History) -> Path:
    with (
        closing(Record.open(file)) as record,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task(f"making {history.events:,} events", total=history.events)
        fill(record, history, lambda count: bar.update(task, advance=count))
    return file


def _a_decision(file: Path) -> Event:
    """Return an adopted decision of the usual size."""
    with closing(Record.open_read_only(file)) as record:
        entries = record.onwards(0, 5000, (DecisionAdopted,)).entries
        encoded = sorted((record.mapper.to_stored_event(e).state, e) for e in entries[:99])
        by_size = sorted(encoded, key=lambda pair: len(pair[0]))
        return by_size[len(by_size) // 2][1].event


def _empty(server: Server) -> str:
    url = server.create_database()
    make_database(Settings(Path(), Path(), url))
    return url


def _copied(file: Path, server: Server) -> str:
    """Return a database that holds the same events."""
    url = _empty(server)
    with (
        closing(Record.open_read_only(file)) as source,
        closing(Record.connect(url)) as target,
    ):
        end = source.position
        pages = (
            [Stored(*row) for row in source.table.rows(after, min(after + 1000, end))]
            for after in range(0, end, 1000)
        )
        target.table.fill(pages)
    return url


def _told(folder: Path) -> Path:
    """Return the home that the demonstration leaves, its log brought up to the events."""
    home = folder / "home"
    shown, sys.stdout = sys.stdout, sys.stderr
    try:
        tell(str(home))
    finally:
        sys.stdout = shown
    with library(Settings(home, home / "keys")):
        pass
    return home


def _print(rows: list[Row], events: int) -> None:
    table = Table(title=f"{events:,} events", title_justify="left")
    for column in ("row", "ours", "floor", "ratio", "goal", "reached"):
        table.add_column(column, justify="left" if column == "row" else "right")
    for row in rows:
        sign = "≥" if row.better == "higher" else "≤"
        table.add_row(
            row.name,
            f"{row.value:,.4g} {row.unit}",
            f"{row.floor:,.4g} {row.unit}",
            f"{row.ratio:.2f}",
            f"{sign} {row.goal:.2f}",
            "yes" if row.reached else "NO",
        )
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
