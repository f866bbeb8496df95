"""Which envelopes may be accepted at this place in the log.

`check_…` says whether a founding, an appointment or an engine statement may be accepted; a side's
own authority alone changes its own people and keys, and the threshold is counted inside that
authority, never across the sides. Applying what was accepted is the roster's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policies.proof.acts import check_acts, require_free, require_scheme
from policies.proof.checkpoint import is_independent
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.reading import read, require_context
from policies.proof.roster import (
    Holder,
    Roster,
    engine_keys,
    founding_keys,
)
from policies.proof.statements import (
    AddKey,
    Appointment,
    Authority,
    ChangeAuthority,
    Engine,
    Founding,
    LogName,
    Witnesses,
)
from policies.refusals import (
    AppointmentError,
    FoundingError,
    KeyTakenError,
    NotEntitledError,
    Refusal,
    SealError,
    SignatureNotGenuineError,
)
from policies.sides import Committee

# The founding


def check_founding(envelope: Envelope) -> Founding:
    """Return the founding that an envelope says, if both sides' authorities have signed it.

    Raises `FoundingError`, `KeyRecordError`, `KeyTakenError` or `SealError`.
    """
    founding = read(envelope, Founding)
    require_sound_founding(founding)
    committee = Committee.parse(founding.committee)
    authorities = founding.sides
    known = {key.keyid for authority in authorities.values() for key in authority.keys}
    _require_only(envelope, known)
    for side in committee.sides:
        _require_threshold(envelope, authorities[side], side, FoundingError)
    return founding


def require_sound_founding(founding: Founding) -> None:
    """Refuse a founding that no signature could make good.

    Raises `FoundingError`, `KeyRecordError` or `KeyTakenError`.
    """
    committee = Committee.parse(founding.committee)
    require_sound_sides(committee, founding.sides)
    _require_distinct(founding_keys(founding))
    _require_log_schemes(founding.log, FoundingError)
    _require_quorum(founding.witnesses, committee)


def require_sound_sides(committee: Committee, sides: Mapping[str, Authority]) -> None:
    """Refuse authorities that are not those of both sides, or that share or lack keys.

    Raises `FoundingError`, `KeyRecordError` or `KeyTakenError`.
    """
    if set(sides) != set(committee.sides):
        message = (
            f"a founding of {committee.code} has the sides {' and '.join(committee.sides)},"
            f" this has {', '.join(sorted(sides)) or 'none'}"
        )
        raise FoundingError(message)
    _require_distinct(("authority", side, key) for side in sides for key in sides[side].keys)
    for side, authority in sides.items():
        _require_sound_authority(authority, f"the authority of {side}", FoundingError)


def require_sound_witnesses(committee: Committee, witnesses: Witnesses) -> None:
    """Refuse witnesses of no side, with unsuitable keys, or whose quorum is one side's alone.

    Raises `FoundingError`, `KeyRecordError` or `KeyTakenError`.
    """
    _require_distinct(("witness", witness.side, witness.key) for witness in witnesses.keys)
    _require_quorum(witnesses, committee)


# Appointments


def check_appointment(roster: Roster, envelope: Envelope) -> Appointment:
    """Return the appointment that an envelope says, if it may be accepted at this place.

    It must follow its side's last one, be signed by that side's authority alone (and, where it
    changes the authority, by the new one too) and by every key it adds. Raises `AppointmentError`,
    `KeyTakenError`, `KeyRecordError`, `ContextError` or `SealError`.
    """
    appointment = read(envelope, Appointment)
    require_context(appointment, roster.committee.code, roster.founding)
    side = appointment.side
    _require_side(roster, side)
    _require_next(roster, appointment)
    owners = {act.key.keyid: act.person for act in appointment.acts if isinstance(act, AddKey)}
    added = [act.key for act in appointment.acts if isinstance(act, AddKey)]
    authority, changes = roster.authorities[side], _changes(appointment)
    new = [key for change in changes for key in change.keys if key not in authority.keys]
    usable = _usable(roster, authority)
    _require_only(envelope, {key.keyid for key in (*usable.keys, *added, *new)})
    _require_threshold(envelope, usable, side, AppointmentError)
    _require_sound_changes(appointment)
    for change in changes:
        _require_threshold(envelope, change, side, AppointmentError)
    for key in (*added, *new):
        _require_own_signature(envelope, key, owners.get(key.keyid))
    check_acts(roster, appointment)
    return appointment


def require_sound_appointment(roster: Roster, appointment: Appointment) -> None:
    """Refuse an appointment that no signature could make good at this place.

    Raises `AppointmentError`, `KeyTakenError` or `KeyRecordError`.
    """
    _require_side(roster, appointment.side)
    _require_sound_changes(appointment)
    check_acts(roster, appointment)


# Engine statements


def check_engine(roster: Roster, envelope: Envelope) -> Engine:
    """Return the engine statement of an envelope, if both sides' authorities have signed it."""
    engine = read(envelope, Engine)
    require_context(engine, roster.committee.code, roster.founding)
    usable = {side: _usable(roster, roster.authorities[side]) for side in roster.committee.sides}
    _require_only(envelope, {key.keyid for a in usable.values() for key in a.keys})
    for side, authority in usable.items():
        _require_threshold(envelope, authority, side, AppointmentError)
    require_sound_engine(roster, engine)
    return engine


