"""``jcgov serve``: the HTTP service."""

from __future__ import annotations

import argparse
from typing import Any

from governance.cli.arguments import command, seconds_between
from governance.cli.places import place_options

_MOST_WORKERS = 64
_DAY = 24 * 60


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "serve",
        "Serve decisions, registers and the feed over HTTP, and take envelopes, until interrupted.",
        _serve,
    )
    place_options(parser, 8000)
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help="processes; more than one needs PostgreSQL",
    )
    parser.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy whose word on the client's address is taken; may be given again",
    )
    parser.add_argument(
        "--sweep",
        type=_minutes,
        default=1,
        metavar="MINUTES",
        help="how often deadlines are looked at; 0: never here (see jcgov settle)",
    )
    parser.add_argument(
        "--publish",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="how often witnesses that are away are asked again for a checkpoint; 0: checkpoints"
        " are never published from here (see jcgov publish)",
    )
    parser.add_argument(
        "--no-push",
        action="store_true",
        help="never push to subscriptions from here (see jcgov deliver)",
    )
    parser.set_defaults(usage_error=parser.error)


def _serve(options: argparse.Namespace) -> int:
    if options.workers > 1 and options.settings.database_url is None:
        options.usage_error("several workers need PostgreSQL: set JCGOV_DATABASE_URL")
    from governance.http.shared_figures import figures_shared

    with figures_shared(options.workers):
        from governance.http.limits import Limits
        from governance.http.serving import serve

        serve(
            options.settings,
            (options.host, options.port),
            workers=options.workers,
            limits=Limits(),
            proxies=options.proxy,
            sweep_minutes=options.sweep,
            pushing=not options.no_push,
            publish_seconds=options.publish,
            listening=lambda address: print(f"serving {address}; interrupt to end", flush=True),
        )
    return 0


def _seconds(text: str) -> float:
    return seconds_between(text, 0, _DAY * 60)


def _workers(text: str) -> int:
    return _whole(text, 1, _MOST_WORKERS)


def _minutes(text: str) -> int:
    return _whole(text, 0, _DAY)


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        message = f"{text!r} is no whole number from {least} to {most}"
        raise argparse.ArgumentTypeError(message)
    return int(text)
