"""``/v1/committees``: the committees of which something is recorded here."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import Entry, of_views, page
from governance.http.opened import Opened
from governance.http.questions import PAGE, After, Limit, Open, asked
from governance.http.shapes import CommitteeShape
from policies.sides import Committee
from projections.rulebooks import RULEBOOKS, parsed

router = APIRouter(tags=["committees"])


@router.get(
    "/v1/committees",
    response_model=list[CommitteeShape],
    dependencies=[asked("after", "limit")],
    summary="The committees of which something is recorded",
)
def committees(
    request: Request, opened: Open, after: After = None, limit: Limit = PAGE
) -> Response:
    """Return them in the order of their codes; some have only an imported past."""
    return of_views(
        request,
        opened,
        [RULEBOOKS],
        lambda: page(request, _entries(opened), after, limit),
    )


def _entries(opened: Opened) -> Iterator[tuple[str, Entry]]:
    in_force = {row[0]: row[4] for row in opened.tables.select(RULEBOOKS)}
    for code in opened.committees():
        yield code, _entry(opened, code, in_force.get(code))


def _entry(opened: Opened, code: str, rulebook: str | None) -> Entry:
    founding = opened.founding(code)
    return {
        "committee": code,
        "sides": list(Committee.parse(code).sides),
        "founded": founding is not None,
        "founding": None if founding is None else founding.digest,
        "rehearsal": None if founding is None else founding.rehearsal,
        "rulebook": None if rulebook is None else parsed(rulebook).version,
    }
