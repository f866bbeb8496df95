"""The public decision log: found by words, kind, standing and day, page by page, newest first.

The same address with ``.csv``, ``.json`` or ``.atom`` gives exactly what the page shows.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from governance.exchange.log_csv import write_log
from governance.http.answers import JSON
from governance.http.opened import Opened
from governance.http.questions import Named, Open, asked
from governance.pages.answering import COPY, address_of, language_of, of_page
from governance.pages.committee_shown import CommitteeShown, shown
from governance.pages.list_page import SIZE
from governance.pages.log_filters import FILTERS, Filters, filters
from governance.pages.templating import render
from policies.sides import Committee
from projections.decision_log import DECISION_LOG
from projections.log_index import LOG_INDEX
from projections.log_pages import LogPage, kinds, log_page
from projections.log_words import LOG_WORDS

router = APIRouter(include_in_schema=False)

VIEWS = (DECISION_LOG, LOG_INDEX, LOG_WORDS)
CSV, ATOM = "text/csv; charset=utf-8", "application/atom+xml; charset=utf-8"
_IDS = UUID("5f4b3f1e-8f6e-5d0c-9c38-0f6a0f9b7a51")
"""The space of the names of feeds and entries (RFC 9562, version 5)."""

Asked = Annotated[Filters, Depends(filters)]
Answer = Callable[[Request, Opened, Filters, Committee | None], Response]


def _page(
    request: Request, opened: Opened, wanted: Filters, committee: Committee | None
) -> Response:
    others = [] if committee is not None else _committees(opened)
    rehearsals = {other.code for other in others if other.rehearsal}

    def make() -> bytes:
        found = _found(opened, wanted, committee)
        return render(
            "log.html",
            language_of(request),
            address_of(request),
            committee=None if committee is None else shown(opened, committee),
            others=others,
            rehearsals=rehearsals,
            base=_base(committee),
            wanted=wanted,
            kinds=_kinds(opened, committee),
            found=found,
            last=max(1, -(-found.found // SIZE)),
            first_shown=(wanted.page - 1) * SIZE + 1,
        )

    return of_page(request, opened, VIEWS, make, *sorted(rehearsals), committee=committee)


def _csv(
    request: Request, opened: Opened, wanted: Filters, committee: Committee | None
) -> Response:
    def make() -> bytes:
        file = io.StringIO()
        write_log(_found(opened, wanted, committee).decisions, file)
        return file.getvalue().encode("utf-8")

    return of_page(request, opened, VIEWS, make, committee=committee, media_type=CSV)


def _json(
    request: Request, opened: Opened, wanted: Filters, committee: Committee | None
) -> Response:
    def make() -> bytes:
        return msgspec.json.encode(_found(opened, wanted, committee).decisions)

    return of_page(request, opened, VIEWS, make, committee=committee, media_type=JSON)


def _atom(
    request: Request, opened: Opened, wanted: Filters, committee: Committee | None
) -> Response:
    site = "" if request.scope.get(COPY) else str(request.base_url).rstrip("/")

    def make() -> bytes:
        found = _found(opened, wanted, committee)
        return render(
            "log.atom",
            language_of(request),
            address_of(request),
            committee=None if committee is None else shown(opened, committee),
            site=site,
            base=_base(committee),
            wanted=wanted,
            decisions=found.decisions,
            updated=max((d["recorded_at"] for d in found.decisions), default=None),
            named=_named,
        )

    return of_page(request, opened, VIEWS, make, site, committee=committee, media_type=ATOM)


ANSWERS: dict[str, Answer] = {"": _page, ".csv": _csv, ".json": _json, ".atom": _atom}


def _serve(ending: str, answer: Answer) -> None:
    only = [asked(*FILTERS)]

    @router.get(f"/decisions{ending}", dependencies=only)
    def of_all(request: Request, opened: Open, wanted: Asked) -> Response:
        return answer(request, opened, wanted, None)

    @router.get(f"/committees/{{code}}/decisions{ending}", dependencies=only)
    def of_one(request: Request, opened: Open, wanted: Asked, *, committee: Named) -> Response:
        return answer(request, opened, wanted, committee)


for _ending, _answer in ANSWERS.items():
    _serve(_ending, _answer)


def _found(opened: Opened, wanted: Filters, committee: Committee | None) -> LogPage:
    code = None if committee is None else committee.code
    return log_page(opened.tables, wanted.of(code), wanted.page, SIZE)


def _kinds(opened: Opened, committee: Committee | None) -> list[str]:
    """Return every kind of item that occurs."""
    code = None if committee is None else committee.code
    return opened.kept(
        (LOG_INDEX,), ("kinds", code), lambda _known: kinds(opened.tables, code), code
    )


def _committees(opened: Opened) -> list[CommitteeShown]:
    """Return every committee of which something is recorded."""
    return [shown(opened, Committee.parse(code)) for code in opened.committees()]


def _base(committee: Committee | None) -> str:
    return "/decisions" if committee is None else f"/committees/{committee.partner}/decisions"


def _named(*parts: Any) -> str:
    """Return the lasting id of a feed or an entry."""
    return uuid5(_IDS, " ".join(map(str, parts))).urn
