"""Signatures, as other people's libraries and tools read them."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook, WebhookVerificationError

from governance.delivery.signing import DeliveryKey, new_secret, signed_headers
from policies.refusals import SubscriptionError

EVENT = "JP-MN/2026/007#1/JP/org.jcm.issuance.decided.v1"
BODY = '{"title":"Ногоон","amount":12}'.encode()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def key(tmp_path: Path) -> DeliveryKey:
    return DeliveryKey.at(tmp_path / "keys")


def test_the_standards_library_accepts_what_is_signed(key: DeliveryKey) -> None:
    secret = new_secret()
    headers = signed_headers(EVENT, now(), BODY, [secret], key)

    assert Webhook(secret).verify(BODY, headers)["amount"] == 12
    assert headers["webhook-id"] == EVENT


@pytest.mark.parametrize("part", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_the_standards_library_refuses_what_was_altered(key: DeliveryKey, part: str) -> None:
    secret = new_secret()
    headers = signed_headers(EVENT, now(), BODY, [secret], key)
    altered = {
        "webhook-id": EVENT.replace("007", "008"),
        "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1),
    }
    headers |= {name: value for name, value in altered.items() if name == part}

    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret() if part == "secret" else secret).verify(
            BODY + b" " if part == "body" else BODY, headers
        )


def test_the_library_refuses_a_signature_of_another_time(key: DeliveryKey) -> None:
    secret = new_secret()
    headers = signed_headers(EVENT, now() - timedelta(minutes=6), BODY, [secret], key)

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(BODY, headers)


def test_while_a_secret_is_replaced_both_verify(key: DeliveryKey) -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers(EVENT, now(), BODY, [new, old], key)

    Webhook(old).verify(BODY, headers)
    Webhook(new).verify(BODY, headers)


def v1a(headers: dict[str, str]) -> bytes:
    (found,) = [
        signature.removeprefix("v1a,")
        for signature in headers["webhook-signature"].split(" ")
        if signature.startswith("v1a,")
    ]
    return base64.b64decode(found, validate=True)


def content(headers: dict[str, str], body: bytes) -> bytes:
    return f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body


def public(key: DeliveryKey) -> Ed25519PublicKey:
    raw = base64.b64decode(key.public.removeprefix("whpk_"), validate=True)
    return Ed25519PublicKey.from_public_bytes(raw)


def test_v1a_verifies_with_the_public_key_alone(key: DeliveryKey) -> None:
    headers = signed_headers(EVENT, now(), BODY, [], key)

    public(key).verify(v1a(headers), content(headers, BODY))
    with pytest.raises(InvalidSignature):
        public(key).verify(v1a(headers), content(headers, BODY + b" "))


def test_v1a_verifies_with_openssl(key: DeliveryKey, tmp_path: Path) -> None:
    headers = signed_headers(EVENT, now(), BODY, [new_secret()], key)
    pem = public(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "sig").write_bytes(v1a(headers))
    (tmp_path / "content").write_bytes(content(headers, BODY))
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]

    def run() -> int:
        return subprocess.run(
            [*verify, "-in", "content", "-sigfile", "sig"],
            cwd=tmp_path, check=False, capture_output=True,
        ).returncode  # fmt: skip

    assert run() == 0
    (tmp_path / "content").write_bytes(content(headers, BODY) + b" ")
    assert run() != 0


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = DeliveryKey.at(tmp_path / "keys").public

    assert DeliveryKey.at(tmp_path / "keys").public == first
    assert (tmp_path / "keys" / "delivery.key").stat().st_mode & 0o777 == 0o600


def test_while_the_key_is_replaced_both_verify_and_then_the_new_one_alone(tmp_path: Path) -> None:
    old = DeliveryKey.at(tmp_path)
    new = DeliveryKey.rotate(tmp_path)
    assert (new.public_before, new.public != old.public) == (old.public, True)
    with pytest.raises(SubscriptionError, match="still signs"):
        DeliveryKey.rotate(tmp_path)

    headers = signed_headers(EVENT, now(), BODY, [new_secret()], DeliveryKey.at(tmp_path))
    kinds = [part.partition(",")[0] for part in headers["webhook-signature"].split(" ")]
    assert kinds == ["v1", "v1a", "v1a"]
    for key, signature in zip((new, old), headers["webhook-signature"].split(" ")[1:], strict=True):
        said = base64.b64decode(signature.removeprefix("v1a,"), validate=True)
        public(key).verify(said, content(headers, BODY))

    assert DeliveryKey.end_before(tmp_path)
    assert not DeliveryKey.end_before(tmp_path)
    alone = DeliveryKey.at(tmp_path)
    assert (alone.public, alone.public_before) == (new.public, None)
    assert list(tmp_path.glob("delivery.before*")) == []


@pytest.mark.parametrize(
    "moved", [("delivery.key.pub.json",), ("delivery.key.pub.json", "delivery.key")]
)
def test_a_rotation_that_was_cut_off_is_finished_by_whoever_comes_next(
    tmp_path: Path, moved: tuple[str, ...]
) -> None:
    old = DeliveryKey.at(tmp_path).public
    for name in moved:
        (tmp_path / name).rename(tmp_path / name.replace("delivery.", "delivery.before."))

    key = DeliveryKey.at(tmp_path)
    if len(moved) == 1:
        assert key.public == old
        key = DeliveryKey.rotate(tmp_path)

    assert (key.public_before, key.public != old) == (old, True)
    assert DeliveryKey.at(tmp_path).public == key.public


def test_secrets_are_of_the_standards_length_and_never_twice_the_same() -> None:
    secrets = {new_secret() for _ in range(50)}

    assert len(secrets) == 50
    for secret in secrets:
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_an_id_that_could_be_read_as_id_and_time_is_not_signed(key: DeliveryKey) -> None:
    with pytest.raises(SubscriptionError, match="between its dots"):
        signed_headers("JP-MN.1764000000.v1", now(), BODY, [new_secret()], key)
