"""What a keeper may do with a text now: freeze it, send it out, give it up, record a letter."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee import decide_distribution, decide_proposal, decide_voices
from aggregates.committee.acting import Acting
from aggregates.committee.state import CommitteeState, Proposal
from governance.http.opened import Opened
from governance.http.questions import MAX_SEQUENCE, Open, no_query
from governance.pages.desk.again import status_of
from governance.pages.desk.door import go_on, in_turn
from governance.pages.desk.seat import AtSeat, FormHere, Here, page_here
from governance.pages.desk.uploads import Upload
from governance.service.desk import Desk
from governance.service.proposals import proposal_entries
from policies.lifecycles.proposal import PROPOSAL, Step
from policies.proof.statements import Letter
from policies.refusals import Refusal, UnreadableError

router = APIRouter(include_in_schema=False)

ProposalId = Annotated[int, InPath(ge=1, le=MAX_SEQUENCE)]
Steps = dict[str, Any]
"""What `desk/text_steps.html` shows: by step, null where the text's stage does not have it."""
_ANYTHING = "-"
_ANY_LETTER = "0" * 64
"""Stands for a letter's digest, where it is asked whose letter could be recorded now."""


def steps_of(state: CommitteeState, acting: Acting, proposal: Proposal) -> Steps:
    """Return what may be done with a text now; each step is tried and not recorded.

    `hindered` says why a step that its stage has would be refused now. Whoever looks is not asked
    here: the services ask. Letters name the people of both sides whose objection would count.
    """

    def has(step: Step) -> bool:
        return PROPOSAL.allows(step, proposal.stage)

    def distributed() -> object:
        return decide_distribution.distribute(state, acting, proposal.id)

    def withdrawn() -> object:
        return decide_proposal.withdraw(state, acting, proposal.id, _ANYTHING)

    electronic = proposal.content["procedure"]["kind"] == "electronic"
    return {
        "freeze": {"hindered": None} if has(Step.FREEZE) else None,
        "revise": {"hindered": None} if has(Step.REVISE) else None,
        "distribute": _tried(distributed) if has(Step.DISTRIBUTE) and electronic else None,
        "withdraw": _tried(withdrawn) if has(Step.WITHDRAW) else None,
        "letter": _letter(state, acting, proposal) if has(Step.OBJECT) else None,
        "falls": _falls(proposal),
    }


def _falls(proposal: Proposal) -> Steps | None:
    """Return how many have signed and affirmed, whose answers end with the version."""
    signed = {said.person for said, _signature in proposal.signatures}
    affirmed = {said.person for said in proposal.affirmed} - signed
    if not signed and not affirmed:
        return None
    return {"signed": len(signed), "affirmed": len(affirmed)}


def _letter(state: CommitteeState, acting: Acting, proposal: Proposal) -> Steps:
    """Return the people whose objection by letter would be recorded now."""

    def heard(person: str) -> object:
        letter = Letter(digest=_ANY_LETTER, person=person)
        return decide_voices.letter(state, acting, proposal, letter)

    seats = state.roster.seats(acting.today(state))
    people = [
        {"person": seat.person, "name": seat.name, "side": seat.side}
        for seat in seats
        if _tried(partial(heard, seat.person))["hindered"] is None
    ]
    return {"people": people, "hindered": None}


def _tried(decide: Callable[[], object]) -> Steps:
    try:
        decide()
    except Refusal as refusal:
        return {"hindered": str(refusal)}
    return {"hindered": None}


@router.post("/desk/committees/{code}/texts/{proposal}/freeze", dependencies=[no_query()])
async def freeze(request: Request, opened: Open, form: FormHere, proposal: ProposalId) -> Response:
    """Fix a draft's text, as it was kept."""

    def act(here: Here) -> object:
        return opened.engine.proposals.freeze(here.code, proposal, by=here.by)

    return await _taken(request, opened, form.here, proposal, act)


@router.post("/desk/committees/{code}/texts/{proposal}/distribute", dependencies=[no_query()])
async def distribute(
    request: Request, opened: Open, form: FormHere, proposal: ProposalId
) -> Response:
    """Record that a text went out to all members today."""

    def act(here: Here) -> object:
        return opened.engine.proposals.distribute(here.code, proposal, by=here.by)

    return await _taken(request, opened, form.here, proposal, act)


@router.post("/desk/committees/{code}/texts/{proposal}/withdraw", dependencies=[no_query()])
async def withdraw(
    request: Request, opened: Open, form: FormHere, proposal: ProposalId
) -> Response:
    """Give a text up, for a reason; what it held goes back to the docket."""

    def act(here: Here) -> object:
        reason = _said(form.fields, "reason", "say why the text is given up")
        return opened.engine.proposals.withdraw(here.code, proposal, reason, by=here.by)

    return await _taken(
        request,
        opened,
        form.here,
        proposal,
        act,
        fields=form.fields,
        then=form.here.path + "/texts",
    )


@router.post("/desk/committees/{code}/texts/{proposal}/letter", dependencies=[no_query()])
async def letter(
    request: Request, *, opened: Open, here: AtSeat, sent: Upload, proposal: ProposalId
) -> Response:
    """Record an objection that came by letter; of the letter its digest alone is kept."""

    def act(here: Here) -> object:
        files = sent.of("letter")
        if len(files) != 1:
            message = "choose the letter's file, one alone: its digest is recorded"
            raise UnreadableError(message)
        person = _said(sent.fields, "person", "say whose letter it is")
        came = Letter(digest=_digest_of(files[0].path), person=person)
        reason = sent.fields.get("reason", "").strip() or None
        return opened.engine.proposals.letter(here.code, proposal, came, reason, by=here.by)

    return await _taken(request, opened, here, proposal, act, fields=sent.fields)


async def _taken(
    request: Request,
    opened: Opened,
    here: Here,
    proposal: int,
    act: Callable[[Here], object],
    *,
    fields: Mapping[str, str] | None = None,
    then: str | None = None,
) -> Response:
    """Take a step and go on to the text; where it is refused, show the steps with what was typed.

    A text that is not there (`NotFoundError`) is nowhere.
    """

    def make() -> tuple[Refusal, Any] | None:
        try:
            act(here)
        except Refusal as refusal:
            return refusal, shown_text(opened.engine.desk, here.code, proposal, refusal)
        return None

    refused = await in_turn(request, make)
    if refused is None:
        return go_on(request, then or f"{here.path}/texts/{proposal}")
    refusal, (text, steps) = refused
    return page_here(
        request,
        "desk/text_step.html",
        here,
        status_of(request, refusal),
        trouble=str(refusal),
        text=text,
        steps=steps,
        said=fields or {},
    )


def shown_text(
    desk: Desk, code: str, proposal: int, otherwise: Refusal
) -> tuple[dict[str, Any], Steps]:
    """Return an open text as it is listed, and its steps; raise `otherwise` where it is none."""
    state = desk.load(code)
    acting = desk.acting(state)
    found = state.proposals.get(proposal)
    if found is None:
        raise otherwise
    text = next(e for e in proposal_entries(state, acting.now) if e["proposal"] == proposal)
    return text, steps_of(state, acting, found)


def _said(fields: Mapping[str, str], name: str, otherwise: str) -> str:
    said = fields.get(name, "").strip()
    if not said:
        raise UnreadableError(otherwise)
    return said


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
