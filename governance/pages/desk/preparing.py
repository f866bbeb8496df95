"""Preparing a decision: a form that is checked as often as one likes, then kept or frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.decide_proposal import find
from governance.access.once import Once, new_word
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Open, asked, no_query
from governance.pages.desk.again import status_of
from governance.pages.desk.door import Desk, go_on, in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.desk.text_form import TextForm, begun, of_draft
from governance.pages.desk.text_items import RULEBOOK, SPECIAL
from governance.pages.desk.text_offer import ASKED, UNASKED, Offer, offer_of
from governance.pages.desk.text_steps import ProposalId
from governance.pages.desk.uploads import SentFiles, Upload
from governance.service.draft_check import Checked, check_draft
from policies.cases.keepers import require_keeper
from policies.findings import Judgement
from policies.refusals import PreconditionError, Refusal, UnreadableError

router = APIRouter(include_in_schema=False)

MOST_CASES = 40
"""Cases that an address may name at once."""
_PLACE = re.compile(r"[0-9]{1,9}", re.ASCII)
_LARGEST_ANNEX = 1_000_000
"""Bytes of a file that is read into the form."""


@router.get("/desk/committees/{code}/texts/new", dependencies=[asked(repeated=["case"])])
async def new_page(request: Request, opened: Open, here: AtSeat) -> Response:
    """Show the form of a new text, with the cases whose places on the docket are named."""
    places = request.query_params.getlist("case")
    if len(places) > MOST_CASES or not all(
        p.isascii() and p.isdigit() and len(p) < 9 for p in places
    ):
        raise Problem(422, "A case is named by its place on the docket, as case=12.")

    def make() -> dict[str, Any]:
        return shown(begun(_offer(opened, here, None), map(int, places)), new_word())

    return page_here(request, "desk/text_form.html", here, **await in_turn(request, make))


@router.get("/desk/committees/{code}/texts/{proposal}/revise", dependencies=[no_query()])
async def revise_page(
    request: Request, opened: Open, here: AtSeat, proposal: ProposalId
) -> Response:
    """Show the form of an open text as it stands, to go on from."""

    def make() -> dict[str, Any]:
        return shown(of_draft(_offer(opened, here, proposal)), new_word())

    return page_here(request, "desk/text_form.html", here, **await in_turn(request, make))


@router.post("/desk/committees/{code}/texts/new", dependencies=[no_query()])
async def make_text(
    request: Request, opened: Open, desk: Desk, here: AtSeat, sent: Upload
) -> Response:
    """Do with a new text what its form says: add to it, check it, keep it, or freeze it."""
    return await _answered(request, _Sending(opened, desk.once, here, sent))


@router.post("/desk/committees/{code}/texts/{proposal}/revise", dependencies=[no_query()])
async def revise_text(
    request: Request,
    *,
    opened: Open,
    desk: Desk,
    here: AtSeat,
    sent: Upload,
    proposal: ProposalId,
) -> Response:
    """Do with the next version of a text what its form says."""
    return await _answered(request, _Sending(opened, desk.once, here, sent, proposal))


@dataclass(frozen=True)
class _Sending:
    """A form that was sent, and what answers it; `proposal` is the text that it revises."""

    opened: Opened
    once: Once
    here: Here
    sent: SentFiles
    proposal: int | None = None

    @property
    def said(self) -> str:
        """What the button says that sent it; a form asks for more rows by a button of its own."""
        return "" if "more" in self.sent.fields else self.sent.fields.get("do", "check")


async def _answered(request: Request, sending: _Sending) -> Response:
    """Answer a form: with the text it made, or with itself, as it was typed."""
    here, sent = sending.here, sending.sent
    word = sent.fields.get("once", "")

    def make() -> str | tuple[int, dict[str, Any]]:
        form = TextForm(_offer(sending.opened, here, sending.proposal), sent.fields)
        try:
            form = TextForm(form.offer, _with_files(sent))
            done = _done(sending, form)
        except Refusal as refusal:
            again = shown(form, new_word(), str(refusal))
            if isinstance(refusal, PreconditionError):
                again |= _checked(sending, form)
            return status_of(request, refusal), again
        if isinstance(done, str):
            return done
        form, more = done
        return HTTPStatus.OK.value, shown(form, word) | more

    made = await in_turn(request, make)
    if isinstance(made, str):
        return go_on(request, made)
    status, values = made
    return page_here(request, "desk/text_form.html", here, status, **values)


def _done(sending: _Sending, form: TextForm) -> str | tuple[TextForm, dict[str, Any]]:
    """Do one thing with a form: return where what it made stands, or the form as it is then."""
    what, _, number = sending.said.partition("-")
    if what in {"remove", "up"} and number.isascii() and number.isdigit():
        change = form.without if what == "remove" else form.raised
        return change(int(number[:4])), {}
    match sending.said:
        case "add":
            return form.with_chosen(), {}
        case "check":
            return form, _checked(sending, form)
        case "draft" | "freeze":
            here, now = sending.here, sending.opened.clock()

            def make() -> str:
                return _made(sending, form)

            word = form.fields.get("once")
            return sending.once.made(f"{here.code} {here.by}", word, make, now, sending.sent.said)
        case _:
            return form, {}


def _made(sending: _Sending, form: TextForm) -> str:
    """Record the draft, or its frozen text, and return the address of its page."""
    only_draft = sending.said == "draft"
    proposed = sending.opened.engine.proposals.propose(
        form.content(whole=not only_draft),
        revises=form.offer.proposal,
        after=_version(form),
        only_draft=only_draft,
        by=sending.here.by,
    )
    return f"{sending.here.path}/texts/{proposed.proposal}"


def _version(form: TextForm) -> int | None:
    """Return the version that the form goes on from; one that does not say goes on from none."""
    if form.offer.proposal is None:
        return None
    said = form.fields.get("version", "")
    return int(said) if _PLACE.fullmatch(said) else 0


def _checked(sending: _Sending, form: TextForm) -> dict[str, Any]:
    """Return what freezing the form's text would meet now; nothing is recorded."""
    proposals, revises = sending.opened.engine.proposals, form.offer.proposal
    checked = check_draft(proposals, form.content(), revises=revises, by=sending.here.by)
    return {"checked": grouped(checked)}


