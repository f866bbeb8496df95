"""From what a secretariat writes to what is signed: a draft's items, numbered and complete.

In a draft, absent members that may be null are null; numbers that the committee gives and the
digest of the decision that last set what an item changes are filled in when the text is frozen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from aggregates.committee.numbering import Numbering
from policies.cases import TAKING_BACK
from policies.items import KINDS, AnyItem
from policies.items.kind import Item
from policies.refusals import ItemError, UnreadableError
from policies.shapes import may_be_null, shape


class DraftProcedure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the draft is to be decided; a meeting is named by its id."""

    kind: Literal["meeting", "electronic"]
    meeting: str | None = None


class DraftAnnex(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A longer text that goes along."""

    title: str
    text: str


class DraftCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which item, counted from 1, answers which case of the docket."""

    item: int
    case: str


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``jcgov propose`` reads, without the committee."""

    procedure: DraftProcedure
    items: list[dict[str, Any]]
    text: dict[str, str]
    annexes: list[DraftAnnex] = msgspec.field(default_factory=list)
    expires: date | None = None
    cases: list[DraftCase] = msgspec.field(default_factory=list)


def read_draft(content: Any) -> Draft:
    """Read a draft; raise `UnreadableError` naming the member that is wrong."""
    try:
        draft = msgspec.convert(content, Draft)
    except msgspec.ValidationError as error:
        message = f"the draft is not well formed: {error}"
        raise UnreadableError(message) from None
    if draft.procedure.kind == "electronic" and draft.procedure.meeting is not None:
        message = (
            f"the draft is to be decided by electronic means and names {draft.procedure.meeting!r};"
            " for a meeting the procedure's kind is meeting"
        )
        raise UnreadableError(message)
    return draft


def complete_items(draft: Draft, numbering: Numbering) -> tuple[AnyItem, ...]:
    """Return the draft's items with their numbers and what they change filled in.

    Raises `UnreadableError` naming the item and member, `ItemError` for a number that another
    open proposal holds.
    """
    used: set[str] = set()
    cases = {answer.item: answer.case for answer in draft.cases}
    items = []
    for place, members in enumerate(draft.items, start=1):
        item = _complete(dict(members), place, numbering, used, cases.get(place))
        _require_own(item, place, numbering, cases.get(place))
        if item.mints is not None and item.subject is not None:
            used.add(item.subject)
        items.append(item)
    return tuple(items)


def _complete(
    members: dict[str, Any], place: int, numbering: Numbering, used: set[str], case: str | None
) -> AnyItem:
    name = members.get("kind")
    kind = KINDS.get(str(name))
    if kind is None:
        said = "has no kind" if name is None else f"{name!r} is no kind of item"
        message = f"item {place}: {said}; there are {', '.join(KINDS)}"
        raise UnreadableError(message)
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.encode_name not in members and may_be_null(field.type):
            members[field.encode_name] = None
    if kind.mints is not None and members.get("number") is None:
        kept = [n for n in numbering.kept() if kind.mints.fits(n, numbering.partner)]
        free = [n for n in kept if n not in used]
        members["number"] = free[0] if free else numbering.give(kind.mints, used)
    _require_all(members, fields, place, case)
    try:
        item = msgspec.convert(members, AnyItem)
    except msgspec.ValidationError as error:
        message = f"item {place} ({name}) is not well formed: {error}"
        raise UnreadableError(message) from None
    if any(field.name == "previous" for field in fields) and members.get("previous") is None:
        origin = item.standing(numbering.state.ground)
        item = msgspec.structs.replace(item, previous=None if origin is None else origin.digest)
    completed: AnyItem = item
    return completed


def _require_all(
    members: dict[str, Any],
    fields: Iterable[msgspec.structs.FieldInfo],
    place: int,
    case: str | None,
) -> None:
    """Refuse an item that leaves out what may not be null, and say how it is written."""
    lacking = [f for f in fields if f.required and f.encode_name not in members]
    if lacking:
        asked = ", ".join(f'"{field.encode_name}": {shape(field.type)}' for field in lacking)
        where = "in the item" if case is None else f'beside {{"case": "{case}"}} in the proposal'
        message = f"item {place} ({members['kind']}) is missing {asked}; say it {where}"
        raise UnreadableError(message)


def _require_own(item: Item, place: int, numbering: Numbering, case: str | None) -> None:
    """A number that was given to another open proposal, or to a case, stays with it.

    A case's number is used only by what answers the case, and by the item that notes that its
    request was taken back.
    """
    for name in ("number", "proposed"):
        number = getattr(item, name, None)
        owner = numbering.owner(number or "")
        given = item.mints is not None and name == "number"
        if owner in (None, numbering.proposal.id, case) or item.kind in TAKING_BACK:
            continue
        if given or isinstance(owner, str):
            to = f"the case {owner}" if isinstance(owner, str) else "another proposal"
            message = f"item {place}: {number} was given to {to}; numbers are never used twice"
            raise ItemError(message)
