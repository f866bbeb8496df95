"""``jcgov drill``: the yearly exercise of losing the machine in the middle of a decision."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from governance.cli.arguments import command, write_file
from governance.cli.output import say
from governance.clock import utc_now
from governance.drill import MOMENTS
from policies.refusals import WrongHomeError


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "drill",
        "Lose the server in the middle of a rehearsal's decision, and complete it by file.",
        _drill,
    )
    parser.add_argument(
        "--killed",
        choices=MOMENTS,
        default="one-signed",
        help="when the server is killed; else after one side has signed",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where a page of evidence goes"
    )


def _drill(options: argparse.Namespace) -> int:
    named = getattr(options, "home", None)
    if named is None:
        with tempfile.TemporaryDirectory(prefix="jcgov-drill-") as folder:
            return _in(Path(folder), options)
    place = Path(named)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        message = f"{place} is not empty; the drill wants an empty folder, or none"
        raise WrongHomeError(message)
    return _in(place, options)


def _in(folder: Path, options: argparse.Namespace) -> int:
    from importlib.metadata import version

    from governance.drill.exercise import exercise, page

    done = exercise(
        folder.resolve(), options.killed, utc_now(), lambda line: print(line, flush=True)
    )
    if options.output is not None:
        text = page(done, version("joint-committee"))
        write_file(options.output, text.encode("utf-8"))
        say(f"{options.output}: the page to keep")
    failed = done.failed
    if failed is not None:
        say(f"the drill FAILED at step {failed.number}, {failed.title.lower()}: {failed.failed}")
        return 1
    total = sum(step.seconds for step in done.steps)
    print(f"The decision was completed by file, and both sides verified it, in {total:.1f} s.")
    return 0
