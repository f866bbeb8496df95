"""A committee's rulebook: every figure with its source, and whether that source is primary."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from governance.http.answers import FRESH, JSON, of_bytes
from governance.http.questions import Named, Open, asked
from governance.pages import rulebook_terms, rulebooks
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.asking import AskedDay
from governance.pages.committee_shown import shown
from governance.pages.language import Language
from governance.pages.rulebooks import InForce
from governance.pages.templating import render
from policies.figures import Figure, figures
from policies.refusals import NotFoundError
from policies.rulebook import Rulebook, RulebookText, shipped
from policies.sides import Committee
from projections.rulebooks import RULEBOOKS

router = APIRouter(include_in_schema=False)

_Shown: TypeAlias = tuple[str, Figure[Any], Any]
Digest = Annotated[str | None, Query(max_length=64)]
_ASKED = [asked("as_of", "digest")]


@router.get("/committees/{code}/rulebook", dependencies=_ASKED)
def page(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    as_of: AskedDay = None,
    digest: Digest = None,
) -> Response:
    """Return a rulebook: the one named by digest, else that of a day, else the newest."""

    def make() -> bytes:
        known = rulebooks.in_order(opened.tables, committee.code)
        found = _found(known, committee, as_of, digest)
        return render(
            "rulebook.html",
            language_of(request),
            address_of(request),
            committee=shown(opened, committee),
            as_of=as_of,
            known=known,
            text=found,
            parts=_parts(found.rulebook, language_of(request)),
        )

    return of_page(request, opened, (RULEBOOKS,), make, committee=committee)


@router.get("/committees/{code}/rulebook.json", dependencies=_ASKED)
def text(
    request: Request,
    opened: Open,
    *,
    committee: Named,
    as_of: AskedDay = None,
    digest: Digest = None,
) -> Response:
    """Return a rulebook's text, to the byte: its SHA-256 is what decisions name."""
    opened.reached((RULEBOOKS,))
    known = rulebooks.in_order(opened.tables, committee.code)
    found = _found(known, committee, as_of, digest)
    return of_bytes(request, found.text.encode("utf-8"), JSON, FRESH)


def _found(
    known: list[InForce], committee: Committee, as_of: Any, digest: str | None
) -> RulebookText:
    """Return the rulebook that is asked for; raises `NotFoundError` if there is none.

    For a committee that is not founded here it is the one that the program would found it with.
    """
    if digest:
        named = [one.text for one in known if one.text.digest == digest]
    elif as_of:
        begun = rulebooks.in_force(known, as_of)
        named = [] if begun is None else [begun.text]
    else:
        named = [known[-1].text] if known else [shipped(committee.partner)]
    if not named:
        message = f"{committee.code} had no such rulebook in force"
        raise NotFoundError(message)
    return named[0]


def _parts(rulebook: Rulebook, language: Language) -> list[tuple[str, list[_Shown]]]:
    """Return each part by its name, with its figures: name, figure, and value in words."""
    grouped = groupby(figures(rulebook), key=lambda found: found[0].rpartition(".")[0])
    return [
        (rulebook_terms.part(language, part), [_shown(language, *found) for found in group])
        for part, group in grouped
    ]


def _shown(language: Language, place: str, figure: Figure[Any]) -> _Shown:
    value = rulebook_terms.value(language, place, figure.value)
    return rulebook_terms.figure(language, place), figure, value
