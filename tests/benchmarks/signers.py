"""Private keys from a seed, made anew whenever a history is: they are never stored."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import P256_ORDER, KeyRecord, low_s
from policies.proof.statements import Statement

Scheme = Literal["ed25519", "p256"]

_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_ENCODER = msgspec.json.Encoder(order="sorted")


class Signer:
    """A private key that follows from a seed and a name; its signatures do too (RFC 6979)."""

    def __init__(self, seed: int, name: str, scheme: Scheme) -> None:
        material = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self._key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
        if scheme == "ed25519":
            self._key = ed25519.Ed25519PrivateKey.from_private_bytes(material)
        else:
            scalar = int.from_bytes(material, "big") % (P256_ORDER - 1) + 1
            self._key = ec.derive_private_key(scalar, ec.SECP256R1())
        self.record = KeyRecord.of(self._key.public_key())

    def sign(self, envelope: Envelope) -> Signature:
        """Sign an envelope's pre-authentication encoding."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return Signature(self.record.keyid, self._key.sign(envelope.pae))
        return Signature(self.record.keyid, low_s(self._key.sign(envelope.pae, _DETERMINISTIC)))


def envelope_of(statement: Statement) -> Envelope:
    """Put a statement into an envelope, as `Statement.envelope` does, forty times as fast.

    Sorted JSON of whole numbers and of texts without control characters is canonical as it is;
    nothing here signs other texts, and the tests compare the bytes.
    """
    return Envelope(statement.payload_type, _ENCODER.encode(statement))
