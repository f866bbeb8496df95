"""``jcgov yearly``: what a committee did in each year, in figures; ``jcgov report``: as a document.

What is signed, what was adopted of the past and what is merely imported stand plainly apart.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import (
    calendar_year,
    command,
    committee_option,
    instant,
    json_option,
    output_option,
    write_file,
)
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings
from policies.subjects import BASES

if TYPE_CHECKING:
    from policies.sides import Committee

_KNOWN_AT = "what had been recorded by then, RFC 3339 (a date: by its end in UTC)"


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    figures = command(
        commands, common, "yearly", "What the committees did in each year, in figures.", _yearly
    )
    committee_option(figures)
    figures.add_argument(
        "--year", type=calendar_year, metavar="YEAR", help="one year alone, as 2025"
    )
    figures.add_argument("--known-at", type=instant, metavar="TIME", help=_KNOWN_AT)
    json_option(figures)
    report = command(
        commands, common, "report", "Write a committee's yearly report as a document.", _report
    )
    committee_option(report, required=True)
    report.add_argument("--year", type=calendar_year, metavar="YEAR", required=True, help="as 2025")
    report.add_argument("--known-at", type=instant, metavar="TIME", help=_KNOWN_AT)
    output_option(report, "the report, as FILE.md (Markdown) or FILE.html (to be printed)")


def _yearly(options: argparse.Namespace) -> int:
    found = read_yearly(options.settings, options.committee, options.year, options.known_at)
    if options.json:
        print_json(found)
        return 0
    lines = [line for figures in found for line in _lines(figures)]
    print_table("Yearly figures", _COLUMNS, lines, narrow=_NARROW)
    if not found:
        say("Nothing is recorded here that fits.")
    return 0


def read_yearly(
    settings: Settings,
    committee: Committee | None = None,
    year: int | None = None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return the figures of each committee and year, in the shape of ``--json``."""
    from governance.assembly import library
    from policies.sides import Committee
    from projections.log_reading import LogFilter
    from projections.proceedings import ORDER, PROCEEDINGS, condition, proceedings_of
    from projections.registers import ORDER as BY_DAY
    from projections.registers import REGISTERS, ground_of
    from projections.yearly import yearly

    named = None if committee is None else committee.code
    found = []
    with library(settings) as read:
        rows = read.tables.select(PROCEEDINGS, *condition(named, known_at), ORDER)
        proceedings = proceedings_of(rows)
        for code in sorted({p.committee for p in proceedings}):
            where, values = LogFilter(committee=code, known_at=known_at).where
            ground = ground_of(read.tables.select(REGISTERS["credits"], where, values, BY_DAY))
            own = [p for p in proceedings if p.committee == code]
            if year is None or any(p.year == year for p in own):
                found += yearly(Committee.parse(code), own, ground, year)
    return found


_COLUMNS = (
    *("committee", "year", "basis", "meetings", "decisions", "at meetings", "electronic"),
    *("items", "methodologies", "entities", "projects", "rules", "issuances", "decided"),
    *("reported", "no amount"),
)
_NARROW = (
    *(((0,), (1,), (2,)), ((3,), (4,), (5,), (6,)), ((7,), (8,), (9,))),
    *(((10,), (11,), (12,)), ((13,), (14,), (15,))),
)
"""On a terminal figures stand below each other, in the order of their names in the head."""


def _lines(found: dict[str, Any]) -> list[list[Any]]:
    """Return a line for each basis on which anything is recorded in that year."""
    lines = []
    for basis in BASES:
        figures, meetings = found[basis], found["meetings"]
        met = meetings["convened"] if basis == "signed" else meetings[basis]
        if not (met or figures["items"]):
            continue
        credits = figures["credits"]
        lines.append(
            [
                found["committee"],
                found["year"] or "undated",
                basis,
                met,
                figures["decisions"],
                figures["by_procedure"]["meeting"],
                figures["by_procedure"]["electronic"],
                figures["items"],
                figures["methodologies_approved"] + figures["methodologies_revised"],
                figures["entities_designated"],
                figures["projects_registered"],
                figures["rules_adopted"] + figures["rules_revised"],
                figures["issuances"],
                _sides(credits["decided"]) if figures["issuances"] else "",
                _sides(credits["reported"]) if figures["issuances"] else "",
                credits["amount_unknown"] or "",
            ]
        )
    return lines


def _sides(amounts: dict[str, int]) -> str:
    return ", ".join(f"{side} {amount:,}" for side, amount in amounts.items())


def _report(options: argparse.Namespace) -> int:
    from governance.report.html import to_html
    from governance.report.markdown import to_markdown
    from governance.report.yearly import yearly_report
    from policies.refusals import UnreadableError

    writers = {".md": to_markdown, ".html": to_html}
    file: Path = options.output
    writer = writers.get(file.suffix)
    if writer is None:
        message = f"{file} says no form: name it FILE.md (Markdown) or FILE.html (to be printed)"
        raise UnreadableError(message)
    document = yearly_report(options.settings, options.committee, options.year, options.known_at)
    write_file(file, writer(document).encode("utf-8"))
    say(f"{document.title} is written to {file}")
    return 0
