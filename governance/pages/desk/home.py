"""The desk's first page: what awaits this person over all committees, and where they sit."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.access.access import Access
from governance.access.rosters import Seat
from governance.access.signed_in import SignedIn
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.desk.door import Desk, Who, desk_page, in_turn
from governance.pages.desk.entrance import HOME
from governance.pages.desk.tasks import shown
from governance.service.awaited import Task
from governance.service.changed import how_many
from governance.service.desk_places import base
from governance.service.mine import mine, ordered, tasks_in
from governance.service.roll_call import awaits_answer

router = APIRouter(include_in_schema=False)


@router.get(HOME, dependencies=[no_query()])
async def home(request: Request, opened: Open, desk: Desk, who: Who) -> Response:
    """Show what awaits who is signed in, in every committee where that person has a role."""
    found = await in_turn(request, _everywhere, opened, desk, who)
    return desk_page(request, "desk/home.html", who, **found)


def _everywhere(opened: Opened, access: Access, who: SignedIn) -> dict[str, Any]:
    engine = opened.engine
    tasks: list[Task] = []
    for seat in who.seats:
        if seat.keeps:
            tasks += mine(tasks_in(engine.cases, seat.committee), seat.side, seat.person)
    states = {seat.committee: engine.desk.load(seat.committee) for seat in who.seats}
    keyid = who.credential.keyid
    return {
        "tasks": [shown(task, states[task.committee], keyid) for task in ordered(tasks)],
        "committees": [_line(opened, access, seat, keyid) for seat in who.seats],
    }


def _line(opened: Opened, access: Access, seat: Seat, keyid: str) -> dict[str, Any]:
    """Return a committee's line; of a registry only what concerns its key."""
    engine = opened.engine
    state = engine.desk.load(seat.committee)
    line = {"seat": seat, "path": base(state), "texts": 0, "changes": 0, "roll_call": False}
    if not seat.keeps:
        today = engine.desk.acting(state).today(state)
        return line | {"roll_call": awaits_answer(state, today, keyid)}
    since = access.seen.position(seat)
    changes = 0 if since is None else how_many(engine.record, seat.committee, since)
    texts = sum(proposal.text is not None for proposal in state.proposals.values())
    return line | {"texts": texts, "changes": changes, "since": since}
