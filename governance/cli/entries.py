"""``jcgov slip`` and ``jcgov interest``: what is corrected or declared beside the steps."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import engine_there, reading_cases, reading_desk
from governance.cli.arguments import (
    command,
    committee_option,
    day,
    json_option,
    person_option,
    read_file,
    read_text,
    stated,
    subcommands,
)
from governance.cli.case_step import CASE, committee_of, tell
from governance.cli.output import print_json, print_table
from policies.texts import written_out

if TYPE_CHECKING:
    from aggregates.committee.decide_interests import Voice


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    slip = command(commands, common, "slip", "Clerical slips in the entries of a case.")
    _add_slip(subcommands(slip), common)
    interest = command(commands, common, "interest", "Declarations of interest; they bar nobody.")
    _add_interest(subcommands(interest), common)


def _add_slip(inner: Any, common: argparse.ArgumentParser) -> None:
    show = command(
        inner, common, "show", "What of a case may be corrected, and how it reads.", _show
    )
    correct = command(
        inner,
        common,
        "correct",
        "Let an entry of one's own side read otherwise; what it said stays beside it.",
        _correct,
    )
    for parser in (show, correct):
        parser.add_argument("case", metavar="CASE", help=CASE)
        committee_option(parser)
        json_option(parser)
    correct.add_argument("entry", type=int, metavar="ENTRY", help="its number, as in: slip show")
    correct.add_argument("member", metavar="MEMBER", help="as title, on or documents[2].title")
    _text(correct, positional=True)
    correct.add_argument("--reason", type=stated, required=True, help="shown with the correction")
    person_option(correct)


def _add_interest(inner: Any, common: argparse.ArgumentParser) -> None:
    declare = command(inner, common, "declare", "Declare an interest.", _declare)
    about = declare.add_mutually_exclusive_group(required=True)
    about.add_argument("--case", metavar="CASE", help=CASE)
    about.add_argument("--proposal", metavar="N", help="an open one, with --item")
    declare.add_argument("--item", type=int, metavar="I", help="the item of the proposal, from 1")
    _text(declare)
    declare.set_defaults(usage_error=declare.error)
    withdraw = command(inner, common, "withdraw", "Take a declaration back.", _withdraw)
    withdraw.add_argument("interest", type=_interest, metavar="I3")
    withdraw.add_argument("--reason", type=stated, required=True)
    for parser in (declare, withdraw):
        parser.add_argument("--letter", type=Path, metavar="FILE", help="the form or letter itself")
        parser.add_argument("--on", type=day, metavar="DATE", help="the day it was said")
        person_option(parser)
    declare.add_argument("--person", type=stated, help="whose it is; else of whoever records it")
    committee_option(declare)
    committee_option(withdraw, required=True)
    listing = command(inner, common, "list", "What is declared and stands.", _list)
    committee_option(listing)
    json_option(listing)


def _text(parser: argparse.ArgumentParser, *, positional: bool = False) -> None:
    text = parser.add_mutually_exclusive_group(required=True)
    if positional:
        text.add_argument("text", nargs="?", type=stated, metavar="TEXT", help="what it is to say")
    else:
        text.add_argument("--text", type=stated)
    text.add_argument("--text-file", type=Path, metavar="FILE", help="plain text in UTF-8")


def _said(options: argparse.Namespace) -> str:
    return str(options.text) if options.text_file is None else read_text(options.text_file)


def _interest(text: str) -> int:
    number = text.removeprefix("I").removeprefix("i")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        message = f"{text!r} names no declaration; write I3"
        raise argparse.ArgumentTypeError(message)
    return int(number)


def _show(options: argparse.Namespace) -> int:
    from governance.service.slips import correctable

    with reading_cases(options.settings) as cases:
        state = cases.load(options.case, committee_of(options))
        entries = correctable(cases.record, state.case)
    if options.json:
        print_json(entries)
        return 0
    rows = [
        [entry["entry"], entry["step"], entry["by"], member, says]
        for entry in entries
        for member, says in entry["says"].items()
    ]
    print_table(f"Entries of {state.name}", ("entry", "step", "by", "member", "says"), rows)
    return 0


def _correct(options: argparse.Namespace) -> int:
    from governance.service.slips import correct_slip

    says = _said(options)
    with engine_there(options.settings) as made:
        case = made.cases.load(options.case, committee_of(options)).case
        state = correct_slip(
            made.cases,
            case,
            options.by,
            entry=options.entry,
            member=options.member,
            says=says,
            reason=options.reason,
        )
        tell(options, made, state)
    return 0


def _voice(options: argparse.Namespace, person: str | None = None) -> Voice:
    from aggregates.committee.decide_interests import Voice
    from policies.proof.canonical import digest

    letter = None if options.letter is None else digest(read_file(options.letter))
    return Voice(options.by, person, options.on, letter)


def _declare(options: argparse.Namespace) -> int:
    from governance.service.interests import declare_in_case, declare_in_item, sentence

    if (options.proposal is None) != (options.item is None):
        options.usage_error("an item is named by --proposal N and --item I together")
    text, voice = _said(options), _voice(options, options.person)
    with engine_there(options.settings) as made:
        if options.case is not None:
            entry = declare_in_case(made.cases, voice, options.case, committee_of(options), text)
        else:
            from governance.cli.proposing import proposal_named

            code, proposal = proposal_named(options.proposal, committee_of(options), made)
            entry = declare_in_item(made.desk, voice, code, (proposal, options.item), text)
    print(written_out(sentence(entry)))
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    from governance.service.interests import withdraw_interest

    with engine_there(options.settings) as made:
        code = options.committee.code
        voice = _voice(options)
        withdraw_interest(made.desk, voice, code, options.interest, options.reason)
    print(f"I{options.interest} of {code} is taken back; that it was declared stays in the record")
    return 0


def _list(options: argparse.Namespace) -> int:
    from governance.service.interests import interest_entries

    entries: list[dict[str, Any]] = []
    if options.settings.recorded:
        with reading_desk(options.settings) as desk:
            codes = desk.committees()
            if options.committee is not None:
                codes = [options.committee.code]
            for code in codes:
                state = desk.load(code)
                entries += interest_entries(state, state.interests.values())
    if options.json:
        print_json(entries)
        return 0
    columns = ("committee", "interest", "name", "side", "about", "title", "on", "text")
    rows = [[_cell(entry, name) for name in columns] for entry in entries]
    print_table("Declared interests", columns, rows)
    return 0


def _cell(entry: dict[str, Any], name: str) -> Any:
    if name != "about":
        return entry[name]
    return entry["case"] or f"P{entry['proposal']}.{entry['version']} item {entry['item']}"
