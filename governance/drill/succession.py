"""The engine statement by which both authorities name a new record key."""

from __future__ import annotations

from pathlib import Path

from governance.assembly import reading_desk
from governance.keys.engine import EngineKeys
from governance.service.requests import Request
from governance.settings import Settings
from policies.proof.statements import Engine, LogName


def engine_request(home: Path, committee: str) -> bytes:
    """Return the request to sign the statement; makes the new key in the home's keys."""
    settings = Settings(home, home / "keys")
    with reading_desk(settings) as desk:
        roster = desk.load(committee).roster
    record, _log = EngineKeys(settings.keys).prepare(committee)
    statement = Engine(
        committee=committee,
        founding=roster.founding,
        seq=roster.engine_seq + 1,
        prev=roster.engine_head,
        record=record,
        log=LogName(origin=roster.log_origin, key=roster.log_key),
        old_log=None,
        witnesses=roster.witnesses,
    )
    return Request(statement.envelope(), {}).to_bytes()
