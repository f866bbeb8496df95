"""Signing in the browser: what is signed is read here, made from the bytes; then the receipt."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.access.access import Access
from governance.access.ceremonies import Purpose
from governance.access.passkeys import to_sign
from governance.access.requests import Signed
from governance.access.signed_in import SignedIn
from governance.access.signing import ToSign, ask, prepare, sign
from governance.http.limits import client_of
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Open, no_query
from governance.pages.desk.door import (
    CEREMONY,
    AnyForm,
    Desk,
    Digest,
    Form,
    OpenAt,
    PerhapsWho,
    begin,
    desk_page,
    form_word,
    go_on,
    headers_of,
    hold,
    in_turn,
)
from governance.service.outcome import Outcome, outcome_of
from governance.service.reading import Ended, Reading, read_text
from governance.service.spoken import group_lines
from governance.service.summary import annex_lines, headline
from policies.proof.reading import read, read_any
from policies.proof.statements import Appointment, Assertion, Decision, Statement
from policies.refusals import NotSignedInError, Refusal

router = APIRouter(include_in_schema=False)


@router.post("/desk/requests", dependencies=[no_query()])
async def request_page(request: Request, desk: Desk, opened: Open, form: Form) -> Response:
    """Ask to sign about an open text: `what`, the text's `number`, and a `reason` to object."""
    given = form.fields

    def make() -> str:
        return ask(
            desk,
            opened.engine.desk,
            form.who,
            what=given.get("what", ""),
            number=given.get("number", ""),
            reason=given.get("reason"),
        )

    return go_on(request, f"/desk/sign/{await in_turn(request, make)}")


@router.get("/desk/sign/{digest}", dependencies=[no_query()])
async def sign_page(
    request: Request, *, desk: Desk, site: OpenAt, opened: Open, who: PerhapsWho, digest: Digest
) -> Response:
    """Show a statement to its signer, and ask the passkey that may sign it."""
    engine = opened.engine

    def make() -> tuple[ToSign, Outcome | None]:
        asked = prepare(desk, engine.desk, digest, who)
        return asked, outcome_of(engine.desk, asked.request.envelope)

    asked, outcome = await in_turn(request, make)
    ceremony = None if who is not None else begin(request, Purpose.REGISTER)
    page = desk_page(
        request,
        "desk/sign.html",
        who,
        headline=asked.headline,
        lines=asked.lines,
        rehearsal=asked.rehearsal,
        digest=digest,
        groups=list(group_lines(digest)),
        annexes=list(annex_lines(asked.request)),
        appoints=isinstance(asked.statement, Appointment),
        means=meaning(asked.statement),
        side=_side(who, asked.statement.committee),
        outcome=outcome,
        about=_about(asked),
        form=form_word(ceremony) if ceremony is not None else None,
        options=to_sign(site, asked.request.envelope.pae, [asked.credential]),
    )
    return page if ceremony is None else hold(request, page, CEREMONY, ceremony)


@router.post("/desk/sign/{digest}", dependencies=[no_query()])
async def sign_it(
    request: Request, *, desk: Desk, site: OpenAt, opened: Open, form: AnyForm, digest: Digest
) -> Response:
    """Take the passkey's answer, and hand the signature in; of a text that ended, show how."""

    def make() -> Signed | Outcome:
        answer, address = form.fields.get("answer", ""), client_of(request)
        try:
            return sign(
                desk, opened.engine.desk, site, digest, form.who, answer=answer, address=address
            )
        except Refusal:
            if form.who is None:
                raise
            asked = prepare(desk, opened.engine.desk, digest, form.who)
            outcome = outcome_of(opened.engine.desk, asked.request.envelope)
            if outcome is None or outcome.stands in ("open", "agreed"):
                raise
            return outcome

    made = await in_turn(request, make)
    if isinstance(made, Outcome):
        return await _too_late(request, opened, form.who, made)
    return go_on(request, f"/desk/receipts/{digest}/{made.keyid}")


