"""``jcgov roster``: each side's own word on who speaks for it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.assembly import engine_there, reading_desk
from governance.cli.arguments import (
    command,
    committee_option,
    json_option,
    of_file,
    output_option,
    read_json,
    subcommands,
    write_file,
)
from governance.cli.committee import key_of
from governance.cli.output import print_json, print_table, say


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "roster", "People and keys of a committee's sides.")
    inner = subcommands(parser)
    request = command(
        inner,
        common,
        "request",
        "Write a side's next appointment, for its authority and every added key to sign.",
        _request,
    )
    request.add_argument("acts", type=Path, metavar="ACTS.json", help="a list of acts")
    committee_option(request, required=True)
    request.add_argument("--side", required=True, metavar="CC", help="JP, or the partner's code")
    output_option(request, "the request")
    show = command(inner, common, "show", "Show everyone whom the sides have appointed.", _show)
    committee_option(show, required=True)
    json_option(show)


def _request(options: argparse.Namespace) -> int:
    from governance.service.founding import appointment_request
    from governance.service.requests import Request

    acts = read_json(options.acts)
    for act in acts if isinstance(acts, list) else []:
        if isinstance(act, dict) and "key" in act:
            act["key"] = key_of(act["key"], options.acts)
    with engine_there(options.settings) as made:
        made.desk.settle(options.committee.code)
        state = made.desk.load(options.committee.code)
        today = made.desk.acting(state).today(state)
        with of_file(options.acts):
            statement = appointment_request(state, options.side.upper(), acts, today)
    request = Request(statement.envelope(), {})
    write_file(options.output, request.to_bytes(), read=[options.acts])
    count = state.roster.authorities[statement.side].threshold
    say(
        f"{options.output} is appointment {statement.seq} of {statement.side}; it waits for"
        f" {count} signature{'' if count == 1 else 's'} of its authority and one of every key it"
        " adds. Then hand them in together: jcgov submit SIG …"
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    from governance.service.founding import roster_entries
    from policies.calendar import day_of

    with reading_desk(options.settings) as desk:
        state = desk.load(options.committee.code)
        today = day_of(desk.acting(state).now, state.rulebook.zone)
        entries = roster_entries(state, today)
    if options.json:
        print_json(entries)
        return 0
    rows = [
        [
            entry["side"],
            entry["person"],
            entry["name"],
            ", ".join(entry["roles"]) or "none today",
            ", ".join(
                f"{key['keyid'][:16]}…{'' if key['active'] else ' (retired)'}"
                for key in entry["keys"]
            ),
        ]
        for entry in entries
    ]
    print_table("Roster", ("side", "person", "name", "roles", "keys"), rows)
    return 0
