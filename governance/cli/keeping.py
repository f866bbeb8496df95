"""``jcgov backup`` and ``jcgov restore``: the record as a file that either engine takes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import IO, Any

from governance.assembly import make_tables, open_record
from governance.cli.arguments import command, whole_file
from governance.cli.output import say
from policies.refusals import NotFoundError, UnreadableError


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    backup = command(
        commands,
        common,
        "backup",
        "Write every event, with the hash chain, to a file for either engine; others go on.",
        _backup,
    )
    backup.add_argument("file", metavar="FILE", type=Path)
    restore = command(
        commands,
        common,
        "restore",
        "Read a backup into a home, or a database, that holds no events yet.",
        _restore,
    )
    restore.add_argument("file", metavar="FILE", type=Path)
    against_option(restore)


def against_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names what the record must not be behind."""
    parser.add_argument(
        "--against",
        metavar="HEAD",
        type=Path,
        help="a later backup, or what `replay --verify --json` printed: refuse a record that is"
        " behind it, or is another one",
    )


def _backup(options: argparse.Namespace) -> int:
    from governance.exchange.backup import write_backup

    if not options.settings.recorded:
        message = f"nothing is recorded below {options.settings.home}"
        raise NotFoundError(message)
    with open_record(options.settings) as record, whole_file(options.file) as file:
        head = write_backup(record, file)
    say(f"{options.file}: {head.position:,} events; the head is {head.link.hex()}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from governance.exchange.backup import Backup, read_head

    shown = None if options.against is None else read_head(options.against)
    with _opened(options.file) as file:
        backup = Backup(file, str(options.file))
        if shown is not None:
            backup.require_reaches(shown, options.against)
        make_tables(options.settings)
        with open_record(options.settings) as record:
            record.table.fill(backup.pages())
            head = record.head
    say(f"The record is at position {head.position:,}; its head is {head.link.hex()}")
    say("The engine's own keys are no part of a backup: put them below the home's keys;")
    say("nor are the documents: put them below the home's documents (jcgov document check).")
    return 0


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None
