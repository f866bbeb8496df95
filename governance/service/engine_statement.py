"""The engine statement that both sides' authorities sign: other engine keys, other witnesses."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from aggregates.committee.state import CommitteeState
from governance.keys.engine import EngineKeys, Purpose
from policies.proof.authority import require_sound_engine
from policies.proof.keys import KeyRecord
from policies.proof.statements import Engine, LogName, OldLog, Witnesses
from policies.refusals import UnreadableError
from policies.texts import require_readable


class EnginePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``jcgov committee engine`` reads; what is absent stays as it is.

    `new_keys` names the keys that are made anew: ``record``, ``log``, ``log-ml-dsa-44``. A log
    without a post-quantum key gains one by the last.
    """

    committee: str
    witnesses: Witnesses | None = None
    new_keys: tuple[Purpose, ...] = ()
    origin: str | None = None


def read_engine_plan(plan: Any) -> EnginePlan:
    """Return a plan that is well formed; raises `UnreadableError` or `HiddenTextError`."""
    require_readable(plan, "plan")
    try:
        return msgspec.convert(plan, EnginePlan)
    except msgspec.ValidationError as error:
        message = f"the plan of an engine statement is not well formed: {error}"
        raise UnreadableError(message) from None


def engine_request(
    state: CommitteeState, plan: EnginePlan, keys: EngineKeys, ended: OldLog
) -> Engine:
    """Return the committee's next engine statement, making the keys that the plan wants anew.

    `ended` is the log's last published checkpoint, which a statement that changes the log names.
    Raises `UnreadableError` for a plan that changes nothing, and what `require_sound_engine`
    raises for what no signature could make good.
    """
    roster = state.roster
    used = frozenset(roster.keys)
    new: dict[Literal["record", "log", "log-ml-dsa-44"], KeyRecord] = {
        purpose: keys.renew(state.committee.code, purpose, used) for purpose in plan.new_keys
    }
    log = LogName(
        origin=plan.origin or roster.log.origin,
        key=new.get("log", roster.log.key),
        post_quantum=new.get("log-ml-dsa-44", roster.log.post_quantum),
    )
    engine = Engine(
        committee=state.committee.code,
        founding=roster.founding,
        seq=roster.engine_seq + 1,
        prev=roster.engine_head,
        record=new.get("record", roster.record),
        log=log,
        old_log=None if log == roster.log else ended,
        witnesses=roster.witnesses if plan.witnesses is None else plan.witnesses,
    )
    now = (roster.record, roster.log, roster.witnesses)
    if (engine.record, engine.log, engine.witnesses) == now:
        message = "the plan changes neither keys nor log nor witnesses"
        raise UnreadableError(message)
    require_sound_engine(roster, engine)
    return engine
