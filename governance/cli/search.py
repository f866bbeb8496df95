"""``jcgov search``: find decisions, methodologies, projects, entities and people everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, stated
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings
from projections.search import KINDS

if TYPE_CHECKING:
    from governance.assembly import Library
    from policies.sides import Committee
    from projections.folding import Words
    from projections.search import Findable

LIMIT = 100


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "search", "Find what has every word, over all committees.", _search
    )
    parser.add_argument(
        "words", nargs="+", type=stated, metavar="WORD", help="as solar, AM003 or 2025/002"
    )
    committee_option(parser)
    parser.add_argument(
        "--kind", action="append", choices=KINDS, help="only this kind; may be given again"
    )
    parser.add_argument(
        "--limit",
        type=_limit,
        default=LIMIT,
        metavar="N",
        help=f"how many to show at most; {LIMIT} unless told, 0 for all",
    )
    json_option(parser)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        message = f"{text!r} is no number of hits; write 20, or 0 for all"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _search(options: argparse.Namespace) -> int:
    found = read_search(options.settings, options.words, options.committee, options.kind)
    shown = found[: options.limit] if options.limit else found
    if options.json:
        print_json({"words": options.words, "found": len(found), "hits": shown})
        return 0
    columns = ("kind", "committee", "number", "on", "basis", "found in", "title", "excerpt")
    rows = [
        [
            *(hit[name] for name in ("kind", "committee", "number")),
            hit["on"] or "undated",
            *(hit[name] for name in ("basis", "found_in", "title")),
            hit["excerpt"] if hit["excerpt"] != hit["title"] else "",
        ]
        for hit in shown
    ]
    narrow = (((0,), (4,)), ((2,), (1, 3), (5,)), ((6,), (7,)))
    print_table(f"What has {' '.join(options.words)}", columns, rows, narrow=narrow)
    if not found:
        say("Nothing has every word.")
    elif len(shown) < len(found):
        say(f"{len(shown)} of {len(found):,} hits; --limit 0 shows all")
    return 0


def read_search(
    settings: Settings,
    words: list[str],
    committee: Committee | None = None,
    kinds: list[str] | None = None,
) -> list[dict[str, Any]]:
    """Return what has every word, best first, in the shape of ``--json``.

    Raises `UnreadableError` for words of which nothing is left to search for.
    """
    from governance.assembly import library
    from policies.refusals import UnreadableError
    from projections.folding import Words
    from projections.search import search

    wanted = Words(words)
    if not wanted:
        message = f"{' '.join(words)!r} has no letter and no digit to search for"
        raise UnreadableError(message)
    code = None if committee is None else committee.code
    with library(settings) as read:
        hits = search(wanted, _findable(read, wanted, code, kinds or list(KINDS)))
    return hits


def _findable(
    read: Library, wanted: Words, code: str | None, kinds: list[str]
) -> Iterator[Findable]:
    from projections.people import PEOPLE, people_of
    from projections.proceedings import ORDER, PROCEEDINGS, condition
    from projections.search import appointed, decisions

    where, values = condition(code, None)
    if "decision" in kinds:
        rows = read.tables.select(PROCEEDINGS, where, values, ORDER)
        yield from decisions(rows, wanted)
    if {"methodology", "project", "entity"} & set(kinds):
        found = _registered(read, where, values)
        yield from (each for each in found if each.kind in kinds)
    if "person" in kinds:
        yield from appointed(people_of(read.tables.select(PEOPLE, where, values)))


def _registered(read: Library, where: str, values: list[str]) -> Iterator[Findable]:
    """Yield what stands in the registers of each committee, folded for each apart."""
    from policies.ground import Ground
    from policies.sides import Committee
    from projections.registers import ORDER, REGISTERS, facts_of_rows
    from projections.search import registered

    grounds: dict[str, Ground] = {}
    for name in ("methodologies", "projects", "entities"):
        by_committee: dict[str, list[tuple[Any, ...]]] = {}
        for row in read.tables.select(REGISTERS[name], where, values, ORDER):
            by_committee.setdefault(row[0], []).append(row)
        for code, rows in by_committee.items():
            ground = grounds.setdefault(code, Ground())
            for fact, origin in facts_of_rows(rows):
                ground.take(fact, origin)
    for code, ground in sorted(grounds.items()):
        yield from registered(ground, Committee.parse(code))
