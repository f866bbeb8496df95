"""``jcgov rulebook``: every figure with its source; and the check of a country's file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.cli.arguments import command, json_option, read_file, subcommands
from governance.cli.output import print_table, say
from policies.refusals import UnreadableError


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(commands, common, "rulebook", "Rules as dated data.")
    inner = subcommands(parser)
    show = command(inner, common, "show", "Show a country's rulebook with its sources.", _show)
    show.add_argument("country", metavar="CODE", help="as MN")
    show.add_argument(
        "edition", nargs="?", metavar="VERSION", help="a version; else the newest shipped"
    )
    json_option(show)
    check = command(inner, common, "check", "Check a country's file before it is used.", _check)
    check.add_argument("file", type=Path, metavar="FILE.toml", help="named as its country: mn.toml")


def _show(options: argparse.Namespace) -> int:
    from policies.rulebook import figures, shipped
    from policies.sides import Committee

    text = shipped(Committee.parse(options.country).partner, options.edition)
    if options.json:
        print(text.text)
        return 0
    print(f"{text.version} of {text.rulebook.name}, dated {text.rulebook.dated}")
    print(f"digest {text.digest}")
    rows = [[p, _value(f.value), f.status, f.source] for p, f in figures(text.rulebook)]
    figure_over_source = (((0,), (3,)), ((1,), (2,)))
    print_table("Figures", ("figure", "value", "status", "source"), rows, narrow=figure_over_source)
    return 0


def _check(options: argparse.Namespace) -> int:
    from policies.rulebook import merge_country

    try:
        toml = read_file(options.file).decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{options.file} is not UTF-8 at byte {error.start}"
        raise UnreadableError(message) from None
    country = options.file.stem.upper()
    for text in merge_country(toml, str(options.file), country):
        say(f"{text.version}, dated {text.rulebook.dated}: sound, digest {text.digest}")
    return 0


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
