"""``jcgov follow``: keep the views up to the events, for readers who cannot write."""

from __future__ import annotations

import argparse
import signal
from typing import Any

from governance.assembly import follower
from governance.cli.arguments import command
from governance.cli.output import say
from policies.refusals import NotFoundError


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    command(
        commands,
        common,
        "follow",
        "Keep the views up to the events, whoever records them, until interrupted.",
        _follow,
    )


def _follow(options: argparse.Namespace) -> int:
    if not options.settings.recorded:
        message = f"nothing is recorded below {options.settings.home}; make it with: jcgov init"
        raise NotFoundError(message)
    # SIGINT as well: a shell that starts it in the background has it ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with follower(options.settings, lambda error: say(f"jcgov: {error}")) as run:
            say("following; interrupt to end")
            run()
    except KeyboardInterrupt:
        say("ended; the views go on from here next time")
    return 0
