"""The desk's first page: who is signed in, where that person sits, and what is open there."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.questions import Open, no_query
from governance.pages.desk.door import Who, desk_page, in_turn
from governance.pages.desk.entrance import HOME
from governance.service.proposals import proposal_entries

router = APIRouter(include_in_schema=False)


@router.get(HOME, dependencies=[no_query()])
async def home(request: Request, opened: Open, who: Who) -> Response:
    """Show who is signed in, where that person sits, and the texts that are open there."""

    def texts() -> list[dict[str, Any]]:
        desk = opened.engine.desk
        states = [desk.load(seat.committee) for seat in who.seats if seat.sits]
        return [
            entry | {"signs": who.seat_in(state.committee.code).signs}
            for state in states
            for entry in proposal_entries(state, desk.acting(state).now)
            if entry["number"] is not None
        ]

    return desk_page(request, "desk/home.html", who, texts=await in_turn(request, texts))
