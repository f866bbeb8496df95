"""Governments' reports under Article 6.2: written to be signed from what a government says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from governance.service.desk import Desk
from governance.service.reports import about_decision, digest_of, read_draft
from governance.service.requests import Request
from policies.government import AnyAct, AuthorizedEntity, Stated, Timeframe, Units
from policies.proof.statements import GovernmentReport
from policies.refusals import UnreadableError
from policies.sides import Committee


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a government writes; decisions go by their numbers, what it leaves out is null."""

    committee: str
    side: str
    report: str
    decision: str | None = None
    item: int | None = None
    says: dict[str, Any]
    supersedes: str | None = None


_PARTS: dict[str, type[Stated]] = {
    **{str(kind.__struct_config__.tag): kind for kind in AnyAct.__args__},
    "entities": AuthorizedEntity,
    "units": Units,
    "timeframe": Timeframe,
}
"""What may be written with members left out: each kind of act, and by member what lies in it."""
_LISTS = ("decisions", "parties", "entities")


def government_request(desk: Desk, content: Any) -> Request:
    """Return the request to sign a government's report.

    Raises `UnreadableError` naming the member that is wrong, `NotFoundError` for a decision that
    is not adopted here.
    """
    draft = read_draft(content, Draft)
    state = desk.load(Committee.parse(draft.committee).code)
    digest = partial(digest_of, state)
    statement = GovernmentReport(
        committee=state.committee.code,
        founding=state.roster.founding,
        side=draft.side,
        report=draft.report,
        decision=None if draft.decision is None else digest(draft.decision),
        item=draft.item,
        says=_act(draft.says, digest),
        supersedes=draft.supersedes,
    )
    return about_decision(desk, state, statement, statement.decision)


def _act(said: dict[str, Any], digest: Callable[[str], str]) -> AnyAct:
    """Read an act whose decisions go by their numbers, and fill what is left out."""
    kind = _PARTS.get(str(said.get("act")))
    if kind is None:
        named = ", ".join(str(kind.__struct_config__.tag) for kind in AnyAct.__args__)
        message = f"the report is not well formed: says.act is one of {named}"
        raise UnreadableError(message)
    whole = _filled(said, kind)
    if isinstance(whole.get("decisions"), list):
        whole["decisions"] = [digest(str(number)) for number in whole["decisions"]]
    try:
        act: AnyAct = msgspec.convert(whole, AnyAct)
    except msgspec.ValidationError as error:
        message = f"the report is not well formed: {error} (says)"
        raise UnreadableError(message) from None
    return act


def _filled(said: dict[str, Any], kind: type[Stated]) -> dict[str, Any]:
    """Return what is said with null, or an empty list, for each member that is left out."""
    whole: dict[str, Any] = {
        name: [] if name in _LISTS else None for name in kind.__struct_encode_fields__
    }
    for name, value in said.items():
        part = _PARTS.get(name)
        if part is not None and isinstance(value, dict):
            whole[name] = _filled(value, part)
        elif part is not None and isinstance(value, list):
            whole[name] = [_filled(v, part) if isinstance(v, dict) else v for v in value]
        else:
            whole[name] = value
    return whole
