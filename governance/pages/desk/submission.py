"""A new submission: its kind is chosen, then the form that the kind's declaration makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from governance.access.once import new_word
from governance.assembly import documents_of as store_of
from governance.http.opened import Opened
from governance.http.problems import Problem
from governance.http.questions import Flag, Open, asked, no_query
from governance.pages.asking import AskedName
from governance.pages.desk.again import status_of
from governance.pages.desk.asked_form import AskedForm, require_known_scopes
from governance.pages.desk.asked_shapes import Fields, typed
from governance.pages.desk.docket import DOCKET, place_of
from governance.pages.desk.docket_terms import GROUPS
from governance.pages.desk.document_rows import KINDS, documents_of, kind_title, rows
from governance.pages.desk.door import Desk, go_on, in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.desk.suggestions import suggestions
from governance.pages.desk.uploads import SentFiles, Upload
from governance.service.case_file import in_vain, require_reader
from governance.service.cases import Submission, read_submission
from policies.calendar import calendar_day
from policies.cases import CASE_KINDS, CaseKind
from policies.lifecycles.cases import Step
from policies.refusals import Refusal, UnreadableError
from policies.rulebook import Rulebook

router = APIRouter(include_in_schema=False)

NEW = f"{DOCKET}/new"
Earlier = Annotated[int | None, Query(ge=1, le=999_999_999)]


@dataclass(frozen=True, slots=True)
class Submitted:
    """What can be submitted: a kind of case, or the idea note that comes before one."""

    kind: CaseKind
    idea_note: bool
    rulebook: Rulebook

    @property
    def step(self) -> Step:
        """The step with which the case begins."""
        return Step.SUBMIT_IDEA_NOTE if self.idea_note else Step.SUBMIT

    @property
    def documents(self) -> tuple[str, ...]:
        """The kinds of documents that the submission, or the next step after it, needs."""
        return self.kind.wanted(self.step, self.kind.lifecycle.first, self.rulebook)

    def form(self, sides: Sequence[str]) -> AskedForm:
        """Return the form of what the committee is asked for."""
        needed = () if self.idea_note else self.kind.needed
        return AskedForm("asks", self.kind.members(), sides, needed)


@router.get(NEW, dependencies=[asked("kind", "idea_note", "supersedes")])
async def new(
    request: Request,
    opened: Open,
    here: AtSeat,
    kind: AskedName = None,
    *,
    idea_note: Flag = False,
    supersedes: Earlier = None,
) -> Response:
    """Show what can be submitted, or the form of the kind that was chosen.

    `supersedes` is the place on the docket of the case that the new one takes up.
    """
    if kind is not None:
        return await _form(request, opened, here, (kind, idea_note), supersedes=supersedes)

    def values() -> list[tuple[str, list[dict[str, Any]]]]:
        return _groups(_all_kinds(_rulebook(opened, here)))

    return page_here(
        request, "desk/submission_kinds.html", here, groups=await in_turn(request, values)
    )


@router.post(NEW, dependencies=[no_query()])
async def submit(
    request: Request, opened: Open, here: AtSeat, desk: Desk, sent: Upload
) -> Response:
    """Open a case with what was handed in; the same form sent again goes to the same case."""
    chosen = (sent.fields.get("kind", ""), sent.fields.get("idea_note") == "true")
    if "more" in sent.fields:
        return await _form(request, opened, here, chosen, fields=sent.fields)
    try:
        listed = await to_thread.run_sync(documents_of, sent)

        def make() -> str:
            rulebook = _rulebook(opened, here)
            submission = _read(here, _chosen(chosen, rulebook), sent)
            state = opened.engine.cases.submit(
                submission,
                listed.documents,
                here.by,
                lambda: listed.keep(store_of(opened.settings)),
            )
            return f"{here.path}/docket/{place_of(state.case)}"

        def once() -> str:
            who, word = f"{here.code} {here.by}", sent.fields.get("once")
            return desk.once.made(who, word, make, opened.clock(), sent.said)

        return go_on(request, await in_turn(request, once))
    except Refusal as refused:
        status = status_of(request, refused)
        return await _form(
            request, opened, here, chosen, status, fields=sent.fields, trouble=str(refused)
        )


async def _form(
    request: Request,
    opened: Opened,
    here: Here,
    chosen: tuple[str, bool],
    status: int = 200,
    *,
    fields: Fields | None = None,
    trouble: str | None = None,
    supersedes: int | None = None,
) -> Response:
    """Answer with the form of a kind, as it was filled in so far."""

    def values() -> dict[str, Any]:
        rulebook = _rulebook(opened, here)
        submitted = _chosen(chosen, rulebook)
        cases = opened.engine.cases
        state = cases.desk.load(here.code)
        earlier = [(found.case, found.name) for found in in_vain(cases, here.code, chosen[0])]
        return {
            "kind": submitted.kind.name,
            "idea_note": submitted.idea_note,
            "asked": submitted.form(here.committee.sides).shown(fields or {}),
            "rows": rows(submitted.documents, fields=fields),
            "earlier": earlier,
            "taken_up": fields.get("supersedes") if fields else _at(supersedes, earlier),
            "today": cases.desk.acting(state).today(state).isoformat(),
            "known": suggestions(state),
        }

    return page_here(
        request,
        "desk/submission.html",
        here,
        status,
        fields=fields or {},
        trouble=trouble,
        once=new_word(),
        kinds_of_documents=KINDS,
        **await in_turn(request, values),
    )


def _at(place: int | None, earlier: Sequence[tuple[str, str]]) -> str | None:
    """Return the case at a place of the docket, where it may be taken up."""
    return next((case for case, _called in earlier if place_of(case) == place), None)


def _rulebook(opened: Opened, here: Here) -> Rulebook:
    """Return the rulebook in force; refuse who keeps no docket."""
    desk = opened.engine.desk
    require_reader(desk, here.code, here.by)
    return desk.load(here.code).rulebook


def _chosen(chosen: tuple[str, bool], rulebook: Rulebook) -> Submitted:
    """Return what was chosen; raise a `Problem` for what cannot be submitted here."""
    name, idea_note = chosen
    for found in _all_kinds(rulebook):
        if (found.kind.name, found.idea_note) == (name, idea_note):
            return found
    raise Problem(404, "Nothing of that kind can be submitted to this committee.")


def _all_kinds(rulebook: Rulebook) -> Iterator[Submitted]:
    """Yield what can be submitted under a rulebook."""
    for kind in CASE_KINDS.values():
        if not kind.handed_in:
            continue
        planned = kind.lifecycle.allows(Step.SUBMIT_IDEA_NOTE, kind.lifecycle.first)
        if planned and rulebook.eligibility.project_idea_notes.value:
            yield Submitted(kind, idea_note=True, rulebook=rulebook)
        yield Submitted(kind, idea_note=False, rulebook=rulebook)


def _groups(kinds: Iterator[Submitted]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what can be submitted under its headings, each with the documents that it needs."""
    found = [
        (
            submitted.kind.lifecycle.name,
            {
                "kind": submitted.kind.name,
                "idea_note": submitted.idea_note,
                "documents": [kind_title(kind) for kind in submitted.documents],
            },
        )
        for submitted in kinds
    ]
    headings = dict.fromkeys(GROUPS.values())
    grouped = (
        (heading, [entry for name, entry in found if GROUPS[name] == heading])
        for heading in headings
    )
    return [(heading, entries) for heading, entries in grouped if entries]


def _read(here: Here, submitted: Submitted, sent: SentFiles) -> Submission:
    """Return what a form says; raise `UnreadableError` naming what is wrong."""
    fields = sent.fields
    received, side = typed(fields, "received"), typed(fields, "side")
    if not side:
        message = "say of which side the submitter is, or that it is of neither"
        raise UnreadableError(message)
    if not typed(fields, "title"):
        message = "the title is empty; say what it is called"
        raise UnreadableError(message)
    asks = submitted.form(here.committee.sides).read(fields)
    require_known_scopes(asks, submitted.rulebook)
    return read_submission(
        {
            "committee": here.code,
            "kind": submitted.kind.name,
            "title": typed(fields, "title"),
            "submitter": {
                "name": typed(fields, "submitter"),
                "side": None if side == "neither" else side,
            },
            "asks": asks,
            "received": calendar_day(received) if received else None,
            "idea_note": submitted.idea_note,
            "supersedes": typed(fields, "supersedes") or None,
        }
    )
