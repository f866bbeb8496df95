"""One decision: what it says, who signed it for which side, what changed it, and its proof."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from aggregates.committee.events import DecisionAdopted
from governance.http.answers import FOR_EVER, of_bytes
from governance.http.opened import Opened
from governance.http.questions import Open, no_query
from governance.pages.answering import HEADERS, address_of, language_of, of_page
from governance.pages.committee_shown import shown
from governance.pages.language import Language
from governance.pages.names import language_name
from governance.pages.proof import proof_of
from governance.pages.templating import render
from policies.items.kind import Item
from policies.proof.dsse import Envelope
from policies.proof.reading import read_recorded
from policies.proof.statements import Adoption, Decision
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import Committee
from projections import mentions
from projections.adopted import ADOPTED
from projections.decision_log import DECISION_LOG
from projections.log_index import LOG_INDEX
from projections.log_pages import Place, also_recorded
from projections.log_pages import decision as decision_of
from projections.mentions import ADOPTS, MENTIONS
from projections.tables import Tables

router = APIRouter(include_in_schema=False)

VIEWS = (DECISION_LOG, LOG_INDEX, ADOPTED, MENTIONS)
PLAIN = "text/plain; charset=utf-8"
Number = Annotated[str, Path(max_length=200)]
_SHOWN_APART = ("title", "kind", "previous")
"""Fields of an item that do not stand among the others."""


@router.get("/decisions/{number:path}/annexes/{digest}", dependencies=[no_query()])
def annex(request: Request, opened: Open, number: Number, digest: str) -> Response:
    """Return an annex as a file; its name is the SHA-256 of what it holds."""
    found, place = decision_of(opened.tables, number)
    event = opened.engine.record.event(*place) if found["status"] == "signed" else None
    annexes = event.annexes if isinstance(event, DecisionAdopted) else {}
    if digest not in annexes:
        message = "that decision has no annex with this digest"
        raise NotFoundError(message)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{digest}.txt"'}
    return of_bytes(request, annexes[digest].encode("utf-8"), PLAIN, FOR_EVER, headers)


@router.get("/decisions/{number:path}", dependencies=[no_query()])
def page(request: Request, opened: Open, number: Number) -> Response:
    """Return a decision's page, plainly another one for what nobody signed."""

    def make() -> bytes:
        found, place = decision_of(opened.tables, number)
        language = language_of(request)
        committee = Committee.parse(found["committee"])
        values: dict[str, Any] = {
            "committee": shown(opened, committee),
            "entry": found,
            "also": also_recorded(opened.tables, found),
        }
        if found["status"] == "signed":
            values |= _signed(opened, found, place, language)
            template = "decision.html"
        else:
            values |= _historical(opened.tables, number)
            template = "decision_historical.html"
        return render(template, language, address_of(request), **values)

    return of_page(request, opened, VIEWS, make, committee=_committee_of(number))


def _committee_of(number: str) -> Committee | None:
    """Return the committee whose decisions have such numbers, and alone name each other."""
    try:
        return Committee.parse(number.partition("/")[0])
    except UnreadableError:
        return None


def _signed(
    opened: Opened, found: dict[str, Any], place: Place, language: Language
) -> dict[str, Any]:
    tables, number = opened.tables, str(found["number"])
    envelope, adoption = _envelopes(tables, number)
    decision = read_recorded(envelope, Decision)
    return {
        "decision": decision,
        "digest": envelope.digest,
        "adoption": read_recorded(adoption, Adoption),
        "sides": _by_side(found),
        "items": [
            _item(tables, item, logged)
            for item, logged in zip(decision.items, found["items"], strict=True)
        ],
        "texts": [(code, language_name(language, code), text) for code, text in _texts(decision)],
        "annexes": _annexes(decision),
        "earlier": mentions.earlier(tables, number),
        "later": mentions.later(tables, number, envelope.digest),
        "proof": proof_of(opened, place.stream, place.version, envelope.digest),
        "file": f"{number.replace('/', '-')}.jcbundle.json",
        "trust": json.dumps({decision.committee: {"founding": decision.founding}}),
    }


def _historical(tables: Tables, number: str) -> dict[str, Any]:
    later = mentions.later(tables, number, None)
    return {
        "adopted_by": [found.number for found in later if found.how == ADOPTS],
        "later": [found for found in later if found.how != ADOPTS],
    }


def _envelopes(tables: Tables, number: str) -> tuple[Envelope, Envelope]:
    row = next(tables.select(ADOPTED, "number = ?", (number,)))
    decision, adoption = (Envelope.from_json(msgspec.json.decode(text)) for text in row[2:4])
    return decision, adoption


def _by_side(found: dict[str, Any]) -> list[tuple[str, list[dict[str, str]]]]:
    sides = Committee.parse(found["committee"]).sides
    return [(side, [s for s in found["signers"] if s["side"] == side]) for side in sides]


def _item(tables: Tables, item: Item, logged: dict[str, Any]) -> dict[str, Any]:
    """Return an item with every field that is signed, and what it changes."""
    fields = msgspec.to_builtins(item)
    previous = fields.get("previous")
    return {
        **logged,
        "fields": {name: fields[name] for name in fields if name not in _SHOWN_APART},
        "previous": previous,
        "set_by": None if previous is None else mentions.number_of(tables, previous),
    }


def _texts(decision: Decision) -> Iterator[tuple[str, str]]:
    """Yield the text in each language; English, which there always is, comes first."""
    yield from sorted(decision.text.items(), key=lambda text: (text[0] != "en", text[0]))


def _annexes(decision: Decision) -> list[dict[str, str]]:
    """Return every annex with its title, those that an item names alone among them."""
    titled = {annex.digest: annex.title for annex in decision.annexes}
    for item in decision.items:
        rulebook = getattr(item, "rulebook", None)
        for named in (getattr(item, "record", None), getattr(rulebook, "digest", None)):
            if named is not None:
                titled.setdefault(named, item.title)
    return [{"digest": digest, "title": title} for digest, title in titled.items()]
