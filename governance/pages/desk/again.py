"""What a person's mistake is: the same form is shown again, with all that was typed."""

from __future__ import annotations

from starlette.requests import Request

from governance.http.problems import OF_THE_SERVER, STATUSES
from policies.refusals import ForgedRequestError, NotSignedInError, Refusal

_NO_FORM: tuple[type[Refusal], ...] = (ForgedRequestError, NotSignedInError, *OF_THE_SERVER)


def status_of(request: Request, refused: Refusal) -> int:
    """Return the status with which a form is shown again, and let the request's log name it.

    Raises the refusal again where no correction of the form would help.
    """
    if isinstance(refused, _NO_FORM):
        raise refused
    request.scope["jcgov.refusal"] = refused.name
    return STATUSES[type(refused)].value
