"""``jcgov registry-demo``: a registry of one side, which meets the engine as a stranger would."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, json_option, stated, subcommands
from governance.cli.output import print_json, print_table, say
from governance.cli.places import place_options, seconds
from governance.clock import utc_now
from policies.refusals import ReferenceRegistryError

if TYPE_CHECKING:
    import sqlite3

    from governance.reference_registry.database import Database
    from governance.reference_registry.registry import Registry

FILE = "registry.sqlite3"


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "registry-demo", "A registry of one side: issues what is decided, once."
    )
    inner = subcommands(parser)
    serve = command(inner, common, "serve", "Pull, verify, issue and report, and show it.", _serve)
    once = command(inner, common, "once", "Make one pass, also of what waits.", _once)
    for working in (serve, once):
        _working(working)
    place_options(serve, 8010)
    serve.add_argument(
        "--every", type=seconds, default=5.0, metavar="SECONDS", help="between passes, else 5"
    )
    serve.add_argument(
        "--hook-secret", type=Path, metavar="FILE", help="whsec_… or whpk_… of webhooks, one a line"
    )
    once.add_argument("--after", type=_count, metavar="N", help="take the feed from there again")
    json_option(once)
    for name, text, run in (
        ("accounts", "Accounts, with their blocks of serial numbers.", _accounts),
        ("transactions", "Issuances, transfers, cancellations, retirements.", _transactions),
        ("status", "How it stands: what waits and why, what was not accepted.", _status),
    ):
        showing = command(inner, common, name, text, run)
        _data(showing)
        json_option(showing)
    opened = command(inner, common, "open", "Open a holding account for a participant.", _open)
    _data(opened)
    opened.add_argument("holder", type=stated, metavar="NAME")
    for name, kind, text in (
        ("transfer", "transfer", "Move credits to another holding account."),
        ("cancel", "cancellation", "Move credits to the cancellation account, for good."),
        ("retire", "retirement", "Move credits to the retirement account, for good."),
    ):
        moving = command(inner, common, name, text, _move)
        moving.set_defaults(kind=kind, target=None)
        _data(moving)
        moving.add_argument("--from", dest="source", required=True, metavar="ACCOUNT")
        if kind == "transfer":
            moving.add_argument("--to", dest="target", required=True, metavar="ACCOUNT")
        moving.add_argument("--amount", type=_count, required=True, metavar="N")
        moving.add_argument("--project", metavar="NUMBER", help="credits of that project alone")
        moving.add_argument(
            "--reference", type=stated, metavar="TEXT", help="makes it safe to ask again"
        )


def _working(parser: argparse.ArgumentParser) -> None:
    _data(parser)
    parser.add_argument("--side", type=_side, required=True, metavar="CC", help="as JP or MN")
    parser.add_argument("--engine", type=stated, required=True, metavar="URL", help="its address")
    parser.add_argument(
        "--trust", type=Path, required=True, metavar="FILE", help="trusted foundings"
    )
    parser.add_argument("--key", type=Path, required=True, metavar="KEY", help="the registry's own")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="of an encrypted key")
    parser.add_argument(
        "--require", choices=["signed", "logged", "witnessed"], help="how much must hold"
    )
    parser.add_argument("--rehearsal", action="store_true", help="for rehearsals, and marked so")


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="where the registry's books are"
    )


# Working


@contextmanager
def _registry(options: argparse.Namespace) -> Iterator[Registry]:
    from governance.reference_registry.database import Database
    from governance.reference_registry.engine import Engine
    from governance.reference_registry.key import SigningKey, read_small
    from governance.reference_registry.registry import Registry
    from governance.reference_registry.trust import read_trust

    with _told():
        read_trust(options.trust)  # said at once, not at the first pass
        password = options.password_file and read_small(options.password_file).rstrip(b"\r\n")
        key = SigningKey.load(options.key, password or None)
        with Engine(options.engine) as engine:
            yield Registry(
                side=options.side,
                rehearsal=options.rehearsal,
                trust=options.trust,
                require=options.require,
                database=Database(options.data / FILE, options.side, rehearsal=options.rehearsal),
                engine=engine,
                key=key,
                clock=utc_now,
            )


def _serve(options: argparse.Namespace) -> int:
    from governance.listening import serve_small
    from governance.reference_registry.app import Served
    from governance.reference_registry.webhook import Hook
    from governance.reference_registry.worker import Worker

    def told(address: str) -> None:
        print(f"serving {address}; registry of {registry.side}", flush=True)
        say(f"registry: reports are signed by key {registry.key.keyid}")

    with _registry(options) as registry:
        hook = None if options.hook_secret is None else Hook.load(options.hook_secret)
        worker = Worker(registry, options.every, lambda text: say(f"registry: {text}"))
        served = Served(registry.database, worker, hook, utc_now)
        serve_small(served.app(), (options.host, options.port), told)
    return 0


def _once(options: argparse.Namespace) -> int:
    from governance.reference_registry.registry import restart

    with _registry(options) as registry:
        if options.after is not None:
            restart(registry, options.after)
        done = registry.run(everything=True)
    if options.json:
        names = ("taken", "settled", "reported", "trouble")
        print_json({name: getattr(done, name) for name in names})
    else:
        print(f"{done.taken} taken, {done.settled} settled, {done.reported} reports accepted")
    if done.trouble is not None:
        raise ReferenceRegistryError(done.trouble)
    return 0


# Showing


def _accounts(options: argparse.Namespace) -> int:
    from governance.reference_registry.showing import accounts

    found = _read(options, accounts)
    if options.json:
        print_json(found)
        return 0
    columns = ["account", "kind", "holder", "balance", "blocks"]
    rows = [[*(entry[c] for c in columns[:4]), _blocks(entry["blocks"])] for entry in found]
    print_table("Accounts", columns, rows)
    return 0


def _transactions(options: argparse.Namespace) -> int:
    from governance.reference_registry.showing import transactions

    found = _read(options, transactions)
    if options.json:
        print_json(found)
        return 0
    columns = ["transaction", "date", "kind", "amount", "note", "movements"]
    rows = [[*(entry[c] for c in columns[:5]), _blocks(entry["movements"])] for entry in found]
    print_table("Transactions", columns, rows)
    return 0


def _status(options: argparse.Namespace) -> int:
    from governance.reference_registry.showing import status

    found = _read(options, status)
    if options.json:
        print_json(found)
        return 0
    world = ", a rehearsal" if found["rehearsal"] else ""
    print(f"Registry of {found['side']}{world}")
    for engine in found["engines"]:
        trouble = f"; {engine['trouble']}" if engine["trouble"] else ""
        reached = engine["reached_at"] or "never"
        print(f"{engine['engine']}: at {engine['sequence']}, reached {reached}{trouble}")
    print("; ".join(f"{kind} {amount:,}" for kind, amount in found["credits"].items()))
    columns = ["id", "status", "failed", "reason", "conflict", "next_try"]
    _list("Waiting, refused, or told in two ways", columns, found["waiting"])
    columns = ["report", "status", "reason", "tries", "next_try"]
    _list("Reports not accepted", columns, found["unaccepted_reports"])
    return 0


def _list(title: str, columns: list[str], entries: list[dict[str, Any]]) -> None:
    print(f"{title}: {len(entries) or 'none'}")
    if entries:
        print_table("", columns, [[entry[column] for column in columns] for entry in entries])


def _blocks(blocks: list[dict[str, Any]]) -> str:
    return ", ".join(f"{block['first']} to {block['last']}" for block in blocks)


# Moving


def _open(options: argparse.Namespace) -> int:
    from governance.reference_registry.moving import open_account

    with _told():
        database, side, rehearsal = _there(options)
        print(open_account(database, side, options.holder, utc_now(), rehearsal=rehearsal))
    return 0


def _move(options: argparse.Namespace) -> int:
    from governance.reference_registry.moving import Order, carry_out

    order = Order(
        kind=options.kind,
        source=options.source,
        target=options.target,
        amount=options.amount,
        project=options.project,
        reference=options.reference,
    )
    with _told():
        database, side, rehearsal = _there(options)
        number, before = carry_out(database, side, order, utc_now(), rehearsal=rehearsal)
    print(f"transaction {number}{' (carried out before)' if before else ''}")
    return 0


def _there(options: argparse.Namespace) -> tuple[Database, str, bool]:
    """Return the registry that is there, of whatever side."""
    from governance.reference_registry.database import Database, is_registry

    file = options.data / FILE
    side, rehearsal = is_registry(file)
    return Database(file, side, rehearsal=rehearsal), side, rehearsal


def _read(options: argparse.Namespace, show: Callable[[sqlite3.Connection], Any]) -> Any:
    with _told():
        database, _side, _rehearsal = _there(options)
        with database.reading() as connection:
            return show(connection)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the registry does not do into a refusal of this command line."""
    from governance.reference_registry.refusals import RegistryError

    try:
        yield
    except RegistryError as error:
        raise ReferenceRegistryError(str(error)) from None


def _side(text: str) -> str:
    if len(text) != 2 or not (text.isascii() and text.isalpha() and text.isupper()):
        message = f"{text!r} is no side; write two capital letters, as JP"
        raise argparse.ArgumentTypeError(message)
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        message = f"{text!r} is no whole number"
        raise argparse.ArgumentTypeError(message)
    return int(text)
