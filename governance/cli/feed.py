"""``jcgov feed``: what a side's registry is told, and the check of it before the registry acts."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, read_json
from governance.cli.output import print_json, print_table, say
from policies.refusals import UnreadableError
from policies.texts import written_out

if TYPE_CHECKING:
    from governance.exchange.feed_check import FeedAudit
    from governance.exchange.feed_sources import Asked, FeedSource

COLUMNS = ("sequence", "type", "number", "item", "subject", "amount", "adopted", "title")
_NARROW = (((0,), (1,)), ((2, 3), (4,)), ((5, 6), (7,)))
_OF_THE_ENGINE = "org.jcm."


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "What a side's registry is told, oldest first, from any position."
    parser = command(commands, common, "feed", text, _feed)
    parser.add_argument(
        "--side", type=_side, required=True, metavar="CODE", help="whose registry, as JP or MN"
    )
    parser.add_argument(
        "--after", type=_position, default=0, metavar="N", help="the last sequence you have"
    )
    parser.add_argument(
        "--limit",
        type=_count,
        metavar="N",
        help="so many events at most; else 100, and with --verify all there are",
    )
    committee_option(parser)
    parser.add_argument(
        "--type",
        type=_type,
        action="append",
        default=[],
        metavar="TYPE",
        help="only of this type, as org.jcm.issuance.decided.v1; may be given again",
    )
    parser.add_argument(
        "--from", dest="address", metavar="URL", help="of an engine's server, instead of the home"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="check each event against its bundle, up to the first that does not hold",
    )
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="the foundings that both governments published"
    )
    parser.add_argument(
        "--require", choices=["signed", "logged", "witnessed"], help="how much must hold"
    )
    json_option(parser)


def _feed(options: argparse.Namespace) -> int:
    from governance.exchange.feed_sources import Asked, events
    from projections.feed import LIMIT

    committee = None if options.committee is None else options.committee.code
    asked = Asked(options.side, committee, tuple(options.type))
    with _source(options) as source:
        if options.verify:
            return _verify(options, source, asked)
        found = events(source, asked, options.after, options.limit or LIMIT)
        return _show(options, list(found))


@contextmanager
def _source(options: argparse.Namespace) -> Iterator[FeedSource]:
    with ExitStack() as stack:
        if options.address is not None:
            from governance.exchange.feed_server import ServerFeed

            yield stack.enter_context(ServerFeed.at(options.address))
            return
        from governance.assembly import library, logs_of
        from governance.exchange.feed_sources import HomeFeed

        read = stack.enter_context(library(options.settings))
        logs = None
        if read.record is not None:
            logs = stack.enter_context(logs_of(options.settings, read.record))
        yield HomeFeed(read.tables, read.record, logs)


def _show(options: argparse.Namespace, events: list[Any]) -> int:
    if options.json:
        print_json(events)
    else:
        print_table(f"Told to {options.side}", COLUMNS, list(map(_line, events)), narrow=_NARROW)
    if not events:
        say(f"Nothing is told to {options.side} after {options.after}.")
    else:
        say(f"{len(events)} events; go on with: --after {int(_line(events[-1])[0])}")
    return 0


def _line(event: Any) -> list[Any]:
    """Return what a line of the table says; raise `UnreadableError` for what is no event."""
    try:
        data = event["data"]
        name = str(event["type"]).removeprefix(_OF_THE_ENGINE)
        amount = data.get("amount")
        return [
            int(event["sequence"]),
            name,
            *(data[member] for member in ("number", "item", "subject")),
            f"{amount:,}" if isinstance(amount, int) else None,
            data["adopted_on"],
            data["title"],
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "what was answered holds something that is no event of the feed"
        raise UnreadableError(message) from None


def _verify(options: argparse.Namespace, source: FeedSource, asked: Asked) -> int:
    from governance.exchange.feed_check import check_feed
    from policies.proof.audit import parse_trust

    trust = None if options.trust is None else parse_trust(read_json(options.trust))
    audit = check_feed(
        source,
        asked,
        trust,
        after=options.after,
        limit=options.limit,
        require=options.require,
    )
    if options.json:
        print_json(audit.to_json())
    else:
        _say_audit(audit, options.after)
    return 0 if audit.ok else 1


def _say_audit(audit: FeedAudit, after: int) -> None:
    failed = audit.failed
    if failed is None and not audit.good:
        print(f"nothing is told after {after}: there was nothing to check")
        return
    if failed is None:
        print(f"{audit.good} events verified, up to {audit.last}")
        return
    which = failed.id or "the feed"
    at = "" if failed.sequence is None else f" at {failed.sequence}"
    print(f"FAILED  {failed.check:10} {written_out(failed.detail)}")
    last = after if audit.last is None else audit.last
    print(f"{which}{at}: NOT verified; {audit.good} events before it are good, up to {last}")


def _side(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text) is None:
        message = f"{text!r} names no side: write a country's code, as JP or MN"
        raise argparse.ArgumentTypeError(message)
    return text


def _position(text: str) -> int:
    from projections.feed import MAX_SEQUENCE

    if not (text.isascii() and text.isdigit()) or len(text) > 40 or int(text) > MAX_SEQUENCE:
        message = f"{text[:60]!r} is no sequence of the feed"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10) or not int(text):
        message = f"{text[:60]!r} is no number of events"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _type(text: str) -> str:
    from projections.feed_types import EVENT_TYPES

    if text not in EVENT_TYPES:
        message = f"{text[:60]!r} is no type of event; there are {', '.join(EVENT_TYPES)}"
        raise argparse.ArgumentTypeError(message)
    return text
