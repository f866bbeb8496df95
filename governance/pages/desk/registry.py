"""What the registries of a committee are told, what they report, and what agrees.

A registry's officer sees its own side, whoever keeps the docket both. How pushes went, with
addresses and faults, is for a side's own registry, secretary and co-chair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated, Any, NamedTuple

import msgspec
from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from governance.delivery.opening import deliveries_to_read, subscriptions_of
from governance.http.opened import Opened
from governance.http.questions import Open, asked, no_query, whole_number
from governance.pages.asking import PageNumber
from governance.pages.desk.door import in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.feed_terms import EVENT_NAMES, STANDINGS
from governance.pages.list_page import ListPage, page_of_list
from governance.pages.status import STATES
from governance.service.case_names import CaseName
from governance.service.registries import sees_pushes, sides_seen
from policies.proof.canonical import is_digest
from policies.refusals import FaultError, NotEntitledError, Refusal
from projections.feed import MAX_SEQUENCE, Feed, Heard
from projections.log_reading import LogFilter
from projections.reconciliation import (
    Line,
    Standing,
    cases_about,
    newest_differences,
    reconciliation,
)
from projections.registers import REGISTERS
from projections.rulebooks import RULEBOOKS

router = APIRouter(include_in_schema=False)

FEW, SIZE, ATTEMPTS = 5, 50, 20
"""Entries of a list on the first page, of a page of a list, attempts of a subscription."""
_PATH = "/desk/committees/{code}/registry"

Before = Annotated[
    Annotated[int, Field(ge=1, le=MAX_SEQUENCE), BeforeValidator(whole_number)], Query()
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody may look at here, today in the committee's time zone."""

    sides: tuple[str, ...]
    pushes: frozenset[str]
    today: date

    @property
    def keeps(self) -> bool:
        """Whether it is somebody who keeps the docket, where cases have their pages."""
        return len(self.sides) > 1


@dataclass(frozen=True, slots=True)
class Amount:
    """What one item decided, with the sides that somebody compares, in their order."""

    lines: tuple[Line, ...]
    cases: dict[str, int | None]
    """The last case about each side's reports, by its place on the docket; null: there is none."""


@router.get(_PATH, dependencies=[no_query()])
async def registry(request: Request, opened: Open, here: AtSeat) -> Response:
    """Show where each side's registry stands: told, pushed, reported, agreed."""
    seen = await _seen(request, opened, here)

    def values() -> dict[str, Any]:
        folded = _folded(opened, here, seen)
        few, many = newest_differences(opened.tables, here.code, seen.sides, 0, FEW)
        return {
            "sides": [_side(opened, here, seen, side, folded.counts[side]) for side in seen.sides],
            "amounts": _with_cases(opened, here, folded.waiting[:FEW]),
            "waiting": len(folded.waiting),
            "decided": len(folded.amounts),
            "keeps": seen.keeps,
            "differences": [_difference(found) for found in few],
            "differed": many,
        }

    found = await to_thread.run_sync(values)
    return page_here(request, "desk/registry.html", here, **found, **_words())


@router.get(_PATH + "/feed/{side}", dependencies=[asked("before")])
async def feed(
    request: Request, *, opened: Open, here: AtSeat, side: str, before: Before = MAX_SEQUENCE
) -> Response:
    """Show what a side's registry was told, the newest first."""
    seen = await _seen(request, opened, here)
    _require_seen(here, seen, side)

    def told() -> list[Heard]:
        return Feed(opened.tables).newest(side, here.code, before, SIZE + 1)

    found = await to_thread.run_sync(told)
    return page_here(
        request,
        "desk/registry_feed.html",
        here,
        side=side,
        told=[_told(heard) for heard in found[:SIZE]],
        older=found[SIZE - 1].sequence if len(found) > SIZE else None,
        first=before == MAX_SEQUENCE,
        **_words(),
    )


@router.get(_PATH + "/amounts", dependencies=[asked("page", "open")])
async def amounts(
    request: Request, *, opened: Open, here: AtSeat, page: PageNumber = 1, open: str = ""
) -> Response:
    """Show what was decided, reported and differs, by decision, the newest first."""
    seen = await _seen(request, opened, here)

    def listed() -> ListPage:
        folded = _folded(opened, here, seen)
        paged = page_of_list(folded.waiting if open else folded.amounts, page, SIZE)
        own = _with_cases(opened, here, paged.entries)
        return ListPage(own, paged.number, paged.pages, paged.first, paged.last, paged.total)

    found = await to_thread.run_sync(listed)
    query = {"open": "1"} if open else {}
    return page_here(
        request,
        "desk/registry_amounts.html",
        here,
        sides=seen.sides,
        keeps=seen.keeps,
        page=found,
        query=query,
        **_words(),
    )


