"""Errors as RFC 9457 problem documents, and the one table from refusals to statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from policies import refusals
from policies.refusals import FaultError, Refusal, SomeoneActedFirstError
from policies.texts import written_out

MEDIA_TYPE = "application/problem+json"
SHOWN = 2000
"""Characters of a detail, which may quote what a stranger wrote."""
SOON = "2"
"""Seconds after which to ask again what is away for a moment."""

OF_THE_SERVER: dict[type[Refusal], HTTPStatus] = {
    refusals.WrongHomeError: HTTPStatus.SERVICE_UNAVAILABLE,
    refusals.TamperedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    refusals.LogFilesError: HTTPStatus.INTERNAL_SERVER_ERROR,
    refusals.KeyFileError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""What only the operator can act on: logged, and not told to strangers."""

STATUSES: dict[type[Refusal], HTTPStatus] = {
    **OF_THE_SERVER,
    refusals.NotFoundError: HTTPStatus.NOT_FOUND,
    refusals.UnreadableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.NotCanonicalError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.HiddenTextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    refusals.DocumentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.SubscriptionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.TargetError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.SealError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.SignatureNotGenuineError: HTTPStatus.FORBIDDEN,
    refusals.KeyRecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.KeyTakenError: HTTPStatus.CONFLICT,
    refusals.ContextError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.FoundingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.AppointmentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.NotEntitledError: HTTPStatus.FORBIDDEN,
    refusals.AnchorError: HTTPStatus.FORBIDDEN,
    refusals.LogProofError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.LogEntryError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.LogRewrittenError: HTTPStatus.CONFLICT,
    refusals.LogReorderedError: HTTPStatus.CONFLICT,
    refusals.LogForkedError: HTTPStatus.CONFLICT,
    refusals.LogShortenedError: HTTPStatus.CONFLICT,
    refusals.LogWithholdsError: HTTPStatus.CONFLICT,
    refusals.LogSourceError: HTTPStatus.CONFLICT,
    refusals.TileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.TimestampError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.TokenError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.WrongPinError: HTTPStatus.FORBIDDEN,
    refusals.NotSignedInError: HTTPStatus.UNAUTHORIZED,
    refusals.SignInError: HTTPStatus.FORBIDDEN,
    refusals.ForgedRequestError: HTTPStatus.FORBIDDEN,
    refusals.TooManyTriesError: HTTPStatus.TOO_MANY_REQUESTS,
    refusals.MachineTokenError: HTTPStatus.FORBIDDEN,
    refusals.ConsensusMissingError: HTTPStatus.CONFLICT,
    refusals.AdoptionRecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.StepNotAllowedError: HTTPStatus.CONFLICT,
    refusals.MeetingNotYetError: HTTPStatus.CONFLICT,
    refusals.StepDateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.PapersMissingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.NotASlipError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.ReliedOnError: HTTPStatus.CONFLICT,
    refusals.ReportError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.SubscriptionError: HTTPStatus.CONFLICT,
    refusals.TargetError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.ReferenceRegistryError: HTTPStatus.CONFLICT,
    refusals.RulebookError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.ItemError: HTTPStatus.UNPROCESSABLE_ENTITY,
    refusals.PreconditionError: HTTPStatus.CONFLICT,
    refusals.SomeoneActedFirstError: HTTPStatus.CONFLICT,
    refusals.FoundedAlreadyError: HTTPStatus.CONFLICT,
}
"""Every refusal by name, and its status: 403 who may not, 409 not now, 422 not in this form."""

Headers: TypeAlias = Mapping[str, str]


