"""``jcgov committee``: found one, list them, show one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.assembly import engine, engine_there, library, reading_desk
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
from governance.cli.output import print_json, print_table, say


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "committee", "Found, list and show committees.")
    inner = subcommands(parser)
    found = command(
        inner,
        common,
        "found",
        "Write the founding that both sides' authorities sign; submit founds the committee.",
        _found,
    )
    found.add_argument("plan", type=Path, metavar="PLAN.json")
    output_option(found, "the request")
    found.add_argument("--rehearsal", action="store_true", help="mark it as a rehearsal for ever")
    replacing = command(
        inner,
        common,
        "engine",
        "Write the statement that replaces record key, log key or witnesses; both sides sign it.",
        _engine,
    )
    replacing.add_argument("plan", type=Path, metavar="PLAN.json", help="what is replaced")
    committee_option(replacing, required=True)
    output_option(replacing, "the request")
    listing = command(inner, common, "list", "List the founded committees.", _list)
    json_option(listing)
    show = command(inner, common, "show", "Show a committee: rulebook, members, proposals.", _show)
    committee_option(show, required=True)
    show.add_argument(
        "--within",
        type=_days,
        default=None,
        metavar="DAYS",
        help="how far ahead terms that end are named (90 unless given)",
    )
    json_option(show)


def _found(options: argparse.Namespace) -> int:
    from governance.service.founding import founding_request, read_founding_plan, require_unfounded
    from governance.service.requests import Request

    plan = read_plan(options.plan)
    with of_file(options.plan):
        read_founding_plan(plan)  # what is refused makes no home
    with engine(options.settings) as made:
        founding, text = founding_request(plan, made.keys, rehearsal=options.rehearsal)
        require_unfounded(made.desk, founding)
    request = Request(founding.envelope(), {text.digest: text.text})
    write_file(options.output, request.to_bytes(), read=[options.plan])
    thresholds = ", ".join(f"{a.threshold} of {side}" for side, a in founding.sides.items())
    say(f"{options.output} waits for the signatures of both authorities: {thresholds}.")
    if not options.rehearsal and plan.get("origin") is None:
        say(
            f"note: the plan gives no origin, so the log is named {founding.log.origin} for good;"
            ' to name it after an address of yours write "origin": "record.example/'
            f'{founding.committee}" before anybody signs'
        )
    say(f"Then: jcgov submit SIG … ; the founding will be {request.envelope.digest}")
    return 0


def _engine(options: argparse.Namespace) -> int:
    from governance.service.checkpoints import log_ended
    from governance.service.engine_statement import engine_request
    from governance.service.requests import Request
    from policies.refusals import AppointmentError, FoundingError, KeyRecordError, KeyTakenError

    plan = read_engine_plan(options.plan)
    with engine_there(options.settings) as made:
        state = made.desk.load(options.committee.code)
        wrong = (AppointmentError, FoundingError, KeyRecordError, KeyTakenError)
        with of_file(options.plan, also=wrong):
            ended = log_ended(made.record, state.committee.code)
            statement = engine_request(state, made.keys, plan, ended)
    write_file(options.output, Request(statement.envelope(), {}).to_bytes(), read=[options.plan])
    authorities = state.roster.authorities
    thresholds = ", ".join(f"{a.threshold} of {side}" for side, a in authorities.items())
    say(
        f"{options.output} is engine statement {statement.seq} of {statement.committee}; it waits"
        f" for the signatures of both authorities: {thresholds}."
    )
    say("Then hand them in together: jcgov submit SIG … ; until then the old keys are used.")
    return 0


def read_engine_plan(file: Path) -> Any:
    """Read an engine statement's plan; a key may be given by the name of its public file."""
    plan = read_json(file)
    if not isinstance(plan, dict):
        return plan
    log, witnesses = plan.get("log"), plan.get("witnesses")
    keys = witnesses.get("keys") if isinstance(witnesses, dict) else None
    holders = [(plan, "record"), (log, "key"), (log, "post_quantum")]
    holders += [(witness, "key") for witness in keys or () if isinstance(keys, list)]
    for holder, member in holders:
        if isinstance(holder, dict) and holder.get(member, "new") != "new":
            holder[member] = key_of(holder[member], file)
    return plan


