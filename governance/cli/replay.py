"""``jcgov replay``: check the events, rebuild views and snapshots, and say if they were so."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from aggregates.store.chain import Head
from aggregates.store.record import Record
from governance.assembly import library, open_record, record_at, snapshots_of
from governance.cli.arguments import command, json_option
from governance.cli.keeping import against_option
from governance.cli.output import print_json, print_table, progress, say
from governance.settings import Settings
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

    shown = None if options.against is None else read_head(options.against)
    verified = None
    if options.verify or shown is not None:
        # First, so that no view is made, or put right, from events that are not good.
        verified = _check(options, shown)
    if verified is not None and not verified["ok"]:
        found = Replay(verified["head"]["position"], 0.0, {})
    else:
        found = _rebuild(options)
    found.verified = verified
    if options.json:
        print_json(found.to_json())
    else:
        _print(found)
    for name in found.differing:
        say(f"{name} was not what the events say; the rebuilt one stands now")
    return 1 if found.differing or (found.verified and not found.verified["ok"]) else 0


def _check(options: argparse.Namespace, shown: Head | None) -> dict[str, Any] | None:
    """Check every event; null where nothing is recorded and nothing was shown."""
    from governance.exchange.backup import behind
    from governance.service.whole_record import check_record

    if not options.settings.recorded:
        if shown is not None and shown.position:
            raise behind(0, shown, options.against)
        return None
    with open_record(options.settings) as record:
        with progress(record.position, "checking the events") as advance:
            opener = partial(record_at, options.settings)
            verified = check_record(record, advance, opener)
        if shown is not None and verified["ok"]:
            _hold_against(record, shown, options.against, verified)
    return verified


def _hold_against(record: Record, shown: Head, file: Path, verified: dict[str, Any]) -> None:
    from governance.exchange.backup import require_reaches

    try:
        require_reaches(record, shown, file)
    except Refusal as refusal:
        verified |= {"ok": False, "detail": str(refusal)}


def _rebuild(options: argparse.Namespace) -> Replay:
    with library(options.settings) as read:
        if read.record is None:
            return Replay(0, 0.0, {})
        with progress(read.record.position, "rebuilding the views") as advance:
            found = rebuild(read.record, read.tables if read.live else None, advance)
        if read.live:
            found.differing += _states_differing(options.settings, read.record)
        return found


def _states_differing(settings: Settings, record: Record) -> list[str]:
    """Take every snapshot anew, and name those that were not what the events say."""
    snapshots = snapshots_of(settings, record)
    codes = [code for code in record.streams() if "/" not in code]
    differing = []
    with progress(len(codes), "comparing the snapshots") as advance:
        for code in codes:
            if not snapshots.rebuild(code):
                differing.append(f"state of {code}")
            advance(1)
    return differing


def _print(found: Replay) -> None:
    rows = [[name, count, digest] for name, (count, digest, _at) in found.views.items()]
    print_table("Views rebuilt", ("view", "rows", "digest"), rows)
    if found.verified is not None and not found.verified["ok"]:
        say("no view was rebuilt: the events are not good")
    else:
        rate = found.events / found.seconds if found.seconds else 0
        say(f"{found.events:,} events in {found.seconds:.2f} s ({rate:,.0f} a second)")
    if found.verified is not None:
        say(found.verified["detail"])
        head = found.verified["head"]
        say(f"the head is {head['link']} at position {head['position']:,}")
