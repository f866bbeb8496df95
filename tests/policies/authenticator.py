"""An authenticator for tests: signs as a browser's does, right or wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from policies.proof.keys import KeyRecord, low_s
from policies.proof.webauthn import assertion, challenge
from tests.policies.keyring import Pen, p256_private

ORIGIN = "https://record.example"


@dataclass(frozen=True)
class Authenticator:
    """A credential of one person at one site."""

    name: str
    site: str = "record.example"

    @property
    def record(self) -> KeyRecord:
        return KeyRecord.of(p256_private(self.name).public_key(), "webauthn-es256")

    @property
    def pen(self) -> Pen:
        return Pen(self.record, self.sign)

    def sign(
        self, message: bytes, flags: int = 0x05, extra: bytes = b"", count: int = 7, **said: Any
    ) -> bytes:
        """Sign a message; what the browser says, flags and counter can be told otherwise."""
        client = {
            "type": "webauthn.get",
            "challenge": urlsafe_b64encode(challenge(message)).decode().rstrip("="),
            "origin": ORIGIN,
            "crossOrigin": False,
        }
        client_data = json.dumps(client | said).encode()
        data = (
            sha256(self.site.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big") + extra
        )
        over = data + sha256(client_data).digest()
        scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        made = low_s(p256_private(self.name).sign(over, scheme))
        return assertion(data, client_data, made)