@router.get("/desk/receipts/{digest}/{keyid}", dependencies=[no_query()])
async def receipt_page(
    request: Request,
    *,
    desk: Desk,
    _site: OpenAt,
    opened: Open,
    who: PerhapsWho,
    digest: Digest,
    keyid: Digest,
) -> Response:
    """Show what was signed, what came of it, and what comes next."""
    engine = opened.engine

    def make() -> tuple[Signed, Outcome | None]:
        made = _made(desk, who, digest, keyid)
        return made, outcome_of(engine.desk, made.read())

    made, outcome = await in_turn(request, make)
    statement = read_any(made.read())
    return desk_page(
        request,
        "desk/receipt.html",
        who,
        made=made,
        appoints=isinstance(statement, Appointment),
        means=meaning(statement),
        outcome=outcome,
        more=_more(who, outcome),
        groups=list(group_lines(digest)),
        headline=headline(statement),
    )


@router.get("/desk/receipts/{digest}/{keyid}/signature.json", dependencies=[no_query()])
def signature_file(
    request: Request, desk: Desk, _site: OpenAt, who: PerhapsWho, digest: Digest, keyid: Digest
) -> Response:
    """Return the signature file: an envelope as ``jcgov submit`` takes it."""
    made = _made(desk, who, digest, keyid)
    name = f"{digest[:16]}-{keyid[:8]}.sig.json"
    headers = {**headers_of(request), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.envelope.encode("utf-8"), 200, headers, "application/json")


async def _too_late(
    request: Request, opened: Opened, who: SignedIn | None, outcome: Outcome
) -> Response:
    """Say what became of a text that can be signed no longer."""
    desk, code = opened.engine.desk, outcome.committee

    def read() -> Reading | Ended | None:
        if who is None or outcome.proposal is None:
            return None
        return read_text(desk, code, outcome.proposal, by=who.seat_in(code).person)

    found = await in_turn(request, read)
    ended = found if isinstance(found, Ended) else None
    return desk_page(request, "desk/sign_late.html", who, 409, outcome=outcome, ended=ended)


def meaning(statement: Statement) -> str:
    """Return in a word what a signature under a statement does."""
    if isinstance(statement, Assertion):
        return statement.says
    return type(statement).__name__.lower()


def _side(who: SignedIn | None, committee: str) -> str | None:
    """Return for which side somebody signs."""
    seats = () if who is None else who.seats
    return next((seat.side for seat in seats if seat.committee == committee), None)


def _about(asked: ToSign) -> dict[str, Any] | None:
    """Return what an assertion speaks of: the decision's number and titles, and what it says."""
    beside = asked.request.decision
    if not isinstance(asked.statement, Assertion) or beside is None:
        return None
    decision = read(beside, Decision)
    titles = [item.title for item in decision.items]
    return {"number": decision.number, "titles": titles, "reason": asked.statement.reason}


def _more(who: SignedIn | None, outcome: Outcome | None) -> bool:
    """Return whether the text still awaits the one who looks, or the signature of their side."""
    if who is None or outcome is None:
        return False
    seats = [seat for seat in who.seats if seat.committee == outcome.committee]
    awaited = {(one.side, one.person) for one in outcome.awaited}
    return any(
        (seat.side, seat.person) in awaited or (seat.signs and (seat.side, None) in awaited)
        for seat in seats
    )


def _made(desk: Access, who: SignedIn | None, digest: str, keyid: str) -> Signed:
    """Return a signature, for the person whose it is; an appointment's for its authority too."""
    made = next((made for made in desk.requests.signatures(digest) if made.keyid == keyid), None)
    if made is None:
        raise Problem(404, "No such signature was made here.")
    if isinstance(read_any(made.read()), Appointment):
        return made
    if who is None:
        message = "sign in to see what you have signed"
        raise NotSignedInError(message)
    if keyid not in {known.keyid for known in desk.passkeys_of(who)}:
        raise Problem(404, "No such signature was made here.")
    return made
