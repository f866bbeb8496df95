"""What a detached signature may be over, and how the usual mistakes are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from governance.service.detached import wrap
from governance.service.requests import Request
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.refusals import SignatureNotGenuineError
from tests.policies.bench import seated
from tests.policies.keyring import p256_pen

ENVELOPE = seated().decision().envelope()
KEY = ec.generate_private_key(ec.SECP256R1())
RECORD = KeyRecord.of(KEY.public_key())


def signed(message: bytes) -> bytes:
    return KEY.sign(message, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (lambda envelope: envelope.payload, "has signed the payload alone"),
        (lambda envelope: Request(envelope, {}).to_bytes(), "has signed the request's file itself"),
        (lambda envelope: envelope.to_bytes(), "has signed the envelope's file itself"),
        (lambda envelope: envelope.pae + b"\n", "has signed the bytes with a line end after them"),
        (lambda envelope: envelope.digest.encode(), "has signed the digest's text, not the bytes"),
        (lambda envelope: b"another text", "does not fit these bytes: another key's, other bytes"),
    ],
)
def test_a_signature_over_other_bytes_is_refused_and_the_mistake_is_named(
    message: Callable[[Envelope], bytes], says: str
) -> None:
    with pytest.raises(SignatureNotGenuineError, match=says):
        wrap(Request(ENVELOPE, {}), RECORD, signed(message(ENVELOPE)))


@pytest.mark.parametrize("raw", [b"", b"no signature at all", b"\x30", b"0" * 64, b"MEUC"])
def test_what_is_no_signature_is_refused_by_name(raw: bytes) -> None:
    with pytest.raises(SignatureNotGenuineError):
        wrap(Request(ENVELOPE, {}), RECORD, raw)


def test_a_good_one_is_the_only_signature_of_the_file_that_is_made() -> None:
    other = ENVELOPE.signed_by(p256_pen("somebody").sign(ENVELOPE))

    made = wrap(Request(other, {}), RECORD, signed(ENVELOPE.pae))

    assert [signature.keyid for signature in made.signatures] == [RECORD.keyid]
    assert RECORD.verify_envelope(made).keyid == RECORD.keyid
