"""Where somebody who is signed in is at the desk: in one committee, on a seat of that committee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from governance.access.rosters import Seat
from governance.access.signed_in import SignedIn
from governance.http.questions import Named
from governance.pages.desk.door import SignedForm, desk_page, signed_form, signed_in
from policies.sides import Committee


@dataclass(frozen=True, slots=True)
class Here:
    """A proven person in a committee where that person has a role today.

    It says who looks; what the person may do is asked where it is done, in the services.
    """

    who: SignedIn
    committee: Committee
    seat: Seat

    @property
    def code(self) -> str:
        """The committee's code."""
        return self.committee.code

    @property
    def by(self) -> str:
        """Who acts, as this committee's roster names the person."""
        return self.seat.person

    @property
    def path(self) -> str:
        """Below which the committee's pages of the desk stand."""
        return f"/desk/committees/{self.committee.partner}"


@dataclass(frozen=True, slots=True)
class SentHere:
    """A form that a person sent from a page of one committee; `fields` are as they were sent."""

    here: Here
    fields: dict[str, str]


def seat_here(who: Annotated[SignedIn, Depends(signed_in)], committee: Named) -> Here:
    """Return where somebody is; raise `NotEntitledError` for who has no role there today."""
    return Here(who, committee, who.seat_in(committee.code))


def form_here(form: Annotated[SignedForm, Depends(signed_form)], committee: Named) -> SentHere:
    """Return a form with where it was sent; raise `NotEntitledError` as `seat_here` does."""
    return SentHere(seat_here(form.who, committee), form.fields)


AtSeat = Annotated[Here, Depends(seat_here)]
FormHere = Annotated[SentHere, Depends(form_here)]


def page_here(
    request: Request, template: str, here: Here, status: int = 200, **values: object
) -> Response:
    """Answer with a page of the desk in one committee: its template extends desk/committee.html."""
    return desk_page(request, template, here.who, status, here=here, **values)
