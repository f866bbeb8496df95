"""Standard Webhooks: how a target knows that the engine sent it, now, and unaltered.

v1 is an HMAC with a secret that both know; v1a an Ed25519 signature with the engine's own key, for
which nobody shares a secret. Both are sent; while a secret is being replaced, both of its v1.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives import serialization
from standardwebhooks import Webhook

from governance.keys.files import PrivateKey
from policies.refusals import KeyFileError, SubscriptionError

SECRET_BYTES = 32
_KEY = "delivery.key"


def new_secret() -> str:
    """Return a new shared secret, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(token_bytes(SECRET_BYTES)).decode('ascii')}"


class DeliveryKey:
    """The engine's Ed25519 key for v1a, below the engine's keys; made when first needed."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    @classmethod
    def at(cls, folder: Path) -> DeliveryKey:
        """Open the key, making it if it is absent."""
        file = folder / _KEY
        if not file.exists():
            _make(file)
        return cls(PrivateKey.load(file, None))

    @property
    def public(self) -> str:
        """The public key, as Standard Webhooks writes it: ``whpk_`` and 32 bytes in base64."""
        key = serialization.load_pem_public_key(self._key.record.public.encode("ascii"))
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"whpk_{base64.b64encode(raw).decode('ascii')}"

    def sign(self, content: bytes) -> str:
        """Return a v1a signature."""
        return f"v1a,{base64.b64encode(self._key.sign_message(content)).decode('ascii')}"


def _make(file: Path) -> None:
    """Make the key; of several programs that begin together one does."""
    try:
        PrivateKey.new("ed25519").save(file, None)
    except KeyFileError:
        if not file.exists():
            raise


def signed_headers(
    message: str, at: datetime, body: bytes, secrets: Iterable[str], key: DeliveryKey
) -> dict[str, str]:
    """Return the three headers of Standard Webhooks for one attempt, `at` its instant.

    Raises `SubscriptionError` for an id between whose dots a number stands: the signed content,
    id, time and body with dots between, could then be read in two ways.
    """
    if any(part.isdigit() for part in message.split(".")[1:]):
        wrong = f"the id {message!r} cannot be signed: a number stands between its dots"
        raise SubscriptionError(wrong)
    seconds = int(at.timestamp())
    content = f"{message}.{seconds}.".encode() + body
    text = body.decode("utf-8")
    shared = [Webhook(secret).sign(message, at, text) for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join([*shared, key.sign(content)]),
    }
