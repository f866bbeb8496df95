"""``jcgov case table``: ready cases become the items of one proposal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from governance.assembly import Engine, engine_there
from governance.cli.arguments import (
    command,
    committee_option,
    day,
    json_option,
    person_option,
    stated,
)
from governance.cli.case_step import CASE, committee_of, tell
from governance.cli.output import print_json
from governance.cli.proposing import advise, entry_of, print_proposed
from policies.refusals import UnreadableError

if TYPE_CHECKING:
    from aggregates.case.state import CaseState


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    table = command(
        inner, common, "table", "Lay ready cases on the committee's table, in one text.", _table
    )
    table.add_argument("cases", nargs="+", metavar="CASE", help=CASE)
    committee_option(table)
    person_option(table)
    how = table.add_mutually_exclusive_group()
    how.add_argument("--meeting", type=stated, metavar="ID", help="to be decided at that meeting")
    how.add_argument(
        "--electronic", action="store_true", help="by electronic means, as without --meeting"
    )
    table.add_argument("--text-en", type=stated, required=True, metavar="TEXT")
    table.add_argument(
        "--outcome",
        type=stated,
        metavar="WHAT",
        help="accepted (unless given), approved with revisions, rejected, extended, withdrawn",
    )
    table.add_argument("--reason", type=stated, help="why it is rejected, extended or withdrawn")
    table.add_argument(
        "--until", type=day, metavar="DATE", help="the new last day of an extended assessment"
    )
    json_option(table)


def _table(options: argparse.Namespace) -> int:
    with engine_there(options.settings) as made:
        cases = [made.cases.load(name, committee_of(options)) for name in options.cases]
        proposed = made.proposals.propose(_draft(options, cases), by=options.by)
        if options.json:
            names = [state.case for state in cases]
            print_json(entry_of(proposed) | {"cases": names})
        else:
            print_proposed(proposed)
            _tell_all(options, made, cases)
    advise(proposed)
    return 0


def _draft(options: argparse.Namespace, cases: list[CaseState]) -> dict[str, Any]:
    """Return the proposal, as its file would say it."""
    codes = sorted({state.committee for state in cases})
    if len(codes) > 1:
        message = f"the cases are of {' and '.join(codes)}; each committee decides its own"
        raise UnreadableError(message)
    until = None if options.until is None else options.until.isoformat()
    more = {"outcome": options.outcome, "reason": options.reason, "until": until}
    said = {name: value for name, value in more.items() if value is not None}
    electronic = {"kind": "electronic"}
    at_meeting = {"kind": "meeting", "meeting": options.meeting}
    return {
        "committee": codes[0],
        "procedure": electronic if options.meeting is None else at_meeting,
        "items": [{"case": state.case} | said for state in cases],
        "text": {"en": options.text_en},
    }


def _tell_all(options: argparse.Namespace, made: Engine, cases: list[CaseState]) -> None:
    for state in cases:
        tell(options, made, state)
