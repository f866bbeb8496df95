"""``jcgov case show`` and ``history``: everything of a case, for the secretariat."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from governance.assembly import reading_cases
from governance.cli.arguments import command, committee_option, json_option
from governance.cli.case_step import CASE, committee_of
from governance.cli.output import print_json, print_table, stand
from policies.lifecycles.cases import Step
from policies.lifecycles.lifecycle import words
from policies.texts import written_out

if TYPE_CHECKING:
    from aggregates.case.state import CaseState
    from governance.service.cases import Cases


def add(inner: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    show = command(inner, common, "show", "Everything of a case, and what can be done now.", _show)
    history = command(inner, common, "history", "Every step of a case, in order.", _history)
    for parser in (show, history):
        parser.add_argument("case", metavar="CASE", help=CASE)
        committee_option(parser)
        json_option(parser)


def _show(options: argparse.Namespace) -> int:
    from governance.service.case_standing import whole
    from governance.service.case_steps import COMMANDS

    with _found(options) as (cases, state):
        committee = cases.desk.load(state.committee)
        shown = whole(state, committee, cases.acting_on(state), cases.record)
    for possible in shown["possible"]:
        possible["command"] = "jcgov " + COMMANDS[Step(possible["step"])].format(case=state.case)
    if options.json:
        print_json(shown)
        return 0
    for line in _head(shown, state):
        print(written_out(line))
    _print_parts(shown)
    return 0


def _history(options: argparse.Namespace) -> int:
    from governance.service.case_standing import history

    with _found(options) as (cases, state):
        steps = history(state, cases.record)
        roster = cases.desk.load(state.committee).roster
    if options.json:
        print_json(steps)
        return 0
    rows = []
    for step in steps:
        person = roster.people.get(step["by"]) if step["by"] else None
        by = step["by"] if person is None else f"{person.name} ({person.side})"
        what = _members(step["what"])
        if step["corrected"]:
            what += f"; corrected to: {_members(step['corrected'])}"
        name = step["step"].replace("-", " ")
        rows.append(
            [step["version"], step["on"], step["at"], by, name, _words(step["stage"]), what]
        )
    columns = ("entry", "on", "recorded", "by", "step", "stage", "what")
    shown = ("entry",), ("on", "recorded", "by"), ("step", "stage", "what")
    print_table("History", columns, rows, narrow=stand(columns, *shown))
    return 0


def _members(said: dict[str, Any]) -> str:
    return "; ".join(f"{n}: {_text(value)}" for n, value in said.items() if value not in _NOTHING)


@contextmanager
def _found(options: argparse.Namespace) -> Iterator[tuple[Cases, CaseState]]:
    with reading_cases(options.settings) as cases:
        yield cases, cases.current(options.case, committee_of(options))


_NOTHING: tuple[Any, ...] = (None, (), [], {})


def _head(shown: dict[str, Any], state: CaseState) -> Iterator[str]:
    side = shown["submitter"]["side"]
    by = shown["submitter"]["name"] + (f" ({side})" if side else "")
    yield shown["says"]
    yield f"{state.kind.title}: {state.title}"
    yield f"submitted by {by} on {shown['opened']}; judged by {shown['rulebook']['version']}"
    said = {
        "planned as": shown["planned"],
        "takes up": shown["supersedes"],
        "complete since": shown["complete_on"],
        "found at the last check": shown["issues"],
        "inputs": shown["window"] and _window(shown["window"]),
        "opinion": shown["opinion"],
        "assessed until": shown["extended_until"],
        "decided in": shown["decisions"],
        "asks": shown["asks"],
        "still to be said": shown["unsaid"],
    }
    for name, value in said.items():
        if value not in _NOTHING:
            yield f"{name}: {' '.join(_text(value).split())}"


def _window(window: dict[str, Any]) -> str:
    return f"{window['opens']} to {window['closes']}{', closed' if window['closed'] else ''}"


def _print_parts(shown: dict[str, Any]) -> None:
    files = ("kind", "title", "version"), ("public", "confidential")
    _print_some("Documents", ("kind", "title", "version", "public", "confidential"), shown, files)
    _print_some("Inputs", ("on", "author", "public", "text", "recorded"), shown)
    _print_some("Requests", ("request", "text", "answered", "resolved"), shown)
    _print_some("Interests", ("interest", "name", "side", "on", "text"), shown)
    rows = [
        [words(Step(p["step"])), p["command"], p["hindered"] or _absent(p["missing"])]
        for p in shown["possible"]
    ]
    if rows:
        columns = ("step", "command", "what stands against it")
        narrow = stand(columns, ("step",), columns[1:])
        print_table("What can be done now", columns, rows, narrow=narrow)


def _print_some(
    title: str,
    columns: tuple[str, ...],
    shown: dict[str, Any],
    stacked: tuple[tuple[str, ...], ...] = (),
) -> None:
    rows = [[_text(entry[name]) for name in columns] for entry in shown[title.lower()]]
    if rows:
        print_table(title, columns, rows, narrow=stand(columns, *stacked))


def _absent(kinds: list[str]) -> str:
    return f"missing are {', '.join(kinds)}" if kinds else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_text(element) for element in value)
    if isinstance(value, dict) and "kind" in value and "version" in value:
        return _document(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _document(entry: dict[str, Any]) -> str:
    kept = [tree for tree in ("public", "confidential") if entry.get(tree)]
    return f"{entry['kind']} {entry['version']} ({' and '.join(kept)})"


def _words(stage: str) -> str:
    return stage.replace("_", " ")
