"""``jcgov roster``: each side's own word on who speaks for it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import engine_there, library, reading_desk
from governance.cli.arguments import (
    calendar_year,
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

if TYPE_CHECKING:
    from governance.service.requests import Request


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
    request.add_argument(
        "acts", type=Path, metavar="ACTS.json", help="a list of acts, such as retire-key"
    )
    committee_option(request, required=True)
    request.add_argument("--side", required=True, metavar="CC", help="JP, or the partner's code")
    output_option(request, "the request")
    request.add_argument(
        "--desk",
        action="store_true",
        help="also open it at the desk, where an added passkey signs it; prints the address",
    )
    roll = command(
        inner,
        common,
        "roll-call",
        "Call every key once a year: a request for each that has not answered, or --list.",
        _roll_call,
    )
    committee_option(roll, required=True)
    roll.add_argument("--year", type=calendar_year, required=True, metavar="YEAR")
    roll.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="where requests go")
    roll.add_argument("--list", action="store_true", help="show who has answered, and who has not")
    json_option(roll)
    roll.set_defaults(usage_error=roll.error)
    disputed = command(
        inner,
        common,
        "disputed",
        "List what was signed with keys that a side has said were in other hands.",
        _disputed,
    )
    committee_option(disputed)
    json_option(disputed)
    show = command(inner, common, "show", "Show everyone whom the sides have appointed.", _show)
    committee_option(show, required=True)
    json_option(show)


def _request(options: argparse.Namespace) -> int:
    from governance.service.disputed import with_since
    from governance.service.founding import appointment_request
    from governance.service.requests import Request

    acts = read_acts(options.acts)
    with engine_there(options.settings) as made:
        made.desk.settle(options.committee.code)
        state = made.desk.load(options.committee.code)
        today = made.desk.acting(state).today(state)
        with of_file(options.acts):
            stream = made.record.stream(state.committee.code)
            acts = with_since(state, acts, (entry.event for entry in stream))
            statement = appointment_request(state, options.side.upper(), acts, today)
    request = Request(statement.envelope(), {})
    write_file(options.output, request.to_bytes(), read=[options.acts])
    if options.desk:
        print(_at_the_desk(options, request))
    count = state.roster.authorities[statement.side].threshold
    say(
        f"{options.output} is appointment {statement.seq} of {statement.side}; it waits for"
        f" {count} signature{'' if count == 1 else 's'} of its authority and one of every key it"
        " adds. Then hand them in together: jcgov submit SIG …"
    )
    return 0


def _at_the_desk(options: argparse.Namespace, request: Request) -> str:
    """Keep a request where browsers sign it, and return its address."""
    from governance.access.opening import access_tables
    from governance.access.requests import Requests
    from governance.clock import utc_now

    with access_tables(options.settings) as kept:
        digest = Requests(kept).keep(request, options.committee.code, None, utc_now())
    return f"{options.settings.origin or ''}/desk/sign/{digest}"


def read_acts(file: Path) -> Any:
    """Read an appointment's acts; a key, or a keyid, may be given by the name of its public file.

    The file lies beside the one that names it.
    """
    acts = read_json(file)
    for act in acts if isinstance(acts, list) else []:
        if not isinstance(act, dict):
            continue
        if "key" in act:
            act["key"] = key_of(act["key"], file)
        if str(act.get("keyid")).endswith(".json"):
            act["keyid"] = key_of(act["keyid"], file)["keyid"]
        authority = act.get("authority")
        if isinstance(authority, dict) and isinstance(authority.get("keys"), list):
            authority["keys"] = [key_of(key, file) for key in authority["keys"]]
    return acts


def _roll_call(options: argparse.Namespace) -> int:
    if options.list == (options.output is not None):
        options.usage_error("give -o FOLDER to call the keys, or --list to see who has answered")
    if options.list:
        return _list_roll(options)
    if options.json:
        options.usage_error("--json goes with --list")
    from governance.service.roll_call import call_roll

    code = options.committee.code
    with engine_there(options.settings) as made:
        requests = call_roll(made.desk, code, options.year)
    for stem, request in requests.items():
        write_file(options.output / f"{stem}.json", request.to_bytes())
        print(options.output / f"{stem}.json")
    say(
        f"{len(requests)} key{'' if len(requests) == 1 else 's'} of {code} have not answered the"
        f" roll-call of {options.year}; each signs its own file, which is handed in with: jcgov"
        " submit SIG"
    )
    return 0


def _list_roll(options: argparse.Namespace) -> int:
    from governance.service.roll_call import roll_entries
    from projections.signatures import last_used

    code = options.committee.code
    with reading_desk(options.settings) as desk, library(options.settings) as read:
        state = desk.load(code)
        today = desk.acting(state).today(state)
        entries = roll_entries(state, options.year, today, last_used(read.tables, code))
    if options.json:
        print_json(entries)
        return 0
    if options.year not in state.roll_calls:
        say(f"The keys of {code} have not been called for {options.year}.")
    columns = ("side", "whose", "role", "key", "answered", "last used")
    rows = [
        [
            entry["side"],
            entry["name"] or "authority",
            entry["role"] or "",
            f"{entry['keyid'][:16]}…",
            entry["answered_at"] or "not yet",
            entry["last_used_at"] or "never",
        ]
        for entry in entries
    ]
    narrow = ([[0], [2]], [[1], [3]], [[4], [5]])
    print_table(f"Roll-call {options.year}", columns, rows, narrow=narrow)
    return 0


def _disputed(options: argparse.Namespace) -> int:
    from governance.service.disputed import disputed_entries
    from projections.signatures import compromises

    code = None if options.committee is None else options.committee.code
    if not options.settings.recorded:
        entries: list[dict[str, Any]] = []
    else:
        with reading_desk(options.settings) as desk, library(options.settings) as read:
            found = compromises(read.tables, code)
            rosters = {said.committee: desk.load(said.committee).roster for said in found}
            entries = disputed_entries(found, rosters)
    if options.json:
        print_json(entries)
        return 0
    columns = ("committee", "side", "whose", "key", "statement", "subject", "signed", "envelope")
    rows = [
        [
            entry["committee"],
            entry["side"],
            entry["name"] or "authority",
            f"{entry['keyid'][:16]}…",
            use["statement"],
            use["subject"],
            use["signed_at"],
            use["envelope"],
        ]
        for entry in entries
        for use in entry["uses"]
    ]
    narrow = ([[0], [1]], [[2], [3]], [[4], [5]], [[6], [7]])
    print_table("Disputed uses", columns, rows, narrow=narrow)
    if not entries:
        say("No side has said that a key of its was in other hands.")
    elif not rows:
        say("Keys were compromised, and the record has no use of them in doubt.")
    else:
        say("What was adopted stands; whether to take a decision again is for both sides.")
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
            ", ".join(f"{key['keyid'][:16]}…{_standing(key)}" for key in entry["keys"]),
        ]
        for entry in entries
    ]
    print_table("Roster", ("side", "person", "name", "roles", "keys"), rows)
    return 0


def _standing(key: dict[str, Any]) -> str:
    if key["active"]:
        return ""
    return " (compromised)" if key["compromised"] else " (retired)"
