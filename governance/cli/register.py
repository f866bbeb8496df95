"""``jcgov register``: methodologies, entities, projects, credits, as of any day."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import library
from governance.cli.arguments import command, committee_option, json_option, time_options
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings
from projections.log_reading import LogFilter
from projections.register_fold import RegisterFold
from projections.registers import REGISTERS


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "register", "A committee's public registers.", _register)
    parser.add_argument("name", choices=list(REGISTERS), help="which register")
    committee_option(parser, required=True)
    time_options(parser)
    json_option(parser)


def _register(options: argparse.Namespace) -> int:
    wanted = LogFilter(
        committee=options.committee.code, as_of=options.as_of, known_at=options.known_at
    )
    read = read_register(options.settings, options.name, wanted)
    found, left_out = read.entries, read.left_out
    if options.json:
        print_json(found)
    else:
        columns = list(found[0]) if found else ["(empty)"]
        rows = [[_cell(entry[name]) for name in columns] for entry in found]
        print_table(f"{options.name.capitalize()} of {options.committee.code}", columns, rows)
    if left_out:
        say(
            f"{left_out} imported records are not counted: {options.committee.code} has not adopted"
            " them (see: jcgov log)"
        )
    return 0


def read_register(settings: Settings, name: str, wanted: LogFilter) -> RegisterFold:
    """Return a register of the home's views, of the committee that the filter names."""
    with library(settings) as read:
        return RegisterFold.of(read.tables, name, wanted)


def _cell(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        scopes = (
            f"{entry['scope']}" + (f" until {entry['until']}" if entry["until"] else "")
            for entry in value
        )
        return ", ".join(scopes)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)
