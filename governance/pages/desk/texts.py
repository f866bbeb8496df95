"""The texts that lie before a committee: drafts and frozen ones, who is awaited, days left."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.acting import Acting
from aggregates.committee.state import CommitteeState, Proposal
from governance.http.questions import Open, no_query
from governance.pages.desk.door import in_turn
from governance.pages.desk.seat import AtSeat, page_here
from governance.service.proposals import proposal_entries
from policies.proof.statements import AtMeeting

router = APIRouter(include_in_schema=False)


@router.get("/desk/committees/{code}/texts", dependencies=[no_query()])
async def texts_page(request: Request, opened: Open, here: AtSeat) -> Response:
    """Show every open text to who is of the committee or keeps its docket, the newest first."""

    def texts() -> list[dict[str, Any]]:
        if not here.seat.keeps:
            return []
        state = opened.engine.desk.load(here.code)
        return listed(state, opened.engine.desk.acting(state))[::-1]

    return page_here(request, "desk/texts.html", here, texts=await in_turn(request, texts))


def listed(state: CommitteeState, acting: Acting) -> list[dict[str, Any]]:
    """Return the entries of open texts, each with its items, days, and `sides`: who, for what."""
    today = acting.today(state)
    entries = []
    for entry in proposal_entries(state, acting.now):
        proposal = state.proposals[entry["proposal"]]
        awaited: dict[str, dict[str, list[str]]] = {}
        for missing in entry["awaited"]:
            side = awaited.setdefault(missing["side"], {})
            side.setdefault(missing["what"], []).append(missing["name"])
        more = {"subjects": subjects_of(proposal), "sides": awaited}
        entries.append(entry | more | days_of(state, proposal, today))
    return entries


def subjects_of(proposal: Proposal) -> list[dict[str, Any]]:
    """Return what a text is about: of each item the kind, its number and its title.

    The numbers are those of the frozen text; a draft has none yet but what it changes.
    """
    if proposal.text is not None:
        return [
            {"kind": item.kind, "subject": item.subject, "title": item.title}
            for item in proposal.text.decision.items
        ]
    return [
        {
            "kind": item.get("kind", ""),
            "subject": item.get("number") or item.get("project"),
            "title": item.get("title", ""),
        }
        for item in proposal.content["items"]
    ]


def days_of(state: CommitteeState, proposal: Proposal, today: date) -> dict[str, Any]:
    """Return how a text is to be decided, its days, and how many of them are left.

    `days_left` is of the window or of the meeting's day: 0 on the last one, below when it is over.
    """
    found: dict[str, Any] = {
        "procedure": proposal.content["procedure"]["kind"],
        "meeting": proposal.content["procedure"].get("meeting"),
        "place": None,
        "day": None,
        "closes": None,
        "expires": None,
        "sent": proposal.distribution is not None,
        "days_left": None,
    }
    if found["meeting"] in state.meetings:
        meeting = state.meetings[found["meeting"]]
        found |= {"day": meeting.date, "place": meeting.place}
    if proposal.text is None:
        return found
    decision = proposal.text.decision
    found["expires"] = decision.expires
    if isinstance(decision.procedure, AtMeeting):
        found["day"] = decision.procedure.date
    else:
        found |= {"day": decision.procedure.distributed, "closes": decision.procedure.closes}
    last = found["closes"] or found["day"]
    return found | {"days_left": (last - today).days}
