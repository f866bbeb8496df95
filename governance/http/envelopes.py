"""Envelopes in: signatures, assertions, acknowledgements. The signature is the authority.

A founding is not taken here: whoever came first would have the committee's name. Its operator
submits it at the command line.
"""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import JSON
from governance.http.limits import Limits, Writes, client_of, read_body
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import no_query
from governance.http.shapes import ENVELOPE, TakenShape
from governance.service.signing import Submitted, submit
from policies.proof.canonical import parse
from policies.proof.dsse import Envelope
from policies.proof.reading import BY_TYPE
from policies.proof.statements import (
    Acknowledgement,
    Adoption,
    Appointment,
    Assertion,
    Decision,
    Engine,
    GovernmentReport,
    RollCall,
    Statement,
)
from policies.refusals import ContextError

router = APIRouter(tags=["envelopes"])

DSSE = "application/vnd.dsse.envelope.v1+json"
TAKEN = (JSON, DSSE)
"""The media types of a body."""
SIGNED: tuple[type[Statement], ...] = (Decision, Adoption, Appointment, Engine, RollCall)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"$ref": ENVELOPE}} for kind in TAKEN},
    }
}


def _door(path: str, kinds: tuple[type[Statement], ...], summary: str) -> None:
    """Declare a path that takes envelopes of some kinds of statement."""

    async def take(request: Request) -> Response:
        return await _take(request, path, kinds)

    router.add_api_route(
        path,
        take,
        methods=["POST"],
        operation_id=path.rpartition("/")[2],
        summary=summary,
        description=f"Takes one DSSE envelope of {_named(kinds)}; the same again changes nothing.",
        response_model=TakenShape,
        responses={201: {"model": TakenShape, "description": "Recorded"}},
        openapi_extra=_BODY,
        dependencies=[no_query()],
    )


async def _take(request: Request, path: str, kinds: tuple[type[Statement], ...]) -> Response:
    limits: Limits = request.app.state.limits
    writes: Writes = request.app.state.writes
    writes.take(client_of(request))
    _require_type(request)
    body = await read_body(request, limits)
    envelope = await to_thread.run_sync(_read, body, path, kinds)
    turn: anyio.CapacityLimiter = request.app.state.turn
    taken = await to_thread.run_sync(_submit, request.app.state.opened, envelope, limiter=turn)
    said: dict[str, Any] = {
        "committee": taken.committee,
        "subject": taken.subject,
        "digest": envelope.digest,
        "recorded": bool(taken.events),
        "says": taken.says,
    }
    status = 201 if taken.events else 200
    return Response(msgspec.json.encode(said), status, {"Cache-Control": "no-store"}, JSON)


def _require_type(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    if kind.strip().lower() in TAKEN and charset in ("", "charset=utf-8") and plain:
        return
    detail = f"A body is {' or '.join(TAKEN)}, in UTF-8, and not compressed."
    raise Problem(415, detail, headers={"Accept-Post": ", ".join(TAKEN)})


def _read(body: bytes, path: str, kinds: tuple[type[Statement], ...]) -> Envelope:
    """Read an envelope in any spacing and order of members, of a kind that fits the path."""
    envelope = Envelope.from_json(parse(body, "the envelope"))
    if BY_TYPE.get(envelope.payload_type) not in kinds:
        message = f"{path} takes {_named(kinds)}, not {envelope.payload_type!r}"
        raise ContextError(message)
    if not envelope.signatures:
        message = "nobody has signed this envelope; sign it first"
        raise ContextError(message)
    return envelope


def _submit(opened: Opened, envelope: Envelope) -> Submitted:
    """Submit in a turn of its own: the desk's states are one writer's at a time."""
    return next(submit(opened.engine.desk, [envelope]))


def _named(kinds: tuple[type[Statement], ...]) -> str:
    return ", ".join(kind.payload_type for kind in kinds)


_door(
    "/v1/signatures",
    SIGNED,
    "A signature under a decision, of an authority, or of a key that answers the roll-call",
)
_door("/v1/assertions", (Assertion,), "A member affirms or objects")
_door(
    "/v1/acknowledgements",
    (Acknowledgement, GovernmentReport),
    "A registry reports what it has issued, a government what it did under Article 6.2",
)
