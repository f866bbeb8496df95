"""A committee's first page at the desk: what awaits me, what awaits whom, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.state import CommitteeState
from governance.access.access import Access
from governance.access.signing import ROLL_CALL, ask
from governance.http.opened import Opened
from governance.http.questions import MAX_SEQUENCE, Open, no_query
from governance.pages.committee import docket_shown
from governance.pages.desk.door import Desk, go_on, headers_of, in_turn
from governance.pages.desk.seat import AtSeat, FormHere, Here, page_here
from governance.pages.desk.tasks import shown
from governance.service.awaited import Awaited
from governance.service.changed import Change, Changed, changed
from governance.service.mine import by_task, mine, tasks_in
from governance.service.reminders import addressees, reminder_for
from governance.service.roll_call import awaits_answer
from policies.refusals import UnreadableError

router = APIRouter(include_in_schema=False)

OVERVIEW = "/desk/committees/{code}"
Side = Annotated[str, Path(pattern="^[A-Z]{2}$")]
Person = Annotated[str, Path(max_length=100)]
LATEST = 20
"""Changes that stand on the page at once; those before are opened."""
_FILES = {"ics": "text/calendar; charset=utf-8", "eml": "message/rfc822"}


@router.get(OVERVIEW, dependencies=[no_query()])
async def overview(request: Request, opened: Open, desk: Desk, here: AtSeat) -> Response:
    """Show a committee to somebody who has a role there; to a registry what concerns its key."""
    found = await in_turn(request, _overview, opened, desk, here)
    return page_here(request, "desk/overview.html", here, **found)


@router.post(OVERVIEW + "/seen", dependencies=[no_query()])
async def seen(request: Request, opened: Open, desk: Desk, form: FormHere) -> Response:
    """Keep that all was seen up to what the page showed."""
    written = form.fields.get("until", "")
    if not written.isascii() or not written.isdigit() or len(written) > len(str(MAX_SEQUENCE)):
        message = "the form does not say up to where the page was read; load it again"
        raise UnreadableError(message)

    def keep() -> None:
        record = opened.engine.record.position
        desk.seen.until(form.here.seat, int(written), record, desk.clock())

    await in_turn(request, keep)
    return go_on(request, form.here.path)


@router.post(OVERVIEW + "/roll-call", dependencies=[no_query()])
async def roll_call(request: Request, opened: Open, desk: Desk, form: FormHere) -> Response:
    """Ask to sign that the key which is signed in is in use."""

    def make() -> str:
        code = form.here.code
        return ask(desk, opened.engine.desk, form.here.who, what=ROLL_CALL, number=code)

    return go_on(request, f"/desk/sign/{await in_turn(request, make)}")


@router.get(OVERVIEW + "/reminders/{side}/{person}.{kind}", dependencies=[no_query()])
async def reminder(
    request: Request, *, opened: Open, here: AtSeat, side: Side, person: Person, kind: str
) -> Response:
    """Return what a person is reminded of: a calendar, or a draft of an e-mail. Sent is nothing."""
    if kind not in _FILES:
        message = f"reminders are files of {' and '.join(_FILES)}, not of {kind[:20]!r}"
        raise UnreadableError(message)

    def make() -> tuple[str, bytes]:
        origin = opened.settings.origin
        made = reminder_for(opened.engine.cases, here.code, side, person, by=here.by, origin=origin)
        return made.addressee.file, made.calendar if kind == "ics" else made.mail

    name, data = await in_turn(request, make)
    attached = f'attachment; filename="{name}.{kind}"'
    headers = {**headers_of(request), "Content-Disposition": attached}
    return Response(data, 200, headers, _FILES[kind])


def _overview(opened: Opened, access: Access, here: Here) -> dict[str, Any]:
    engine = opened.engine
    state = engine.desk.load(here.code)
    today = engine.desk.acting(state).today(state)
    keyid = here.who.credential.keyid
    if not here.seat.keeps:
        return {"roll_call": awaits_answer(state, today, keyid), "keeps": False}
    found = tasks_in(engine.cases, here.code)
    own = mine(found, here.seat.side, here.seat.person)
    news = changed(engine.record, state, access.seen.position(here.seat))
    return {
        "keeps": True,
        "tasks": [shown(task, state, keyid) for task in own],
        "awaited": _awaited(opened, here, state, found),
        "reminders": _reminders(opened, here),
        "changed": news,
        "latest": LATEST,
        "lines": lines(news, here.path, _titles(opened, here.code)),
        "meetings": _meetings(state, today),
        "deadlines": [
            entry | {"place": _place(entry["case"])}
            for entry in docket_shown(opened, here.committee, today, None)["deadlines"]
        ],
    }


def _meetings(state: CommitteeState, today: date) -> list[dict[str, Any]]:
    held = sorted((m for m in state.meetings.values() if m.date >= today), key=lambda m: m.date)
    return [
        {"meeting": m.meeting, "date": m.date, "place": m.place, "left": (m.date - today).days}
        for m in held
    ]


def _titles(opened: Opened, code: str) -> dict[str, str]:
    """Return what each case is called."""
    cases = opened.engine.cases.all(code)
    return {case.case: " ".join(filter(None, (case.number, case.title))) for case in cases}


def _place(case: str) -> int:
    return int(case.rpartition("/")[2])


def lines(news: Changed, path: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return changes as lines, each with the page on which more of it stands."""
    return [asdict(change) | _where(change, path, titles) for change in news.shown]


_PAGES = {
    "meeting-convened": "/meetings",
    "appointment-recorded": "/people",
    "roll-called": "/people",
    "report-recorded": "/registry",
    "government-report-recorded": "/registry",
}


def _where(change: Change, path: str, titles: Mapping[str, str]) -> dict[str, Any]:
    adopted = change.what == "decision-adopted"
    link, title = None, ""
    if adopted:
        link = f"/decisions/{change.number}"
    elif change.text is not None:
        link = f"{path}/texts/{change.text}"
    elif change.case is not None:
        link = f"{path}/docket/{_place(change.case)}"
        title = titles.get(change.case, "")
    elif change.what in _PAGES:
        link = path + _PAGES[change.what]
    return {"link": link, "public": adopted, "title": title}


def _awaited(
    opened: Opened, here: Here, state: CommitteeState, found: list[Awaited]
) -> list[dict[str, Any]]:
    keyid = here.who.credential.keyid
    return [
        {
            "task": shown(entry.task, state, keyid),
            "people": [{"name": name, "side": side} for name, side, _person in entry.people],
        }
        for entry in by_task(opened.engine.cases, here.code, found, by=here.by)
    ]


def _reminders(opened: Opened, here: Here) -> list[dict[str, Any]]:
    return [
        {
            "name": entry.name,
            "side": entry.side,
            "person": entry.person,
            "tasks": len(entry.tasks),
            "overdue": entry.overdue,
        }
        for entry in addressees(opened.engine.cases, here.code)
        if entry.roles
    ]
