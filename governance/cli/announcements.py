"""``jcgov announcements``: what became due, overdue, open, closed or lapsed, as announced."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from typing import Any

from governance.assembly import library
from governance.cli.arguments import command, committee_option, instant, json_option
from governance.cli.output import print_json, print_table, say
from policies.calendar import timestamp
from projections.announcements import ANNOUNCEMENTS, COLUMNS

_NARROW = ([[0], [3]], [[4], [6]], [[1], [2]], [[8], [7]])


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "announcements",
        "What deadlines came to, as it was announced; see also: jcgov settle.",
        _announcements,
    )
    committee_option(parser)
    parser.add_argument(
        "--since",
        type=_since,
        metavar="TIME",
        help="what was announced from then on, RFC 3339 (a date: from its beginning in UTC)",
    )
    json_option(parser)


def _announcements(options: argparse.Namespace) -> int:
    wanted = {
        "committee = ?": None if options.committee is None else options.committee.code,
        "recorded_at >= ?": None if options.since is None else timestamp(options.since),
    }
    where = " AND ".join(name for name, value in wanted.items() if value is not None)
    values = [value for value in wanted.values() if value is not None]
    with library(options.settings) as read:
        order = "recorded_at, stream, version"
        rows = list(read.tables.select(ANNOUNCEMENTS, where, values, order))
    if options.json:
        print_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    else:
        print_table("Announcements", COLUMNS, rows, narrow=_NARROW)
        if not rows:
            say("Nothing was announced here; see: jcgov settle.")
    return 0


def _since(text: str) -> datetime:
    """Read an RFC 3339 instant, or a date as the beginning of that day in UTC."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return instant(text)
