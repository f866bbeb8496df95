"""``jcgov impact``: what rests on an entity, a methodology or a project."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.cli.arguments import command, committee_option, json_option, time_options
from governance.cli.output import print_json, print_table, say
from governance.settings import Settings
from policies.sides import JAPAN

if TYPE_CHECKING:
    from aggregates.committee.state import CommitteeState
    from policies.sides import Committee
    from projections.impact_question import Question


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = command(
        commands,
        common,
        "impact",
        "What rests on an entity, a methodology or a project: work, projects, credits.",
        _impact,
    )
    parser.add_argument("number", metavar="NUMBER", help="as TPE-MN-003, MN_AM003 or MN004")
    parser.add_argument(
        "methodology_version", metavar="VERSION", nargs="?", help="of a methodology, as 1.0"
    )
    committee_option(parser)
    parser.add_argument(
        "--scope", type=_scope, metavar="N", help="only an entity's work in that sectoral scope"
    )
    time_options(parser)
    json_option(parser)


def _scope(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 99):
        message = f"{text!r} is no sectoral scope; write its number, as 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _impact(options: argparse.Namespace) -> int:
    from projections.impact_question import question

    asked, committee = question(
        options.number, options.methodology_version, options.scope, options.committee
    )
    found = read_impact(options.settings, asked, committee, options.as_of, options.known_at)
    if options.json:
        print_json(found)
        return 0
    _print_rests(found)
    _print_cannot_tell(found)
    _print_open(found)
    _say_totals(found, options.settings)
    return 0


def read_impact(
    settings: Settings,
    asked: Question,
    committee: Committee,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """Return what rests on what is asked, in the shape of ``--json``.

    Undated records of the past stand before every day, so a day leaves them out: they are counted.
    """
    from governance.assembly import library
    from policies.calendar import timestamp
    from projections.impact import impact
    from projections.log_reading import LogFilter
    from projections.registers import ORDER, REGISTERS
    from projections.resting import Resting
    from projections.work import WORK, done_of

    where, values = LogFilter(committee=committee.code, known_at=known_at).where
    with library(settings) as read:
        views = (*REGISTERS.values(), WORK)
        rows = [list(read.tables.select(view, where, values, ORDER)) for view in views]
    state = _state(settings, committee, as_of, known_at)
    *registers, work = [[row for row in found if _by(_day_of(row), as_of)] for found in rows]
    resting = Resting(registers, done_of(work))
    found = impact(asked, resting, committee)
    found["as_of"] = None if as_of is None else as_of.isoformat()
    found["known_at"] = None if known_at is None else timestamp(known_at)
    found["open"] = _open(state, asked, found["rests"])
    undated = [row for row in rows[-1] if _day_of(row) is None]
    found["totals"] |= {
        "open": len(found["open"]),
        "undated_left_out": 0 if as_of is None else len(undated),
    }
    return found


def _day_of(row: Sequence[Any]) -> str | None:
    """Return the day of a row of a register, or of work, whose columns differ."""
    day: str | None = row[4] if len(row) == 8 else row[3]
    return day


def _by(day: str | None, as_of: date | None) -> bool:
    return as_of is None or (day is not None and day <= as_of.isoformat())


def _state(
    settings: Settings, committee: Committee, as_of: date | None, known_at: datetime | None
) -> CommitteeState | None:
    """Return the committee as it stood at the instant, or at the end of the day, that is asked."""
    from governance.assembly import open_record, reading_desk
    from governance.service.earlier import state_at
    from policies.calendar import end_of

    if not settings.recorded:
        return None
    with reading_desk(settings) as desk:
        state = desk.find(committee.code)
    if state is None or (as_of is None and known_at is None):
        return state
    instants = [] if known_at is None else [known_at]
    if as_of is not None:
        instants.append(end_of(as_of, state.rulebook.zone) - timedelta(microseconds=1))
    with open_record(settings) as record:
        return state_at(record, committee.code, min(instants))


def _open(
    state: CommitteeState | None, asked: Question, rests: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    from governance.service.earlier import open_on

    projects = {row["project"] for row in rests if row["what"] == "project"}
    works = asked.about == "entity"
    return list(open_on(state, asked.number, asked.version, projects, works=works))


_COLUMNS = (
    *("what", "project", "decision", "item", "adopted", "basis"),
    *("through", "entity", "report", "reported on", "entity then", "quantity", "amounts"),
)
_OPEN = ("number", "stage", "item", "kind", "subject", "rests on it")
_NARROW = (((0,), (1,)), ((2,), (3, 4, 5), (6,)), ((7, 8), (9, 10), (11, 12)))


def _print_rests(found: dict[str, Any]) -> None:
    rows = [
        [
            *(row[name] for name in ("what", "project", "decision", "item")),
            row["adopted_on"] or "undated",
            *(row[name] for name in ("basis", "through", "entity", "report", "reported_on")),
            _then(row),
            "" if row["quantity"] is None else f"{row['quantity']:,}",
            _amounts(row),
        ]
        for row in found["rests"]
    ]
    version = f" version {found['version']}" if found["version"] else ""
    status = f" ({found['status']})" if found["status"] else ""
    title = f"What rests on {found['number']}{version}{status}"
    print_table(title, _COLUMNS, rows, narrow=_NARROW)


def _then(row: dict[str, Any]) -> str:
    if row["entity"] is None:
        return ""
    return row["entity_at_report"] or "cannot tell"


def _amounts(row: dict[str, Any]) -> str:
    if row["what"] != "issuance":
        return ""
    if row["amounts"] is None:
        return "cannot tell"
    named = sorted(row["amounts"].items(), key=lambda each: each[0] != JAPAN)
    return ", ".join(f"{side} {'?' if n is None else f'{n:,}'}" for side, n in named)


def _print_cannot_tell(found: dict[str, Any]) -> None:
    rows = [
        [row[name] or "" for name in ("project", "decision", "item")]
        + [row["adopted_on"] or "undated", row["basis"], row["what"], row["why"]]
        for row in found["cannot_tell"]
    ]
    if rows:
        print()
        columns = ("project", "decision", "item", "adopted", "basis", "cannot tell of", "why")
        narrow = (((0,),), ((1, 2), (3, 4)), ((5,), (6,)))
        print_table("Cannot tell: the record does not say", columns, rows, narrow=narrow)


def _print_open(found: dict[str, Any]) -> None:
    rows = [
        [
            each["number"] or f"P{each['proposal']}",
            *(each[name] for name in ("stage", "item", "kind", "subject", "rests")),
        ]
        for each in found["open"]
    ]
    if rows:
        print()
        print_table("Not decided yet", _OPEN, rows)


def _say_totals(found: dict[str, Any], settings: Settings) -> None:
    totals = found["totals"]
    if not settings.recorded:
        say("Nothing is recorded here.")
    names = ("projects", "validations", "verifications", "issuances")
    say(f"What rests on it: {', '.join(f'{name} {totals[name]}' for name in names)}")
    for basis, sums in totals["credits"].items():
        if sums["issuances"]:
            sides = ", ".join(f"{side} {n:,}" for side, n in sums["amounts"].items())
            unknown = sums["amount_unknown"]
            left = f"; of {unknown} the record has no amount" if unknown else ""
            credits = f"issuances {sums['issuances']}, credits {sums['quantity']:,}"
            say(f"  {basis}: {credits}: {sides}{left}")
    suspended = totals["entity_at_report"].get("suspended", 0)
    if suspended:
        say(f"  {suspended} validations or verifications are dated while it was suspended")
    if totals["cannot_tell"]:
        say(f"  of {totals['cannot_tell']} more the record cannot tell")
    if totals["undated_left_out"]:
        say(f"  {totals['undated_left_out']} undated ones are left out as of a day")
