"""A signature made in a browser proves itself offline, and nothing else passes for one."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from webauthn import verify_authentication_response
from webauthn.helpers import bytes_to_base64url, encode_cbor

from policies.proof.keys import P256_ORDER, KeyRecord
from policies.proof.webauthn import MEMBERS, assertion, challenge, opened
from policies.refusals import KeyRecordError, SignatureNotGenuineError
from tests.policies.authenticator import ORIGIN, Authenticator
from tests.policies.bench import seated
from tests.policies.keyring import ed25519_pen, p256_pen, p256_private, signed

MESSAGE = b"DSSEv1 what is signed"
SATO = Authenticator("Sato's passkey")


def refused(made: bytes, match: str, message: bytes = MESSAGE) -> None:
    with pytest.raises(SignatureNotGenuineError, match=match):
        opened(made, message)
    with pytest.raises(SignatureNotGenuineError):
        SATO.record.verify(made, message)


def parts(made: bytes) -> list[bytes]:
    value = json.loads(made)
    return [urlsafe_b64decode(value[name] + "=" * (-len(value[name]) % 4)) for name in MEMBERS]


def test_it_is_genuine_for_the_statement_that_was_the_challenge() -> None:
    SATO.record.verify(SATO.sign(MESSAGE), MESSAGE)

    refused(SATO.sign(MESSAGE), "not the digest of this statement", b"DSSEv1 another")


def test_it_counts_under_an_envelope_as_any_other() -> None:
    envelope = signed(seated().decision().envelope(), SATO.pen)

    assert SATO.record.verify_envelope(envelope).keyid == SATO.record.keyid


def test_another_key_did_not_make_it() -> None:
    with pytest.raises(SignatureNotGenuineError):
        Authenticator("another").record.verify(SATO.sign(MESSAGE), MESSAGE)


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"type": "webauthn.create"}, "authentication"),
        ({"type": None}, "authentication"),
        ({"challenge": ""}, "digest of this statement"),
        ({"crossOrigin": True}, "framed"),
        ({"topOrigin": "https://other.example"}, "framed"),
        ({"origin": "http://record.example"}, "origin"),
        ({"origin": "https://"}, "origin"),
        ({"origin": "https://[record.example"}, "origin"),
        ({"origin": "https://record.example/"}, "origin"),
        ({"origin": "https://x@record.example"}, "origin"),
        ({"origin": None}, "origin"),
        ({"origin": "https://other.example"}, "another site"),
        ({"origin": "https://record.example.evil.example"}, "another site"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_the_browser_says_must_hold(said: dict[str, Any], match: str) -> None:
    refused(SATO.sign(MESSAGE, **said), match)


@pytest.mark.parametrize(
    ("flags", "match"),
    [
        (0x00, "verify the person"),
        (0x01, "verify the person"),
        (0x04, "verify the person"),
        (0x45, "not there"),
        (0x85, "not there"),
    ],
)
def test_the_person_was_there_and_verified(flags: int, match: str) -> None:
    refused(SATO.sign(MESSAGE, flags), match)


@pytest.mark.parametrize("flags", [0x05, 0x0D, 0x1D])
def test_a_passkey_that_is_backed_up_counts(flags: int) -> None:
    SATO.record.verify(SATO.sign(MESSAGE, flags), MESSAGE)


def test_a_page_of_the_site_or_below_it_may_ask() -> None:
    made = SATO.sign(MESSAGE, origin="https://desk.record.example:8443")
    SATO.record.verify(made, MESSAGE)

    local = Authenticator("Sato's passkey", "localhost")
    local.record.verify(local.sign(MESSAGE, origin="http://localhost:8000"), MESSAGE)


def test_data_that_is_too_long_or_short_is_none() -> None:
    refused(SATO.sign(MESSAGE, extra=b"x"), "38 bytes")
    data, client, made = parts(SATO.sign(MESSAGE))
    refused(assertion(data[:36], client, made), "36 bytes")


def test_there_is_one_form_of_it() -> None:
    made = SATO.sign(MESSAGE)
    value = json.loads(made)
    data, client, signature = parts(made)
    r, s = decode_dss_signature(signature)

    for other in (
        made + b" ",
        json.dumps(value).encode(),
        json.dumps({**value, "more": ""}).encode(),
        b"[]",
        b"",
        made.replace(b'"signature":"', b'"signature":"='),
    ):
        refused(other, "does not hold")
    high = assertion(data, client, encode_dss_signature(r, P256_ORDER - s))
    with pytest.raises(SignatureNotGenuineError):
        SATO.record.verify(high, MESSAGE)
    doubled = client.replace(b'{"type"', b'{"type":"webauthn.get","type"')
    refused(assertion(data, doubled, signature), "each member once")


def test_no_byte_of_it_can_change() -> None:
    made = SATO.sign(MESSAGE)

    for place, byte in enumerate(made):
        changed = made[:place] + bytes([byte ^ 1]) + made[place + 1 :]
        with pytest.raises(SignatureNotGenuineError):
            SATO.record.verify(changed, MESSAGE)


def test_a_key_that_signs_by_itself_does_not_sign_as_a_browser() -> None:
    plain = p256_pen("Sato's passkey")

    with pytest.raises(SignatureNotGenuineError):
        SATO.record.verify(plain.write(MESSAGE), MESSAGE)
    with pytest.raises(SignatureNotGenuineError):
        plain.record.verify(SATO.sign(MESSAGE), MESSAGE)


def test_its_record_names_the_scheme_and_holds_a_p256_key() -> None:
    record = SATO.record

    assert record == KeyRecord.from_json(record.to_json())
    assert record.keyid == p256_pen("Sato's passkey").keyid
    with pytest.raises(KeyRecordError, match="not of the scheme"):
        KeyRecord.from_json({**ed25519_pen("x").record.to_json(), "scheme": "webauthn-es256"})


def test_it_passes_another_authors_verifier() -> None:
    data, client, signature = parts(SATO.sign(MESSAGE))
    numbers = p256_private("Sato's passkey").public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}

    found = verify_authentication_response(
        credential={
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": {
                "authenticatorData": bytes_to_base64url(data),
                "clientDataJSON": bytes_to_base64url(client),
                "signature": bytes_to_base64url(signature),
            },
        },
        expected_challenge=challenge(MESSAGE),
        expected_rp_id="record.example",
        expected_origin=ORIGIN,
        credential_public_key=encode_cbor(cose),
        credential_current_sign_count=0,
        require_user_verification=True,
    )

    assert found.user_verified


def _ed25519() -> dict[str, str]:
    from tests.policies.keyring import ed25519_pen

    return ed25519_pen("x").record.to_json()
