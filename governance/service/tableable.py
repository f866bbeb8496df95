"""Which cases a text may put to the committee now: with which outcomes, what is to be said of each.

For a case that may not lie on the table, why: each is tried as it would be tabled, and not
recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from aggregates.case.item import ACCEPTED, OUTCOMES, item_of
from aggregates.case.state import CaseState
from aggregates.committee.state import CommitteeState
from policies.items import KINDS, Item
from policies.lifecycles.cases import Stage
from policies.refusals import Refusal
from policies.shapes import may_be_null


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the committee may be asked to decide about a case.

    `says` are the members of the item that nobody has said yet, each with its type; `must` those
    among them without which the text cannot be frozen.
    """

    name: str
    kind: str
    says: dict[str, object]
    must: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tableable:
    """A case as a text may name it; `why_not` is null where it may be laid on the table now.

    `tabled` is the proposal that holds it already.
    """

    case: str
    place: int
    kind: str
    number: str | None
    title: str
    stage: Stage
    tabled: int | None
    outcomes: tuple[Outcome, ...]
    why_not: str | None

    def outcome(self, name: str) -> Outcome | None:
        """Return one of its outcomes."""
        return next((found for found in self.outcomes if found.name == name), None)


def tableable(
    committee: CommitteeState, cases: Iterable[CaseState], proposal: int | None = None
) -> list[Tableable]:
    """Return a committee's cases that are not at their end, or whose withdrawal is to be noted.

    `cases` are as they stand by now. `proposal` is the one whose next version is written: what it
    holds already may stay in it.
    """
    return [_tableable(state, proposal) for state in cases if _concerns(committee, state)]


def _concerns(committee: CommitteeState, state: CaseState) -> bool:
    """Whether the committee may have to decide on a case, or to note that it is withdrawn."""
    if state.is_open:
        return True
    if state.stage is not Stage.WITHDRAWN or state.kind.withdraws is None:
        return False
    return committee.ground.numbers.isdisjoint({state.case, state.number or state.case})


def _tableable(state: CaseState, proposal: int | None) -> Tableable:
    outcomes, refused = _outcomes(state)
    why_not = refused if not outcomes else None
    if why_not is None and state.tabled is not None and state.tabled.proposal != proposal:
        where = state.tabled.number or f"the draft P{state.tabled.proposal}"
        why_not = f"it lies on the committee's table already, in {where}"
    return Tableable(
        case=state.case,
        place=int(state.case.rpartition("/")[2]),
        kind=state.kind_name,
        number=state.number,
        title=state.title,
        stage=state.stage,
        tabled=None if state.tabled is None else state.tabled.proposal,
        outcomes=outcomes,
        why_not=why_not,
    )


def _outcomes(state: CaseState) -> tuple[tuple[Outcome, ...], str | None]:
    """Return what a case may be given now, and why it may not be accepted where it may not."""
    found: dict[str, Outcome] = {}
    items: list[dict[str, object]] = []
    refused = None
    for name in OUTCOMES:
        try:
            item = item_of(state, {"case": state.case, "outcome": name})
        except Refusal as refusal:
            refused = str(refusal) if name == ACCEPTED else refused
            continue
        kind = KINDS[item["kind"]]
        types = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        sound = "result" not in item or _takes(types["result"], item["result"])
        if sound and item not in items:  # of some kinds, accepted and approved are one
            items.append(item)
            found[name] = _outcome(name, state, kind, item, types)
    return tuple(found.values()), refused


def _outcome(
    name: str,
    state: CaseState,
    kind: type[Item],
    item: dict[str, object],
    types: dict[str, object],
) -> Outcome:
    """Return an outcome with what its item leaves open, and no door fills in.

    Numbers are the committee's to give, the audit is the entity's.
    """
    given = {"previous", state.kind.work, *(("number",) if kind.mints is not None else ())}
    says = {
        member: type_
        for member, type_ in types.items()
        if item.get(member) is None and member not in given
    }
    must = frozenset(member for member, type_ in says.items() if not may_be_null(type_))
    return Outcome(name, str(kind.__struct_config__.tag), says, must)


def _takes(type_: object, value: object) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True