def read_plan(file: Path) -> Any:
    """Read a founding's plan; a key may be given by the name of its public file."""
    plan = read_json(file)
    sides = plan.get("sides") if isinstance(plan, dict) else None
    for side in sides.values() if isinstance(sides, dict) else ():
        if isinstance(side, dict) and isinstance(side.get("keys"), list):
            side["keys"] = [key_of(key, file) for key in side["keys"]]
    _read_witness_keys(plan, file)
    return plan


def _read_witness_keys(plan: Any, file: Path) -> None:
    """Put the record of a witness's key in the place of its public file's name."""
    witnesses = plan.get("witnesses") if isinstance(plan, dict) else None
    named = witnesses.get("keys") if isinstance(witnesses, dict) else None
    for witness in named if isinstance(named, list) else ():
        if isinstance(witness, dict):
            witness["key"] = key_of(witness.get("key"), file)


def key_of(key: Any, beside: Path) -> Any:
    """Return a key record, read from a file beside the one that names it."""
    from governance.keys.files import read_public

    return read_public(beside.parent / key).to_json() if isinstance(key, str) else key


def _list(options: argparse.Namespace) -> int:
    if not options.settings.recorded:
        entries: list[dict[str, Any]] = []
    else:
        with reading_desk(options.settings) as desk:
            states = [desk.load(code) for code in desk.committees()]
        entries = [
            {
                "committee": state.committee.code,
                "founding": state.roster.founding,
                "rehearsal": state.roster.rehearsal,
                "rulebook": state.rulebook.version,
                "open_proposals": len(state.proposals),
            }
            for state in states
        ]
    if options.json:
        print_json(entries)
    else:
        columns = ["committee", "founding", "rehearsal", "rulebook", "open_proposals"]
        print_table("Committees", columns, [[e[c] for c in columns] for e in entries])
    return 0


def _show(options: argparse.Namespace) -> int:
    from governance.service.concerns import WITHIN, concerns
    from governance.service.disputed import disputed_entries
    from governance.service.founding import roster_entries
    from governance.service.proposals import proposal_entries
    from policies.calendar import day_of
    from projections.signatures import compromises

    within = WITHIN if options.within is None else options.within
    code = options.committee.code
    with reading_desk(options.settings) as desk, library(options.settings) as read:
        state = desk.load(code)
        now = desk.acting(state).now
        found = compromises(read.tables, code)
        shown = {
            "committee": state.committee.code,
            "founding": state.roster.founding,
            "rehearsal": state.roster.rehearsal,
            "rulebook": {"version": state.rulebook.version, "digest": state.in_force.digest},
            "roster": roster_entries(state, day_of(now, state.rulebook.zone)),
            "meetings": [
                {"meeting": m.meeting, "date": m.date.isoformat(), "place": m.place}
                for m in state.meetings.values()
            ],
            "proposals": proposal_entries(state, now),
            "concerns": [
                concern.to_json()
                for concern in concerns(state, day_of(now, state.rulebook.zone), within)
            ],
            "disputed": disputed_entries(found, {code: state.roster}),
        }
    if options.json:
        print_json(shown)
        return 0
    print(f"{shown['committee']}  founding {shown['founding']}")
    print(f"rulebook in force: {state.rulebook.version} ({state.in_force.digest})")
    rows = [
        [e["side"], e["person"], e["name"], ", ".join(e["roles"]) or "none today"]
        for e in roster_entries(state, day_of(now, state.rulebook.zone))
    ]
    print_table("Who speaks for the sides today", ("side", "person", "name", "roles"), rows)
    _print_concerns(shown)
    rows = [
        [e["number"] or f"P{e['proposal']}", e["stage"], e["says"]]
        for e in proposal_entries(state, now)
    ]
    if not rows:
        say("No proposal is open.")
        return 0
    print_table("Open proposals", ("number", "stage", "where it stands"), rows)
    return 0


def _print_concerns(shown: dict[str, Any]) -> None:
    rows = [[concern["side"], concern["what"], concern["until"]] for concern in shown["concerns"]]
    if rows:
        print_table("What the sides should look after", ("side", "what", "until"), rows)
    uses = sum(len(entry["uses"]) for entry in shown["disputed"])
    if uses:
        say(f"{uses} signatures are disputed, and un-adopt nothing; see: jcgov roster disputed")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        message = f"{text!r} is no number of days, up to 9999"
        raise argparse.ArgumentTypeError(message)
    return int(text)
