"""``jcgov doctor`` and ``jcgov init``: what is configured, there, behind."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import engine, library, reading_desk
from governance.cli.arguments import command, json_option
from governance.cli.output import print_json, print_table


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    command(commands, common, "init", "Make the home and its tables; again changes nothing.", _init)
    doctor = command(commands, common, "doctor", "Say what is configured, there, behind.", _doctor)
    json_option(doctor)


def _init(options: argparse.Namespace) -> int:
    from projections.all import VIEWS
    from projections.tables import Tables

    with engine(options.settings):
        Tables.open(options.settings.database, VIEWS).datastore.close()
    print(f"{options.settings.home} is ready")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    settings = options.settings
    there = settings.database.exists()
    found: dict[str, Any] = {
        "home": str(settings.home),
        "database": str(settings.database),
        "there": there,
        "keys": str(settings.keys),
        "events": 0,
        "behind": {},
        "committees": [],
    }
    if there:
        found |= _look(settings)
    if options.json:
        print_json(found)
    else:
        print_table("Doctor", ("what", "is"), [[name, _text(v)] for name, v in found.items()])
    return 0


def _look(settings: Any) -> dict[str, Any]:
    from projections.all import VIEWS

    with library(settings) as read, reading_desk(settings) as desk:
        position = 0 if read.record is None else read.record.position
        behind = {view.name: position - read.tables.position(view) for view in VIEWS}
        states = [desk.load(code) for code in desk.committees()]
        committees = [
            {
                "committee": state.committee.code,
                "record_key": desk.acting(state).seal is not None,
                "open_proposals": len(state.proposals),
            }
            for state in states
        ]
    return {"events": position, "behind": behind, "committees": committees}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list):
        return "; ".join(_text(entry) for entry in value)
    return str(value)
