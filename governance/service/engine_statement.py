"""The statement by which both authorities replace the record key, the log's keys, or witnesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from aggregates.committee.state import CommitteeState
from governance.keys.engine import EngineKeys, Purpose
from governance.keys.files import PrivateKey
from governance.keys.notes import NoteSigner
from policies.proof.authority import require_sound_engine
from policies.proof.keys import KeyRecord
from policies.proof.reading import require_whole
from policies.proof.roster import Roster
from policies.proof.statements import Engine, LogName, OldLog, Witnesses
from policies.refusals import AppointmentError, UnreadableError
from policies.texts import require_readable

Planned = KeyRecord | Literal["new"] | None
"""A key by its record; ``new``: the engine makes it, below its own; null: as it is."""
_Make = Callable[[Purpose], KeyRecord]


class LogPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of the log; what is left out stays. A log may gain a post-quantum key."""

    origin: str | None = None
    key: Planned = None
    post_quantum: Planned = None


class EnginePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``jcgov committee engine`` reads; what is left out stays as it is.

    `old_log` says where a log ended that is changed, where that is not the last checkpoint here.
    """

    record: Planned = None
    log: LogPlan = LogPlan()
    old_log: OldLog | None = None
    witnesses: Witnesses | None = None


def engine_request(state: CommitteeState, keys: EngineKeys, plan: Any, ended: OldLog) -> Engine:
    """Return the committee's next engine statement, for both authorities to sign.

    `ended` is the log's last published checkpoint. Keys that are to be new are made when nothing
    else is wrong. Raises `UnreadableError` naming the member of the plan that is wrong,
    `HiddenTextError`, `AppointmentError` for a plan that changes nothing, and the refusals of
    `require_sound_engine`.
    """
    roster, code = state.roster, state.committee.code
    read_plan = _read(plan)

    def made(purpose: Purpose) -> KeyRecord:
        return keys.renew(code, purpose, frozenset(roster.keys))

    _stated(roster, read_plan, ended, _tried)
    return _stated(roster, read_plan, ended, made)


def _tried(purpose: Purpose) -> KeyRecord:
    """Return a key that is thrown away: to see what else is wrong before one is made."""
    if purpose == "log-ml-dsa-44":
        return NoteSigner.new("ml-dsa-44").record
    return PrivateKey.new("ed25519").record


def _read(plan: Any) -> EnginePlan:
    require_readable(plan, "plan")
    try:
        return msgspec.convert(plan, EnginePlan)
    except msgspec.ValidationError as error:
        message = f"the engine's plan is not well formed: {error}"
        raise UnreadableError(message) from None


def _stated(roster: Roster, plan: EnginePlan, ended: OldLog, made: _Make) -> Engine:
    now = roster.log
    log = LogName(
        origin=plan.log.origin or now.origin,
        key=_key(plan.log.key, "log", made) or now.key,
        post_quantum=_key(plan.log.post_quantum, "log-ml-dsa-44", made) or now.post_quantum,
    )
    engine = Engine(
        committee=roster.committee.code,
        founding=roster.founding,
        seq=roster.engine_seq + 1,
        prev=roster.engine_head,
        record=_key(plan.record, "record", made) or roster.record,
        log=log,
        old_log=plan.old_log if log == now else plan.old_log or ended,
        witnesses=plan.witnesses or roster.witnesses,
    )
    if (engine.record, engine.log, engine.witnesses) == (roster.record, now, roster.witnesses):
        message = "the plan changes nothing: name a record key, a log key, an origin or witnesses"
        raise AppointmentError(message)
    require_sound_engine(roster, engine)
    require_whole(engine)
    return engine


def _key(planned: Planned, purpose: Purpose, made: _Make) -> KeyRecord | None:
    return made(purpose) if isinstance(planned, str) else planned
