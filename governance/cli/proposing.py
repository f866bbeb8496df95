"""Proposals: propose, freeze, convene, distribute, withdraw, and what is open."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import Engine, engine_there, reading_desk
from governance.cli.arguments import (
    command,
    committee_option,
    day,
    json_option,
    of_file,
    person_option,
    read_json,
    stated,
)
from governance.cli.output import print_json, print_table, say
from policies.refusals import UnreadableError
from policies.sides import Committee
from policies.texts import written_out

if TYPE_CHECKING:
    from governance.service.proposals import Proposed


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    propose = command(
        commands, common, "propose", "Record a proposal and freeze its text.", _propose
    )
    propose.add_argument("file", type=Path, metavar="FILE.json")
    propose.add_argument("--revises", metavar="N", help="a new version of an open proposal")
    propose.add_argument("--draft", action="store_true", help="do not freeze the text yet")
    person_option(propose, "who lays cases of the docket on the table")
    json_option(propose)
    freeze = command(commands, common, "freeze", "Fix a draft's text and give its number.", _freeze)
    _names(freeze)
    person_option(freeze, "who lays cases of the docket on the table")
    convene = command(commands, common, "convene", "Convene a meeting to all members.", _convene)
    committee_option(convene, required=True)
    convene.add_argument("--date", type=day, required=True, metavar="DATE")
    convene.add_argument("--place", type=stated, required=True)
    convene.add_argument("--meeting", type=stated, metavar="ID", help="its id; else one is given")
    distribute = command(
        commands, common, "distribute", "Record that a text went out to all members.", _distribute
    )
    _names(distribute)
    withdraw = command(commands, common, "withdraw", "Give a proposal up.", _withdraw)
    _names(withdraw)
    withdraw.add_argument("--reason", type=stated, required=True)
    listing = command(
        commands, common, "proposals", "Open proposals, and who is awaited.", _proposals
    )
    committee_option(listing)
    json_option(listing)


def _names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", metavar="N", help="the decision's number, or P3 for a draft")
    committee_option(parser)


def _propose(options: argparse.Namespace) -> int:
    content = read_json(options.file)
    if not isinstance(content, dict):
        message = f"{options.file} must hold one object: a proposal"
        raise UnreadableError(message)
    with engine_there(options.settings) as made:
        revises = None
        if options.revises is not None:
            named = content.get("committee")
            code = Committee.parse(named).code if isinstance(named, str) else None
            revises = proposal_named(options.revises, code, made)[1]
        with of_file(options.file):
            proposed = made.proposals.propose(
                content, revises=revises, only_draft=options.draft, by=options.by
            )
    if options.json:
        print_json(entry_of(proposed))
    else:
        print_proposed(proposed)
    advise(proposed)
    return 0


def entry_of(proposed: Proposed) -> dict[str, Any]:
    """Return the shape of what ``propose --json`` prints."""
    return {
        "committee": proposed.committee,
        "proposal": proposed.proposal,
        "version": proposed.version,
        "number": proposed.number,
        "digest": proposed.digest,
        "findings": list(proposed.findings),
    }


def print_proposed(proposed: Proposed) -> None:
    """Say which number and digest a text has, or that it is a draft."""
    if proposed.number is None:
        print(f"Draft P{proposed.proposal}, version {proposed.version}, of {proposed.committee}")
        return
    print(f"{proposed.number} (proposal P{proposed.proposal}, version {proposed.version})")
    print(f"digest {proposed.digest}")


def advise(proposed: Proposed) -> None:
    """Say on stderr what the checks find in a text."""
    for finding in proposed.findings:
        say(f"advice: {finding}")


def _freeze(options: argparse.Namespace) -> int:
    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        frozen = made.proposals.freeze(code, proposal, by=options.by)
    print_proposed(frozen)
    advise(frozen)
    return 0


def _convene(options: argparse.Namespace) -> int:
    with engine_there(options.settings) as made:
        meeting = made.proposals.convene(
            options.committee.code, options.date, options.place, options.meeting
        )
    print(f"{meeting} on {options.date}, {options.place}")
    return 0


def _distribute(options: argparse.Namespace) -> int:
    from aggregates.committee.decide_proposal import frozen
    from policies.proof.statements import ByElectronicMeans

    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        made.proposals.distribute(code, proposal)
        says = made.proposals.standing(code, proposal).says
        text = frozen(made.desk.load(code).proposals[proposal]).decision
    if isinstance(text.procedure, ByElectronicMeans):  # else it could not be distributed
        days = f"it went out on {text.procedure.distributed}, open until {text.procedure.closes}"
        print(f"{text.number}: {days}; {says}")
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    with engine_there(options.settings) as made:
        code, proposal = open_proposal(options, made)
        number = made.desk.load(code).proposals[proposal].number
        made.proposals.withdraw(code, proposal, options.reason)
    print(
        f"draft P{proposal} of {code} is withdrawn; it had no number"
        if number is None
        else f"{number} is withdrawn; its number is not used again"
    )
    return 0


def _proposals(options: argparse.Namespace) -> int:
    from governance.service.interests import sentence
    from governance.service.proposals import proposal_entries

    entries: list[dict[str, Any]] = []
    if options.settings.recorded:
        with reading_desk(options.settings) as desk:
            codes = desk.committees()
            if options.committee is not None:
                codes = [options.committee.code]
            for code in codes:
                state = desk.load(code)
                entries += proposal_entries(state, desk.acting(state).now)
    if options.json:
        print_json(entries)
    else:
        rows = [[e["number"] or f"P{e['proposal']}", e["stage"], e["says"]] for e in entries]
        print_table("Open proposals", ("number", "stage", "where it stands"), rows)
        for entry in entries:
            for interest in entry["interests"]:
                say(written_out(f"{entry['number'] or 'draft'}: {sentence(interest)}"))
    return 0


def open_proposal(options: argparse.Namespace, made: Engine) -> tuple[str, int]:
    """Return the committee and id of the open proposal that the options name."""
    named = None if options.committee is None else options.committee.code
    return proposal_named(options.number, named, made)


def proposal_named(number: str, committee: str | None, made: Engine) -> tuple[str, int]:
    """Return the committee and id of the one open proposal that a number fits."""
    from governance.service.proposals import find_proposal

    if committee is None and "/" in number:
        committee = Committee.parse(number.partition("/")[0]).code
    codes = made.desk.committees() if committee is None else [committee]
    code, proposal = find_proposal([made.desk.load(code) for code in codes], number)
    return code, proposal.id
