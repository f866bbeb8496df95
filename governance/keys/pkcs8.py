"""A private key as encrypted PKCS#8 PEM: scrypt and AES-256-CBC, as OpenSSL writes and reads it.

`cryptography` reads this form, but writes PKCS#8 only with 2,048 rounds of PBKDF2.
Sources: RFC 5958 section 3, RFC 8018 section 6.2 (PBES2), RFC 7914 section 7 (scrypt).
"""

from __future__ import annotations

import secrets
from typing import Any

from asn1crypto import core, pem
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

COST, BLOCK, PARALLEL = 2**14, 8, 16
"""scrypt's N, r and p: 16 MiB, the most that OpenSSL opens, and most of a second for every try."""

_PBES2, _SCRYPT, _AES_256_CBC = (
    "1.2.840.113549.1.5.13",
    "1.3.6.1.4.1.11591.4.11",
    "2.16.840.1.101.3.4.1.42",
)


class _Algorithm(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any)]  # noqa: RUF012


class _ScryptParameters(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("salt", core.OctetString),
        ("cost", core.Integer),
        ("block", core.Integer),
        ("parallel", core.Integer),
    ]


class _Pbes2Parameters(core.Sequence):  # type: ignore[misc]
    _fields = [("derivation", _Algorithm), ("encryption", _Algorithm)]  # noqa: RUF012


class _EncryptedPrivateKey(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", _Algorithm), ("data", core.OctetString)]  # noqa: RUF012


def encrypted_pkcs8(key: Any, password: bytes) -> bytes:
    """Return a `cryptography` private key as an encrypted PEM file's bytes."""
    clear = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    derived = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=PARALLEL).derive(password)
    padder = padding.PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(derived), modes.CBC(vector)).encryptor()
    hidden = encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()
    scrypt = {"salt": salt, "cost": COST, "block": BLOCK, "parallel": PARALLEL}
    parameters = {
        "derivation": {"algorithm": _SCRYPT, "parameters": _ScryptParameters(scrypt)},
        "encryption": {"algorithm": _AES_256_CBC, "parameters": core.OctetString(vector)},
    }
    algorithm = {"algorithm": _PBES2, "parameters": _Pbes2Parameters(parameters)}
    der = _EncryptedPrivateKey({"algorithm": algorithm, "data": hidden}).dump()
    return bytes(pem.armor("ENCRYPTED PRIVATE KEY", der))
