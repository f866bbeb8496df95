"""What an appointment may do, act by act, to its own side's people and keys."""

from __future__ import annotations

from msgspec import structs

from policies.proof.keys import NOTE_SCHEMES, KeyRecord
from policies.proof.roster import Holder, Person, Roster, take_appointment
from policies.proof.statements import (
    AddKey,
    Appoint,
    Appointment,
    ChangeAuthority,
    CompromiseKey,
    End,
    RetireKey,
)
from policies.refusals import AppointmentError, KeyRecordError, KeyTakenError
from policies.sides import Role, Term


def roster_after(roster: Roster, appointment: Appointment) -> Roster:
    """Return what the roster would be; the given one stays as it is."""
    trial = roster.branch()
    take_appointment(trial, appointment, "trial")
    return trial


def check_acts(roster: Roster, appointment: Appointment) -> None:
    """Check the acts one after the other, each on the state that the ones before it leave."""
    if not appointment.acts:
        message = "the appointment does nothing"
        raise AppointmentError(message)
    trial = roster
    for act in appointment.acts:
        _check_act(trial, appointment.side, act)
        trial = roster_after(trial, structs.replace(appointment, acts=(act,)))
    _require_one_chair(trial, appointment.side)
    _require_able(trial, appointment.side)


def _require_able(roster: Roster, side: str) -> None:
    """A side that marks its authority's keys must be left able to act."""
    authority = roster.authorities[side]
    usable = sum(roster.keys[key.keyid].active for key in authority.keys)
    if usable < authority.threshold:
        message = (
            f"the authority of {side} would have {usable} usable keys and needs"
            f" {authority.threshold}; change the authority in the same appointment"
        )
        raise AppointmentError(message)


def _check_act(roster: Roster, side: str, act: object) -> None:
    match act:
        case Appoint():
            _check_appoint(roster, side, act)
        case End():
            person = _own_person(roster, side, act.person)
            if not any(role is act.role and term.ends is None for role, term in person.terms):
                open_ended = any(role is act.role for role, _ in person.terms)
                if not open_ended:
                    message = f"{person.name} ({side}) is no {act.role.value}"
                    raise AppointmentError(message)
        case AddKey():
            _own_person(roster, side, act.person)
            act.key.require_sound()
            require_scheme("person", act.key)
            require_free(roster, act.key)
        case RetireKey() | CompromiseKey():
            place = roster.keys.get(act.keyid)
            if place is None or place.side != side or place.holder == "witness":
                message = f"key {act.keyid[:16]}… is no key of {side}"
                raise AppointmentError(message)
            if isinstance(act, RetireKey) and place.holder == "authority":
                message = "a key of the authority is retired by changing the authority"
                raise AppointmentError(message)
        case ChangeAuthority():
            for key in act.authority.keys:
                if key not in roster.authorities[side].keys:
                    require_scheme("authority", key)
                    require_free(roster, key)
                elif not roster.keys[key.keyid].active:
                    message = f"key {key.keyid[:16]}… was compromised; it stays in no authority"
                    raise AppointmentError(message)


def _check_appoint(roster: Roster, side: str, act: Appoint) -> None:
    known = roster.people.get(act.person)
    if known is not None and known.side != side:
        message = f"{act.person} is of {known.side}; nobody sits on both sides"
        raise AppointmentError(message)
    if known is not None and known.name != act.name:
        message = f"{act.person} is {known.name}, not {act.name}; another person needs another id"
        raise AppointmentError(message)
    if act.ends is not None and act.ends < act.begins:
        message = f"the term of {act.name} ends on {act.ends}, before {act.begins}"
        raise AppointmentError(message)
    held = {role for role, _ in known.terms} if known is not None else set()
    if held and (act.role is Role.REGISTRY) != (Role.REGISTRY in held):
        message = (
            f"{act.name}: a registry does not sit in the committee or serve it, nor does anybody"
            " who does issue"
        )
        raise AppointmentError(message)
    if act.role is Role.ALTERNATE and Role.MEMBER not in held:
        message = f"{act.name} is no member; an alternate is named from among the members"
        raise AppointmentError(message)


def _require_one_chair(roster: Roster, side: str) -> None:
    terms = [
        (person, term)
        for person in roster.people.values()
        if person.side == side
        for role, term in person.terms
        if role is Role.CO_CHAIR
    ]
    for index, (person, term) in enumerate(terms):
        for other, theirs in terms[index + 1 :]:
            if _overlap(term, theirs):
                message = (
                    f"{person.name} and {other.name} would both be co-chair of {side}; end the"
                    " first one's role in the same appointment"
                )
                raise AppointmentError(message)


def _overlap(one: Term, other: Term) -> bool:
    return (other.ends is None or one.begins <= other.ends) and (
        one.ends is None or other.begins <= one.ends
    )


def _own_person(roster: Roster, side: str, person: str) -> Person:
    known = roster.people.get(person)
    if known is None or known.side != side:
        message = f"{side} has appointed nobody with the id {person}"
        raise AppointmentError(message)
    return known


def require_scheme(holder: Holder, key: KeyRecord) -> None:
    """Refuse a key whose scheme signs nothing that its holder signs; raises `KeyRecordError`.

    ML-DSA-44 signs checkpoints alone, of which witnesses sign nothing but cosignatures.
    """
    if holder == "witness" and key.scheme not in NOTE_SCHEMES:
        message = f"a witness cosigns with {' or '.join(NOTE_SCHEMES)}, not with {key.scheme}"
        raise KeyRecordError(message)
    if holder not in ("witness", "log") and key.scheme == "ml-dsa-44":
        message = f"a key of the scheme {key.scheme} signs checkpoints, not statements"
        raise KeyRecordError(message)


def require_free(roster: Roster, key: KeyRecord) -> None:
    """Refuse a key that has, or has had, a place in this committee: one key, one role."""
    place = roster.keys.get(key.keyid)
    if place is not None:
        message = f"key {key.keyid[:16]}… has, or has had, a place as {place.holder}: one key, one"
        raise KeyTakenError(f"{message} role")
