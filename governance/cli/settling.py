"""``jcgov settle``: record what has become due, as the server's sweep does."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import engine_there
from governance.cli.arguments import command, committee_option


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "settle", "Record what has become due by now.", _settle)
    committee_option(parser)


def _settle(options: argparse.Namespace) -> int:
    if not options.settings.recorded:
        print("Nothing is due.")
        return 0
    count = 0
    with engine_there(options.settings) as made:
        codes = made.desk.committees() if options.committee is None else [options.committee.code]
        for code in codes:
            for event in made.desk.settle(code):
                count += 1
                print(f"{code}: {event.topic.split('.')[1]}: {getattr(event, 'number', '')}")
    if not count:
        print("Nothing is due.")
    return 0
