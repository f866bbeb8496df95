"""From a case to the item that a proposal puts to the committee."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from aggregates.case.state import CaseState
from policies.items.kind import Item
from policies.lifecycles.cases import Stage, Step
from policies.refusals import ItemError, StepNotAllowedError, UnreadableError

ACCEPTED, WITH_REVISIONS = "accepted", "approved with revisions"
REJECTED, EXTENDED, WITHDRAWN = "rejected", "extended", "withdrawn"
_STEPS = {
    ACCEPTED: Step.ACCEPT,
    "approved": Step.ACCEPT,
    WITH_REVISIONS: Step.ACCEPT,
    REJECTED: Step.REJECT,
    EXTENDED: Step.EXTEND,
}
OUTCOMES = (*_STEPS, WITHDRAWN)
"""What a committee may be asked to decide about a case."""
_OF_THE_CASE = frozenset(
    {
        "kind",
        "number",
        "proposed",
        "project",
        "monitoring_period",
        "request",
        "application",
        "decision",
        "item",
        "validation",
        "verification",
    }
)
"""Members that say which case an item is about, and what it rests on: no draft says otherwise."""


def item_of(state: CaseState, short: dict[str, Any]) -> dict[str, Any]:
    """Return the whole item of a case that a draft names shortly, as ``{"case": ..., ...}``.

    `outcome` says what the committee is asked to decide, ``accepted`` unless it is given; members
    beside it, such as a reason or the day until which an assessment is extended, go into the item.
    Raises `UnreadableError` for an outcome that such a case does not have, `StepNotAllowedError`
    for a case that may not lie on the table or have that outcome now, `ItemError` for a member
    that says otherwise than the case.
    """
    said = {name: value for name, value in short.items() if name not in ("case", "outcome")}
    outcome = short.get("outcome", ACCEPTED)
    if outcome not in OUTCOMES:
        message = f"{state.name}: {outcome!r} is no outcome; there are {', '.join(OUTCOMES)}"
        raise UnreadableError(message)
    if outcome == WITHDRAWN:
        return _with(_withdrawal(state), said, state)
    lifecycle = state.kind.lifecycle
    lifecycle.after(Step.TABLE, state.stage, state.name)
    item = _decided(state, outcome)
    lifecycle.after(_STEPS[outcome], state.stage, state.name)
    return _with(item, said, state)


def short_of(state: CaseState, item: dict[str, Any]) -> dict[str, Any]:
    """Return how a draft names a case's whole item shortly: `item_of` gives that item back.

    Members that say which case it is about are left out; what the case says now stands for them.
    """
    outcome = _outcome_of(state, item)
    own = item_of(state, {"case": state.case, "outcome": outcome})
    said = {
        name: value
        for name, value in item.items()
        if name not in own or (own[name] != value and name not in _OF_THE_CASE)
    }
    return {"case": state.case, "outcome": outcome} | said


def _outcome_of(state: CaseState, item: dict[str, Any]) -> str:
    """Return the outcome that a whole item gives its case."""
    kind, name = state.kind, item.get("kind")
    for asked, outcome in (
        (kind.rejects, REJECTED),
        (kind.extends, EXTENDED),
        (kind.withdraws, WITHDRAWN),
    ):
        if asked is not None and name == str(asked.__struct_config__.tag):
            return outcome
    return WITH_REVISIONS if item.get("result") == WITH_REVISIONS else ACCEPTED


def require_not_taken_back(open_cases: Iterable[CaseState], item: dict[str, Any]) -> None:
    """Refuse a whole item that takes a request back while its case goes on.

    Raises `StepNotAllowedError`: the participants withdraw first, and the committee notes it then.
    """
    for state in open_cases:
        kind = state.kind.withdraws
        if kind is None or item.get("kind") != str(kind.__struct_config__.tag):
            continue
        if state.case == item.get("request") or item.get("number") in _numbers(state):
            _withdrawal(state)


def answers(state: CaseState, item: dict[str, Any]) -> bool:
    """Whether a whole item, as a draft writes it, is about this case.

    An item about an entity, or about a registered project, stands for itself unless it names its
    case: the committee may act on its own, beside an application that is open.
    """
    if item.get("kind") not in {str(kind.__struct_config__.tag) for kind in state.kind.ends_with}:
        return False
    asks = state.asks
    if "decision" in item:  # a correction, of credits or of a title
        same = ("decision", "item")
        return item.get("number") is None and all(item.get(n) == asks.get(n) for n in same)
    if "monitoring_period" in item:
        same = ("project", "monitoring_period")
        return all(item.get(name) == asks.get(name) for name in same)
    about = (item.get(name) for name in ("proposed", "number", "request", "application"))
    return any(name in (*_numbers(state), state.case) for name in about)


def _numbers(state: CaseState) -> tuple[str, ...]:
    return tuple(number for number in (state.number, state.planned) if number is not None)


def _with(item: dict[str, Any], said: dict[str, Any], state: CaseState) -> dict[str, Any]:
    """Return an item with what the draft says beside it."""
    for name in _OF_THE_CASE & said.keys() & item.keys():
        if said[name] != item[name]:
            message = f"{state.name}: its item has {name} {item[name]!r}, not {said[name]!r}"
            raise ItemError(message)
    return item | said


def _decided(state: CaseState, outcome: str) -> dict[str, Any]:
    kind = state.kind
    if outcome == REJECTED:
        return _ending(state, kind.rejects, outcome)
    if outcome == EXTENDED:
        return _ending(state, kind.extends, outcome)
    if state.stage is Stage.IDEA_NOTE:
        return _named(state, kind.plans, outcome) | {"number": state.planned}
    return _asked(state, outcome)


def _asked(state: CaseState, outcome: str) -> dict[str, Any]:
    kind = state.kind
    members = _members(kind.asks)
    item = _named(state, kind.asks, outcome)
    item |= {name: value for name, value in state.asks.items() if name in members}
    if "proposed" in members:
        item |= {"proposed": state.number, "version": state.asks.get("version") or "1.0"}
    elif kind.numbered:
        item["number"] = state.number
    elif "decision" in members:
        item["number"] = None  # a difference is of credits: no title is corrected by its case
    if outcome != ACCEPTED:
        if "result" not in members:
            message = f"{state.name}: a {kind.title.lower()} is accepted or rejected, not {outcome}"
            raise UnreadableError(message)
        item["result"] = outcome
    elif kind.name.startswith("methodology"):
        item["result"] = "approved"
    if kind.work is not None:
        item[kind.work] = _audited(state)
    return item


def _audited(state: CaseState) -> dict[str, Any] | None:
    """Return the validation or verification that the item rests on."""
    opinion = state.opinion
    if opinion is None:
        return None
    said = {"entity": opinion.entity, "report": opinion.report, "on": opinion.on.isoformat()}
    if state.kind.work == "verification":
        return said | {"quantity": opinion.quantity}
    return said | {"opinion": opinion.opinion}


def _ending(state: CaseState, kind: type[Item] | None, outcome: str) -> dict[str, Any]:
    """Return an item that is about the case's number, project, or the case itself."""
    item = _named(state, kind, outcome)
    members = _members(kind)
    about = {
        "number": state.number,
        "project": state.asks.get("project"),
        "request": state.case,
        "application": state.case,
    }
    return item | {name: value for name, value in about.items() if name in members}


def _withdrawal(state: CaseState) -> dict[str, Any]:
    if state.stage is not Stage.WITHDRAWN:
        message = f"{state.name} is not withdrawn; withdraw it first: jcgov case withdraw"
        raise StepNotAllowedError(message)
    return _ending(state, state.kind.withdraws, WITHDRAWN)


def _named(state: CaseState, kind: type[Item] | None, outcome: str) -> dict[str, Any]:
    if kind is None:
        message = (
            f"{state.name}: the committee has no item by which a {state.kind.title.lower()} is"
            f" {outcome}"
        )
        raise UnreadableError(message)
    return {"kind": str(kind.__struct_config__.tag), "title": state.title}


def _members(kind: type[Item] | None) -> frozenset[str]:
    if kind is None:
        return frozenset()
    return frozenset(field.encode_name for field in msgspec.structs.fields(kind))
