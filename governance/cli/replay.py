"""``jcgov replay``: rebuild every view from the events, and say whether it is as it was."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from aggregates.store.chain import Head
from aggregates.store.record import Record
from governance.assembly import library, record_at
from governance.cli.arguments import command, json_option
from governance.cli.keeping import against_option
from governance.cli.output import print_json, print_table, progress, say
from policies.refusals import Refusal
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
    against_option(parser)
    json_option(parser)


def _replay(options: argparse.Namespace) -> int:
    from governance.exchange.backup import read_head
    from governance.service.whole_record import check_record

    shown = None if options.against is None else read_head(options.against)
    with library(options.settings) as read:
        if read.record is None:
            found = Replay(0, 0.0, {})
        else:
            with progress(read.record.position, "rebuilding the views") as advance:
                found = rebuild(read.record, read.tables if read.live else None, advance)
            if options.verify or shown is not None:
                with progress(read.record.position, "checking the events") as advance:
                    opener = partial(record_at, options.settings)
                    found.verified = check_record(read.record, advance, opener)
            if shown is not None and found.verified and found.verified["ok"]:
                _hold_against(read.record, shown, options.against, found.verified)
    if options.json:
        print_json(found.to_json())
    else:
        _print(found)
    for name in found.differing:
        say(f"{name} was not what the events say; the rebuilt one stands now")
    return 1 if found.differing or (found.verified and not found.verified["ok"]) else 0


def _hold_against(record: Record, shown: Head, file: Path, verified: dict[str, Any]) -> None:
    from governance.exchange.backup import require_reaches

    try:
        require_reaches(record, shown, file)
    except Refusal as refusal:
        verified |= {"ok": False, "detail": str(refusal)}


def _print(found: Replay) -> None:
    rate = found.events / found.seconds if found.seconds else 0
    rows = [[name, count, digest] for name, (count, digest, _at) in found.views.items()]
    print_table("Views rebuilt", ("view", "rows", "digest"), rows)
    say(f"{found.events:,} events in {found.seconds:.2f} s ({rate:,.0f} a second)")
    if found.verified is not None:
        say(found.verified["detail"])
        head = found.verified["head"]
        say(f"the head is {head['link']} at position {head['position']:,}")
