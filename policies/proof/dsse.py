"""Envelopes: DSSE v1 with a strict profile, so that one statement has one form.

The profile: the envelope's bytes are canonical; exact members; canonical base64; signatures
sorted by keyid, each keyid once; ASCII payload type; the payload itself canonical JSON.
An envelope's digest is that of its pre-authentication encoding, never of its signatures.
Source: secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from policies.proof.canonical import canonical, digest, is_digest, parse_canonical
from policies.refusals import SealError, TooLargeError

MAX_ENVELOPE = 65_535
"""Bytes of one envelope: the largest entry of a C2SP tlog-tiles log."""


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that a DSSE v1 signature is made over; `SealError` for a type not ASCII."""
    if not payload_type.isascii():
        message = f"the payload type {payload_type!r} is not ASCII"
        raise SealError(message)
    kind = payload_type.encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Signature(msgspec.Struct, frozen=True, order=True, gc=False):
    """One signature of an envelope, by the key of that id."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """A statement with the signatures under it."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @cached_property
    def pae(self) -> bytes:
        """The bytes that every signature is made over."""
        return pae(self.payload_type, self.payload)

    @cached_property
    def digest(self) -> str:
        """The statement's name: SHA-256 of the PAE, the same whoever has signed."""
        return digest(self.pae)

    @cached_property
    def value(self) -> Any:
        """The payload as a JSON value."""
        return parse_canonical(self.payload, "the payload")

    @classmethod
    def of(cls, payload_type: str, value: Any) -> Envelope:
        """Put a JSON value into an envelope that nobody has signed yet."""
        return cls(payload_type, canonical(value, "the payload"))

    @classmethod
    def from_bytes(cls, data: bytes, what: str = "the envelope") -> Envelope:
        """Read an envelope's bytes; raise `SealError` or `NotCanonicalError` if not strict."""
        if len(data) > MAX_ENVELOPE:
            message = f"{what} has {len(data)} bytes; at most {MAX_ENVELOPE} are allowed"
            raise TooLargeError(message)
        return cls.from_json(parse_canonical(data, what), what)

    @classmethod
    def from_json(cls, value: Any, what: str = "the envelope") -> Envelope:
        """Read an envelope from a JSON value that was itself read from canonical bytes."""
        if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
            message = f"{what} must have payload, payloadType and signatures, and nothing else"
            raise SealError(message)
        kind, signatures = value["payloadType"], value["signatures"]
        if not isinstance(kind, str) or not kind or not (kind.isascii() and kind.isprintable()):
            message = f"{what}: payloadType is not ASCII text"
            raise SealError(message)
        if not isinstance(signatures, list):
            message = f"{what}: signatures is not a list"
            raise SealError(message)
        envelope = cls(
            kind,
            decode_base64(value["payload"], f"{what}: payload"),
            tuple(_signature(entry, what) for entry in signatures),
        )
        keyids = [signature.keyid for signature in envelope.signatures]
        if keyids != sorted(set(keyids)):
            message = f"{what}: signatures must be sorted by keyid, each keyid once"
            raise SealError(message)
        parse_canonical(envelope.payload, f"{what}: payload")
        if len(envelope.to_bytes()) > MAX_ENVELOPE:
            message = f"{what} is larger than {MAX_ENVELOPE} bytes"
            raise TooLargeError(message)
        return envelope

    def to_json(self) -> dict[str, Any]:
        """Return the envelope as a JSON value."""
        return {
            "payload": base64.b64encode(self.payload).decode("ascii"),
            "payloadType": self.payload_type,
            "signatures": [
                {"keyid": s.keyid, "sig": base64.b64encode(s.sig).decode("ascii")}
                for s in self.signatures
            ],
        }

    def to_bytes(self) -> bytes:
        """Return the envelope's one form as bytes."""
        value = self.to_json()
        if _is_plain(self):
            return msgspec.json.encode(
                value, order="deterministic"
            )  # as RFC 8785, in a tenth of the time
        return canonical(value, "the envelope")

    def signed_by(self, *signatures: Signature) -> Envelope:
        """Return the envelope with these signatures added; a keyid that is there stays as it is."""
        merged = {s.keyid: s for s in signatures} | {s.keyid: s for s in self.signatures}
        ordered = tuple(merged[keyid] for keyid in sorted(merged))
        return Envelope(self.payload_type, self.payload, ordered)

    def unsigned(self) -> Envelope:
        """Return the statement alone."""
        return Envelope(self.payload_type, self.payload)


def _is_plain(envelope: Envelope) -> bool:
    """Whether nothing in an envelope's form needs to be escaped or ordered by RFC 8785's rules."""
    kind = envelope.payload_type
    plain = kind.isascii() and kind.isprintable() and not {'"', "\\"} & set(kind)
    return plain and all(is_digest(signature.keyid) for signature in envelope.signatures)


def decode_base64(text: Any, what: str) -> bytes:
    """Read canonical standard base64 (padding present, no stray bits or characters)."""
    if not isinstance(text, str):
        message = f"{what} is not text"
        raise SealError(message)
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        data = None
    if data is None or base64.b64encode(data).decode("ascii") != text:
        message = f"{what} is not canonical base64"
        raise SealError(message)
    return data


def _signature(entry: Any, what: str) -> Signature:
    if not isinstance(entry, dict) or set(entry) != {"keyid", "sig"}:
        message = f"{what}: a signature must have keyid and sig, and nothing else"
        raise SealError(message)
    keyid = entry["keyid"]
    if not isinstance(keyid, str) or not is_digest(keyid):
        message = f"{what}: keyid is not a lower-case hexadecimal SHA-256"
        raise SealError(message)
    return Signature(keyid, decode_base64(entry["sig"], f"{what}: sig"))
