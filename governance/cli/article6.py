"""``jcgov article6`` and ``jcgov government-report``: what governments do under Article 6.2."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from governance.assembly import engine_there, library, reading_desk
from governance.cli.arguments import (
    calendar_year,
    command,
    committee_option,
    instant,
    json_option,
    of_file,
    read_file,
    read_json,
    stated,
    write_file,
)
from governance.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from typing import Any

    from projections.article6 import Article6


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    report = command(
        commands,
        common,
        "government-report",
        "Record a government's signed report under Article 6.2; with -o, write one to be signed.",
        _report,
    )
    report.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="all signatures of one report"
    )
    report.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="REQUEST",
        help="write the request to sign what FILE says: committee, side, report, decision (a"
        " number) and item, says (act: authorization, first-transfer or acquisition), supersedes",
    )
    report.set_defaults(usage_error=report.error)
    tables = command(
        commands,
        common,
        "article6",
        "A Party's tables of the agreed electronic format for a year, each row with its event.",
        _tables,
    )
    committee_option(tables, required=True)
    tables.add_argument(
        "--side", type=stated, required=True, metavar="CODE", help="whose tables: JP, or as MN"
    )
    tables.add_argument("--year", type=calendar_year, required=True, metavar="YEAR", help="as 2026")
    tables.add_argument(
        "--known-at",
        type=instant,
        metavar="TIME",
        help="what had been recorded by then, RFC 3339 (a date: by its end in UTC)",
    )
    form = tables.add_mutually_exclusive_group()
    form.add_argument("--csv", type=Path, metavar="DIR", help="write a file for each table")
    form.add_argument("--xlsx", type=Path, metavar="FILE", help="write a workbook")
    json_option(form)


def _report(options: argparse.Namespace) -> int:
    from governance.service.requests import Request
    from governance.service.signing import merge, submit
    from policies.proof.reading import read
    from policies.proof.statements import GovernmentReport

    if options.output is not None:
        return _write_request(options)
    envelopes = []
    for file in options.files:
        envelope = Request.from_bytes(read_file(file), str(file)).envelope
        with of_file(file):
            read(envelope, GovernmentReport)
            envelopes.append(envelope)
    with engine_there(options.settings) as made:
        for submitted in submit(made.desk, merge(envelopes)):
            print(submitted.says, flush=True)
    return 0


def _write_request(options: argparse.Namespace) -> int:
    from governance.service.government import government_request

    if len(options.files) != 1:
        options.usage_error("with -o give one FILE, which says what is to be signed")
    file = options.files[0]
    content = read_json(file)
    with reading_desk(options.settings) as desk, of_file(file):
        request = government_request(desk, content)
    write_file(options.output, request.to_bytes() + b"\n", read=[file])
    say(
        f"{options.output}: to be signed with the keys of the side's authority (an authorization),"
        f" or of its registry: jcgov sign {options.output}"
    )
    return 0


def _tables(options: argparse.Namespace) -> int:
    from projections.article6 import article6

    with library(options.settings) as read:
        found = article6(
            read.tables,
            options.committee,
            options.side,
            options.year,
            known_at=options.known_at,
        )
    if options.json:
        print_json(found.to_json())
    elif options.csv is not None:
        _write_csv(options.csv, found)
    elif options.xlsx is not None:
        from governance.exchange.article6_xlsx import to_xlsx

        write_file(options.xlsx, to_xlsx(found))
        say(f"{options.xlsx}: {_counted(found)}")
    else:
        _print(found)
    _warn(found)
    return 0


def _write_csv(folder: Path, found: Article6) -> None:
    from governance.exchange.article6_csv import to_csv

    for name, data in to_csv(found).items():
        write_file(folder / name, data)
    say(f"{folder}: {_counted(found)}")


def _counted(found: Article6) -> str:
    return ", ".join(f"{filled.table.name} {len(filled.lines)}" for filled in found.filled)


def _print(found: Article6) -> None:
    """Show each table without the columns in which nothing stands."""
    for filled in found.filled:
        rows = filled.rows
        shown = [
            place
            for place in range(len(filled.table.columns))
            if any(row[place] is not None for row in rows)
        ]
        labels = [filled.table.labels[place] for place in shown] or ["(empty)"]
        print_table(filled.table.heading, labels, [[row[place] for place in shown] for row in rows])


def _warn(found: Article6) -> None:
    """Say what the tables cannot show."""
    for report in found.awaited:
        say(
            f"first transfer {report.report} of {report.side} ({report.decision} item"
            f" {report.item}): {found.side} has not reported all of it as acquired"
        )
    rows = [row for row in found.provenance if row[-1] is not None]
    for row in rows:
        say(f"{row[0]} row {row[1]} (report {row[5]} of {row[4]}) differs: {row[-1]}")
    if any(filled.table.name == "holdings" and filled.lines for filled in found.filled):
        say("Holdings are what was acquired; of use, cancellation or sale nothing is reported here")
