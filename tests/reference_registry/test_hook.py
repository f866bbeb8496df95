"""A webhook is only a poke, and only a genuine one: other people's library signs them here."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from governance.reference_registry.refusals import KeyUnusableError, NotPokedError
from governance.reference_registry.webhook import Hook
from tests.policies.keyring import ed25519_private

SECRET = f"whsec_{base64.b64encode(b'a secret of 32 bytes, which both').decode()}"
OTHER = f"whsec_{base64.b64encode(b'another secret of 32 bytes, here').decode()}"
BODY = b'{"id": "JP-MN/2026/001#1"}'
SENDER = ed25519_private("engine")


def _public() -> str:
    raw = SENDER.public_key().public_bytes_raw()
    return f"whpk_{base64.b64encode(raw).decode()}"


def _hook(folder: Path, *lines: str) -> Hook:
    file = folder / "hook"
    file.write_text("\n".join(lines), "ascii")
    return Hook.load(file)


def shared(secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "one",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("one", at, BODY.decode()),
    }


def _signed(at: datetime | None = None) -> dict[str, str]:
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    signature = SENDER.sign(f"one.{stamp}.".encode() + BODY)
    return {
        "webhook-id": "one",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,AAAA v1a,{base64.b64encode(signature).decode()}",
    }


def test_what_the_shared_secret_signed_is_genuine(tmp_path: Path) -> None:
    _hook(tmp_path, SECRET).require_genuine(shared(), BODY, datetime.now(UTC))


def test_what_the_engine_s_own_key_signed_is_genuine(tmp_path: Path) -> None:
    _hook(tmp_path, _public()).require_genuine(_signed(), BODY, datetime.now(UTC))


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_while_a_secret_is_replaced_both_are_genuine(tmp_path: Path, secret: str) -> None:
    hook = _hook(tmp_path, "# the old one, then the new one", SECRET, "", OTHER, _public())

    hook.require_genuine(shared(secret), BODY, datetime.now(UTC))


@pytest.mark.parametrize("make", [shared, _signed])
def test_another_body_is_not_genuine(tmp_path: Path, make: object) -> None:
    hook = _hook(tmp_path, SECRET, _public())

    with pytest.raises(NotPokedError, match="genuine"):
        hook.require_genuine(make(), BODY + b" ", datetime.now(UTC))  # type: ignore[operator]


def test_another_secret_is_not_genuine(tmp_path: Path) -> None:
    with pytest.raises(NotPokedError, match="genuine"):
        _hook(tmp_path, SECRET).require_genuine(shared(OTHER), BODY, datetime.now(UTC))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_one_is_not_taken(tmp_path: Path, minutes: int) -> None:
    hook = _hook(tmp_path, SECRET, _public())
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    for headers in (shared(at=at), _signed(at=at)):
        with pytest.raises(NotPokedError, match="5 minutes"):
            hook.require_genuine(headers, BODY, datetime.now(UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-signature": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,,,"},
        {"webhook-signature": "v1a,é"},
        {"webhook-signature": "v1a,AAAA v1a, v1,!!!"},
    ],
)
def test_headers_that_are_none_are_refused(tmp_path: Path, change: dict[str, str]) -> None:
    hook = _hook(tmp_path, SECRET, _public())

    with pytest.raises(NotPokedError):
        hook.require_genuine(shared() | change, BODY, datetime.now(UTC))


def test_a_body_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotPokedError):
        _hook(tmp_path, SECRET).require_genuine(shared(), b"\xff\xfe", datetime.now(UTC))


@pytest.mark.parametrize(
    "lines",
    [(), ("secret",), ("whsec_",), ("whsec_é",), ("whpk_AAAA",), (SECRET, "more"), ("whsec_!",)],
)
def test_a_file_without_a_secret_is_refused(tmp_path: Path, lines: tuple[str, ...]) -> None:
    file = tmp_path / "hook"
    file.write_text("\n".join(lines), "utf-8")

    with pytest.raises(KeyUnusableError):
        Hook.load(file)
