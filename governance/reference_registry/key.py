"""The registry's own key: a PEM file as OpenSSH or OpenSSL write it, Ed25519 or P-256."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from governance.reference_registry.refusals import KeyUnusableError
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord, low_s

_MAX_FILE = 65_536


class SigningKey:
    """Signs what the registry reports."""

    def __init__(self, key: Any) -> None:
        if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            message = f"a {type(key).__name__} does not sign here; use Ed25519 or P-256"
            raise KeyUnusableError(message)
        self._key = key
        self.keyid = KeyRecord.of(key.public_key()).keyid

    @classmethod
    def load(cls, file: Path, password: bytes | None = None) -> SigningKey:
        """Open a key file; `KeyUnusableError` says what is wrong with it."""
        data = read_small(file)
        ssh = b"OPENSSH PRIVATE KEY" in data
        load: Any = (
            serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        )
        try:
            return cls(load(data, password))
        except TypeError:
            needs = "needs its password: give --password-file FILE"
            message = f"{file} {'is not encrypted; give no password' if password else needs}"
        except (ValueError, UnsupportedAlgorithm):
            wrong = "the password is wrong, or the file is damaged" if password else "it is damaged"
            message = f"{file} cannot be opened as a private key: {wrong}"
        raise KeyUnusableError(message)

    def sign(self, envelope: Envelope) -> Envelope:
        """Return the statement signed by this key alone."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            signature = self._key.sign(envelope.pae)
        else:
            signature = low_s(self._key.sign(envelope.pae, ec.ECDSA(hashes.SHA256())))
        return envelope.unsigned().signed_by(Signature(self.keyid, signature))

    def has_signed(self, envelope: Envelope) -> bool:
        """Whether a statement bears a signature of this key's id."""
        return any(signature.keyid == self.keyid for signature in envelope.signatures)


def read_small(file: Path) -> bytes:
    """Read a small secret file; `KeyUnusableError` if it is absent or too large."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise KeyUnusableError(message) from None
    if len(data) > _MAX_FILE:
        message = f"{file} is larger than {_MAX_FILE} bytes"
        raise KeyUnusableError(message)
    return data
