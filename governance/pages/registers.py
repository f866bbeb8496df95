"""The pages of a committee's registers, as of any day; the same as CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import of_views_made
from governance.http.questions import Named, Open, asked
from governance.http.register_folds import register_of
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.asking import AskedDay, PageNumber
from governance.pages.committee_shown import shown
from governance.pages.list_page import ListPage, page_of_list
from governance.pages.register_columns import SHOWN, Name
from governance.pages.tables_as_files import CSV, JSON, to_csv, to_json
from governance.pages.templating import render
from policies.sides import Committee
from projections.registers import REGISTERS

router = APIRouter(include_in_schema=False)
_ASKED = [asked("as_of", "page")]


@dataclass(frozen=True, slots=True)
class Question:
    """A register of a committee, as of a day, and which page of it."""

    committee: Committee
    as_of: date | None
    page: int


async def _question(committee: Named, as_of: AskedDay = None, page: PageNumber = 1) -> Question:
    """Read an address; a coroutine, so that no thread is taken for it."""
    return Question(committee, as_of, page)


Asked = Annotated[Question, Depends(_question)]


def _declare(name: Name) -> None:
    """Declare a register's page and files."""

    def html(request: Request, opened: Open, question: Asked) -> Response:
        committee, as_of = question.committee, question.as_of

        def make() -> bytes:
            found = register_of(opened, name, committee, as_of)
            return render(
                "register.html",
                language_of(request),
                address_of(request),
                committee=shown(opened, committee),
                name=name,
                registers=SHOWN,
                page=page_of_list(found.entries, question.page),
                headings=[language_of(request).gettext(c.heading) for c in SHOWN[name].columns],
                as_of=as_of,
                left_out=found.left_out,
            )

        return of_page(request, opened, [REGISTERS[name]], make, committee=committee)

    router.add_api_route(f"/committees/{{code}}/{name}", html, dependencies=_ASKED)
    members = SHOWN[name].members
    _declare_file(name, "csv", CSV, lambda page: to_csv(members, page.entries))
    _declare_file(name, "json", JSON, lambda page: to_json(page.entries))


def _declare_file(
    name: Name, ending: str, media_type: str, write: Callable[[ListPage], bytes]
) -> None:
    def file(request: Request, opened: Open, question: Asked) -> Response:
        committee = question.committee
        headers = {"Content-Disposition": f'inline; filename="{committee.code}-{name}.{ending}"'}

        def make() -> tuple[bytes, dict[str, str]]:
            found = register_of(opened, name, committee, question.as_of)
            return write(page_of_list(found.entries, question.page)), headers

        views = [REGISTERS[name]]
        return of_views_made(request, opened, views, make, media_type, committee=committee)

    router.add_api_route(f"/committees/{{code}}/{name}.{ending}", file, dependencies=_ASKED)


for _name in SHOWN:
    _declare(_name)
