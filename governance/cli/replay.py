"""``jcgov replay``: rebuild every view from the events, and say whether it is as it was."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import library
from governance.cli.arguments import command, json_option
from governance.cli.output import print_json, print_table, progress, say
from projections.replay import Replay, rebuild


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "replay", "Rebuild every view from the events, and compare.", _replay
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="check the hash chain, and every envelope by the rules of its place",
    )
    json_option(parser)


def _replay(options: argparse.Namespace) -> int:
    from governance.service.checking import check_record

    with library(options.settings) as read:
        if read.record is None:
            found = Replay(0, 0.0, {})
        else:
            with progress(read.record.position, "rebuilding the views") as advance:
                found = rebuild(read.record, read.tables if read.live else None, advance)
            if options.verify:
                with progress(read.record.position, "checking the events") as advance:
                    found.verified = check_record(read.record, advance)
    if options.json:
        print_json(found.to_json())
    else:
        _print(found)
    for name in found.differing:
        say(f"{name} was not what the events say; the rebuilt one stands now")
    return 1 if found.differing or (found.verified and not found.verified["ok"]) else 0


def _print(found: Replay) -> None:
    rate = found.events / found.seconds if found.seconds else 0
    rows = [[name, count, digest] for name, (count, digest, _at) in found.views.items()]
    print_table("Views rebuilt", ("view", "rows", "digest"), rows)
    say(f"{found.events:,} events in {found.seconds:.2f} s ({rate:,.0f} a second)")
    if found.verified is not None:
        say(found.verified["detail"])
