"""How the pushes to a side's registry went: for that registry's machine, by its token."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from governance.access.access import Access
from governance.access.tokens import May
from governance.delivery.opening import deliveries_to_read, subscriptions_of
from governance.http.answers import JSON, of_bytes
from governance.http.limits import client_of
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Named, Open, no_query
from governance.http.shapes import DeliveryShape
from policies.refusals import NotSignedInError
from policies.sides import require_side

router = APIRouter(tags=["feed"])

_NEWEST = 20
_ALONE = "private, no-store"
_BEARER = HTTPBearer(auto_error=False, description="A token of `jcgov token new --may deliveries`")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


@router.get(
    "/v1/committees/{code}/deliveries/{side}",
    response_model=list[DeliveryShape],
    dependencies=[no_query()],
    summary="How the pushes to a side's registry went; with a token of that side alone",
)
def deliveries(
    request: Request, opened: Open, *, committee: Named, side: str, bearer: Bearer
) -> Response:
    """Return the side's subscriptions that concern the committee, with their newest attempts."""
    access: Access = request.app.state.access
    require_side(side, [committee.code])
    secret = None if bearer is None else bearer.credentials
    wanted = (committee.code, side, May.DELIVERIES)
    try:
        access.machine(secret, *wanted, address=client_of(request))
    except NotSignedInError as error:
        raise Problem(
            401, str(error), refusal=error.name, headers={"WWW-Authenticate": "Bearer"}
        ) from None
    return of_bytes(request, _found(opened, committee.code, side), JSON, _ALONE)


def _found(opened: Opened, code: str, side: str) -> bytes:
    with deliveries_to_read(opened.settings) as tables:
        beside = (opened.engine.record, opened.tables)
        subscriptions = subscriptions_of(opened.settings, tables, beside, opened.clock)
        entries = subscriptions.of_side(side, code, _NEWEST)
    return msgspec.json.encode(entries)
