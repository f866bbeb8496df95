"""Public keys as other programs write them: PEM, or the key record that we write."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from policies.proof.canonical import parse
from policies.proof.keys import KeyRecord
from policies.refusals import KeyRecordError
from projections.disk import holds_private_key


def public_record(data: bytes, what: str) -> KeyRecord:
    """Return the one record of a public key, whatever form of PEM or of record it came in.

    `what` names the file in the refusals. Raises `KeyRecordError`, and `UnreadableError` for what
    is neither.
    """
    if holds_private_key(data):
        message = f"{what} is a PRIVATE key, which nobody else should see; give its public part"
        raise KeyRecordError(message)
    if not is_pem(data):
        return KeyRecord.from_json(parse(data, what), what)
    try:
        return KeyRecord.of(serialization.load_pem_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as error:
        message = f"{what} is no PEM public key: {error}"
        raise KeyRecordError(message) from None


def is_pem(data: bytes) -> bool:
    """Whether a file is written in PEM; a key record holds PEM as well, but begins as JSON does."""
    return b"-----BEGIN" in data and not data.lstrip().startswith(b"{")
