"""``jcgov preflight``: what every check says of a draft, a case, or a text as it was frozen."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.assembly import reading_proposals
from governance.cli.arguments import command, committee_option, json_option, of_file, read_json
from governance.cli.output import print_json, print_table, say
from policies.refusals import UnreadableError
from policies.sides import Committee

if TYPE_CHECKING:
    from governance.service.proposals import Proposals
    from policies.preflight import Examined


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "preflight", "What every check says, with its rule and evidence.", _run
    )
    parser.add_argument(
        "what",
        metavar="N|CASE|FILE.json",
        help="a frozen text's number, a case that is ready for the table, or a proposal's file",
    )
    parser.add_argument("--outcome", help="of a case: approved with revisions, rejected, …")
    parser.add_argument("--reason", help="of a case that is to be rejected")
    committee_option(parser)
    json_option(parser)


def _run(options: argparse.Namespace) -> int:
    with reading_proposals(options.settings) as proposals:
        found = _examined(proposals, options)
    if options.json:
        import msgspec

        print_json(msgspec.to_builtins(found))
    else:
        columns = ("item", "check", "verdict", "bars", "evidence", "rule")
        rows = [
            [e.item or "", e.check, e.verdict.value, "bars" if e.bars else "", e.evidence, e.rule]
            for e in found
        ]
        narrow = [[[0]], [[1], [2, 3]], [[4], [5]]]
        print_table("Preflight", columns, rows, narrow=narrow)
        barred = sum(e.bars for e in found)
        say(f"{len(found)} checks; {barred} bar the decision" if barred else f"{len(found)} checks")
    return 1 if any(e.bars for e in found) else 0


def _examined(proposals: Proposals, options: argparse.Namespace) -> tuple[Examined, ...]:
    if options.what.endswith(".json"):
        file = Path(options.what)
        content = read_json(file)
        if not isinstance(content, dict):
            message = f"{file} must hold one object: a proposal"
            raise UnreadableError(message)
        with of_file(file):
            return proposals.preflight(content)
    code = None if options.committee is None else options.committee.code
    if options.what.count("/") == 2 and "/C/" not in options.what.upper():
        code = Committee.parse(options.what.partition("/")[0]).code
        return proposals.preflight_of(code, options.what)
    case = proposals.cases.load(options.what, code)
    said = {"outcome": options.outcome, "reason": options.reason}
    item = {"case": case.case} | {name: value for name, value in said.items() if value}
    return proposals.preflight(
        {
            "committee": case.committee,
            "procedure": {"kind": "electronic"},
            "items": [item],
            "text": {"en": case.title},
        }
    )
