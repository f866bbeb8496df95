"""``jcgov doctor`` and ``jcgov init``: what is configured, there, behind."""

from __future__ import annotations

import argparse
from typing import Any

from governance.assembly import engine
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
    from projections.tables import Tables

    with engine(settings) as made:
        position = made.record.position
        tables = Tables.open(settings.database, VIEWS)
        try:
            behind = {view.name: position - tables.position(view) for view in VIEWS}
        finally:
            tables.datastore.close()
        committees = [
            {
                "committee": code,
                "record_key": made.desk.acting(made.desk.load(code)).seal is not None,
                "open_proposals": len(made.desk.load(code).proposals),
            }
            for code in made.desk.committees()
        ]
    return {"events": position, "behind": behind, "committees": committees}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list):
        return "; ".join(_text(entry) for entry in value)
    return str(value)
