"""``jcgov deliver``: push what subscriptions wait for, once or on and on."""

from __future__ import annotations

import argparse
import signal
from threading import Event
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, seconds_between
from governance.cli.output import say
from policies.texts import written_out

if TYPE_CHECKING:
    from governance.delivery.deliverer import Deliverer
    from governance.delivery.subscription import Attempt, Subscription

_HOUR = 3600


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "deliver", "Push to subscriptions what is due by now.", _deliver
    )
    parser.add_argument(
        "--every",
        type=_seconds,
        metavar="SECONDS",
        help="go on, and look at least that often, until interrupted",
    )


def _deliver(options: argparse.Namespace) -> int:
    from governance.delivery.deliverer import Deliverer

    failed: list[str] = []

    def told(subscription: Subscription, attempt: Attempt) -> None:
        outcome = "delivered" if attempt.error is None else f"failed: {attempt.error}"
        if attempt.error is not None:
            failed.append(subscription.id)
        print(written_out(f"{subscription.id}: {attempt.event}: {outcome}"), flush=True)

    def trouble(error: Exception) -> None:
        say(f"jcgov: {written_out(str(error))}; trying again")

    deliverer = Deliverer(options.settings, trouble=trouble, told=told, every=options.every or 1.0)
    if options.every is not None:
        return _go_on(deliverer, options.every)
    if not deliverer.once():
        print("Nothing is due.")
    return 1 if failed else 0


def _go_on(deliverer: Deliverer, every: float) -> int:
    ended = Event()
    # SIGINT as well: a shell that starts it in the background has it ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda _number, _frame: ended.set())
    deliverer.start()
    say(f"delivering, at least every {every:g} s; interrupt to end")
    ended.wait()
    deliverer.stop()
    say("ended; the next worker goes on from here")
    return 0


def _seconds(text: str) -> float:
    return seconds_between(text, 0.1, _HOUR)
