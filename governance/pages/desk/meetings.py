"""A committee's meetings: convened ones with their texts, convening one, the yearly requirement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.acting import Acting
from aggregates.committee.state import CommitteeState
from governance.access.once import new_word, said_by
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.desk.again import status_of
from governance.pages.desk.asked_shapes import typed
from governance.pages.desk.door import Desk, go_on, in_turn
from governance.pages.desk.seat import AtSeat, FormHere, Here, page_here
from governance.pages.desk.texts import listed
from policies.calendar import calendar_day
from policies.refusals import Refusal, StepNotAllowedError, UnreadableError
from projections.proceedings import DECISION, PROCEEDINGS, proceedings_of

router = APIRouter(include_in_schema=False)

MEETINGS = "/desk/committees/{code}/meetings"
MOST = 40
"""Meetings that the page shows, the latest ones."""
_MOST_DECISIONS = 400


@router.get(MEETINGS, dependencies=[no_query()])
async def meetings_page(request: Request, opened: Open, here: AtSeat) -> Response:
    """Show the meetings that were convened, and a form that convenes one."""
    values = await in_turn(request, _values, opened, here)
    return page_here(request, "desk/meetings.html", here, once=new_word(), said={}, **values)


@router.post(MEETINGS, dependencies=[no_query()])
async def convene(request: Request, opened: Open, desk: Desk, form: FormHere) -> Response:
    """Convene a meeting to all members; the same form sent again changes nothing."""
    here, said = form.here, form.fields

    def make() -> str:
        day = typed(said, "date")
        if not day:
            message = "say on which day the committee meets"
            raise UnreadableError(message)
        meets = calendar_day(day)
        if here.seat.keeps and said.get("second") != "yes":
            _require_first(opened.engine.desk.load(here.code), meets)
        proposals = opened.engine.proposals
        proposals.convene(here.code, meets, typed(said, "place"), by=here.by)
        return f"{here.path}/meetings"

    def once() -> str:
        who = f"{here.code} {here.by}"
        return desk.once.made(who, said.get("once"), make, opened.clock(), said_by(said))

    try:
        return go_on(request, await in_turn(request, once))
    except Refusal as refusal:
        status = status_of(request, refusal)
        values = await in_turn(request, _values, opened, here)
        return page_here(
            *(request, "desk/meetings.html", here, status),
            **{"once": new_word(), "said": said, "trouble": str(refusal)} | values,
        )


def _require_first(state: CommitteeState, day: date) -> None:
    """Refuse a second meeting on a day, which is more often a mistake than meant."""
    there = [found for found in state.meetings.values() if found.date == day]
    if there:
        named = " and ".join(f"{found.meeting} ({found.place})" for found in there)
        message = (
            f"a meeting on {day} is convened already: {named}; say so below if you mean a second"
            " meeting on that day"
        )
        raise StepNotAllowedError(message)


def _values(opened: Opened, here: Here) -> dict[str, Any]:
    """Return what the page shows; of a registry's eyes are the days and places alone."""
    engine = opened.engine
    state = engine.desk.load(here.code)
    acting = engine.desk.acting(state)
    texts = listed(state, acting) if here.seat.keeps else []
    return meetings_of(state, acting, texts, _decided(opened, here.code))


def meetings_of(
    state: CommitteeState,
    acting: Acting,
    texts: list[dict[str, Any]],
    decided: Mapping[str, list[str]],
) -> dict[str, Any]:
    """Return the meetings, the latest first, and what the rulebook wants of a year.

    Of each meeting: its open texts, and the numbers of the decisions that were taken at it. That
    it was held is recorded only by a decision.
    """
    today = acting.today(state)
    latest = sorted(state.meetings.values(), key=lambda m: (m.date, m.meeting), reverse=True)
    meetings = [
        {
            "meeting": meeting.meeting,
            "date": meeting.date,
            "place": meeting.place,
            "days_left": (meeting.date - today).days,
            "texts": [text for text in texts if text["meeting"] == meeting.meeting],
            "decided": decided.get(meeting.meeting, []),
        }
        for meeting in latest[:MOST]
    ]
    return {
        "meetings": meetings,
        "more": max(0, len(latest) - MOST),
        "taken": {meeting.date.isoformat() for meeting in latest},
        "yearly": _yearly(state, acting),
        "first": today + timedelta(days=1),
    }


def _yearly(state: CommitteeState, acting: Acting) -> dict[str, Any] | None:
    """Return how often the committee must meet in a year, and how often it is convened to."""
    clocks = state.rulebook.clocks
    needed = None if clocks is None else clocks.meetings_per_year_at_least
    if needed is None:
        return None
    year = acting.today(state).year
    convened = sum(meeting.date.year == year for meeting in state.meetings.values())
    return {
        "year": year,
        "needed": needed.value,
        "convened": convened,
        "source": needed.source,
        "missing": max(0, needed.value - convened),
    }


def _decided(opened: Opened, code: str) -> dict[str, list[str]]:
    """Return the decisions that were taken at meetings, by meeting, the latest ones."""
    where = "committee = ? AND procedure = ? AND what = ?"
    rows = opened.tables.select(
        PROCEEDINGS,
        where,
        (code, "meeting", DECISION),
        order="day DESC, number DESC",
        limit=_MOST_DECISIONS,
    )
    found: dict[str, list[str]] = {}
    for each in proceedings_of(rows):
        found.setdefault(str(each.entry["meeting"]), []).append(each.number)
    return found