def require_sound_engine(roster: Roster, engine: Engine) -> None:
    """Refuse an engine statement that no signature could make good at this place.

    Raises `AppointmentError`, `FoundingError`, `KeyTakenError` or `KeyRecordError`.
    """
    if engine.seq != roster.engine_seq + 1 or engine.prev != roster.engine_head:
        message = f"engine statement {roster.engine_seq + 1} must follow {roster.engine_head}"
        raise AppointmentError(message)
    _require_quorum(engine.witnesses, roster.committee)
    _require_log_schemes(engine.log, AppointmentError)
    if (engine.old_log is None) != (engine.log == roster.log):
        message = "a new log key names where the old log ended; an unchanged one does not"
        raise AppointmentError(message)
    _require_distinct((holder, None, key) for holder, key in engine_keys(engine))
    for holder, key in engine_keys(engine):
        _require_free_or_same(roster, key, holder)


# A government's own word


def require_authority(roster: Roster, envelope: Envelope, side: str) -> None:
    """Refuse an envelope that a side's authority, and it alone, has not signed to its threshold.

    Raises `NotEntitledError`, `SealError` or `SignatureNotGenuineError`.
    """
    if side not in roster.authorities:
        message = f"{side} is no side of {roster.committee.code}"
        raise NotEntitledError(message)
    usable = _usable(roster, roster.authorities[side])
    _require_only(envelope, {key.keyid for key in usable.keys})
    _require_threshold(envelope, usable, side, NotEntitledError)


# The record key


def require_recorded(roster: Roster, envelope: Envelope) -> None:
    """Refuse an envelope that the record key, and it alone, has not signed."""
    if [signature.keyid for signature in envelope.signatures] != [roster.record.keyid]:
        message = "this must be signed by the committee's record key, and by it alone"
        raise NotEntitledError(message)
    roster.record.verify_envelope(envelope)


# What both kinds of checks share


def _require_distinct(keys: Iterable[tuple[Holder, str | None, KeyRecord]]) -> None:
    seen: dict[str, Holder] = {}
    for holder, _side, key in keys:
        key.require_sound(f"a key of the {holder}")
        require_scheme(holder, key)
        if key.keyid in seen:
            message = f"key {key.keyid[:16]}… stands twice ({seen[key.keyid]} and {holder})"
            raise KeyTakenError(message)
        seen[key.keyid] = holder


def _require_sound_authority(authority: Authority, what: str, error: type[Refusal]) -> None:
    if authority.threshold > len(authority.keys):
        message = f"{what} needs {authority.threshold} of {len(authority.keys)} keys"
        raise error(message)
    if len({key.keyid for key in authority.keys}) != len(authority.keys):
        message = f"{what} names a key twice"
        raise KeyTakenError(message)
    for key in authority.keys:
        key.require_sound(f"a key of {what}")


def _require_sound_changes(appointment: Appointment) -> None:
    what = f"the new authority of {appointment.side}"
    for change in _changes(appointment):
        _require_sound_authority(change, what, AppointmentError)


