"""How to verify a decision, what its bundle proves, and what it does not (docs/verifying.md)."""

from __future__ import annotations

import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.answering import address_of, language_of, of_page
from governance.pages.committee_shown import CommitteeShown, shown
from governance.pages.language import Language
from governance.pages.templating import render
from policies.sides import Committee
from projections.log_index import LOG_INDEX

router = APIRouter(include_in_schema=False)


@router.get("/verify", dependencies=[no_query()])
def page(request: Request, opened: Open) -> Response:
    """Return the page."""

    def make() -> bytes:
        language = language_of(request)
        founded = _founded(opened)
        return render(
            "verifying.html",
            language,
            address_of(request),
            steps=_steps(language),
            unknown=_unknown(language),
            trust=_trust(founded),
            rehearsals=[committee.code for committee in founded if committee.rehearsal],
        )

    return of_page(request, opened, (LOG_INDEX,), make)


def _founded(opened: Opened) -> list[CommitteeShown]:
    known = [shown(opened, Committee.parse(code)) for code in opened.committees()]
    return [committee for committee in known if committee.founding is not None]


def _trust(founded: list[CommitteeShown]) -> str | None:
    """Return a trust file that names every committee founded here, to be compared."""
    named = {committee.code: {"founding": committee.founding} for committee in founded}
    return json.dumps(named, indent=2) if named else None


def _steps(language: Language) -> list[tuple[str, str]]:
    """Return what is known where a step of `jcgov verify` is good."""
    _ = language.gettext
    return [
        ("anchor", _("the committee is the one that both governments founded")),
        ("seal", _("every statement in the file is unchanged and belongs to this decision")),
        (
            "authority",
            _(
                "each signer was appointed by the own government's authority, with the key that"
                " signed, and still held the seat"
            ),
        ),
        (
            "consensus",
            _("a co-chair or alternate of each side signed, by the procedure's own rule"),
        ),
        (
            "rulebook",
            _(
                "the decision was taken under the rules in force, which are in the file and were"
                " kept: windows, who was told"
            ),
        ),
        ("items", _("what was decided keeps the rules that can be judged without the past")),
        (
            "logged",
            _(
                "the decision stands at that place of the committee's public list, and the list"
                " that its text names is how that one begins"
            ),
        ),
        (
            "witnessed",
            _(
                "both sides' witnesses (or one side's and a third) had seen that list at that"
                " time, and the day of adoption lies between the two times"
            ),
        ),
    ]


def _unknown(language: Language) -> list[str]:
    _ = language.gettext
    return [
        _("that the text, or the convening of a meeting, reached the members"),
        _("that no objection was thrown away before it was acknowledged"),
        _("that a meeting took place as the text says"),
        _("what was decided later, or corrected: look into the log"),
        _("what the registries issued"),
        _("whether a decision was wise, or a report of a project true"),
    ]
