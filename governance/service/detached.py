"""Signatures that were made without this program: the bytes to sign, and what comes back.

What is signed is an envelope's pre-authentication encoding (PAE), with any tool that signs a file.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from governance.service.requests import Request
from governance.service.summary import summarise
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord, low_s
from policies.refusals import SignatureNotGenuineError

_P256 = "ecdsa-sha2-nistp256"
_DER_SEQUENCE = 0x30
_RAW_LENGTHS = {"ed25519": 64, "ml-dsa-65": 3309}


def summary_text(request: Request) -> str:
    """Return as plain text what somebody reads before signing the request's bytes elsewhere.

    Raises what `summarise` raises: what it cannot show is not to be signed.
    """
    lines = [
        *summarise(request),
        "",
        "What is signed is a file of these bytes, and nothing else:",
        f"  {len(request.envelope.pae):,} bytes, SHA-256 {digest(request.envelope.pae)}",
        "That SHA-256 is the digest above: compare it by telephone before you sign.",
    ]
    return "\n".join(lines) + "\n"


def wrap(request: Request, record: KeyRecord, raw: bytes) -> Envelope:
    """Return the statement with a detached signature under it.

    `raw` is the signature as the tool wrote it (P-256: DER, with either S), or its base64. Raises
    `SignatureNotGenuineError` unless that key made it over exactly these bytes, and says where it
    fits other bytes that are signed by mistake.
    """
    signature = _signature(record, raw)
    try:
        record.verify(signature, request.envelope.pae)
    except SignatureNotGenuineError as error:
        mistaken = next(_mistakes(record, signature, request), None)
        if mistaken is None:
            message = (
                f"{error}: another key's, other bytes, or a file that was damaged on its way; the"
                f" bytes to sign have the SHA-256 {request.envelope.digest}"
            )
        else:
            message = f"key {record.keyid[:16]}… has signed {mistaken}; sign what jcgov pae writes"
        raise SignatureNotGenuineError(message) from None
    return request.envelope.unsigned().signed_by(Signature(record.keyid, signature))


def _signature(record: KeyRecord, raw: bytes) -> bytes:
    """Return a signature's bytes in the one form that is accepted."""
    data = raw if _is_binary(record, raw) else _from_base64(raw)
    if record.scheme != _P256:
        return data
    try:
        return low_s(data)
    except ValueError:
        message = (
            f"the signature of key {record.keyid[:16]}… is no DER, which a P-256 signature is; make"
            " it with openssl dgst -sha256 -sign"
        )
        raise SignatureNotGenuineError(message) from None


def _is_binary(record: KeyRecord, raw: bytes) -> bool:
    length = _RAW_LENGTHS.get(record.scheme)
    return raw[:1] == bytes([_DER_SEQUENCE]) if length is None else len(raw) == length


def _from_base64(raw: bytes) -> bytes:
    """Return what a text says in base64, in lines of any length; else the bytes themselves."""
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return raw


def _mistakes(record: KeyRecord, signature: bytes, request: Request) -> Iterator[str]:
    """Yield which other bytes the signature is over, of those that are near at hand."""
    envelope = request.envelope
    near = {
        "the payload alone": [envelope.payload],
        "the request's file itself": [request.to_bytes(), request.to_bytes() + b"\n"],
        "the envelope's file itself": [envelope.to_bytes(), envelope.to_bytes() + b"\n"],
        "the bytes with a line end after them": [envelope.pae + b"\n"],
        "the digest's text, not the bytes": [
            envelope.digest.encode("ascii"),
            envelope.digest.encode("ascii") + b"\n",
        ],
    }
    for what, messages in near.items():
        for message in messages:
            try:
                record.verify(signature, message)
            except SignatureNotGenuineError:
                continue
            yield what
