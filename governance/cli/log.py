"""``jcgov log``: the public decision log."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from governance.cli.arguments import command, committee_option, json_option, time_options
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings
from projections.log_reading import ORDER, LogFilter, decisions, rows_if_current


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "log", "The public decision log, oldest first.", _log)
    committee_option(parser)
    parser.add_argument(
        "--type", metavar="KIND", help="only decisions with an item of that kind, as issuance"
    )
    time_options(parser)
    form = parser.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help="one line an item, as CSV")


def _log(options: argparse.Namespace) -> int:
    wanted = LogFilter(
        committee=None if options.committee is None else options.committee.code,
        kind=options.type,
        as_of=options.as_of,
        known_at=options.known_at,
    )
    found = read_log(options.settings, wanted)
    if options.type is not None and not found:
        _say_if_no_kind(options.type)
    if options.json:
        print_json(found)
    elif options.csv:
        from governance.exchange.log_csv import write_log

        write_log(found, sys.stdout)
    else:
        rows = [_line(decision, item) for decision in found for item in decision["items"]]
        print_table("Decision log", COLUMNS, rows, narrow=NARROW)
        if not found:
            say("No decision is recorded here that fits.")
    return 0


def read_log(settings: Settings, wanted: LogFilter) -> list[dict[str, Any]]:
    """Return the decisions that fit, whole, in the shape of ``--json``."""
    if not settings.recorded:
        return []
    quickly = settings.database_url is None
    rows = rows_if_current(settings.database, wanted) if quickly else None
    if rows is None:
        rows = _rows_brought_up(settings, wanted)
    return list(decisions(rows, wanted))


def _say_if_no_kind(kind: str) -> None:
    """Asked only where nothing was found: a misspelt kind must not pass for an empty log."""
    from policies.items import KINDS

    if kind not in KINDS:
        say(f"{kind!r} is no kind of item; there are {', '.join(KINDS)}")


def _rows_brought_up(settings: Settings, wanted: LogFilter) -> list[tuple[Any, ...]]:
    from governance.assembly import library
    from projections.decision_log import DECISION_LOG

    where, values = wanted.where
    with library(settings) as read:
        return list(read.tables.select(DECISION_LOG, where, values, ORDER))


COLUMNS = ("adopted", "number", "status", "kind", "subject", "quantity", "amounts", "title")
"""What a line of the log says, an item each."""
NARROW = (((0,), (2,)), ((1,), (3,)), ((4, 5, 6), (7,)))
"""Two lines a decision: day over status, number over kind, subject and amounts over title."""


def _line(decision: dict[str, Any], item: dict[str, Any]) -> list[Any]:
    amounts = item["amounts"] or {}
    return [
        decision["adopted_on"] or "undated",
        decision["number"],
        decision["status"],
        item["kind"],
        item["subject"],
        _figure(item["quantity"]),
        ", ".join(f"{side} {_figure(amount) or '?'}" for side, amount in amounts.items()),
        item["title"],
    ]


def _figure(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
