"""What the tests of succession share: appointments that anybody may have signed."""

from __future__ import annotations

from typing import Any

from governance import assembly
from governance.service.founding import next_appointment
from governance.service.signing import Submitted
from policies.proof.dsse import Envelope
from policies.proof.statements import Appointment
from projections.signatures import Compromise, compromises, last_used
from tests.aggregates.room import CODE, Room

JP = ("mn-jp-authority-1", "mn-jp-authority-2", "mn-jp-authority-3")
MN = ("mn-mn-authority-1", "mn-mn-authority-2", "mn-mn-authority-3")


def stated(room: Room, side: str, *acts: dict[str, Any]) -> Appointment:
    """Return a side's next appointment, whatever becomes of it."""
    return next_appointment(room.state, side, list(acts))


def signed(room: Room, statement: Any, *names: str) -> Envelope:
    return room.stage.sign(statement.envelope(), *names)


def hands_in(room: Room, side: str, acts: list[dict[str, Any]], *names: str) -> Submitted:
    """Hand in a side's next appointment with the signatures of exactly these."""
    return room.stage.submit(signed(room, stated(room, side, *acts), *names))


def authority(room: Room, *names: str, threshold: int = 2) -> dict[str, Any]:
    """Return the act that makes these keys the side's authority."""
    keys = [room.stage.key(name).record.to_json() for name in names]
    return {"act": "change-authority", "authority": {"keys": keys, "threshold": threshold}}


def compromises_key(room: Room, name: str, since: str | None = None) -> dict[str, Any]:
    keyid = room.stage.key(name).record.keyid
    return {"act": "compromise-key", "keyid": keyid, "since": since}


def disputed(room: Room) -> list[Compromise]:
    """Return what the view says."""
    with assembly.library(room.stage.engine.settings) as read:
        return compromises(read.tables, CODE)


def used(room: Room) -> dict[str, str]:
    """Return when each key was used last, by the view."""
    with assembly.library(room.stage.engine.settings) as read:
        return last_used(read.tables, CODE)
