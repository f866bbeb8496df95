"""Envelopes in the strict DSSE profile, checked against the specification and other tools."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from policies.proof.canonical import canonical, digest
from policies.proof.dsse import MAX_ENVELOPE, Envelope, Signature, decode_base64, pae
from policies.refusals import NotCanonicalError, Refusal, SealError, TooLargeError
from tests.policies.keyring import Pen, ed25519_pen, mldsa_pen, p256_pen

TYPE = "application/vnd.jcm.test.v1+json"
VALUE = {"committee": "JP-MN", "text": "Улаанбаатар"}
FIRST, SECOND = ed25519_pen("first"), p256_pen("second")


def sealed(*pens: Pen, value: Any = VALUE) -> Envelope:
    envelope = Envelope.of(TYPE, value)
    return envelope.signed_by(*(pen.sign(envelope) for pen in pens))


def changed(**members: Any) -> bytes:
    """Return an envelope's canonical bytes with members changed, or added."""
    return canonical(sealed(FIRST, SECOND).to_json() | members)


def with_signatures(change: Callable[[list[dict[str, Any]]], Any]) -> bytes:
    signatures = sealed(FIRST, SECOND).to_json()["signatures"]
    change(signatures)
    return changed(signatures=signatures)


# The pre-authentication encoding


def test_the_specifications_own_vector_comes_out() -> None:
    encoded = pae("http://example.com/HelloWorld", b"hello world")

    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_the_encoding_counts_bytes_not_characters() -> None:
    assert pae(TYPE, "Улаан".encode()) == b"DSSEv1 32 %b 10 %b" % (TYPE.encode(), "Улаан".encode())
    assert pae("t", b"") == b"DSSEv1 1 t 0 "


def test_a_type_outside_ascii_is_refused() -> None:
    with pytest.raises(SealError, match="is not ASCII"):
        pae("tÿpe", b"{}")


@given(st.text("ab 1", max_size=6), st.binary(max_size=6), st.text("ab 1", max_size=6))
def test_no_two_statements_share_an_encoding(kind: str, payload: bytes, other: str) -> None:
    moved = other.encode() + payload

    same = pae(kind, payload) == pae(kind + other, payload[len(other) :])
    assert same == (other == "")
    assert (pae(kind, payload) == pae(kind, moved)) == (other == "")


def test_the_digest_is_that_of_the_encoding_whoever_has_signed() -> None:
    unsigned = Envelope.of(TYPE, VALUE)

    assert unsigned.digest == digest(pae(TYPE, canonical(VALUE)))
    assert sealed(FIRST).digest == sealed(FIRST, SECOND).digest == unsigned.digest
    assert sealed(FIRST).unsigned() == unsigned
    assert Envelope.of(TYPE + "x", VALUE).digest != unsigned.digest


# The strict form


def test_an_envelope_reads_back_as_it_was_written() -> None:
    envelope = sealed(FIRST, SECOND)

    read = Envelope.from_bytes(envelope.to_bytes())

    assert read == envelope
    assert read.value == VALUE
    assert [s.keyid for s in read.signatures] == sorted([FIRST.keyid, SECOND.keyid])


def test_an_envelope_without_signatures_is_in_form_and_says_who_signed_nobody() -> None:
    assert Envelope.from_bytes(sealed().to_bytes()).signatures == ()


def test_a_signature_that_is_there_is_never_replaced() -> None:
    envelope = sealed(FIRST)

    again = envelope.signed_by(Signature(FIRST.keyid, b"other"), SECOND.sign(envelope))

    assert again == sealed(FIRST, SECOND)


SIGNATURE = base64.b64encode(b"x").decode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed(extra=1), "nothing else"),
        (canonical({"payload": "e30=", "payloadType": TYPE}), "nothing else"),
        (b"[]", "nothing else"),
        (b"null", "nothing else"),
        (changed(payloadType=""), "payloadType"),
        (changed(payloadType="tÿpe"), "payloadType"),
        (changed(payloadType="type\n"), "payloadType"),
        (changed(payloadType="type\x7f"), "payloadType"),
        (changed(payloadType=None), "payloadType"),
        (changed(signatures={}), "not a list"),
        (changed(signatures=None), "not a list"),
        (changed(signatures=[SIGNATURE]), "keyid and sig"),
        (changed(payload=1), "not text"),
        (changed(payload="e30"), "base64"),
        (changed(payload="e31="), "base64"),
        (changed(payload="e30=\n"), "base64"),
        (changed(payload=" e30="), "base64"),
        (changed(payload="e30=="), "base64"),
        (changed(payload="e30=e30="), "base64"),
        (changed(payload="Pj4_"), "base64"),
        (changed(payload="Pj4-"), "base64"),
        (changed(payload="é"), "base64"),
        (with_signatures(list.reverse), "sorted by keyid"),
        (with_signatures(lambda s: s.append(s[1])), "each keyid once"),
        (with_signatures(lambda s: s.append(s[1] | {"sig": SIGNATURE})), "each keyid once"),
        (with_signatures(lambda s: s[0].update(extra="1")), "keyid and sig"),
        (with_signatures(lambda s: s[0].pop("sig")), "keyid and sig"),
        (with_signatures(lambda s: s[0].pop("keyid")), "keyid and sig"),
        (with_signatures(lambda s: s[0].update(keyid=s[0]["keyid"].upper())), "lower-case"),
        (with_signatures(lambda s: s[0].update(keyid=s[0]["keyid"][:-1])), "SHA-256"),
        (with_signatures(lambda s: s[0].update(keyid="")), "SHA-256"),
        (with_signatures(lambda s: s[0].update(keyid=None)), "SHA-256"),
        (with_signatures(lambda s: s[0].update(sig=s[0]["sig"].rstrip("="))), "base64"),
        (with_signatures(lambda s: s[0].update(sig=None)), "not text"),
    ],
)
def test_an_envelope_outside_the_profile_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SealError, match=reason):
        Envelope.from_bytes(data)


