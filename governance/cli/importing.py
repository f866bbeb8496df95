"""``jcgov import decisions``: the past, as published elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.assembly import engine, history_to_read
from governance.cli.arguments import command, json_option, read_file, subcommands
from governance.cli.output import print_json, say
from governance.clock import utc_now


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "import", "Take in records made elsewhere.")
    inner = subcommands(parser)
    decisions = command(
        inner, common, "decisions", "Import historical decisions from a CSV file.", _decisions
    )
    decisions.add_argument("file", type=Path, metavar="FILE.csv")
    decisions.add_argument("--dry-run", action="store_true", help="say what would be taken")
    json_option(decisions)


def _decisions(options: argparse.Namespace) -> int:
    from governance.service.history import read_table

    data = read_file(options.file)
    if options.dry_run:
        with history_to_read(options.settings) as history:
            report = history.import_decisions(data, options.file.name, dry_run=True)
    else:
        if not options.settings.home.exists():
            read_table(data, options.file.name, utc_now())  # what is no table makes no home
        with engine(options.settings) as made:
            report = made.history.import_decisions(data, options.file.name, dry_run=False)
    if options.json:
        print_json(report.to_json())
    else:
        print(report.says)
    for line, reason in report.refusals:
        say(f"{options.file}:{line}: refused: {reason}")
    return 1 if report.refusals else 0
