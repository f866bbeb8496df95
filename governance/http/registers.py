"""``/v1/committees/{code}/registers/{name}``: the public registers, as of any day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import Entry, of_views, page
from governance.http.questions import PAGE, After, AsOf, KnownAt, Limit, Named, Open, asked
from governance.http.register_folds import register_of
from governance.http.shapes import CreditsShape, EntityShape, MethodologyShape, ProjectShape
from projections.log_reading import LogFilter
from projections.register_fold import RegisterFold
from projections.registers import REGISTERS

router = APIRouter(tags=["registers"])

Name: TypeAlias = Literal["methodologies", "entities", "projects", "credits"]
NAMED_BY: dict[Name, tuple[str, ...]] = {
    "methodologies": ("number", "version"),
    "entities": ("number",),
    "projects": ("number",),
    "credits": ("project", "period", "side"),
}
"""The members that tell the entries of a register apart."""
LEFT_OUT = "X-Imported-Left-Out"


@router.get(
    "/v1/committees/{code}/registers/{name}",
    response_model=list[MethodologyShape]
    | list[EntityShape]
    | list[ProjectShape]
    | list[CreditsShape],
    dependencies=[asked("as_of", "known_at", "after", "limit")],
    summary="A committee's public register",
)
def registers(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    name: Name,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = PAGE,
) -> Response:
    """Return its entries; credits leave out what was merely imported, and say how many."""

    def make() -> tuple[Any, dict[str, str]]:
        if known_at is None:
            found = register_of(opened, name, committee, as_of)
        else:
            wanted = LogFilter(committee.code, as_of=as_of, known_at=known_at)
            found = RegisterFold.of(opened.tables, name, wanted)
        entries, headers = page(request, _named(found.entries, NAMED_BY[name]), after, limit)
        return entries, headers | ({LEFT_OUT: str(found.left_out)} if found.left_out else {})

    return of_views(request, opened, [REGISTERS[name]], make, committee)


def _named(entries: list[Entry], members: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
    """Name entries; of several decisions on one period each further one has its count."""
    known: Counter[str] = Counter()
    for entry in entries:
        name = " ".join(_text(entry[member]) for member in members)
        known[name] += 1
        yield (name if known[name] == 1 else f"{name} #{known[name]}"), entry


def _text(value: Any) -> str:
    return "/".join(value) if isinstance(value, list) else str(value)