@router.get(_PATH + "/differences", dependencies=[asked("page")])
async def differences(
    request: Request, *, opened: Open, here: AtSeat, page: PageNumber = 1
) -> Response:
    """Show everything in which reports differed when they came, the newest first."""
    seen = await _seen(request, opened, here)

    def listed() -> ListPage:
        begins = (page - 1) * SIZE
        few, total = newest_differences(opened.tables, here.code, seen.sides, begins, SIZE)
        pages = page_of_list(range(total), page, SIZE)
        own = [_difference(found) for found in few]
        return ListPage(own, page, pages.pages, pages.first, pages.last, total)

    found = await to_thread.run_sync(listed)
    return page_here(request, "desk/registry_differences.html", here, page=found, keeps=seen.keeps)


async def _seen(request: Request, opened: Opened, here: Here) -> Seen:
    """Return what the services let somebody look at; raise `NotEntitledError` for nothing."""

    def ask() -> Seen:
        desk = opened.engine.desk
        state = desk.load(here.code)
        today = desk.acting(state).today(state)
        sides = sides_seen(state, here.by, today)
        pushes = frozenset(side for side in sides if sees_pushes(state, here.by, side, today))
        return Seen(sides, pushes, today)

    return await in_turn(request, ask)


def _require_seen(here: Here, seen: Seen, side: str) -> None:
    if side not in seen.sides:
        message = f"what the registry of {side} is told is not for {here.seat.name} to look at here"
        raise NotEntitledError(message)


def _words() -> dict[str, Any]:
    return {"events": EVENT_NAMES, "standings": STANDINGS, "states": STATES}


def _side(
    opened: Opened, here: Here, seen: Seen, side: str, counts: dict[Standing, int]
) -> dict[str, Any]:
    told = Feed(opened.tables).newest(side, here.code, limit=FEW)
    return {
        "side": side,
        "told": [_told(heard) for heard in told],
        "position": told[0].sequence if told else None,
        "sees_pushes": side in seen.pushes,
        "pushes": _pushes(opened, here.code, side) if side in seen.pushes else None,
        "counts": {standing: count for standing, count in counts.items() if count},
    }


def _told(heard: Heard) -> dict[str, Any]:
    said = msgspec.json.decode(heard.data)
    names = ("subject", "title", "outcome", "amount", "adopted_on")
    return {
        "sequence": heard.sequence,
        "type": heard.type,
        "number": heard.number,
        "item": heard.item,
        **{name: said.get(name) for name in names},
    }


def _pushes(opened: Opened, code: str, side: str) -> list[dict[str, Any]] | None:
    """Return a side's subscriptions with their attempts; null where they cannot be read."""
    try:
        with deliveries_to_read(opened.settings) as tables:
            beside = (opened.engine.record, opened.tables)
            found = subscriptions_of(opened.settings, tables, beside, opened.clock)
            return found.of_side(side, code, ATTEMPTS)
    except (FaultError, Refusal):
        return None


Compared = tuple[Line, ...]


class Folded(NamedTuple):
    """Each decided amount, the newest first; what waits or differs; how many stand in which way."""

    amounts: list[Compared]
    waiting: list[Compared]
    counts: dict[str, dict[Standing, int]]


def _folded(opened: Opened, here: Here, seen: Seen) -> Folded:
    """Return what is compared, folded once while the record stands still, for all who look."""
    views = (REGISTERS["credits"], RULEBOOKS)

    def fold(_before: Folded | None) -> Folded:
        lines = reconciliation(opened.tables, LogFilter(committee=here.code), opened.clock())
        own = [line for line in lines if line.side in seen.sides]
        counts = {side: dict.fromkeys(Standing, 0) for side in seen.sides}
        for line in own:
            counts[line.side][line.standing] += 1
        grouped = [tuple(found) for _item, found in groupby(own, lambda line: id(line.credits))]
        amounts = grouped[::-1]
        waiting = [found for found in amounts if not all(line.complete for line in found)]
        return Folded(amounts, sorted(waiting, key=_merely_waits), counts)

    question = ("registries", here.code, seen.sides, seen.today)
    return opened.folded(views, question, fold, here.code)


def _merely_waits(lines: Compared) -> bool:
    """Whether nothing differs: what does comes first where few are shown."""
    return not any(line.standing in (Standing.LESS, Standing.MORE) for line in lines)


def _with_cases(opened: Opened, here: Here, found: Sequence[Compared]) -> list[Amount]:
    decisions = sorted({lines[0].credits.origin.decision for lines in found})
    cases = cases_about(opened.tables, here.code, decisions)

    def case(line: Line) -> int | None:
        origin = line.credits.origin
        found = cases.get((line.side, origin.decision, origin.item))
        return None if found is None else CaseName.parse(found).place

    return [Amount(lines, {line.side: case(line) for line in lines}) for lines in found]


def _difference(found: dict[str, Any]) -> dict[str, Any]:
    """Return a difference; its decision's page is there unless nobody knows the decision."""
    case = found["case_name"]
    place = None if case is None else CaseName.parse(case).place
    return found | {"known": not is_digest(found["decision"]), "place": place}
