"""A person's private key in a file: OpenSSH's format, encrypted with its slow bcrypt derivation.

The public record stands beside it (`….pub.json`), ready for an appointment. OpenSSH knows no
ML-DSA: such a key is written as PKCS#8, encrypted with scrypt. PKCS#8 files of others are read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa

from governance.keys.pkcs8 import encrypted_pkcs8
from policies.proof.canonical import canonical, parse
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord, low_s
from policies.refusals import KeyFileError, UnreadableError
from projections.disk import unwritten, write_new

Scheme = Literal["ed25519", "p256", "ml-dsa-65"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
ROUNDS = 64
"""bcrypt rounds; about a second for every try at a password."""

_MAX_FILE = 65_536
_CLEAR: serialization.KeySerializationEncryption = serialization.NoEncryption()
_KINDS = (ed25519.Ed25519PrivateKey, ec.EllipticCurvePrivateKey, mldsa.MLDSA65PrivateKey)


class PrivateKey:
    """A private key that signs envelopes where it lies."""

    def __init__(self, key: Any) -> None:
        if not isinstance(key, _KINDS):
            message = f"a {type(key).__name__} does not sign here; use Ed25519, P-256 or ML-DSA-65"
            raise KeyFileError(message)
        self._key = key
        self.record = KeyRecord.of(key.public_key())

    @classmethod
    def new(cls, scheme: Scheme) -> PrivateKey:
        """Make a key of that scheme."""
        if scheme == "ed25519":
            return cls(ed25519.Ed25519PrivateKey.generate())
        if scheme == "ml-dsa-65":
            return cls(mldsa.MLDSA65PrivateKey.generate())
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, file: Path, password: bytes | None) -> PrivateKey:
        """Open a key file; `KeyFileError` if it is damaged, no key, or the password is wrong."""
        data = read_small(file)
        ssh = b"OPENSSH PRIVATE KEY" in data
        loader: Any = (
            serialization.load_ssh_private_key if ssh else serialization.load_pem_private_key
        )
        try:
            return cls(loader(data, password))
        except TypeError:
            needs = "is not encrypted; give no password" if password else "needs its password"
            message = f"{file} {needs}"
            raise KeyFileError(message) from None
        except (ValueError, UnsupportedAlgorithm):
            wrong = "the password is wrong, or the file is damaged" if password else "it is damaged"
            message = f"{file} cannot be opened as a private key: {wrong}"
            raise KeyFileError(message) from None

    def save(self, file: Path, password: bytes | None) -> Path:
        """Write the key, readable by its owner only, and its public record beside it.

        Never overwrites. Without a password the file is not encrypted: for rehearsals.
        """
        data = self._as_file(password)
        public = public_file(file)
        for path in (file, public):
            if path.exists():
                message = f"{path} exists; a key file is never overwritten"
                raise KeyFileError(message)
        write_private(file, data)
        _write(public, canonical(self.record.to_json(), "the key record"), 0o644)
        return public

    def _as_file(self, password: bytes | None) -> bytes:
        if isinstance(self._key, mldsa.MLDSA65PrivateKey) and password is not None:
            return encrypted_pkcs8(self._key, password)
        form, encryption = serialization.PrivateFormat.OpenSSH, _CLEAR
        if isinstance(self._key, mldsa.MLDSA65PrivateKey):
            form = serialization.PrivateFormat.PKCS8
        elif password is not None:
            encryption = form.encryption_builder().kdf_rounds(ROUNDS).build(password)
        return bytes(self._key.private_bytes(serialization.Encoding.PEM, form, encryption))

    def sign(self, envelope: Envelope) -> Signature:
        """Sign an envelope's pre-authentication encoding."""
        if not isinstance(self._key, ec.EllipticCurvePrivateKey):
            return Signature(self.record.keyid, self._key.sign(envelope.pae))
        signature = self._key.sign(envelope.pae, ec.ECDSA(hashes.SHA256()))
        return Signature(self.record.keyid, low_s(signature))

    def sign_message(self, message: bytes) -> bytes:
        """Sign a message that is no envelope; its protocol keeps it from reading as one.

        Raises `KeyFileError` unless the key is Ed25519.
        """
        if not isinstance(self._key, ed25519.Ed25519PrivateKey):
            wrong = "messages are signed with Ed25519 alone"
            raise KeyFileError(wrong)
        return self._key.sign(message)


def public_file(file: Path) -> Path:
    """Return where a key file's public record stands."""
    return file.with_name(f"{file.name}.pub.json")


def read_public(file: Path) -> KeyRecord:
    """Read a public key record from a file."""
    value = parse(read_small(file), str(file))
    return KeyRecord.from_json(value, str(file))


def is_encrypted(file: Path) -> bool:
    """Whether a key file asks for a password."""
    data = read_small(file)
    if b"OPENSSH PRIVATE KEY" not in data:
        return b"ENCRYPTED" in data
    try:
        serialization.load_ssh_private_key(data, None)
    except TypeError:
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False
    return False


def write_private(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read, durably and whole; refuse one that is there."""
    _write(file, data, 0o600)


def _write(file: Path, data: bytes, mode: int) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_new(file, data, mode)
    except OSError as error:
        raise unwritten(file, error, KeyFileError) from None


def read_small(file: Path) -> bytes:
    """Read a small file; `UnreadableError` if it is absent, too large, or not a file."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None
    except ValueError:  # a name that a file may have elsewhere, not here: one with a zero byte
        message = f"{str(file)!r} names no file"
        raise UnreadableError(message) from None
    if len(data) > _MAX_FILE:
        message = f"{file} is larger than {_MAX_FILE} bytes; this is no key file"
        raise UnreadableError(message)
    return data
