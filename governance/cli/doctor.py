"""``jcgov doctor`` and ``jcgov init``: what is configured, there, behind."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from governance.assembly import library, make_tables, reading_desk
from governance.cli.arguments import command, json_option
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings, without_password
from policies.refusals import WrongHomeError

if TYPE_CHECKING:
    from governance.service.desk import Desk


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    init = command(
        commands, common, "init", "Make the home and its tables; again changes nothing.", _init
    )
    init.add_argument(
        "--application",
        metavar="ROLE",
        help="on PostgreSQL: the role that may append, read and keep views, and no more",
    )
    doctor = command(commands, common, "doctor", "Say what is configured, there, behind.", _doctor)
    json_option(doctor)


def _init(options: argparse.Namespace) -> int:
    if options.application is not None and options.settings.database_url is None:
        say("jcgov: --application names a role of PostgreSQL; JCGOV_DATABASE_URL is not set")
        return 2
    make_tables(options.settings, options.application)
    place = options.settings.database_url or str(options.settings.home)
    print(f"{without_password(place)} is ready")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    settings = options.settings
    there = settings.recorded
    found: dict[str, Any] = {
        "home": str(settings.home),
        "database": without_password(settings.database_url or str(settings.database)),
        "there": there,
        "keys": str(settings.keys),
        "documents": without_password(settings.documents),
        "log": str(settings.log),
        "witnesses": str(settings.witnesses),
        "origin": settings.origin,
        "events": 0,
        "behind": {},
        "committees": [],
        "subscriptions": {},
    }
    if there:
        found |= _look(settings)
    if options.json:
        print_json(found)
    else:
        print_table("Doctor", ("what", "is"), [[name, _text(v)] for name, v in found.items()])
    return 0


def _look(settings: Settings) -> dict[str, Any]:
    from governance.service.concerns import concerns
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
                "concerns": [
                    concern.to_json()
                    for concern in concerns(state, desk.acting(state).today(state))
                ],
                "log_key": desk.keys.log_hand(state.committee.code, state.roster.log) is not None,
                "log": _log(settings, desk, state.committee.code),
            }
            for state in states
        ]
    return {
        "events": position,
        "behind": behind,
        "committees": committees,
        "subscriptions": _states(settings),
    }


def _states(settings: Settings) -> dict[str, int] | None:
    """Return how many subscriptions stand in each state; null where they may not be read."""
    from governance.delivery.opening import subscriptions

    try:
        with subscriptions(settings, change=False) as found:
            return found.states()
    except WrongHomeError as error:
        say(f"jcgov: subscriptions: {error}")
        return None


def _log(settings: Settings, desk: Desk, code: str) -> dict[str, Any]:
    """Return how a committee's log stands, and how much evidence of another history is kept."""
    from governance.service.log_standing import LogStandings

    standing = LogStandings(desk.record, settings.log).of(code)
    age = standing.age(desk.clock())
    return standing.to_json() | {
        "age_seconds": None if age is None else round(age),
        "evidence": len(list((settings.log_evidence / code).glob("*.txt"))),
    }


def _text(value: Any) -> str:
    if isinstance(value, dict) and {"witness", "outcome"} <= value.keys():
        return f"{value['witness']}: {value['outcome']}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(_count(part))}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(_text(entry) for entry in value)
    return str(value)


def _count(value: Any) -> Any:
    """Show how many of a list there are; witnesses' answers are shown, for one may be away."""
    answers = isinstance(value, list) and value and "witness" in value[0]
    return len(value) if isinstance(value, list) and not answers else value
