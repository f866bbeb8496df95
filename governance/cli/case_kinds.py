"""``jcgov case kinds``: what can be submitted, what it says, and the documents that it needs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from governance.assembly import reading_desk
from governance.cli.arguments import command, committee_option, json_option
from governance.cli.output import print_json, print_table, say
from policies.refusals import NotFoundError

if TYPE_CHECKING:
    from policies.cases import CaseKind
    from policies.rulebook import Rulebook


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    kinds = command(
        inner, common, "kinds", "Kinds of cases: what they say, which documents they need.", _kinds
    )
    kinds.add_argument("kind", nargs="?", metavar="KIND", help="how one kind is written, whole")
    committee_option(kinds)
    json_option(kinds)


def _kinds(options: argparse.Namespace) -> int:
    rules = None
    if options.committee is not None:
        with reading_desk(options.settings) as desk:
            rules = desk.load(options.committee.code).rulebook
    entries = [_entry(kind, rules) for kind in _chosen(options.kind)]
    if options.json:
        print_json(entries)
        return 0
    if options.kind is None:
        _print_all(entries)
    else:
        _print_one(entries[0])
    if rules is None:
        say("Which documents are needed stands in a rulebook: name the committee (--committee MN).")
    return 0


def _chosen(name: str | None) -> list[CaseKind]:
    """Return the kinds that are asked for. Raises `NotFoundError` for a name that is none."""
    from policies.cases import CASE_KINDS

    handed_in = {kind.name: kind for kind in CASE_KINDS.values() if kind.handed_in}
    if name is None:
        return list(handed_in.values())
    if name not in handed_in:
        message = f"{name!r} is no kind of case that is submitted; there are {', '.join(handed_in)}"
        raise NotFoundError(message)
    return [handed_in[name]]


def _entry(kind: CaseKind, rules: Rulebook | None) -> dict[str, Any]:
    from policies.shapes import shape

    return {
        "kind": kind.name,
        "title": kind.title,
        "needs": list(kind.needed),
        "asks": list(kind.members()),
        "written": {name: shape(type_) for name, type_ in kind.members().items()},
        "unsaid": list(kind.unsaid({})),
        "documents": {
            step.value: list(kind.required(step, rules)) for step in kind.papers if rules
        },
    }


def _print_all(entries: list[dict[str, Any]]) -> None:
    rows = [
        [e["kind"], e["title"], ", ".join(e["asks"]), ", ".join(e["needs"]), _papers(e)]
        for e in entries
    ]
    columns = ("kind", "title", "asks", "needs", "documents")
    print_table("Kinds of cases", columns, rows, narrow=([[0], [1], [3]], [[2], [4]]))


def _print_one(entry: dict[str, Any]) -> None:
    """Print a kind's members as a submission writes them, then its documents by step."""
    rows = [[name, _when(entry, name), text] for name, text in entry["written"].items()]
    print_table(f"{entry['title']}: what stands in asks", ("asks", "needed", "written"), rows)
    papers = [
        [step.replace("_", " "), kind]
        for step, kinds in entry["documents"].items()
        for kind in kinds
    ]
    if papers:
        print_table("Documents", ("before the step", "document"), papers)


def _when(entry: dict[str, Any], name: str) -> str:
    if name in entry["needs"]:
        return "when submitted"
    return "by the decision" if name in entry["unsaid"] else ""


def _papers(entry: dict[str, Any]) -> str:
    found = (
        f"{step.replace('_', ' ')}: {', '.join(kinds)}"
        for step, kinds in entry["documents"].items()
        if kinds
    )
    return "; ".join(found)
