"""What a form of ours sends: read within limits, and only where our own page sent it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from governance.http.limits import Limits, Writes, client_of, read_body
from governance.http.problems import Problem

FORM = "application/x-www-form-urlencoded"
_FIELDS = 20


async def read_form(request: Request, most: int) -> dict[str, str]:
    """Return a form's fields, each given once; `most` bounds the bytes of its body.

    Counts as a write of the client. Raises a `Problem` for what another site sent, what is no form
    in UTF-8, and what is too large or comes too often.
    """
    limits: Limits = request.app.state.limits
    writes: Writes = request.app.state.writes
    writes.take(client_of(request))
    _require_ours(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM or request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, f"A form is sent as {FORM}, and not compressed.")
    body = await read_body(request, replace(limits, body=most))
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_FIELDS,
        )
    except ValueError:
        raise Problem(422, "The form is not in the form that is asked for.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(422, "A field of the form is given twice.")
    return {name: value.replace("\r\n", "\n") for name, value in fields.items()}


def _require_ours(request: Request) -> None:
    """Refuse what a page of another site lets its reader's browser send."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Problem(403, "This form was sent by another site; open the page here and send it.")
    origin = request.headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.url.netloc:
        raise Problem(403, "This form was sent by another site; open the page here and send it.")
