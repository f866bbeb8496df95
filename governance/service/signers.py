"""Whose signature a statement wants, as far as the statement itself can tell."""

from __future__ import annotations

from policies.proof.dsse import Envelope
from policies.proof.reading import read_any
from policies.proof.roster import Roster, engine_keys
from policies.proof.statements import (
    AddKey,
    Appointment,
    Call,
    ChangeAuthority,
    Closed,
    Distribution,
    Engine,
    Founding,
    Receipt,
    RollCall,
    Statement,
)
from policies.refusals import NotEntitledError


def doubt_about(envelope: Envelope, keyid: str) -> str | None:
    """Return what a key's holder should know before signing, in neutral words, or null.

    An appointment names the keys that it adds, not the authority that it has already. Raises
    `NotEntitledError` where the statement names every key that may sign it, and not this one.
    """
    statement = read_any(envelope)
    match statement:
        case Founding(sides=sides):
            if any(key.keyid == keyid for side in sides.values() for key in side.keys):
                return None
            message = (
                f"key {keyid[:16]}… is of neither authority that this founding names; it would be"
                " refused with this signature"
            )
            raise NotEntitledError(message)
        case RollCall(keyid=named) if named != keyid:
            message = f"this is the answer of key {named[:16]}…, and is signed by it alone"
            raise NotEntitledError(message)
        case Call() | Distribution() | Receipt() | Closed():
            message = f"{_what(statement)} is signed by the committee's record key alone"
            raise NotEntitledError(message)
        case Engine() if keyid in {key.keyid for _holder, key in engine_keys(statement)}:
            message = (
                f"key {keyid[:16]}… is one that the statement names; the authorities of both sides"
                " sign it, and they alone"
            )
            raise NotEntitledError(message)
        case Appointment(side=side):
            if keyid in _named(statement):
                return None
            return f"key {keyid[:16]}… signs as the authority of {side}, if it is one of its keys"
    return None


def owner_named_in(statement: Statement, keyid: str) -> str | None:
    """Return whose key it is by a founding's or an appointment's own word, or null."""
    match statement:
        case Founding(sides=sides):
            for side, authority in sides.items():
                if any(key.keyid == keyid for key in authority.keys):
                    return f"of {side}'s authority"
        case Appointment(side=side, acts=acts):
            for act in acts:
                if isinstance(act, AddKey) and act.key.keyid == keyid:
                    return f"of {act.person} ({side}), whom it adds the key for"
            if keyid in _named(statement):
                return f"of {side}'s authority as it is to be"
    return None


def owner_on_the_roster(roster: Roster, keyid: str) -> str | None:
    """Return whose key it is, and whether it still counts; null for a key that nobody has."""
    place = roster.keys.get(keyid)
    if place is None:
        return None
    person = roster.people.get(place.person or "")
    if person is not None:
        owner = f"of {person.name} ({person.person}, {person.side})"
    else:
        owner = f"of {place.side}'s {place.holder}" if place.side else f"the {place.holder} key"
    return owner if place.active else f"{owner}, which is no longer used"


def _named(appointment: Appointment) -> set[str]:
    named = set()
    for act in appointment.acts:
        if isinstance(act, AddKey):
            named.add(act.key.keyid)
        elif isinstance(act, ChangeAuthority):
            named.update(key.keyid for key in act.authority.keys)
    return named


def _what(statement: Statement) -> str:
    return f"a {type(statement).__name__.lower()}"
