"""The engine statement by which both authorities name keys in place of those that were lost."""

from __future__ import annotations

from pathlib import Path

from governance.assembly import engine_there
from governance.service import engine_statement
from governance.service.checkpoints import log_ended
from governance.service.requests import Request
from governance.settings import Settings

LOST = {"record": "new", "log": {"key": "new", "post_quantum": "new"}}
"""The plan: the keys that lay on the machine, all of them, are replaced."""


def engine_request(home: Path, committee: str) -> bytes:
    """Return the request to sign the statement; makes the new keys in the home's keys."""
    with engine_there(Settings(home, home / "keys")) as made:
        ended = log_ended(made.record, committee)
        state = made.desk.load(committee)
        statement = engine_statement.engine_request(state, made.keys, LOST, ended)
    return Request(statement.envelope(), {}).to_bytes()
