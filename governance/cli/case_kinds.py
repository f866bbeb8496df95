"""``jcgov case kinds``: what can be submitted, what it says, and the documents that it needs."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import reading_desk
from governance.cli.arguments import command, committee_option, json_option
from governance.cli.output import print_json, print_table


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    kinds = command(
        inner, common, "kinds", "Kinds of cases: what they say, which documents they need.", _kinds
    )
    committee_option(kinds)
    json_option(kinds)


def _kinds(options: argparse.Namespace) -> int:
    from policies.cases import CASE_KINDS

    rules = None
    if options.committee is not None:
        with reading_desk(options.settings) as desk:
            rules = desk.load(options.committee.code).rulebook
    entries = [
        {
            "kind": kind.name,
            "title": kind.title,
            "needs": list(kind.needs),
            "asks": list(kind.members()),
            "documents": {
                step.value: list(kind.required(step, rules)) for step in kind.papers if rules
            },
        }
        for kind in CASE_KINDS.values()
        if kind.handed_in
    ]
    if options.json:
        print_json(entries)
        return 0
    rows = [
        [e["kind"], e["title"], ", ".join(e["asks"]), ", ".join(e["needs"]), _papers(e)]
        for e in entries
    ]
    columns = ("kind", "title", "asks", "needs", "documents")
    print_table("Kinds of cases", columns, rows)
    return 0


def _papers(entry: dict[str, Any]) -> str:
    found = (
        f"{step.replace('_', ' ')}: {', '.join(kinds)}"
        for step, kinds in entry["documents"].items()
        if kinds
    )
    return "; ".join(found)
