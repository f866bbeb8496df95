"""``jcgov whatif``: what a proposed rulebook would have said of the real record."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, read_file
from governance.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from governance.service.whatif import WhatIf
    from policies.comparison import Asked
    from policies.preflight import Examined

COLUMNS = ("adopted", "decision", "status", "item", "subject", "check", "old", "new", "rule", "why")
"""What a line says, a check of an item each."""
NARROW = (((0,), (2,)), ((1,), (3, 4)), ((5,), (6,), (7,)), ((8,), (9,)))
"""Day over status, decision over its item, the check over both verdicts, rule over evidence."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "Ask the real record what a proposed rulebook would have said of it; changes nothing."
    parser = command(commands, common, "whatif", text, _whatif)
    parser.add_argument(
        "--rulebook",
        type=Path,
        required=True,
        metavar="FILE",
        help="a country's TOML file, or a rulebook's JSON text",
    )
    parser.add_argument(
        "--edition", metavar="VERSION", help="a version in the file; else its newest"
    )
    committee_option(parser)
    parser.add_argument(
        "--all", action="store_true", help="every verdict, not only where the rulebooks differ"
    )
    json_option(parser)


def _whatif(options: argparse.Namespace) -> int:
    from governance.assembly import open_record
    from governance.exchange.rulebook_file import read_proposed
    from governance.service.whatif import what_if
    from policies.sides import Committee

    file: Path = options.rulebook
    proposed = read_proposed(read_file(file), str(file), options.edition)
    committee = options.committee or Committee.parse(proposed.rulebook.country)
    there = open_record(options.settings) if options.settings.recorded else nullcontext()
    with there as record:
        found = what_if(record, committee, proposed)
    if options.json:
        print_json(found.to_json(whole=options.all))
        return 0
    shown = found.asked if options.all else found.concerned
    title = f"{committee.code} under {proposed.version}"
    print_table(title, COLUMNS, [_line(asked) for asked in shown], narrow=NARROW)
    say(_summary(found))
    return 0


def _line(asked: Asked) -> list[Any]:
    return [
        asked.adopted_on or "undated",
        asked.decision,
        asked.status,
        f"item {asked.item}: {asked.kind}" if asked.item else asked.kind,
        asked.subject,
        asked.check,
        f"{_said(asked.old)} ({asked.rulebook})",
        _said(asked.new),
        _rule(asked),
        "" if asked.new is None else asked.new.evidence,
    ]


def _said(entry: Examined | None) -> str:
    if entry is None:
        return "not asked"
    return f"{entry.verdict.value}, bars" if entry.bars else entry.verdict.value


def _rule(asked: Asked) -> str:
    if asked.figures is None:
        return asked.rule
    _place, old, new = asked.figures
    same = old == new
    return f"{asked.rule}: {new}" if same else f"{asked.rule}: {old or 'unset'} → {new or 'unset'}"


def _summary(found: WhatIf) -> str:
    signed, historical = found.looked_at["signed"], found.looked_at["historical"]
    decisions = len({asked.decision for asked in found.concerned})
    untold = {
        (asked.decision, asked.item)
        for asked in found.asked
        if asked.new is not None and asked.new.verdict == "cannot tell"
    }
    return (
        f"{signed} signed and {historical} historical decisions of {found.committee} looked at;"
        f" {found.proposed.version} differs, or may, in {len(found.concerned)} checks of"
        f" {decisions} decisions. Of {len(untold)} items the record lacks a fact that some check"
        " needs. Nothing was changed."
    )