def _require_quorum(witnesses: Witnesses, committee: Committee) -> None:
    for witness in witnesses.keys:
        if witness.side not in (None, *committee.sides):
            message = f"witness {witness.name}: {witness.side} is no side of {committee.code}"
            raise FoundingError(message)
    names = {witness.name for witness in witnesses.keys}
    if len(names) != len(witnesses.keys):
        message = "two witnesses have one name"
        raise FoundingError(message)
    if bool(names) != bool(witnesses.quorum) or any(
        not enough or not set(enough) <= names for enough in witnesses.quorum
    ):
        message = "the quorum must name sets of the witnesses, and be empty without witnesses"
        raise FoundingError(message)
    behind = {witness.name: witness.side for witness in witnesses.keys}
    for enough in witnesses.quorum:
        if not is_independent({behind[name] for name in enough}, committee.sides):
            message = (
                f"the quorum {', '.join(enough)} is one side's alone; it takes a witness of each"
                " side, or one side's and a third (side null)"
            )
            raise FoundingError(message)


def _require_log_schemes(log: LogName, error: type[Refusal]) -> None:
    also = log.keys[1:]
    if log.key.scheme != "ed25519" or any(key.scheme != "ml-dsa-44" for key in also):
        message = "the log's key must be Ed25519, its post-quantum key ML-DSA-44 (C2SP notes)"
        raise error(message)


def _require_side(roster: Roster, side: str) -> None:
    if side not in roster.authorities:
        message = f"{side} is no side of {roster.committee.code}"
        raise AppointmentError(message)


def _require_only(envelope: Envelope, known: set[str]) -> None:
    for signature in envelope.signatures:
        if signature.keyid not in known:
            message = f"key {signature.keyid[:16]}… has signed and has no part in this"
            raise SealError(message)


def _require_threshold(
    envelope: Envelope, authority: Authority, side: str, error: type[Refusal]
) -> None:
    """Count genuine signatures of this side's authority alone."""
    keyids = {signature.keyid for signature in envelope.signatures}
    genuine = 0
    for key in authority.keys:
        if key.keyid in keyids:
            key.verify_envelope(envelope)
            genuine += 1
    if genuine < authority.threshold:
        message = (
            f"{genuine} of the {authority.threshold} needed signatures of the authority of {side}"
            " are here; the other side's do not count for it"
        )
        raise error(message)


def _require_own_signature(envelope: Envelope, key: KeyRecord, person: str | None) -> None:
    key.require_sound()
    try:
        key.verify_envelope(envelope)
    except SignatureNotGenuineError:
        whose = "" if person is None else f" of {person}"
        message = f"the added key {key.keyid[:16]}…{whose} must sign the appointment itself"
        raise AppointmentError(f"{message}; hand in all its signatures together") from None


def _usable(roster: Roster, authority: Authority) -> Authority:
    """Leave out keys of an authority that were marked as compromised."""
    keys = tuple(key for key in authority.keys if roster.keys[key.keyid].active)
    return Authority(keys=keys, threshold=authority.threshold)


def _changes(appointment: Appointment) -> list[Authority]:
    changes = [act.authority for act in appointment.acts if isinstance(act, ChangeAuthority)]
    if len(changes) > 1:
        message = "an appointment changes its authority once at most"
        raise AppointmentError(message)
    return changes


def _require_next(roster: Roster, appointment: Appointment) -> None:
    side = appointment.side
    seq, head = roster.seqs[side] + 1, roster.heads[side]
    if appointment.seq != seq or appointment.prev != head:
        message = (
            f"the next appointment of {side} is number {seq} and follows"
            f" {head[:16] + '…' if head else 'none'}; this is number {appointment.seq} after"
            f" {appointment.prev[:16] + '…' if appointment.prev else 'none'}"
        )
        raise AppointmentError(message)


def _require_free_or_same(roster: Roster, key: KeyRecord, holder: Holder) -> None:
    key.require_sound(f"the {holder} key")
    place = roster.keys.get(key.keyid)
    if place is not None and not (place.holder == holder and place.active):
        require_free(roster, key)
