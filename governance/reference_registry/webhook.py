"""A webhook is a poke: once its signature is verified, the feed is pulled, which is the truth.

Standard Webhooks 1.0.0: `v1` is HMAC-SHA256 with a shared secret (`whsec_…`), `v1a` Ed25519 with
the sender's public key (`whpk_…`), both over `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import (
    EmptyWebhookSecretError,
    Webhook,
    WebhookVerificationError,
)

from governance.reference_registry.key import read_small
from governance.reference_registry.refusals import KeyUnusableError, NotPokedError

SECRET, PUBLIC = "whsec_", "whpk_"
"""How a shared secret and a public key begin."""
TOLERANCE = timedelta(minutes=5)
MAX_BODY = 1024 * 1024
"""Bytes of one event: it holds two envelopes of at most 65,535 bytes each."""


@dataclass(frozen=True, slots=True)
class Hook:
    """What pokes are verified with: several secrets and keys while they are being rotated."""

    secrets: Sequence[str] = ()
    keys: Sequence[Ed25519PublicKey] = ()

    @classmethod
    def load(cls, file: Path) -> Hook:
        """Read a file with a secret or public key a line; `KeyUnusableError` if there is none."""
        try:
            lines = [line.strip() for line in read_small(file).decode("ascii").splitlines()]
        except UnicodeDecodeError:
            lines = []
        words = [line for line in lines if line and not line.startswith("#")]
        try:
            secrets = [word for word in words if word.startswith(SECRET)]
            for secret in secrets:
                Webhook(secret)
            keys = [_public(word) for word in words if word.startswith(PUBLIC)]
        except (ValueError, EmptyWebhookSecretError):
            secrets, keys = [], []
        if not words or len(secrets) + len(keys) != len(words):
            message = f"{file} must hold {SECRET}… or {PUBLIC}… on each line, in base64"
            raise KeyUnusableError(message)
        return cls(tuple(secrets), tuple(keys))

    def require_genuine(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise `NotPokedError` unless one of the secrets or keys made a signature, just now."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        given = {name: headers.get(name, "") for name in names}
        if not all(given.values()):
            message = f"a webhook has the headers {', '.join(names)}"
            raise NotPokedError(message)
        _require_recent(given["webhook-timestamp"], now)
        if not (self._shared(given, body) or self._signed(given, body)):
            message = "no signature of the webhook is genuine"
            raise NotPokedError(message)

    def _shared(self, given: Mapping[str, str], body: bytes) -> bool:
        for secret in self.secrets:
            try:
                Webhook(secret).verify(body, dict(given), json_parse=False)
            except (WebhookVerificationError, ValueError):
                continue
            return True
        return False

    def _signed(self, given: Mapping[str, str], body: bytes) -> bool:
        said = f"{given['webhook-id']}.{given['webhook-timestamp']}.".encode() + body
        for word in given["webhook-signature"].split(" "):
            version, _, text = word.partition(",")
            if version == "v1a" and any(_is_genuine(key, text, said) for key in self.keys):
                return True
        return False


def _public(word: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(word.removeprefix(PUBLIC)))


def _is_genuine(key: Ed25519PublicKey, text: str, said: bytes) -> bool:
    try:
        key.verify(base64.b64decode(text, validate=True), said)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _require_recent(text: str, now: datetime) -> None:
    try:
        at = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        at = None
    if at is None or abs(now - at) > TOLERANCE:
        message = (
            f"the webhook's time is not within {TOLERANCE.seconds // 60} minutes of this clock"
        )
        raise NotPokedError(message)
