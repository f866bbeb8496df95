"""Two days compared: what came, ended and changed in a committee's registers and its rulebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Named, Open, asked
from governance.http.register_folds import register_of
from governance.http.registers import NAMED_BY
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.asking import AskedDay
from governance.pages.committee_shown import shown
from governance.pages.register_columns import SHOWN, Name
from governance.pages.templating import render
from policies.sides import Committee
from projections.registers import REGISTERS
from projections.rulebooks import RULEBOOKS, parsed
from projections.streams import OF_COMMITTEE, streams_of

router = APIRouter(include_in_schema=False)

VIEWS = (*REGISTERS.values(), RULEBOOKS)
MOST = 100
"""Lines that are shown of what came, ended or changed in a register."""

From = Annotated[AskedDay, Query(alias="from")]

Entry = dict[str, Any]


@router.get("/committees/{code}/compare", dependencies=[asked("from", "to")])
def compare(
    request: Request, opened: Open, committee: Named, since: From = None, to: AskedDay = None
) -> Response:
    """Return what differs between two days; where none is given, the form alone."""

    def make() -> bytes:
        days = None if since is None or to is None else (min(since, to), max(since, to))
        return render(
            "compare.html",
            language_of(request),
            address_of(request),
            committee=shown(opened, committee),
            days=days,
            registers=SHOWN,
            most=MOST,
            changes={} if days is None else _changes(opened, committee, *days),
            rulebooks=None if days is None else [_in_force(opened, committee, d) for d in days],
        )

    return of_page(request, opened, VIEWS, make, committee=committee)


def _changes(
    opened: Opened, committee: Committee, before: date, after: date
) -> dict[Name, dict[str, list[Entry]]]:
    return {
        name: compared(
            register_of(opened, name, committee, before).entries,
            register_of(opened, name, committee, after).entries,
            NAMED_BY[name],
        )
        for name in SHOWN
    }


def compared(
    before: Sequence[Entry], after: Sequence[Entry], named_by: Sequence[str]
) -> dict[str, list[Entry]]:
    """Return the entries that came, that ended, and that changed, with both readings of each."""
    old, new = _named(before, named_by), _named(after, named_by)
    return {
        "came": [{"name": name, "entry": new[name]} for name in new if name not in old],
        "ended": [{"name": name, "entry": old[name]} for name in old if name not in new],
        "changed": [
            {"name": name, "members": _differing(old[name], new[name])}
            for name in new
            if name in old and old[name] != new[name]
        ],
    }


def _named(entries: Sequence[Entry], named_by: Sequence[str]) -> dict[str, Entry]:
    """Name entries; of several with one name each further one has its count."""
    known: Counter[str] = Counter()
    found = {}
    for entry in entries:
        name = " ".join(_text(entry[member]) for member in named_by)
        known[name] += 1
        found[name if known[name] == 1 else f"{name} #{known[name]}"] = entry
    return found


def _differing(old: Entry, new: Entry) -> list[tuple[str, Any, Any]]:
    return [(member, old[member], new[member]) for member in new if old[member] != new[member]]


def _text(value: Any) -> str:
    """Write a member that names an entry: a number, a side, a period."""
    if isinstance(value, list):
        return " – ".join(map(str, value))
    return "–" if value is None else str(value)


def _in_force(opened: Opened, committee: Committee, day: date) -> Entry | None:
    """Return the rulebook that was in force on a day; null where none was."""
    where = f"{OF_COMMITTEE} AND (in_force_from IS NULL OR in_force_from <= ?)"
    values = (*streams_of(committee.code), day.isoformat())
    rows = list(opened.tables.select(RULEBOOKS, where, values))
    if not rows:
        return None
    return {"digest": rows[-1][1], "version": parsed(rows[-1][4]).version}
