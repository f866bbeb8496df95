"""``jcgov subscription``: who is pushed what the feed holds, how far, and what came of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, stated, subcommands
from governance.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from governance.delivery.subscribing import Subscriptions

_HOURS = 24 * 30


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command with its subcommands."""
    parser = command(commands, common, "subscription", "Push a side's feed to its registry.")
    below = subcommands(parser)
    _add_add(below, common)
    listed = command(below, common, "list", "Every subscription, and how far it is.", _list)
    json_option(listed)
    show = _named(below, common, "show", "One, with its newest attempts and their reasons.", _show)
    show.add_argument("--limit", type=_count, default=20, metavar="N", help="attempts; else 20")
    json_option(show)
    _named(below, common, "pause", "Send nothing more until it is resumed.", _pause)
    _named(below, common, "resume", "Go on where it stands, whatever stopped it.", _resume)
    replay = _named(below, common, "replay", "Send again what follows a position.", _replay)
    replay.add_argument(
        "--after", type=_position, required=True, metavar="N", help="0: all, from the beginning"
    )
    rotate = _named(below, common, "rotate", "Make a new secret; print it once.", _rotate)
    rotate.add_argument(
        "--keep",
        type=_hours,
        default=24,
        metavar="HOURS",
        help="how long the old secret signs beside it; else 24, and 0 if it is known to others",
    )
    json_option(rotate)
    key = command(below, common, "key", "The public key of pushing (v1a), or a new one.", _key)
    choice = key.add_mutually_exclusive_group()
    choice.add_argument(
        "--rotate", action="store_true", help="make a new one; the one before it signs beside it"
    )
    choice.add_argument(
        "--end-before", action="store_true", help="let the one before it sign no longer"
    )
    json_option(key)
    _named(below, common, "remove", "Forget it, with its secrets and attempts.", _remove)


def _add_add(below: Any, common: argparse.ArgumentParser) -> None:
    parser = command(below, common, "add", "Push to a URL; print its secret once.", _add)
    parser.add_argument("--side", type=stated, required=True, metavar="CODE", help="as JP or MN")
    parser.add_argument(
        "--url", type=stated, required=True, help="https; JCGOV_PUSH_ALLOW names what else may be"
    )
    committee_option(parser)
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        metavar="TYPE",
        help="this type of event alone, as org.jcm.issuance.decided.v1; may be repeated",
    )
    parser.add_argument(
        "--after",
        type=_position,
        default=0,
        metavar="N",
        help="what follows this position of the feed; else all, from the beginning",
    )
    json_option(parser)


def _named(
    below: Any, common: argparse.ArgumentParser, name: str, text: str, run: Any
) -> argparse.ArgumentParser:
    parser = command(below, common, name, text, run)
    parser.add_argument("subscription", type=stated, metavar="ID", help="as list shows it")
    return parser


@contextmanager
def _opened(options: argparse.Namespace, *, change: bool = True) -> Iterator[Subscriptions]:
    from governance.delivery.opening import subscriptions

    with subscriptions(options.settings, change=change) as found:
        yield found


def _add(options: argparse.Namespace) -> int:
    from governance.delivery.signing import DeliveryKey
    from governance.delivery.subscribing import Wanted

    wanted = Wanted(options.side, options.url, options.committee, options.type, options.after)
    with _opened(options) as found:
        key = DeliveryKey.at(options.settings.keys).public
        made, secret = found.add(wanted)
    if options.json:
        print_json({"id": made.id, "secret": secret, "public_key": key})
        return 0
    print(f"{made.id} pushes the feed of {made.side} after {made.position} to {made.url}")
    _print_secret(secret)
    print(f"public key (v1a):  {key}")
    return 0


def _list(options: argparse.Namespace) -> int:
    if not options.settings.recorded:
        entries = []
    else:
        with _opened(options, change=False) as found:
            entries = found.all()
    if options.json:
        print_json(entries)
        return 0
    columns = ("id", "side", "committee", "state", "position", "behind", "url", "reason")
    rows = [[entry[name] for name in columns] for entry in entries]
    narrow = [[[0], [3]], [[1, 2]], [[4]], [[5]], [[6], [7]]]
    print_table("Subscriptions", columns, rows, narrow=narrow)
    return 0


def _show(options: argparse.Namespace) -> int:
    with _opened(options, change=False) as found:
        entry = found.show(options.subscription, options.limit)
    if options.json:
        print_json(entry)
        return 0
    facts = [[name, _text(value)] for name, value in entry.items() if name != "attempts"]
    print_table("Subscription", ("what", "is"), facts)
    columns = ("at", "event", "attempt", "status", "milliseconds", "error", "next_try")
    rows = [[attempt[name] for name in columns] for attempt in entry["attempts"]]
    print_table("Attempts", columns, rows, narrow=[[[0], [6]], [[1], [5]], [[2]], [[3]], [[4]]])
    return 0


def _pause(options: argparse.Namespace) -> int:
    with _opened(options) as found:
        made = found.pause(options.subscription)
    print(f"{made.id} is paused after {made.position}; nothing is lost: jcgov subscription resume")
    return 0


def _resume(options: argparse.Namespace) -> int:
    with _opened(options) as found:
        made = found.resume(options.subscription)
    print(f"{made.id} goes on after {made.position}")
    return 0


def _replay(options: argparse.Namespace) -> int:
    with _opened(options) as found:
        made = found.replay(options.subscription, options.after)
    print(f"{made.id} sends what follows {made.position}, and is {made.condition}")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    with _opened(options) as found:
        secret = found.rotate(options.subscription, timedelta(hours=options.keep))
    if options.json:
        print_json({"id": options.subscription, "secret": secret})
        return 0
    _print_secret(secret)
    ends = f"signs as well for {options.keep} h" if options.keep else "no longer signs"
    say(f"the secret before it {ends}")
    return 0


def _key(options: argparse.Namespace) -> int:
    from governance.delivery.signing import DeliveryKey

    keys = options.settings.keys
    if options.end_before and not DeliveryKey.end_before(keys):
        say("no key before it signs")
    with _opened(options, change=False):  # a home that is absent stays so
        key = DeliveryKey.rotate(keys) if options.rotate else DeliveryKey.at(keys)
    if options.json:
        print_json({"public_key": key.public, "before": key.public_before})
        return 0
    print(f"public key (v1a):  {key.public}")
    if key.public_before is not None:
        print(f"signs beside it:   {key.public_before}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    with _opened(options) as found:
        found.remove(options.subscription)
    print(f"{options.subscription} is removed")
    return 0


def _print_secret(secret: str) -> None:
    print(f"secret (v1, shown this once):  {secret}")


def _text(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _position(text: str) -> int:
    return _number(text, 0, 2**63 - 1, "position of the feed")


def _hours(text: str) -> int:
    return _number(text, 0, _HOURS, f"number of hours from 0 to {_HOURS}")


def _count(text: str) -> int:
    return _number(text, 1, 10_000, "number from 1 to 10000")


def _number(text: str, least: int, most: int, what: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not least <= value <= most:
        message = f"{text!r} is no {what}"
        raise argparse.ArgumentTypeError(message)
    return value
