"""``jcgov docket`` and ``jcgov inputs``: what awaits whom, and what the public may comment on."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import library
from governance.cli.arguments import command, committee_option, day, json_option
from governance.cli.output import print_json, print_table, say


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    docket = command(commands, common, "docket", "What awaits whom, and until when.", _docket)
    _options(docket)
    docket.add_argument("--overdue", action="store_true", help="only what is overdue")
    docket.add_argument("--ended", action="store_true", help="cases that have ended as well")
    inputs = command(
        commands, common, "inputs", "What is open for the public's inputs, and what came.", _inputs
    )
    _options(inputs)


def _options(parser: argparse.ArgumentParser) -> None:
    committee_option(parser)
    parser.add_argument("--on", type=day, metavar="DATE", help="as of that day; else today")
    json_option(parser)


def _docket(options: argparse.Namespace) -> int:
    with library(options.settings) as read:
        entries = _of(read, options).entries(ended=options.ended)
    if options.overdue:
        entries = [entry for entry in entries if entry["overdue"]]
    if options.json:
        print_json(entries)
        return 0
    columns = ("case", "title", "status", "step", "awaits", "opened", "due", "days left")
    rows = [[_shown(entry, name) for name in columns] for entry in entries]
    print_table("Docket", columns, rows, narrow=[[[0], [5]], [[1]], [[2], [3]], [[4]], [[6], [7]]])
    if not rows:
        say("Nothing is open here." if not options.overdue else "Nothing is overdue here.")
    return 0


def _inputs(options: argparse.Namespace) -> int:
    with library(options.settings) as read:
        entries = _of(read, options).open_inputs()
    if options.json:
        print_json(entries)
        return 0
    columns = ("case", "number", "title", "opens", "closes", "days left", "inputs")
    rows = [
        [*(entry[name.replace(" ", "_")] for name in columns[:-1]), len(entry["inputs"])]
        for entry in entries
    ]
    print_table("Open for inputs", columns, rows)
    if not rows:
        say("Nothing is open for inputs here.")
    return 0


def _of(read: Any, options: argparse.Namespace) -> Any:
    from governance.clock import utc_now
    from projections.docket import Docket

    committee = None if options.committee is None else options.committee.code
    return Docket(read.tables, utc_now(), committee, options.on)


def _shown(entry: dict[str, Any], name: str) -> Any:
    if name == "days left":
        left = entry["days_left"]
        return f"{-left} over" if entry["overdue"] else left
    value = entry[name]
    return value.replace("_", " ") if name == "status" else value
