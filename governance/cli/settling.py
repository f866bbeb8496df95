"""``jcgov settle``: settle and announce what has become due, once or every few minutes."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

from governance.assembly import engine_there
from governance.cli.arguments import command, committee_option
from governance.cli.output import say
from policies.texts import written_out

if TYPE_CHECKING:
    from aggregates.announcements.events import DeadlineAnnounced
    from governance.service.sweep import Swept

_DAY = 24 * 60


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands, common, "settle", "Record and announce what has become due by now.", _settle
    )
    committee_option(parser)
    parser.add_argument(
        "--every",
        type=_minutes,
        metavar="MINUTES",
        help="go on, and do it that often, until interrupted",
    )


def _settle(options: argparse.Namespace) -> int:
    if options.every is not None:
        return _settle_every(options)
    if not options.settings.recorded:
        print("Nothing is due.")
        return 0
    with _sweep(options) as sweep:
        swept = sweep()
    count = _report(swept)
    if swept.refused:
        _say_refused(swept)
        return 1
    if not count:
        print("Nothing is due.")
    return 0


def _settle_every(options: argparse.Namespace) -> int:
    from apscheduler.schedulers.background import BackgroundScheduler

    from governance.clock import utc_now
    from governance.scheduler import Sweeper, schedule

    def report(swept: Swept) -> None:
        _report(swept)
        _say_refused(swept)

    ended = Event()
    # SIGINT as well: a shell that starts it in the background has it ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda _number, _frame: ended.set())
    sweeper = Sweeper(
        lambda: _sweep(options),
        report,
        lambda error: say(f"jcgov: {written_out(str(error))}; trying again"),
    )
    scheduler = BackgroundScheduler()
    schedule(scheduler, sweeper, options.every, utc_now())
    scheduler.start()
    say(f"sweeping every {options.every} min; interrupt to end")
    ended.wait()
    scheduler.shutdown()  # a sweep that runs comes to its end
    sweeper.close()
    say("ended; the next sweep goes on from here")
    return 0


@contextmanager
def _sweep(options: argparse.Namespace) -> Iterator[Callable[[], Swept]]:
    from governance.assembly import sweep_of

    codes = None if options.committee is None else [options.committee.code]
    with engine_there(options.settings) as made:
        yield partial(sweep_of(made), codes)


def _report(swept: Swept) -> int:
    """Print what was recorded, and return how much."""
    count = 0
    for code, settled in swept.settled.items():
        for event in settled:
            count += 1
            line = f"{event.topic.split('.')[1]}: {getattr(event, 'number', '')}"
            print(f"{code}: {line}", flush=True)
    for code, announced in swept.announced.items():
        for announcement in announced:
            count += 1
            line = f"{announcement.turn.value}: {_what(announcement)} ({announcement.due})"
            print(f"{code}: {written_out(line)}", flush=True)
    return count


def _what(announcement: DeadlineAnnounced) -> str:
    """Say what has a deadline, and which where the title does not say: a case has several."""
    about, title = announcement.about, announcement.title
    return title if about in title else f"{about}, {announcement.clock.replace('_', ' ')}: {title}"


def _say_refused(swept: Swept) -> None:
    for code, refusal in swept.refused.items():
        say(f"jcgov: {code}: {written_out(str(refusal))}")


def _minutes(text: str) -> int:
    try:
        minutes = int(text)
    except ValueError:
        minutes = 0
    if not 1 <= minutes <= _DAY:
        message = f"{text!r} is no number of minutes from 1 to {_DAY}"
        raise argparse.ArgumentTypeError(message)
    return minutes
