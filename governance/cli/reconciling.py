"""``jcgov acknowledge`` and ``jcgov reconcile``: what the registries report, and what differs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import engine_there, library, reading_desk
from governance.cli.arguments import (
    command,
    committee_option,
    json_option,
    of_file,
    read_file,
    read_json,
    time_options,
    write_file,
)
from governance.cli.output import print_json, print_table, say, stand
from projections.log_reading import LogFilter

if TYPE_CHECKING:
    from projections.reconciliation import Line

_SHOWN = (
    ("decision", "project", "side", "period", "basis"),
    ("item", "year"),
    *(("decided",), ("reported",), ("difference",), ("days_open",)),
    *(("open",), ("unknown",), ("reports",)),
)
"""How amounts and sums stand on a terminal; the decision and the project name the committee."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    acknowledge = command(
        commands,
        common,
        "acknowledge",
        "Record a registry's signed report of an issuance; with -o, write one to be signed.",
        _acknowledge,
    )
    acknowledge.add_argument("file", type=Path, metavar="FILE")
    acknowledge.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="REQUEST",
        help="write the request to sign what FILE says: committee, side, decision (a number), item,"
        " report, amount, serials, issued_on, supersedes",
    )
    reconcile = command(
        commands,
        common,
        "reconcile",
        "What was decided, reported, and differs, by side.",
        _reconcile,
    )
    committee_option(reconcile)
    time_options(reconcile)
    json_option(reconcile)
    reconcile.add_argument("--open", action="store_true", help="only what is not complete")
    shown = reconcile.add_mutually_exclusive_group()
    shown.add_argument("--totals", action="store_true", help="sums by project, side and year")
    shown.add_argument("--details", action="store_true", help="with items, periods and serials")
    shown.add_argument("--differences", action="store_true", help="in what reports differed")


def _acknowledge(options: argparse.Namespace) -> int:
    from governance.service.requests import Request
    from governance.service.signing import submit
    from policies.proof.reading import read
    from policies.proof.statements import Acknowledgement

    if options.output is not None:
        return _write_request(options)
    envelope = Request.from_bytes(read_file(options.file), str(options.file)).envelope
    with of_file(options.file):
        read(envelope, Acknowledgement)
    with engine_there(options.settings) as made:
        for submitted in submit(made.desk, [envelope]):
            print(submitted.says)
    return 0


def _write_request(options: argparse.Namespace) -> int:
    from governance.service.reports import report_request

    content = read_json(options.file)
    with reading_desk(options.settings) as desk, of_file(options.file):
        request = report_request(desk, content)
    write_file(options.output, request.to_bytes() + b"\n", read=[options.file])
    say(f"{options.output}: to be signed with the registry's key: jcgov sign {options.output}")
    return 0


def _reconcile(options: argparse.Namespace) -> int:
    from projections.reconciliation import totals

    if options.differences:
        return _differences(options)
    found = [line for line in _lines(options) if not (options.open and line.complete)]
    if options.totals:
        entries = totals(found)
    else:
        entries = [line.details() if options.details else line.to_json() for line in found]
    if options.json:
        print_json(entries)
        return 0
    columns = list(entries[0]) if entries else ["decision", "project", "side", "decided"]
    rows = [[_cell(name, e[name]) for name in columns] for e in entries]
    print_table("Reconciliation", columns, rows, narrow=stand(columns, *_SHOWN))
    waiting = sum(not line.complete for line in found)
    say(f"{len(found)} amounts, {waiting} not complete")
    return 0


def _differences(options: argparse.Namespace) -> int:
    from projections.reconciliation import COLUMNS, differences

    with library(options.settings) as read:
        found = differences(read.tables, _wanted(options))
    if options.json:
        print_json(found)
    else:
        print_table("Differences", COLUMNS, [list(entry.values()) for entry in found])
    return 0


def _lines(options: argparse.Namespace) -> list[Line]:
    from governance.clock import utc_now
    from projections.reconciliation import reconciliation

    with library(options.settings) as read:
        return reconciliation(read.tables, _wanted(options), utc_now())


def _wanted(options: argparse.Namespace) -> LogFilter:
    committee = None if options.committee is None else options.committee.code
    return LogFilter(committee=committee, as_of=options.as_of, known_at=options.known_at)


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return f"{value:,}" if isinstance(value, int) and name != "year" else value
