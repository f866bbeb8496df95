"""What the public may comment on, the inputs that came, and a form to send one.

An input is recorded at once, and shown once a secretary has released it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from unicodedata import normalize

import anyio
from anyio import to_thread
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.decide_cases import case_name
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Named, Open, no_query
from governance.pages.answering import COPY, address_of, language_of, of_page, plain
from governance.pages.committee_shown import shown
from governance.pages.documents import is_there
from governance.pages.form_body import read_form
from governance.pages.templating import render
from governance.service.public_inputs import Input, hear
from policies.calendar import day_of
from policies.refusals import HiddenTextError, NotFoundError, UnreadableError
from policies.sides import Committee
from policies.texts import LONGEST
from projections.case_steps import CASE_STEPS
from projections.docket import Docket, published_lately
from projections.rulebooks import RULEBOOKS

router = APIRouter(include_in_schema=False)

VIEWS = (CASE_STEPS, RULEBOOKS)
MOST_BYTES = 300_000
"""Of a form: the longest text, each character of it written as three bytes in percent signs."""
HONEYPOT = "website"
"""A field that people do not see; who fills it in is a program."""

Place = Annotated[str, Path(pattern=r"^[0-9]{1,9}$")]


@router.get("/inputs", dependencies=[no_query()])
def everywhere(request: Request, opened: Open) -> Response:
    """Return what is open for inputs in all committees."""
    return _listed(request, opened, None)


@router.get("/committees/{code}/inputs", dependencies=[no_query()])
def of_committee(request: Request, opened: Open, committee: Named) -> Response:
    """Return what is open for inputs in one committee."""
    return _listed(request, opened, committee)


@router.get("/committees/{code}/inputs/{place}", dependencies=[no_query()])
def of_case(request: Request, opened: Open, committee: Named, place: Place) -> Response:
    """Return a case that was published for inputs, with the form while they are taken."""
    page = _CasePage(request, opened, committee, int(place))
    return of_page(
        request,
        opened,
        VIEWS,
        page.html,
        quarter_of(opened),
        committee=committee,
        of_these_alone=False,
    )


@router.post("/committees/{code}/inputs/{place}", dependencies=[no_query()])
async def send(request: Request, opened: Open, committee: Named, place: Place) -> Response:
    """Take an input, and return what was recorded of it."""
    said = _input_of(await read_form(request, MOST_BYTES))
    page = _CasePage(request, opened, committee, int(place))
    turn: anyio.CapacityLimiter = request.app.state.turn
    return await to_thread.run_sync(page.take, said, limiter=turn)


def _input_of(fields: dict[str, str]) -> Input:
    """Return what a form says; its characters composed, as keyboards and copies differ in that."""
    if fields.keys() - {"author", "text", "unpublished", HONEYPOT}:
        raise Problem(422, "The form has a field that is not asked for.")
    if fields.get(HONEYPOT):
        raise Problem(422, "The field that people leave empty is filled in; leave it empty.")
    author, text = (normalize("NFC", fields.get(n, "")).strip() for n in ("author", "text"))
    return Input(author, text, "unpublished" not in fields)


@dataclass(frozen=True, slots=True)
class _CasePage:
    """The page of one case, and what its form sends."""

    request: Request
    opened: Opened
    committee: Committee
    place: int

    def take(self, said: Input) -> Response:
        """Record an input, and return the receipt; what is refused stands in the form again."""
        cases = self.opened.engine.cases
        case = cases.load(f"C{self.place}", self.committee.code).case
        try:
            heard = hear(cases, case, said)
        except (UnreadableError, HiddenTextError) as refused:
            return plain(self.html(said, str(refused)), 422, "no-store")
        body = self._rendered("input_sent.html", said=said, heard=heard)
        return plain(body, 201 if heard.new else 200, "no-store")

    def html(self, said: Input | None = None, wrong: str | None = None) -> bytes:
        """Return the case with its documents and inputs, and the form with what was said."""
        self.opened.reached(VIEWS)
        now, case = self.opened.clock(), case_name(self.committee.code, self.place)
        docket = Docket(self.opened.tables, now, self.committee.code, cases=[case])
        state = next(docket.cases(), None)
        if state is None or state.window is None:
            message = f"{self.committee.code} has published no case {self.place} for inputs"
            raise NotFoundError(message)
        today, window = day_of(now, docket.rulebook(state).zone), state.window
        return self._rendered(
            "input_case.html",
            case=state,
            place=f"{self.place:03d}",
            window=window,
            is_open=state.is_open and window.opens <= today <= window.closes,
            days_left=(window.closes - today).days,
            inputs=docket.inputs_of(case),
            there=is_there(self.opened),
            said=said,
            wrong=wrong,
            longest=LONGEST,
            honeypot=HONEYPOT,
            is_copy=self.request.scope.get(COPY, False),
        )

    def _rendered(self, template: str, **values: Any) -> bytes:
        committee = shown(self.opened, self.committee)
        language, path = language_of(self.request), address_of(self.request)
        return render(template, language, path, committee=committee, **values)


def _listed(request: Request, opened: Opened, committee: Committee | None) -> Response:
    code = None if committee is None else committee.code

    def make() -> bytes:
        found = opened.kept(
            VIEWS, ("inputs", code), lambda _known: _open(opened, code), code, quarter_of(opened)
        )
        return render(
            "inputs.html",
            language_of(request),
            address_of(request),
            committee=None if committee is None else shown(opened, committee),
            entries=found,
        )

    return of_page(request, opened, VIEWS, make, quarter_of(opened), committee=committee)


def _open(opened: Opened, code: str | None) -> list[dict[str, Any]]:
    now = opened.clock()
    lately = published_lately(opened.tables, now, code)
    entries = Docket(opened.tables, now, code, cases=lately).open_inputs() if lately else []
    for entry in entries:
        of = Committee.parse(entry["committee"])
        entry["shown"] = shown(opened, of)
        entry["place"] = entry["case"].rpartition("/")[2]
    return entries


def quarter_of(opened: Opened) -> str:
    """Return the quarter of an hour: a day begins and ends on one of these, in every zone."""
    now: datetime = opened.clock().astimezone(UTC)
    return f"{now:%Y-%m-%dT%H}:{now.minute // 15}"
