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

from governance.keys.files import PrivateKey, public_file
from policies.refusals import KeyFileError, SubscriptionError

SECRET_BYTES = 32
_KEY = "delivery.key"
_KEY_BEFORE = "delivery.before.key"


def new_secret() -> str:
    """Return a new shared secret, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(token_bytes(SECRET_BYTES)).decode('ascii')}"


class DeliveryKey:
    """The engine's Ed25519 key for v1a, below the engine's keys; made when first needed.

    While it is being replaced the one before it signs as well.
    """

    def __init__(self, key: PrivateKey, before: PrivateKey | None = None) -> None:
        self._key = key
        self._before = before

    @classmethod
    def at(cls, folder: Path) -> DeliveryKey:
        """Open the key, making it if it is absent, and the one before it if that still signs."""
        file, before = folder / _KEY, folder / _KEY_BEFORE
        if not file.exists():
            _make(file)
        loaded = PrivateKey.load(before, None) if before.exists() else None
        return cls(PrivateKey.load(file, None), loaded)

    @classmethod
    def rotate(cls, folder: Path) -> DeliveryKey:
        """Make a new key, and let the one before it sign beside it until `end_before`.

        Raises `SubscriptionError` while an earlier one still does.
        """
        file, before = folder / _KEY, folder / _KEY_BEFORE
        if before.exists():
            message = (
                "the key before this one still signs; once every registry has this one, end it:"
                " jcgov subscription key --end-before"
            )
            raise SubscriptionError(message)
        if file.exists():
            if public_file(file).exists():
                public_file(file).replace(public_file(before))
            file.rename(before)  # last: without its public record beside it a key is still read
        return cls.at(folder)

    @staticmethod
    def end_before(folder: Path) -> bool:
        """Forget the key before this one, and return whether there was one."""
        before = folder / _KEY_BEFORE
        there = before.exists()
        before.unlink(missing_ok=True)
        public_file(before).unlink(missing_ok=True)
        return there

    @property
    def public(self) -> str:
        """The public key, as Standard Webhooks writes it: ``whpk_`` and 32 bytes in base64."""
        return _public(self._key)

    @property
    def public_before(self) -> str | None:
        """The public key before it, while that signs as well."""
        return None if self._before is None else _public(self._before)

    def sign(self, content: bytes) -> list[str]:
        """Return the v1a signatures, the newest key's first."""
        keys = [self._key] if self._before is None else [self._key, self._before]
        signatures = (base64.b64encode(key.sign_message(content)) for key in keys)
        return [f"v1a,{signature.decode('ascii')}" for signature in signatures]


def _public(private: PrivateKey) -> str:
    key = serialization.load_pem_public_key(private.record.public.encode("ascii"))
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"whpk_{base64.b64encode(raw).decode('ascii')}"


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
        "webhook-signature": " ".join([*shared, *key.sign(content)]),
    }
