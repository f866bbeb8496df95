"""From a case to the item that a proposal puts to the committee."""

from __future__ import annotations

from typing import Any

import msgspec

from aggregates.case.state import CaseState
from policies.items.kind import Item
from policies.lifecycles.cases import Stage, Step
from policies.refusals import StepNotAllowedError, UnreadableError

ACCEPTED = "accepted"
_OUTCOMES = (ACCEPTED, "approved", "approved with revisions", "rejected", "extended", "withdrawn")


def item_of(state: CaseState, short: dict[str, Any]) -> dict[str, Any]:
    """Return the whole item of a case that a draft names shortly, as ``{"case": ..., ...}``.

    `outcome` says what the committee is asked to decide, ``accepted`` unless it is given; members
    beside it, such as a reason or the day until which an assessment is extended, go into the item.
    Raises `UnreadableError` for an outcome that such a case does not have, `StepNotAllowedError`
    for a case that may not lie on the table.
    """
    said = {name: value for name, value in short.items() if name not in ("case", "outcome")}
    outcome = short.get("outcome", ACCEPTED)
    if outcome not in _OUTCOMES:
        message = f"{state.name}: {outcome!r} is no outcome; there are {', '.join(_OUTCOMES)}"
        raise UnreadableError(message)
    kind = state.kind
    if outcome == "withdrawn":
        return _withdrawal(state) | said
    kind.lifecycle.after(Step.TABLE, state.stage, state.name)
    if outcome == "rejected":
        return _ending(state, kind.rejects, outcome) | said
    if outcome == "extended":
        return _ending(state, kind.extends, outcome) | said
    if state.stage is Stage.IDEA_NOTE:
        return _named(state, kind.plans, outcome) | {"number": state.planned} | said
    return _asked(state, outcome) | said


def answers(state: CaseState, item: dict[str, Any]) -> bool:
    """Whether a whole item, as a draft writes it, is about this case."""
    if item.get("kind") not in {str(kind.__struct_config__.tag) for kind in state.kind.ends_with}:
        return False
    if "monitoring_period" in item:
        asks = state.asks
        same = ("project", "monitoring_period")
        return all(item.get(name) == asks.get(name) for name in same)
    about = (item.get(name) for name in ("proposed", "number", "request", "application"))
    return any(
        name is not None and name in (state.number, state.planned, state.case) for name in about
    )


def _asked(state: CaseState, outcome: str) -> dict[str, Any]:
    kind = state.kind
    members = _members(kind.asks)
    item = _named(state, kind.asks, outcome)
    item |= {name: value for name, value in state.asks.items() if name in members}
    if "proposed" in members:
        item |= {"proposed": state.number, "version": state.asks.get("version") or "1.0"}
    elif kind.numbered:
        item["number"] = state.number
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
    return _ending(state, state.kind.withdraws, "withdrawn")


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
