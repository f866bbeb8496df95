"""The yearly roll-call: which keys are called, and whether an answer is that key's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policies.proof.authority import require_recorded
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.roster import KeyPlace, Roster
from policies.proof.statements import Call, RollCall
from policies.refusals import NotEntitledError, SealError


def called(roster: Roster, day: date) -> Iterator[KeyPlace]:
    """Yield the keys that answer a call: the authorities', and those of whoever holds a role.

    The engine's own keys and the witnesses' sign all the time, and are not called.
    """
    for side in roster.committee.sides:
        for place in roster.keys.values():
            if place.side == side and place.active and _is_called(roster, place, day):
                yield place


def _is_called(roster: Roster, place: KeyPlace, day: date) -> bool:
    if place.holder == "authority":
        return True
    return place.person is not None and bool(roster.people[place.person].roles(day))


def check_call(roster: Roster, envelope: Envelope) -> Call:
    """Return the call that an envelope says, if the record key, and it alone, has signed it.

    Raises `ContextError`, `NotEntitledError` or `SignatureNotGenuineError`.
    """
    call = read(envelope, Call)
    require_context(call, roster.committee.code, roster.founding)
    require_recorded(roster, envelope)
    return call


def check_answer(roster: Roster, envelope: Envelope) -> RollCall:
    """Return the answer that an envelope says, if the key that it names, and no other, signed it.

    Whether it answers the call of its year is for whoever knows the calls. Raises `ContextError`,
    `SealError`, `NotEntitledError` or `SignatureNotGenuineError`.
    """
    said = read(envelope, RollCall)
    require_context(said, roster.committee.code, roster.founding)
    if [signature.keyid for signature in envelope.signatures] != [said.keyid]:
        message = (
            f"an answer to the roll-call is signed by the key that it names ({said.keyid[:16]}…)"
        )
        raise SealError(f"{message}, and by it alone")
    place = roster.keys.get(said.keyid)
    if place is None or place.holder not in ("person", "authority"):
        message = f"key {said.keyid[:16]}… is no key of a side of {said.committee}"
        raise NotEntitledError(message)
    if (place.side, place.person) != (said.side, said.person):
        whose = place.person or f"the authority of {place.side}"
        message = f"key {said.keyid[:16]}… is a key of {whose}; the answer says otherwise"
        raise NotEntitledError(message)
    if not place.active:
        message = f"key {said.keyid[:16]}… of {said.side} is no longer in use; it answers no call"
        raise NotEntitledError(message)
    place.key.verify_envelope(envelope)
    return said
