"""What the feed tells: one CloudEvent, read strictly where this registry relies on it."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import msgspec

from governance.reference_registry.refusals import AnswerError

ISSUANCE_DECIDED = "org.jcm.issuance.decided.v1"
ISSUANCE_CORRECTED = "org.jcm.issuance.corrected.v1"
OF_CREDITS = {ISSUANCE_DECIDED: "issuance", ISSUANCE_CORRECTED: "correction"}
"""The types that this registry acts on, and the kind of item behind each; it notes the others."""

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Sequence = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,19}\Z")]
_Count = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
_Path = Annotated[str, msgspec.Meta(pattern=r"\A/[A-Za-z0-9%._~-][A-Za-z0-9%._~/-]{0,500}\Z")]


class Told(msgspec.Struct, frozen=True):
    """A CloudEvent as it was told; members that are not named here are kept and not read."""

    specversion: str
    id: _Text
    source: _Text
    type: _Text
    sequence: _Sequence
    data: dict[str, Any]
    raw: bytes = b""

    @property
    def position(self) -> int:
        """Its place in the feed."""
        return int(self.sequence)

    @property
    def digest(self) -> str:
        """What its type and data say, as a digest: data that were told never change."""
        said = msgspec.json.encode([self.type, self.data], order="deterministic")
        return hashlib.sha256(said).hexdigest()


class Credits(msgspec.Struct, frozen=True):
    """The data of an event about credits, as far as this registry compares them."""

    committee: str
    side: str
    decision: str
    number: str
    item: _Count
    kind: str
    subject: str | None
    title: str
    adopted_on: str
    amount: int | None
    bundle: _Path
    founding: str
    monitoring_period: list[str] | None = None
    replaces: dict[str, Any] | None = None


def read_event(raw: bytes) -> Told:
    """Read one event; `AnswerError` where it cannot even be noted."""
    try:
        told = msgspec.json.decode(raw, type=Told)
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f"the feed holds what is no event of it: {error}"
        raise AnswerError(message) from None
    if told.specversion != "1.0":
        message = f"event {told.id} is of CloudEvents {told.specversion}; 1.0 is read here"
        raise AnswerError(message)
    return msgspec.structs.replace(told, raw=raw)


def read_batch(body: bytes, after: int) -> list[Told]:
    """Read a page of the feed; `AnswerError` unless its positions rise from `after`."""
    try:
        events = [
            read_event(bytes(raw)) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])
        ]
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f"the feed's page is no list of events: {error}"
        raise AnswerError(message) from None
    for told in events:
        if told.position <= after:
            message = f"the feed goes back: {told.position} comes after {after}"
            raise AnswerError(message)
        after = told.position
    return events


def read_credits(told: Told) -> Credits:
    """Read the data of an event about credits; `AnswerError` names the member that is wrong."""
    try:
        return msgspec.convert(told.data, Credits)
    except msgspec.ValidationError as error:
        message = f"the data of {told.id} are not those of {told.type}: {error}"
        raise AnswerError(message) from None
