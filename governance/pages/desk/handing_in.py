"""Handing in signature files: first what each one is, then, if that is meant, what came of it.

Between the two steps the checked envelopes wait in the page itself, which brings them back: an
envelope proves itself and is judged anew, so that nothing of what nobody has handed in is kept
here, and nobody can fill a table of ours. The answers are no redirects: the same files handed in
twice change nothing, since a statement that is known is known.
"""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.state import CommitteeState
from governance.access.handing_in import Came, hand_in, with_own
from governance.access.signed_in import SignedIn
from governance.http.limits import client_of
from governance.http.opened import Opened
from governance.http.problems import STATUSES
from governance.http.questions import Open, no_query
from governance.pages.desk.door import Desk, Who, desk_page, in_turn
from governance.pages.desk.people import shown_acts
from governance.pages.desk.uploads import SentFile, Upload
from governance.service.handing_in import Looked, carried, look
from governance.service.requests import Request as ToSign
from governance.service.summary import headline
from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.statements import Adoption, Appointment, Assertion, Statement
from policies.refusals import Refusal, TooLargeError, UnreadableError
from policies.texts import written_out

router = APIRouter(include_in_schema=False)

LARGEST = 1024 * 1024
"""Bytes of one file: an envelope has 65,535 at most, and what a request adds is not needed here."""
_FIELD = "envelope-"
_SHOWN = 80


@router.get("/desk/hand-in", dependencies=[no_query()])
def hand_in_page(request: Request, who: Who) -> Response:
    """Ask for signature files."""
    return _page(request, who)


@router.post("/desk/hand-in", dependencies=[no_query()])
async def check(request: Request, opened: Open, desk: Desk, sent: Upload) -> Response:
    """Show what each file is and lacks; nothing of it is recorded."""
    found, wrong = await to_thread.run_sync(_read_all, sent.of("files"))
    if wrong:
        status = STATUSES[type(wrong[0][1])]
        shown = [(name, str(error)) for name, error in wrong]
        return _page(request, sent.who, status, wrong=shown)

    def values() -> list[dict[str, Any]]:
        ordered = carried(with_own(desk, found))
        return [_looked(opened, each) for each in look(opened.engine.desk, ordered)]

    try:
        looked = await in_turn(request, values)
    except Refusal as error:
        return _page(request, sent.who, STATUSES[type(error)], wrong=[("", str(error))])
    return _page(request, sent.who, looked=looked)


@router.post("/desk/hand-in/now", dependencies=[no_query()])
async def hand_in_now(request: Request, opened: Open, desk: Desk, sent: Upload) -> Response:
    """Hand in what the page before has shown, and say what came of each."""

    def act() -> tuple[list[Came], list[str]]:
        ordered = carried(_brought(sent.fields))
        came = list(hand_in(desk, opened.engine.desk, sent.who, ordered, client_of(request)))
        return came, [headline(read_any(envelope)) for envelope in ordered[len(came) :]]

    came, left = await in_turn(request, act)
    refusal = came[-1].refusal if came else None
    status = 200 if refusal is None else STATUSES[type(refusal)]
    return desk_page(
        request,
        "desk/handed_in.html",
        sent.who,
        status,
        came=came,
        left=left,
    )


def _page(
    request: Request,
    who: SignedIn,
    status: int = 200,
    *,
    wrong: list[tuple[str, str]] | None = None,
    looked: list[dict[str, Any]] | None = None,
) -> Response:
    values = {"wrong": wrong or [], "looked": looked, "field": _FIELD}
    return desk_page(request, "desk/hand_in.html", who, status, **values)


def _read_all(files: list[SentFile]) -> tuple[list[Envelope], list[tuple[str, Refusal]]]:
    """Return the envelopes of files, and which files are none, by the names that they came with."""
    found, wrong = list[Envelope](), list[tuple[str, Refusal]]()
    for file in files:
        name = written_out(file.name)[:_SHOWN]
        try:
            found.append(_read(file))
        except Refusal as error:
            wrong.append((name, error))
    if not files:
        wrong.append(("", UnreadableError("choose the signature files that you were given")))
    return found, wrong


def _read(file: SentFile) -> Envelope:
    if file.path.stat().st_size > LARGEST:
        message = f"the file is larger than {LARGEST // 1024} KiB: give the signature file alone"
        raise TooLargeError(message)
    try:
        envelope = ToSign.from_bytes(file.path.read_bytes(), "the file").envelope
        read_any(envelope)
    except UnreadableError as error:
        message = f"this is no signature file, such as jcgov sign or a receipt gives: {error}"
        raise UnreadableError(message) from None
    if not envelope.signatures:
        message = "nobody has signed this file yet: it says what is to be signed (jcgov sign)"
        raise UnreadableError(message)
    return envelope


def _brought(fields: dict[str, str]) -> list[Envelope]:
    """Return the envelopes that the page brings back; raises what no page of ours sends."""
    texts = [text for name, text in fields.items() if name.startswith(_FIELD)]
    if not texts:
        message = "nothing was handed in: begin again with the files"
        raise UnreadableError(message)
    return [Envelope.from_bytes(text.encode("utf-8", "replace")) for text in texts]


def _looked(opened: Opened, each: Looked) -> dict[str, Any]:
    statement = each.statement
    state = opened.engine.desk.load(statement.committee)
    roster = state.roster
    acts = shown_acts(roster, statement) if isinstance(statement, Appointment) else []
    return {
        "headline": each.headline,
        "about": _about(state, statement),
        "reason": statement.reason if isinstance(statement, Assertion) else None,
        "committee": statement.committee,
        "rehearsal": roster.rehearsal,
        "side": each.side,
        "digest": each.envelope.digest,
        "acts": acts,
        "signed": each.signed,
        "needs": each.needs,
        "new": each.new,
        "after": each.after,
        "refusal": None if each.refusal is None else str(each.refusal),
        "envelope": each.envelope.to_bytes().decode("utf-8"),
    }


def _about(state: CommitteeState, statement: Statement) -> dict[str, Any] | None:
    """Return the open text that a statement speaks of by its digest; null where none is open."""
    spoken_of = statement.decision if isinstance(statement, Assertion | Adoption) else None
    proposal = None if spoken_of is None else state.with_text(spoken_of)
    if proposal is None or proposal.text is None:
        return None
    decision = proposal.text.decision
    return {"number": decision.number, "titles": [item.title for item in decision.items]}
