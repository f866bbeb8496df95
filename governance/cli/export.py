"""``jcgov export bundle``: one file with which a decision proves itself."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import library
from governance.cli.arguments import (
    command,
    committee_option,
    output_option,
    subcommands,
    write_file,
)
from governance.cli.output import say
from policies.refusals import NotFoundError


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "export", "Write what outsiders verify.")
    inner = subcommands(parser)
    bundle = command(inner, common, "bundle", "Write a decision's bundle.", _bundle)
    bundle.add_argument("number", metavar="NUMBER")
    committee_option(bundle)
    output_option(bundle, "the bundle")


def _bundle(options: argparse.Namespace) -> int:
    from governance.exchange.bundles import export_bundle
    from projections.decision_log import DECISION_LOG
    from projections.log_reading import adopted_number

    with library(options.settings) as read:
        rows = list(read.tables.select(DECISION_LOG, "status = ?", ("signed",)))
        named = None if options.committee is None else options.committee.code
        committee, number = adopted_number(rows, options.number, named)
        if read.record is None:
            message = f"no decision is recorded below {options.settings.home}"
            raise NotFoundError(message)
        data = export_bundle(read.record, committee, number).to_bytes()
    write_file(options.output, data)
    say(f"{number}: {options.output}, {len(data):,} bytes. Check it: jcgov verify {options.output}")
    return 0