class Problem(Exception):
    """An answer that is no success; `refusal` is the name of what was refused, if anything."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        refusal: str | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: Headers | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.detail = detail
        self.refusal = refusal
        self.errors = errors
        self.headers = dict(headers or {})

    def response(self, instance: str | None = None) -> Response:
        """Return the document; `instance` names the request."""
        members: dict[str, Any] = {
            "type": "about:blank" if self.refusal is None else f"urn:jcm:refusal:{self.refusal}",
            "title": self.status.phrase if self.refusal is None else self.refusal.replace("-", " "),
            "status": self.status.value,
            "detail": written_out(self.detail)[:SHOWN],
        }
        if self.refusal is not None:
            members["refusal"] = self.refusal
        if instance is not None:
            members["instance"] = f"urn:jcm:request:{instance}"
        if self.errors is not None:
            members["errors"] = self.errors
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(msgspec.json.encode(members), self.status, headers, MEDIA_TYPE)


def of_refusal(refusal: Refusal, method: str) -> Problem:
    """Return a refusal as a problem; what concerns the operator alone keeps its words."""
    status = STATUSES[type(refusal)]
    if isinstance(refusal, SomeoneActedFirstError):
        headers = {"Retry-After": SOON}
        if method == "GET":  # a file that others held for too long; a reader has no rival
            return Problem(503, "The record is busy; ask again.", headers=headers)
        return Problem(status, str(refusal), refusal=refusal.name, headers=headers)
    if type(refusal) in OF_THE_SERVER:
        headers = {"Retry-After": "60"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        return Problem(status, "The operator of this service has to look.", headers=headers)
    return Problem(status, str(refusal), refusal=refusal.name)


def away() -> Problem:
    """Return that the record cannot be reached just now."""
    detail = "The record cannot be reached just now; nothing was recorded. Ask again."
    return Problem(503, detail, headers={"Retry-After": SOON})


def unexpected() -> Problem:
    """Return that something failed which is nobody's business but ours."""
    return Problem(500, "Something failed here. The request's number finds it in our log.")


Answer: TypeAlias = Callable[[Request, "Problem"], Response]


def document(request: Request, problem: Problem) -> Response:
    """Answer with a problem document."""
    return problem.response(number_of(request))


def handle(app: FastAPI, answer: Answer = document) -> None:
    """Let an application answer every error as a problem, in the form that `answer` gives it."""

    async def of_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - for the type checker
        return answer(request, error)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - as above
        request.scope["jcgov.refusal"] = error.name
        if type(error) in OF_THE_SERVER:
            structlog.get_logger().error("refused", refusal=error.name, why=str(error))
        return answer(request, of_refusal(error, request.method))

    async def faulty(request: Request, error: Exception) -> Response:
        structlog.get_logger().error("fault", fault=type(error).__name__, why=str(error))
        return answer(request, away())

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - as above
        return answer(request, _of_http(app, request, error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
        found = [
            {"detail": str(e["msg"])[:SHOWN], "pointer": "/".join(str(part) for part in e["loc"])}
            for e in error.errors()[:20]
        ]
        in_path = bool(found) and all(e["pointer"].startswith("path") for e in found)
        problem = (
            Problem(404, "Nothing is there.")
            if in_path
            else Problem(422, "The request is not in the form that is asked for.", errors=found)
        )
        return answer(request, problem)

    async def failed(request: Request, _error: Exception) -> Response:
        return answer(request, unexpected())

    app.add_exception_handler(Exception, failed)
    app.add_exception_handler(Problem, of_problem)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(FaultError, faulty)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)


def number_of(request: Request) -> str | None:
    """Return the request's number."""
    number: str | None = request.scope.get("jcgov.request")
    return number


def methods_at(app: FastAPI, request: Request) -> list[str]:
    """Return every method that a path takes; none where nothing is."""
    scope = dict(request.scope)
    found: set[str] = set()
    for prefix, route in (*(("", route) for route in app.state.routes), *app.state.pages):
        if not request.url.path.startswith(f"{prefix}/"):
            continue
        match, _ = route.matches({**scope, "path": scope["path"].removeprefix(prefix)})
        if match is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    if "GET" in found:
        found.add("HEAD")
    if found:
        found.add("OPTIONS")
    return sorted(found)


def _of_http(app: FastAPI, request: Request, error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = methods_at(app, request)
        detail = f"This path takes {', '.join(allowed)}."
        return Problem(405, detail, headers={"Allow": ", ".join(allowed)})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return Problem(404, "Nothing is there. What is there stands at /v1/openapi.json.")
    return Problem(error.status_code, str(error.detail), headers=error.headers)
