"""Reading what an envelope says: in its one canonical form, in its context, and whole.

What is judged here is judged once, when an envelope comes in; replaying reads what was recorded.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from policies.proof.canonical import is_digest
from policies.proof.dsse import MAX_ENVELOPE, Envelope, Signature
from policies.proof.statements import (
    ROOM_FOR_SIGNATURES,
    STATEMENTS,
    Belonging,
    Statement,
)
from policies.refusals import ContextError, TooLargeError, UnreadableError

BY_TYPE = {statement.payload_type: statement for statement in STATEMENTS}

S = TypeVar("S", bound=Statement)


def read(envelope: Envelope, kind: type[S]) -> S:
    """Read an envelope's statement; raise `ContextError` if it is of another kind.

    Raises `UnreadableError` naming the member that is missing, unknown or of the wrong type.
    """
    if envelope.payload_type != kind.payload_type:
        message = f"this is {envelope.payload_type!r}, expected {kind.payload_type!r}"
        raise ContextError(message)
    return _strictly(envelope, kind)


def read_recorded(envelope: Envelope, kind: type[S]) -> S:
    """Read the statement of an envelope that was judged before it was recorded.

    For replaying alone: that the payload is in its one canonical form is not judged again.
    """
    statement: S = _DECODERS[kind].decode(envelope.payload)
    return statement


def read_any(envelope: Envelope) -> Statement:
    """Read an envelope's statement of whatever kind it names."""
    kind = BY_TYPE.get(envelope.payload_type)
    if kind is None:
        message = f"{envelope.payload_type!r} is no kind of statement known here"
        raise ContextError(message)
    return _strictly(envelope, kind)


def read_entry(data: bytes) -> tuple[Envelope, Statement]:
    """Read an envelope's bytes with what it says, each in its one form; raises as both do alone.

    Bytes that their own types give back as they are were canonical; anything else is read the slow
    way, which says what is wrong with it.
    """
    envelope = _quickly(data) or Envelope.from_bytes(data, "the entry")
    return envelope, read_any(envelope)


def read_entry_recorded(data: bytes) -> tuple[Envelope, Statement]:
    """Read an envelope's bytes, judged before, with what it says; `ContextError` if unreadable."""
    try:
        found = _ENVELOPE.decode(data)
        envelope = Envelope(found.payloadType, found.payload, found.signatures)
        return envelope, read_recorded(envelope, BY_TYPE[found.payloadType])
    except (msgspec.MsgspecError, LookupError, ValueError) as error:
        message = f"what was good before is not readable: {error}"
        raise ContextError(message) from None


def require_whole(statement: Statement) -> Envelope:
    """Return a statement's envelope, having read it back as everybody else will.

    Raises `UnreadableError` naming the member that nobody could read, or `TooLargeError`.
    """
    envelope = statement.envelope()
    size = len(envelope.to_bytes())
    if size > MAX_ENVELOPE - ROOM_FOR_SIGNATURES:
        message = (
            f"the {_name(type(statement))} has {size} bytes as an envelope;"
            f" {MAX_ENVELOPE - ROOM_FOR_SIGNATURES} are allowed: put longer texts into annexes"
        )
        raise TooLargeError(message)
    read_any(envelope)
    return envelope


def require_context(statement: Belonging, committee: str, founding: str) -> None:
    """Refuse a statement that was made for another committee or another founding."""
    if statement.committee != committee:
        message = f"this was made for {statement.committee}, not for {committee}"
        raise ContextError(message)
    if statement.founding != founding:
        message = (
            f"this belongs to the founding {statement.founding[:16]}…, not to"
            f" {founding[:16]}… of {committee} (a rehearsal, or another record)"
        )
        raise ContextError(message)


_DECODERS: dict[type[Statement], msgspec.json.Decoder[Any]] = {
    statement: msgspec.json.Decoder(statement) for statement in STATEMENTS
}
_SORTED = msgspec.json.Encoder(order="sorted")


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    payload: bytes
    payloadType: str  # noqa: N815 - the member's name
    signatures: tuple[Signature, ...]


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def _quickly(data: bytes) -> Envelope | None:
    """Return an envelope of a known kind whose bytes are in the strict form, or null to look."""
    try:
        found = _ENVELOPE.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    keyids = [signature.keyid for signature in found.signatures]
    strict = (
        len(data) <= MAX_ENVELOPE
        and found.payloadType in BY_TYPE
        and keyids == sorted(set(keyids))
        and all(map(is_digest, keyids))
        and _SORTED.encode(found) == data
    )
    return Envelope(found.payloadType, found.payload, found.signatures) if strict else None


def _strictly(envelope: Envelope, kind: type[S]) -> S:
    """Read a payload in its one canonical form.

    A payload that its own type, written with sorted members, gives back byte for byte is canonical:
    the types have no floats, no integers of 2^53 or more, and no members outside ASCII. Anything
    else is read the slow way, which says what is wrong with it.
    """
    try:
        statement: S = _DECODERS[kind].decode(envelope.payload)
        if _SORTED.encode(statement) == envelope.payload:
            return statement
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    return _convert(envelope.value, kind)


def _convert(value: Any, kind: type[S]) -> S:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = f"the {_name(kind)} is not well formed: {error}"
        raise UnreadableError(message) from None


def _name(kind: type[Statement]) -> str:
    return kind.payload_type.split(".")[2]
