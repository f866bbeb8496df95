"""What somebody answers to a text: to sign, affirm or object; not now; an interest of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.decide_interests import Voice
from aggregates.committee.decide_proposal import find
from governance.access.access import Access
from governance.access.not_now import say_not_now, take_not_now_back
from governance.access.signing import ask
from governance.http.opened import Opened
from governance.http.questions import MAX_SEQUENCE, Open, no_query
from governance.pages.desk.again import status_of
from governance.pages.desk.door import Desk, go_on, in_turn
from governance.pages.desk.reading import TEXT, ProposalId, shown
from governance.pages.desk.seat import FormHere, SentHere
from governance.service.interests import declare_in_item, withdraw_interest
from policies.refusals import NotFoundError, Refusal, StepNotAllowedError, UnreadableError

router = APIRouter(include_in_schema=False)

Number = Annotated[int, InPath(ge=1, le=MAX_SEQUENCE)]
_DIGITS = 6


@router.post(TEXT + "/answer", dependencies=[no_query()])
async def answer(
    request: Request, *, opened: Open, desk: Desk, form: FormHere, proposal: ProposalId
) -> Response:
    """Ask to sign an answer, and go on to where it is read and signed."""
    given = form.fields

    def act() -> str:
        found = find(opened.engine.desk.load(form.here.code), proposal)
        digest = ask(
            desk,
            opened.engine.desk,
            form.here.who,
            what=given.get("what", ""),
            number=found.name,
            reason=given.get("reason"),
            text=given.get("text"),
        )
        return f"/desk/sign/{digest}"

    return await _taken(request, opened, desk, form, proposal=proposal, act=act)


@router.post(TEXT + "/not-now", dependencies=[no_query()])
async def not_now(
    request: Request, *, opened: Open, desk: Desk, form: FormHere, proposal: ProposalId
) -> Response:
    """Keep that somebody does not answer for now, and why."""
    text, reason = form.fields.get("text", ""), form.fields.get("why", "")
    code, by = form.here.code, form.here.by

    def act() -> str:
        engine = opened.engine
        say_not_now(desk, engine.desk, code, proposal, by=by, text=text, reason=reason)
        return f"{form.here.path}/texts/{proposal}"

    return await _taken(request, opened, desk, form, proposal=proposal, act=act)


@router.post(TEXT + "/not-now/taken-back", dependencies=[no_query()])
async def not_now_taken_back(
    request: Request, *, opened: Open, desk: Desk, form: FormHere, proposal: ProposalId
) -> Response:
    """Forget that somebody does not answer for now."""
    code, by, text = form.here.code, form.here.by, form.fields.get("text", "")

    def act() -> str:
        take_not_now_back(desk, opened.engine.desk, code, proposal, by=by, text=text)
        return f"{form.here.path}/texts/{proposal}"

    return await _taken(request, opened, desk, form, proposal=proposal, act=act)


@router.post(TEXT + "/interests", dependencies=[no_query()])
async def interest(
    request: Request, *, opened: Open, desk: Desk, form: FormHere, proposal: ProposalId
) -> Response:
    """Record an interest of one's own in an item of the text."""
    here, fields = form.here, form.fields

    def act() -> str:
        place = (proposal, _item(fields))
        voice = Voice(here.by)
        said = fields.get("interest", "")
        declare_in_item(opened.engine.desk, voice, here.code, place, said)
        return f"{here.path}/texts/{proposal}"

    return await _taken(request, opened, desk, form, proposal=proposal, act=act)


@router.post(TEXT + "/interests/{number:int}/taken-back", dependencies=[no_query()])
async def interest_taken_back(
    request: Request,
    *,
    opened: Open,
    desk: Desk,
    form: FormHere,
    proposal: ProposalId,
    number: Number,
) -> Response:
    """Record that one's own declaration is taken back."""
    here, reason = form.here, form.fields.get("withdrawal", "")

    def act() -> str:
        withdraw_interest(opened.engine.desk, Voice(here.by), here.code, number, reason)
        return f"{here.path}/texts/{proposal}"

    return await _taken(request, opened, desk, form, proposal=proposal, act=act)


def _item(fields: Mapping[str, str]) -> int:
    written = fields.get("item", "")
    if not written.isascii() or not written.isdigit() or len(written) > _DIGITS:
        message = "choose the item that the interest is about"
        raise UnreadableError(message)
    return int(written)


async def _taken(
    request: Request,
    opened: Opened,
    access: Access,
    form: SentHere,
    *,
    proposal: int,
    act: Callable[[], str],
) -> Response:
    """Go on to the page that an act names; where it is refused, show the text with what was typed.

    Of a text that is open no longer it is shown how it ended. Raises `NotFoundError` for one that
    never was, and for what is not in an open one.
    """

    def make() -> str | Refusal:
        try:
            return act()
        except NotFoundError:
            if proposal in opened.engine.desk.load(form.here.code).proposals:
                raise
            message = "this text is open no longer; below stands how it ended"
            return StepNotAllowedError(message)
        except Refusal as refusal:
            return refusal

    done = await in_turn(request, make)
    if isinstance(done, str):
        return go_on(request, done)
    return await shown(
        request,
        opened,
        access,
        form.here,
        proposal,
        status=status_of(request, done),
        trouble=str(done),
        typed=form.fields,
    )