def test_bytes_around_or_between_the_members_are_refused() -> None:
    data = sealed(FIRST, SECOND).to_bytes()
    twice = data.replace(b'"signatures":', b'"signatures":[],"signatures":')
    spaced = json.dumps(json.loads(data)).encode()

    for bad in (data + b"\n", b" " + data, spaced, twice, data.replace(b"/", b"\\/"), data[:-1]):
        with pytest.raises(NotCanonicalError):
            Envelope.from_bytes(bad)


@pytest.mark.parametrize(
    "payload",
    [
        b"{} ",
        b"{}\n",
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":9007199254740992}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        '{"é":1}'.encode(),
        b"[" * 17 + b"]" * 17,
        b"[" * 20_000,
        b"9" * 20_000,
        b"",
        b"\xff",
        b"hello",
    ],
)
def test_a_payload_that_is_not_canonical_is_refused(payload: bytes) -> None:
    with pytest.raises(NotCanonicalError, match="payload"):
        Envelope.from_bytes(changed(payload=base64.b64encode(payload).decode()))


def test_65_535_bytes_are_taken_and_one_more_is_refused() -> None:
    def of_size(size: int) -> Envelope:
        empty = len(Envelope.of("t", "").to_bytes())
        characters = (size - empty) // 4 * 3
        return Envelope.of("t" * (1 + (size - empty) % 4), "x" * characters)

    largest, too_large = of_size(65_535), of_size(65_536)
    assert (len(largest.to_bytes()), len(too_large.to_bytes())) == (MAX_ENVELOPE, 65_536)

    assert Envelope.from_bytes(largest.to_bytes()) == largest
    with pytest.raises(TooLargeError, match="65536 bytes"):
        Envelope.from_bytes(too_large.to_bytes())
    with pytest.raises(TooLargeError, match="larger than 65535"):
        Envelope.from_json(too_large.to_json())


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_never_a_fault(data: bytes) -> None:
    with pytest.raises(Refusal):
        Envelope.from_bytes(data)


@given(st.text(max_size=8))
def test_base64_has_one_spelling(text: str) -> None:
    try:
        data = decode_base64(text, "sig")
    except SealError:
        return
    assert base64.b64encode(data).decode() == text


# Other people's tools read what we sign


@pytest.mark.parametrize("pen", [FIRST, SECOND], ids=["ed25519", "p256"])
def test_another_dsse_library_verifies_our_envelope(pen: Pen) -> None:
    envelope = sealed(pen)
    entry = envelope.to_json()["signatures"][0]
    other = OtherEnvelope.from_dict(envelope.to_json() | {"signatures": [dict(entry)]})
    key = SSlibKey(
        pen.keyid,
        "ed25519" if pen is FIRST else "ecdsa",
        pen.record.scheme,
        {"public": FIRST_RAW if pen is FIRST else pen.record.public},
    )

    assert other.pae() == envelope.pae
    assert list(other.verify([key], 1)) == [pen.keyid]

    other.payload += b" "
    with pytest.raises(UnverifiedSignatureError):
        other.verify([key], 1)


FIRST_RAW = base64.b64decode("".join(FIRST.record.public.splitlines()[1:-1]))[-32:].hex()


@pytest.mark.parametrize("pen", [FIRST, SECOND, mldsa_pen("third")], ids=lambda p: p.record.scheme)
def test_our_key_record_verifies_our_envelope_and_no_other(pen: Pen) -> None:
    envelope = sealed(pen)

    assert pen.record.verify_envelope(envelope) == envelope.signatures[0]

    moved = Envelope(TYPE, canonical({}), envelope.signatures)
    retyped = Envelope(TYPE + "x", envelope.payload, envelope.signatures)
    for other in (moved, retyped, sealed()):
        with pytest.raises(SealError):
            pen.record.verify_envelope(other)


def openssl_verifies(folder: Path, pen: Pen, signature: bytes, message: bytes) -> str:
    """Return what ``openssl dgst`` says; a machine without openssl fails, it does not skip."""
    for name, data in (("sig", signature), ("pae", message), ("pem", pen.record.public.encode())):
        (folder / name).write_bytes(data)
    command = ["openssl", "dgst", "-sha256", "-verify", "pem", "-signature", "sig", "pae"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_openssl_verifies_our_p256_signature_over_the_encoding(tmp_path: Path) -> None:
    envelope = sealed(SECOND)
    [signature] = envelope.signatures

    assert openssl_verifies(tmp_path, SECOND, signature.sig, envelope.pae) == "Verified OK"
    said = openssl_verifies(tmp_path, SECOND, signature.sig, envelope.pae + b" ")
    assert said == "Verification failure"


@given(
    st.one_of(
        st.text(st.characters(min_codepoint=1, max_codepoint=0x7F), min_size=1),
        st.just(TYPE),
    ),
    st.binary(max_size=200),
    st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.binary(max_size=80)), max_size=3),
)
def test_the_bytes_are_those_of_the_reference_for_rfc_8785(
    kind: str, payload: bytes, signed: list[tuple[bytes, bytes]]
) -> None:
    signatures = (Signature(digest(name), sig) for name, sig in signed)
    envelope = Envelope(kind, payload).signed_by(*signatures)

    assert envelope.to_bytes() == rfc8785.dumps(envelope.to_json())
