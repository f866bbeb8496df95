"""What is done to a case at the desk: each form has a path of its own, and leads back to the case.

Who may do it is asked in the services; what they refuse stands in the form again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.decide_interests import Voice
from governance.access.access import Access
from governance.assembly import documents_of as store_of
from governance.exchange.submitted_documents import Listed
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Open, no_query
from governance.pages.desk.again import status_of
from governance.pages.desk.asked_shapes import typed, whole_number
from governance.pages.desk.case import CASE, Place, case_page
from governance.pages.desk.case_forms import Typed, asks_of, day_of, values_of
from governance.pages.desk.document_rows import documents_of
from governance.pages.desk.door import Desk, go_on, in_turn
from governance.pages.desk.seat import AtSeat, Here
from governance.pages.desk.uploads import SentFiles, Upload
from governance.service.case_file import CaseFile, open_file
from governance.service.case_steps import CASE_STEPS, Said
from governance.service.cases import Hand
from governance.service.interests import declare_in_case, withdraw_interest
from governance.service.public_inputs import release
from governance.service.slips import correct_slip
from policies.lifecycles.cases import Step
from policies.refusals import Refusal, UnreadableError

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form about one case, by whom it was sent and with which files."""

    request: Request
    opened: Opened
    here: Here
    access: Access
    place: int
    files: SentFiles

    async def do(self, form: str, act: Callable[[CaseFile], object]) -> Response:
        """Do it once, and go on to the case; a refusal shows the form again as it was sent.

        `act` is given the case as it stands, by the writing desk.
        """

        def once() -> str:
            file = open_file(self.opened.engine.cases, self.here.code, self.place, self.here.by)

            def make() -> str:
                act(file)
                return f"{self.here.path}/docket/{self.place}"

            who, word = f"{self.here.code} {self.here.by}", self.files.fields.get("once")
            return self.access.once.made(who, word, make, self.opened.clock(), self.files.said)

        try:
            return go_on(self.request, await in_turn(self.request, once))
        except Refusal as refused:
            return await self.again(form, refused)

    async def again(self, form: str, refused: Refusal | None = None) -> Response:
        """Show the case with a form that was refused, or that asks for more rows."""
        return await case_page(
            *(self.request, self.opened, self.here, self.place),
            status=200 if refused is None else status_of(self.request, refused),
            typed=Typed(form, self.files.fields),
            trouble=None if refused is None else str(refused),
        )

    def said(self, name: str) -> str:
        """Return what was typed into a field."""
        return typed(self.files.fields, name)

    def number(self, name: str) -> int:
        """Return the whole number that a field of ours holds; `UnreadableError` for another."""
        try:
            return whole_number(self.said(name))
        except ValueError as error:
            message = f"{name}: {self.said(name)[:60]!r} {error}"
            raise UnreadableError(message) from None

    @property
    def voice(self) -> Voice:
        """Whose word it is, on which day, and in which letter."""
        letter = None
        for file in self.files.of("letter"):
            with file.path.open("rb") as read:
                letter = hashlib.file_digest(read, "sha256").hexdigest()
        person = self.said("person") or None
        return Voice(self.here.by, person, day_of(self.files.fields), letter)


def about_case(
    request: Request, opened: Open, *, here: AtSeat, access: Desk, place: Place, files: Upload
) -> Sent:
    """Return a form about a case, with its files."""
    return Sent(request, opened, here, access, place, files)


AboutCase = Annotated[Sent, Depends(about_case)]


@router.post(f"{CASE}/release", dependencies=[no_query()])
async def let_read(sent: AboutCase) -> Response:
    """Release a held input, so that everybody may read it."""

    def act(file: CaseFile) -> None:
        release(file.cases, file.state.case, sent.number("entry"), sent.here.by)

    return await sent.do("release", act)


@router.post(f"{CASE}/interest", dependencies=[no_query()])
async def declare(sent: AboutCase) -> Response:
    """Declare an interest in the case."""

    def act(file: CaseFile) -> None:
        text = sent.said("text")
        declare_in_case(file.cases, sent.voice, file.state.case, sent.here.code, text)

    return await sent.do("interest", act)


@router.post(f"{CASE}/interest-back", dependencies=[no_query()])
async def take_back(sent: AboutCase) -> Response:
    """Take a declaration of interest back."""

    def act(file: CaseFile) -> None:
        interest, reason = sent.number("interest"), sent.said("reason")
        withdraw_interest(file.cases.desk, sent.voice, sent.here.code, interest, reason)

    return await sent.do("interest-back", act)


@router.post(f"{CASE}/slip", dependencies=[no_query()])
async def correct(sent: AboutCase) -> Response:
    """Correct a clerical slip in an entry of one's own side."""

    def act(file: CaseFile) -> None:
        entry, _, member = sent.said("where").partition(" ")
        if not entry.isascii() or not entry.isdigit():
            message = "choose what is to be corrected"
            raise UnreadableError(message)
        correct_slip(
            *(file.cases, file.state.case, sent.here.by),
            entry=int(entry),
            member=member,
            says=sent.said("says"),
            reason=sent.said("reason"),
        )

    return await sent.do("slip", act)


@router.post(f"{CASE}/{{step}}", dependencies=[no_query()])
async def take(sent: AboutCase, step: Annotated[Step, Path()]) -> Response:
    """Take a step of the case."""
    declared, fields = CASE_STEPS.get(step), sent.files.fields
    if declared is None:
        raise Problem(404, "No form takes this step.")
    if "more" in fields:
        return await sent.again(step)
    try:
        listed = await to_thread.run_sync(_documents, sent) if declared.documents else Listed()
    except Refusal as refused:
        return await sent.again(step, refused)

    def act(file: CaseFile) -> None:
        asks = asks_of(file, step, fields) if declared.asks else {}
        said = Said(values_of(declared, file, fields), asks, listed.documents)
        hand = Hand(sent.here.by, day_of(fields))
        store = store_of(sent.opened.settings)
        declared.take(file.cases, file.state.case, hand, said, lambda: listed.keep(store))

    return await sent.do(step, act)


def _documents(sent: Sent) -> Listed:
    return documents_of(sent.files)
