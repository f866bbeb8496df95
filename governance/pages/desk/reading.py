"""One text as its reader sees it: what is asked, what it says and changes, who has answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.requests import Request
from starlette.responses import Response

from governance.access.access import Access
from governance.access.not_now import NotNow, not_now_of
from governance.http.opened import Opened
from governance.http.questions import MAX_SEQUENCE, Open, no_query
from governance.pages import rulebook_terms
from governance.pages.answering import language_of
from governance.pages.desk.door import Desk, Digest, headers_of, in_turn
from governance.pages.desk.seat import AtSeat, Here, page_here
from governance.pages.desk.text_steps import Steps, steps_of
from governance.pages.language import Language
from governance.service.in_force import FigureChange
from governance.service.interests import Shown
from governance.service.reading import Ended, Reading, annex_of, read_text
from governance.service.revised import Revised, revised
from governance.service.spoken import group_lines
from governance.service.versions import Version
from policies.figures import Figure
from policies.findings import Judgement
from policies.items import KINDS
from policies.texts import as_read
from projections import mentions
from projections.tables import Tables

router = APIRouter(include_in_schema=False)

ProposalId = Annotated[int, InPath(ge=1, le=MAX_SEQUENCE)]
TEXT = "/desk/committees/{code}/texts/{proposal:int}"
INLINE = 20_000
"""Characters of an annex that stands on the page; a longer one is downloaded."""
VERSIONS = 20
"""Of the versions, the last so many."""
_APART = ("title", "kind", "previous", "result")


@router.get(TEXT, dependencies=[no_query()])
async def text_page(
    request: Request, *, opened: Open, desk: Desk, here: AtSeat, proposal: ProposalId
) -> Response:
    """Show a text to who sits in the committee, or keeps its docket."""
    return await shown(request, opened, desk, here, proposal)


@router.get(TEXT + "/annexes/{digest}", dependencies=[no_query()])
async def annex_file(
    request: Request, *, opened: Open, here: AtSeat, proposal: ProposalId, digest: Digest
) -> Response:
    """Return an annex of an open text as a file."""
    engine = opened.engine

    def read() -> str:
        return annex_of(engine.desk, here.code, proposal, digest, by=here.by)

    text = await in_turn(request, read)
    name = f'attachment; filename="{digest}.txt"'
    headers = {**headers_of(request), "Content-Disposition": name}
    return Response(text.encode("utf-8"), 200, headers, "text/plain; charset=utf-8")


async def shown(
    request: Request,
    opened: Opened,
    access: Access,
    here: Here,
    proposal: int,
    *,
    status: int = 200,
    **said: Any,
) -> Response:
    """Answer with a text's page; `said` is what was typed, and the `trouble` with it."""
    desk = opened.engine.desk

    def read() -> tuple[Reading | Ended, list[NotNow], Steps | None]:
        found = read_text(desk, here.code, proposal, by=here.by)
        state = desk.load(here.code)
        open_text = state.proposals.get(proposal)
        if open_text is None:
            return found, [], None
        steps = steps_of(state, desk.acting(state), open_text)
        return found, not_now_of(access, desk, state, open_text), steps

    found, not_now, steps = await in_turn(request, read)
    values: dict[str, Any] = {"trouble": None, "typed": {}} | said
    if isinstance(found, Ended):
        return page_here(
            request,
            "desk/text_ended.html",
            here,
            status,
            ended=found,
            texts=_texts(found.past.last),
            items=list(_items(opened.tables, found.past.last)),
            **values,
        )
    own = next((entry for entry in not_now if entry.person == here.by), None)
    previous = found.past.previous
    return page_here(
        request,
        "desk/text.html",
        here,
        status,
        reading=found,
        text=found.entry,
        not_now={entry.person: entry for entry in not_now},
        own=own,
        steps=steps,
        texts=_texts(found.version),
        items=list(_items(opened.tables, found.version)),
        annexes=list(_annexes(found)),
        revised=None if previous is None else _revised(previous, found.version),
        versions=found.past.versions[-VERSIONS:],
        figures=None if found.figures is None else _figures(found.figures, language_of(request)),
        checks=_checks(found.version),
        interests=_interests(found, here),
        groups=[] if found.digest is None else list(group_lines(found.digest)),
        **values,
    )


def _texts(version: Version) -> list[tuple[str, str]]:
    return [(code, as_read(text)) for code, text in version.texts.items()]


def _items(tables: Tables, version: Version) -> Iterator[dict[str, Any]]:
    """Yield each item with its members, as it is signed, what it changes, and its case's place."""
    decision = version.decision
    signed = () if decision is None else decision.items
    cases = {answer["item"]: answer["case"] for answer in version.content.get("cases", [])}
    for place, fields in enumerate(version.items):
        item = signed[place] if signed else None
        previous, case = fields.get("previous"), cases.get(place + 1)
        kind = KINDS.get(str(fields.get("kind")))
        yield {
            "kind": str(fields.get("kind")),
            "title": str(fields.get("title") or ""),
            "subject": fields.get("number") or fields.get("project"),
            "outcome": fields.get("result") or (kind.outcome if kind is not None else None),
            "fields": {name: value for name, value in fields.items() if name not in _APART},
            "amounts": None if item is None else item.log_entry["amounts"],
            "quantity": None if item is None else item.log_entry["quantity"],
            "previous": previous,
            "case": None if case is None else int(case.rpartition("/")[2]),
            "set_by": None if previous is None else mentions.number_of(tables, previous),
        }


def _annexes(found: Reading) -> Iterator[dict[str, Any]]:
    digests = {} if found.decision is None else {a.title: a.digest for a in found.decision.annexes}
    for title, text in found.version.annexes.items():
        yield {
            "title": as_read(title),
            "digest": digests.get(title),
            "text": as_read(text) if len(text) <= INLINE else None,
            "size": len(text),
        }


def _revised(old: Version, new: Version) -> Revised:
    return revised(old, new, as_read)


def _figures(found: list[FigureChange], language: Language) -> list[dict[str, Any]]:
    """Return figures by their names, with their values in words, and what is to be their source."""

    def said(place: str, figure: Figure[Any] | None) -> dict[str, Any] | None:
        if figure is None:
            return None
        value = rulebook_terms.value(language, place, figure.value)
        return {"value": ", ".join(value) if isinstance(value, list) else value}

    return [
        {
            "name": rulebook_terms.figure(language, change.place),
            "now": said(change.place, change.now),
            "then": said(change.place, change.then),
            "figure": change.then,
        }
        for change in found
    ]


def _checks(version: Version) -> dict[str, Any]:
    """Return what the checks said when the text was fixed: what did not pass before what did."""
    by = {verdict: [e for e in version.preflight if e.verdict is verdict] for verdict in Judgement}
    return {
        "fail": by[Judgement.FAIL],
        "cannot_tell": by[Judgement.CANNOT_TELL],
        "passed": by[Judgement.PASS],
    }


def _interests(found: Reading, here: Here) -> list[Shown]:
    return [
        entry | {"own": entry["person"] == here.by, "number": int(entry["interest"][1:])}
        for entry in found.entry["interests"]
    ]
