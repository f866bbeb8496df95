"""A key that signs checkpoints of a log and nothing else: Ed25519 or ML-DSA-44, in a file.

A note's plain Ed25519 signature has no prefix that keeps it from reading as one of an envelope
(C2SP signed-note), so that such a key is never a person's, nor signs statements.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from governance.keys.files import public_file, read_small, write_private
from governance.keys.pkcs8 import encrypted_pkcs8
from policies.proof.canonical import canonical
from policies.proof.checkpoint import TreeHead, signed_message
from policies.proof.keys import KeyRecord
from policies.proof.note import ED25519, NoteKey, NoteSignature
from policies.refusals import KeyFileError
from projections.disk import unwritten, write_new

NoteScheme = Literal["ed25519", "ml-dsa-44"]
NOTE_SCHEMES: tuple[NoteScheme, ...] = get_args(NoteScheme)


class NoteSigner:
    """A private key that signs checkpoints where it lies."""

    def __init__(self, key: Any) -> None:
        if not isinstance(key, ed25519.Ed25519PrivateKey | mldsa.MLDSA44PrivateKey):
            message = f"a {type(key).__name__} signs no checkpoints; use Ed25519 or ML-DSA-44"
            raise KeyFileError(message)
        self._key = key
        self.record = KeyRecord.of(key.public_key())

    @classmethod
    def new(cls, scheme: NoteScheme) -> NoteSigner:
        """Make a key of that scheme."""
        if scheme == "ml-dsa-44":
            return cls(mldsa.MLDSA44PrivateKey.generate())
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, file: Path, password: bytes | None = None) -> NoteSigner:
        """Open a key file, of OpenSSH or PKCS#8 PEM; `KeyFileError` if it cannot be opened."""
        data = read_small(file)
        ssh = b"OPENSSH PRIVATE KEY" in data
        loader: Any = (
            serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        )
        try:
            key = loader(data, password)
        except (TypeError, ValueError, UnsupportedAlgorithm) as error:
            message = f"{file} cannot be opened as a private key: {error}"
            raise KeyFileError(message) from None
        return cls(key)

    def save(self, file: Path, password: bytes | None = None) -> Path:
        """Write the key, readable by its owner only, and its public record beside it.

        Never overwrites. PKCS#8, since OpenSSH knows no ML-DSA. An engine's own is not encrypted,
        since nobody is there to type a password when a checkpoint is due.
        """
        data = self._as_file(password)
        public = public_file(file)
        for path in (file, public):
            if path.exists():
                message = f"{path} exists; a key file is never overwritten"
                raise KeyFileError(message)
        write_private(file, data)
        try:
            write_new(public, canonical(self.record.to_json(), "the key record"), 0o644)
        except OSError as error:
            raise unwritten(public, error, KeyFileError) from None
        return public

    def _as_file(self, password: bytes | None) -> bytes:
        if password is not None:
            return encrypted_pkcs8(self._key, password)
        return bytes(
            self._key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )

    def sign(self, key: NoteKey, head: TreeHead, seconds: int) -> NoteSignature:
        """Sign a checkpoint as the key of a name: a log's or a witness's; time in POSIX seconds."""
        made = self._key.sign(signed_message(head, key, seconds))
        stamp = b"" if key.kind == ED25519 else seconds.to_bytes(8, "big")
        return key.signature(stamp + made)
