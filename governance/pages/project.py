"""A project's page: its timeline from the methodology to the credits, by day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import of_views_made
from governance.http.opened import Opened
from governance.http.questions import Named, Open, no_query
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.committee_shown import shown
from governance.pages.documents import is_there
from governance.pages.tables_as_files import JSON, to_json
from governance.pages.templating import render
from policies.sides import Committee
from projections.project_timeline import VIEWS, Timeline, timeline

router = APIRouter(include_in_schema=False)

Number = Annotated[str, Path(max_length=20)]


@router.get("/committees/{code}/projects/{number}.json", dependencies=[no_query()])
def as_json(request: Request, opened: Open, committee: Named, number: Number) -> Response:
    """Return a project's timeline as it is shown."""

    def make() -> tuple[bytes, dict[str, str]]:
        return to_json(_timeline(opened, committee, number).entries), {}

    return of_views_made(request, opened, VIEWS, make, JSON, committee=committee)


@router.get("/committees/{code}/projects/{number}", dependencies=[no_query()])
def project(request: Request, opened: Open, committee: Named, number: Number) -> Response:
    """Return a project's page."""

    def make() -> bytes:
        found = _timeline(opened, committee, number)
        return render(
            "project.html",
            language_of(request),
            address_of(request),
            committee=shown(opened, committee),
            project=found.project,
            methodologies=_methodologies(found),
            entries=found.entries,
            credits=found.credits,
            cases=found.cases,
            there=is_there(opened),
        )

    return of_page(request, opened, VIEWS, make, committee=committee, of_these_alone=False)


def _timeline(opened: Opened, committee: Committee, number: str) -> Timeline:
    question = ("timeline", committee.code, number)
    return opened.folded(
        VIEWS,
        question,
        lambda _known: timeline(opened.tables, committee, number),
        committee.code,
    )


def _methodologies(found: Timeline) -> list[dict[str, Any]]:
    return [entry for entry in found.entries if entry["what"] == "methodology"]
