"""Who may report an issuance: a side's registry, with a key that its own authority appointed."""

from __future__ import annotations

from datetime import date

from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.roster import Person, Roster
from policies.proof.statements import Acknowledgement
from policies.refusals import NotEntitledError, SealError


def check_acknowledgement(roster: Roster, envelope: Envelope, day: date) -> Person:
    """Return the registry whose report an envelope is, if it may be accepted on that day.

    Raises `ContextError`, `SealError`, `NotEntitledError` or `SignatureNotGenuineError`.
    """
    said = read(envelope, Acknowledgement)
    require_context(said, roster.committee.code, roster.founding)
    if len(envelope.signatures) != 1:
        message = f"a report has one signature, its registry's; this has {len(envelope.signatures)}"
        raise SealError(message)
    keyid = envelope.signatures[0].keyid
    registry = roster.registry(keyid, day)
    if registry is None:
        message = f"key {keyid[:16]}… is no key in use of a registry of {said.committee} on {day}"
        raise NotEntitledError(message)
    if registry.side != said.side:
        message = (
            f"{registry.name} is the registry of {registry.side}, the report is of {said.side}"
        )
        raise NotEntitledError(message)
    roster.keys[keyid].key.verify_envelope(envelope)
    return registry
