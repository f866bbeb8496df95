"""``jcgov reminders``: for each person an e-mail to send, and a calendar that keeps up to date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from governance.assembly import reading_cases
from governance.cli.arguments import (
    command,
    committee_option,
    json_option,
    of_file,
    read_file,
    write_file,
)
from governance.cli.output import print_json, print_table, say, stand


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    text = "Write what awaits each person: an e-mail to send, and a calendar file. Nothing is sent."
    parser = command(commands, common, "reminders", text, _reminders)
    parser.add_argument("--person", metavar="ID", help="of one person alone")
    committee_option(parser)
    parser.add_argument(
        *("-o", "--output"),
        type=Path,
        required=True,
        metavar="DIR",
        help="a folder, the same each time: calendars there are brought up to date",
    )
    json_option(parser)


def _reminders(options: argparse.Namespace) -> int:
    from governance.service.reminders import addressees, remind, the_one

    folder: Path = options.output

    def before(stem: str) -> bytes | None:
        file = folder / f"{stem}.ics"
        return read_file(file) if file.exists() else None

    made = []
    if options.settings.recorded:
        code = None if options.committee is None else options.committee.code
        with reading_cases(options.settings) as cases:
            entries = addressees(cases, code, options.settings.origin)
            now = cases.desk.clock()
        if options.person is not None:
            entries = the_one(entries, options.person)
        for entry in entries:
            with of_file(folder / f"{entry.file}.ics"):
                made += remind([entry], now, before)
    for reminder in made:
        stem = reminder.addressee.file
        write_file(folder / f"{stem}.eml", reminder.mail)
        write_file(folder / f"{stem}.ics", reminder.calendar)
    shown = [_entry(folder, reminder.addressee) for reminder in made]
    if options.json:
        print_json(shown)
        return 0
    columns = ("person", "name", "side", "awaited", "overdue", "next", "mail", "calendar")
    rows = [[entry[name] for name in columns] for entry in shown]
    files = ("person", "name", "side"), ("awaited", "overdue"), ("next",), ("mail", "calendar")
    print_table("Reminders", columns, rows, narrow=stand(columns, *files))
    if not shown:
        say("Nobody is to be reminded here; nothing was written.")
    return 0


def _entry(folder: Path, entry: Any) -> dict[str, Any]:
    days = [task.due for task in entry.tasks if task.due is not None]
    return {
        "person": entry.person,
        "name": entry.name,
        "side": entry.side,
        "committees": entry.committees,
        "awaited": len(entry.tasks),
        "overdue": entry.overdue,
        "next": min(days).isoformat() if days else None,
        "mail": str(folder / f"{entry.file}.eml"),
        "calendar": str(folder / f"{entry.file}.ics"),
    }
