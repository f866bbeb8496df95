"""``jcgov digest``: what two people compare by telephone, or by a QR code, before they sign."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, json_option, read_file, write_file
from governance.cli.output import print_json, say
from policies.refusals import NotFoundError

if TYPE_CHECKING:
    from governance.exchange.compared import Compared


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "digest",
        "Show the digest of a request, a signature, a bundle, a key or a backup, to be compared.",
        _digest,
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--qr", action="store_true", help="a QR code of it on the terminal as well")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="where a QR code's image goes")
    parser.add_argument(
        "--pick", type=int, default=1, metavar="N", help="of several: the one that the code is of"
    )
    parser.add_argument(
        "--compare", metavar="DIGITS", help="what the other side reads out, all sixteen groups"
    )
    json_option(parser)


def _digest(options: argparse.Namespace) -> int:
    from governance.exchange.compared import digests_of
    from governance.service.spoken import group_lines

    found = digests_of(options.file, read_file)
    picked = _picked(found, options)
    if options.json:
        print_json([_entry(compared) for compared in found])
    else:
        for compared in found:
            print(compared.what)
            print("\n".join(f"    {line}" for line in group_lines(compared.digest)))
            print(f"    {compared.digest}")
    tell = say if options.json else print
    if options.qr:
        _show_code(picked, tell)
    if options.svg is not None:
        from governance.exchange.qr_code import as_svg

        write_file(options.svg, as_svg(picked.digest, picked.what), read=[options.file])
        say(f"{options.svg}: the code of {picked.what}")
    return 0 if options.compare is None else _compare(found, picked, options.compare, tell)


def _entry(compared: Compared) -> dict[str, Any]:
    from governance.service.spoken import groups

    return {
        "what": compared.what,
        "digest": compared.digest,
        "groups": groups(compared.digest),
    }


def _picked(found: list[Compared], options: argparse.Namespace) -> Compared:
    place: int = options.pick
    if not 1 <= place <= len(found):
        message = f"{options.file} has {len(found)} of them; --pick names one, from 1"
        raise NotFoundError(message)
    return found[place - 1]


def _show_code(picked: Compared, tell: Callable[[str], None]) -> None:
    from governance.exchange.qr_code import on_terminal

    tell(f"The code of {picked.what}:")
    shown_to = sys.stderr if tell is say else sys.stdout
    tell(on_terminal(picked.digest, coloured=shown_to.isatty()))


def _compare(
    found: list[Compared], picked: Compared, text: str, tell: Callable[[str], None]
) -> int:
    """Say whether what was heard is one of the digests; 1 if it is none of them."""
    from governance.service.spoken import differences, heard

    there = heard(text)
    for compared in found:
        if compared.digest == there:
            tell(f"The same: {compared.what}")
            return 0
    differing = differences(picked.digest, there)
    tell(f"NOT THE SAME as {picked.what}:")
    for difference in differing[:3]:
        tell(f"  {difference}")
    if len(differing) > 3:
        tell(f"  and {len(differing) - 3} groups more: another text altogether; sign nothing")
    return 1
