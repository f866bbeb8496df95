"""``jcgov token``: what lets a machine in, for one committee, one side and one use."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import (
    command,
    committee_option,
    instant,
    json_option,
    stated,
    subcommands,
)
from governance.cli.output import print_json, print_table
from governance.clock import utc_now
from policies.calendar import timestamp

if TYPE_CHECKING:
    from governance.access.tokens import Token, Tokens

_USES = ("deliveries",)
_LASTS = 365


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command with its subcommands."""
    parser = command(commands, common, "token", "Tokens that let machines in.")
    below = subcommands(parser)
    new = command(
        below, common, "new", "Make one; it is printed this once, and kept as a hash.", _new
    )
    committee_option(new, required=True)
    new.add_argument("--side", type=stated, required=True, metavar="CC", help="as JP or MN")
    new.add_argument(
        "--may", choices=_USES, required=True, help="read how pushes to that side's registry went"
    )
    new.add_argument("--label", type=stated, required=True, help="which machine, whose")
    new.add_argument(
        "--until", type=instant, metavar="TIME", help=f"its end; else in {_LASTS} days"
    )
    json_option(new)
    listed = command(below, common, "list", "Every token, without its secret.", _list)
    json_option(listed)
    revoke = command(below, common, "revoke", "Make one worthless from now on.", _revoke)
    revoke.add_argument("token", type=stated, metavar="ID", help="as list shows it")


@contextmanager
def _tokens(options: argparse.Namespace) -> Iterator[Tokens]:
    from governance.access.opening import access_tables
    from governance.access.tokens import Tokens
    from governance.assembly import require_there

    require_there(options.settings)
    with access_tables(options.settings) as kept:
        yield Tokens(kept)


def _new(options: argparse.Namespace) -> int:
    from governance.access.tokens import May

    now = utc_now()
    ends_at = options.until or now + timedelta(days=_LASTS)
    with _tokens(options) as tokens:
        made, secret = tokens.new(
            options.committee,
            options.side,
            May(options.may),
            label=options.label,
            ends_at=ends_at,
            now=now,
        )
    if options.json:
        print_json(_entry(made) | {"token": secret})
        return 0
    print(f"{made.id} may {made.may} of {made.side} in {made.committee} until {timestamp(ends_at)}")
    print(f"token (shown this once):  {secret}")
    return 0


def _list(options: argparse.Namespace) -> int:
    entries: list[dict[str, Any]] = []
    settings = options.settings
    if settings.access.exists() if settings.database_url is None else True:
        with _tokens(options) as tokens:
            entries = [_entry(token) for token in tokens.all()]
    if options.json:
        print_json(entries)
        return 0
    columns = ("id", "committee", "side", "may", "label", "ends_at", "revoked_at", "used_at")
    rows = [[entry[name] or "" for name in columns] for entry in entries]
    narrow = [[[0], [3]], [[1], [2]], [[4]], [[5], [6]], [[7]]]
    print_table("Tokens", columns, rows, narrow=narrow)
    return 0


def _revoke(options: argparse.Namespace) -> int:
    with _tokens(options) as tokens:
        made = tokens.revoke(options.token, utc_now())
    print(f"{made.id} ({made.label}) lets nobody in any longer")
    return 0


def _entry(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "committee": token.committee,
        "side": token.side,
        "may": token.may,
        "label": token.label,
        "made_at": _instant(token.made_at),
        "ends_at": _instant(token.ends_at),
        "revoked_at": _instant(token.revoked_at),
        "used_at": _instant(token.used_at),
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else timestamp(datetime.fromtimestamp(at, UTC))
