"""One case at the desk, whole: where it stands, its papers and inputs, and what can be done now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from governance.access.once import new_word
from governance.assembly import documents_of as store_of
from governance.exchange.document_places import TREES, Tree
from governance.http.limits import client_of
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.desk.case_forms import Typed, step_forms
from governance.pages.desk.case_said import asked_in_words, history_in_words
from governance.pages.desk.docket import DOCKET, place_of
from governance.pages.desk.document_rows import KINDS, kind_title
from governance.pages.desk.door import Desk, Digest, headers_of, in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.desk.suggestions import suggestions
from governance.pages.documents import file_name, sent_document
from governance.service.case_file import CaseFile, open_file, require_confidential
from policies.lifecycles.cases import IN_VAIN, Stage, Step
from policies.refusals import FaultError, Refusal

router = APIRouter(include_in_schema=False)

CASE = f"{DOCKET}/{{place}}"
Place = Annotated[int, Path(ge=1, le=999_999_999)]


@router.get(CASE, dependencies=[no_query()])
async def case(request: Request, opened: Open, here: AtSeat, place: Place) -> Response:
    """Show a case with everything that is known of it, and what can be done."""
    return await case_page(request, opened, here, place)


@router.get(f"{CASE}/documents/{{digest}}", dependencies=[no_query()])
async def confidential(
    request: Request, opened: Open, *, here: AtSeat, desk: Desk, place: Place, digest: Digest
) -> Response:
    """Hand out a confidential document of a case, to be saved; who took it is on record."""

    def found() -> str:
        with desk.noted("read a confidential document", client_of(request)) as note:
            note.who = here.who.credential.speaks_by
            file = open_file(opened.engine.cases, here.code, place, here.by)
            document = require_confidential(file, digest)
            note.detail = f"{here.by}: {file.state.case}, {document.kind} {document.version}"
            return f"{place}-{file_name(document.kind, document.version)}"

    name = await in_turn(request, found)
    store, headers = store_of(opened.settings), headers_of(request)
    return sent_document(store, digest, "confidential", name, headers)


async def case_page(
    request: Request,
    opened: Opened,
    here: Here,
    place: int,
    status: int = 200,
    *,
    typed: Typed | None = None,
    trouble: str | None = None,
) -> Response:
    """Answer with a case's page; a form that was refused stands first, as it was filled in."""

    def values() -> dict[str, Any]:
        file = open_file(opened.engine.cases, here.code, place, here.by)
        return _values(file, _lies(opened), typed)

    found = await in_turn(request, values)
    return page_here(
        *(request, "desk/case.html", here, status),
        place=place,
        trouble=trouble,
        typed=typed,
        kinds_of_documents=KINDS,
        **found,
    )


def _values(
    file: CaseFile, lies: Callable[[str, Tree], bool], typed: Typed | None
) -> dict[str, Any]:
    shown, today = file.shown, file.acting.today
    due = shown["due"] and date.fromisoformat(shown["due"])
    return {
        "case": shown,
        "days_left": due and (due - today).days,
        "asked": asked_in_words(shown["asks"]),
        "documents": _documents(shown["documents"], lies),
        "inputs": file.inputs,
        "history": history_in_words(file.history, file.committee.roster.people),
        "forms": step_forms(file, typed),
        "tables": _may_be_tabled(file),
        "ended": not file.state.is_open,
        "again": _again(file),
        "slips": file.own_slips,
        "voices": file.voices,
        "reader": file.reader.person,
        "today": today.isoformat(),
        "known": suggestions(file.committee),
        "places": {name: place_of(name) for name in [shown["supersedes"]] if name},
        "word": new_word,
    }


def _again(file: CaseFile) -> dict[str, bool] | None:
    """Return how a case that ended in vain is handed in again; null where it is not."""
    state = file.state
    if state.stage not in IN_VAIN or not state.kind.handed_in:
        return None
    idea_notes = file.committee.rulebook.eligibility.project_idea_notes.value
    return {"idea_note": state.planned is not None and bool(idea_notes)}


def _may_be_tabled(file: CaseFile) -> str | None:
    """Return null where a case cannot be laid on the table now; else what stands in the way."""
    if file.state.stage is Stage.WITHDRAWN and file.state.kind.withdraws is not None:
        return ""
    for possible in file.steps:
        if possible.step is Step.TABLE:
            return possible.hindered or ""
    return None


def _documents(listed: list[dict[str, Any]], lies: Callable[[str, Tree], bool]) -> Any:
    return [
        document
        | {"called": kind_title(document["kind"])}
        | {"there": {tree: lies(document[tree], tree) for tree in TREES if document[tree]}}
        for document in listed
    ]


def _lies(opened: Opened) -> Callable[[str, Tree], bool]:
    """Return what tells whether a file lies here; what it holds is checked when it is sent."""
    store = store_of(opened.settings)

    def lies(digest: str, tree: Tree) -> bool:
        try:
            with store.get(digest, tree):
                return True
        except (Refusal, FaultError):  # not here, or its place is away
            return False

    return lies
