"""The desk's docket: what awaits whom, until when; the list of one committee's cases."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Flag, Open, asked
from governance.pages.asking import AskedDay, AskedName, AskedWords, PageNumber
from governance.pages.desk.door import in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.inputs import quarter_of
from governance.pages.list_page import page_of_list
from governance.service.case_file import require_reader
from policies.cases import CASE_KINDS
from policies.lifecycles.cases import AWAITS
from projections.case_steps import CASE_STEPS
from projections.docket import Docket
from projections.rulebooks import RULEBOOKS

router = APIRouter(include_in_schema=False)

DOCKET = "/desk/committees/{code}/docket"
VIEWS = (CASE_STEPS, RULEBOOKS)


@router.get(
    DOCKET,
    dependencies=[asked("on", "overdue", "ended", "kind", "awaits", "q", "page")],
)
async def docket(
    request: Request,
    opened: Open,
    here: AtSeat,
    *,
    on: AskedDay = None,
    overdue: Flag = False,
    ended: Flag = False,
    kind: AskedName = None,
    awaits: AskedName = None,
    q: AskedWords = None,
    page: PageNumber = 1,
) -> Response:
    """Show the cases: overdue first, then by the last day."""

    await in_turn(request, lambda: require_reader(opened.engine.desk, here.code, here.by))
    all_of_them = await to_thread.run_sync(partial(_entries, opened, here, on, ended=ended))
    asks = {"kind": kind, "awaits": awaits}
    found = [
        entry
        for entry in all_of_them
        if (entry["overdue"] or not overdue)
        and all(value in (None, entry[name]) for name, value in asks.items())
        and _says(entry, q)
    ]
    flags = {"overdue": "true" if overdue else None, "ended": "true" if ended else None}
    query = asks | flags | {"on": None if on is None else on.isoformat(), "q": q}
    return page_here(
        request,
        "desk/docket.html",
        here,
        entries=page_of_list(found, page),
        counts=_counts(all_of_them),
        query={name: value for name, value in query.items() if value is not None},
        kinds=_present(all_of_them, "kind", CASE_KINDS),
        awaited=_present(all_of_them, "awaits", dict.fromkeys(AWAITS.values())),
    )


def place_of(case: str) -> int:
    """Return the place on the docket that a case's name ends with."""
    return int(case.rpartition("/")[2])


def _entries(opened: Opened, here: Here, on: Any, *, ended: bool) -> list[dict[str, Any]]:
    """Return the docket as ``jcgov docket`` shows it, each case with its place."""

    def make(_before: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        now = opened.clock()
        found = Docket(opened.tables, now, here.code, on).entries(ended=ended)
        return [{"place": place_of(entry["case"]), **entry} for entry in found]

    question = ("the desk's docket", here.code, on, ended, quarter_of(opened))
    return opened.folded(VIEWS, question, make, here.code)


def _says(entry: dict[str, Any], words: str | None) -> bool:
    """Whether a case's name or title has every word, whatever its letters' size."""
    text = f"{entry['case']} {entry['title']}".casefold()
    return all(word in text for word in (words or "").casefold().split())


def _counts(entries: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "open": sum(entry["awaits"] is not None for entry in entries),
        "overdue": sum(entry["overdue"] for entry in entries),
        "ours": sum(entry["awaits"] == "secretariat" for entry in entries),
    }


def _present(entries: list[dict[str, Any]], name: str, order: Iterable[str]) -> list[str]:
    """Return the values that stand in a list, in an order of ours."""
    there = {entry[name] for entry in entries}
    return [value for value in order if value in there]