def grouped(checked: Checked) -> dict[str, Any]:
    """Return what the checks say, item by item (0: the whole text), what bars first.

    Counts are of verdicts: `bars`, `advises` (found amiss, and bars nothing), `passes`.
    """
    passes = [each for each in checked.examined if each.verdict is Judgement.PASS]
    amiss = [each for each in checked.examined if each.verdict is not Judgement.PASS]
    amiss.sort(key=lambda each: not each.bars)
    barred = sum(each.bars for each in amiss)
    return {
        "hindered": checked.hindered,
        "may_freeze": not checked.bars,
        "bars": barred + (checked.hindered is not None),
        "advises": len(amiss) - barred,
        "passes": len(passes),
        "items": [
            {
                "item": number,
                "amiss": [each for each in amiss if each.item == number],
                "passes": [each for each in passes if each.item == number],
            }
            for number in sorted({each.item for each in checked.examined})
        ],
    }


def shown(form: TextForm, word: str, trouble: str | None = None) -> dict[str, Any]:
    """Return what the template shows of a form; an item that can be read no more is said so."""
    offer = form.offer
    return {
        "form": form,
        "offer": offer,
        "fields": form.fields,
        "items": form.items,
        "kinds": {"special": _special(offer), "free": UNASKED, "asked": ASKED},
        "once": word,
        "trouble": trouble,
        "checked": None,
        "version": form.fields.get("version", offer.version),
    }


def _special(offer: Offer) -> list[str]:
    """Return what may be added beside kinds of items: only what there is."""
    return [kind for kind in SPECIAL if kind != RULEBOOK or offer.rulebooks]


def _offer(opened: Opened, here: Here, proposal: int | None) -> Offer:
    """Return what a keeper's form may choose from; raise `NotEntitledError` for anybody else."""
    made = opened.engine
    state = made.desk.load(here.code)
    acting = made.desk.acting(state)
    require_keeper(state.roster, here.by, acting.today(state))
    found = None if proposal is None else find(state, proposal)
    return offer_of(made, state, acting, found)


def _with_files(sent: SentFiles) -> Mapping[str, str]:
    """Return the fields, with each annex that came as a file in its text's place."""
    fields = dict(sent.fields)
    for file in sent.files:
        annex = file.field.removesuffix(".file")
        fields[f"{annex}.text"] = _text_of(file.path, file.name)
        if not fields.get(f"{annex}.title", "").strip():
            fields[f"{annex}.title"] = file.name.rpartition(".")[0] or file.name
    return fields


def _text_of(path: Path, name: str) -> str:
    """Return what a file of text holds; raise `UnreadableError` for what is none, or too long."""
    if path.stat().st_size > _LARGEST_ANNEX:
        message = (
            f"{name[:80]!r} has more than {_LARGEST_ANNEX:,} bytes; propose it at the command line"
        )
        raise UnreadableError(message)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{name[:80]!r} is no plain text (UTF-8); save it as one"
        raise UnreadableError(message) from None
    return text.replace("\r\n", "\n")
