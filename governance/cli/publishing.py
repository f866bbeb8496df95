"""``jcgov publish``: publish checkpoints of the logs, once or on and on."""

from __future__ import annotations

import argparse
import json
import signal
from threading import Event
from typing import TYPE_CHECKING, Any

from governance.assembly import engine_there
from governance.cli.arguments import command, committee_option, json_option, seconds_between
from governance.cli.output import print_json, say
from policies.texts import written_out

if TYPE_CHECKING:
    from governance.service.publishing import Outlook

_DAY = 24 * 3600


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "publish",
        "Publish what is new in the logs, once the witnesses that it takes have cosigned.",
        _publish,
    )
    committee_option(parser)
    parser.add_argument(
        "--every",
        type=_seconds,
        metavar="SECONDS",
        help="go on: soon after each commit, and that often while a witness is away",
    )
    json_option(parser)
    parser.set_defaults(usage_error=parser.error)


def _publish(options: argparse.Namespace) -> int:
    if options.every is not None:
        if options.committee is not None:
            options.usage_error("--every publishes all committees' logs; leave --committee out")
        return _go_on(options)
    outlooks: list[Outlook] = []
    if options.settings.recorded:
        codes = None if options.committee is None else [options.committee.code]
        with engine_there(options.settings) as made:
            if codes is not None:
                made.desk.load(codes[0])
            for outlook in made.publisher(codes):
                outlooks.append(outlook)
                if not options.json:
                    _tell(outlook)
    if options.json:
        print_json([outlook.to_json() for outlook in outlooks])
    elif not outlooks:
        print("There is nothing to publish.")
    return 1 if any(outlook.why is not None for outlook in outlooks) else 0


def _tell(outlook: Outlook) -> None:
    code, event = outlook.committee, outlook.published
    if event is not None:
        print(f"{code}: a checkpoint of {event.size:,} entries is published", flush=True)
    elif outlook.why is not None and not outlook.size:
        print(written_out(f"{code}: its log cannot be published: {outlook.why}"), flush=True)
    elif outlook.why is not None:
        print(written_out(f"{code}: {outlook.waiting:,} entries wait: {outlook.why}"), flush=True)
    else:
        print(f"{code}: {outlook.size:,} entries, nothing new", flush=True)
    for answer in outlook.answers:
        said = f"{answer.name} ({answer.side or 'third'}): {answer.outcome.value}: {answer.detail}"
        print(written_out(f"  {said}"), flush=True)
    if outlook.untimed is not None:
        print(written_out(f"  {outlook.untimed}"), flush=True)


def _go_on(options: argparse.Namespace) -> int:
    from governance.publishing_worker import PublishingWorker

    def told(outlook: Outlook) -> None:
        if options.json:
            print(json.dumps(outlook.to_json(), ensure_ascii=False), flush=True)
        else:
            _tell(outlook)

    def trouble(error: Exception) -> None:
        say(f"jcgov: {written_out(str(error))}; trying again")

    ended = Event()
    # SIGINT as well: a shell that starts it in the background has it ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda _number, _frame: ended.set())
    worker = PublishingWorker(options.settings, trouble=trouble, told=told, every=options.every)
    worker.start()
    say(f"publishing, at least every {options.every:g} s while something waits; interrupt to end")
    ended.wait()
    worker.stop()
    say("ended; the next worker goes on from here")
    return 0


def _seconds(text: str) -> float:
    return seconds_between(text, 0.1, _DAY)
