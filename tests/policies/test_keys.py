"""Public keys: one record for a key, one form for a signature, and no key that proves nothing."""

from __future__ import annotations

import base64
import textwrap
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from policies.proof.keys import P256_ORDER, KeyRecord, low_s
from policies.refusals import KeyRecordError, SignatureNotGenuineError
from tests.policies.keyring import Pen, ed25519_pen, mldsa_pen, p256_pen, p256_private

EDWARDS, CURVE, LATTICE = ed25519_pen("ed"), p256_pen("p256"), mldsa_pen("pq")
MESSAGE = b"the message"


def pem(der: bytes, *, columns: int = 64, label: str = "PUBLIC KEY") -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), columns))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def der_of(record: KeyRecord) -> bytes:
    return base64.b64decode("".join(record.public.splitlines()[1:-1]))


def refused(record: Any, **changes: Any) -> str:
    """Return why a record is refused."""
    with pytest.raises(KeyRecordError) as caught:
        KeyRecord.from_json(record.to_json() | changes)
    return str(caught.value)


# The record


@pytest.mark.parametrize("pen", [EDWARDS, CURVE, LATTICE], ids=lambda p: p.record.scheme)
def test_a_record_reads_back_and_verifies_what_its_key_signed(pen: Pen) -> None:
    record = KeyRecord.from_json(pen.record.to_json())

    assert record == pen.record
    record.verify(pen.write(MESSAGE), MESSAGE)
    with pytest.raises(SignatureNotGenuineError, match=record.keyid[:16]):
        record.verify(pen.write(MESSAGE), MESSAGE + b".")


@pytest.mark.parametrize("pen", [EDWARDS, CURVE, LATTICE], ids=lambda p: p.record.scheme)
def test_the_keyid_is_the_digest_of_the_key_and_of_nothing_else(pen: Pen) -> None:
    assert pen.record.public == pem(der_of(pen.record))
    assert "keyid" in refused(pen.record, keyid="0" * 64)
    assert "keyid" in refused(pen.record, keyid=pen.keyid.upper())
    assert "keyid" in refused(pen.record, keyid="")


@pytest.mark.parametrize("pen", [EDWARDS, CURVE, LATTICE], ids=lambda p: p.record.scheme)
def test_any_other_spelling_of_the_pem_is_refused(pen: Pen) -> None:
    public = pen.record.public
    body = public.splitlines()[1:-1]
    other = [
        public.replace("\n", "\r\n"),
        pem(der_of(pen.record), columns=76),
        pem(der_of(pen.record), columns=60),
        public.rstrip("\n"),
        public + "\n",
        "\n" + public,
        "a comment\n" + public,
        public + public,
        public.replace("\n", " \n", 1),
        public.replace("PUBLIC KEY", "EC PUBLIC KEY"),
        public.replace(body[0], "é" + body[0][1:]),
        pem(der_of(pen.record) + b"\0"),
        "",
    ]

    for spelled in other:
        if spelled != public:
            assert "public" in refused(pen.record, public=spelled)


def test_a_record_has_three_texts_and_nothing_else() -> None:
    assert "extra" in refused(EDWARDS.record, extra="1")
    assert "keyid" in refused(EDWARDS.record, keyid=None)
    values: list[Any] = [[], None, "key", {}, {"keyid": EDWARDS.keyid}]
    for value in values:
        with pytest.raises(KeyRecordError, match="keyid, scheme and public"):
            KeyRecord.from_json(value)


def test_the_scheme_is_that_of_the_key() -> None:
    assert "not of the scheme" in refused(EDWARDS.record, scheme="ecdsa-sha2-nistp256")
    assert "not of the scheme" in refused(CURVE.record, scheme="ed25519")
    assert "not of the scheme" in refused(LATTICE.record, scheme="ed25519")
    for scheme in ("", "rsa", "ED25519", "ml-dsa-87"):
        assert "is not one of" in refused(EDWARDS.record, scheme=scheme)


# Which keys are refused


def public_of(private: Any) -> Any:
    return private.public_key()


OTHER_KEYS = {
    "P-384": public_of(ec.generate_private_key(ec.SECP384R1())),
    "secp256k1": public_of(ec.generate_private_key(ec.SECP256K1())),
    "RSA": public_of(rsa.generate_private_key(65537, 2048)),
    "Ed448": public_of(ed448.Ed448PrivateKey.generate()),
    "X25519": public_of(x25519.X25519PrivateKey.generate()),
    "ML-DSA-87": public_of(mldsa.MLDSA87PrivateKey.generate()),
}


@pytest.mark.parametrize("kind", OTHER_KEYS)
def test_a_key_of_another_kind_has_no_record(kind: str) -> None:
    key = OTHER_KEYS[kind]
    public = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()

    with pytest.raises(KeyRecordError):
        KeyRecord.of(key)
    for scheme in ("ecdsa-sha2-nistp256", "ed25519", "ml-dsa-65"):
        assert refused(CURVE.record, scheme=scheme, public=public)


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    private = p256_private("p256").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    with pytest.raises(KeyRecordError):
        KeyRecord.of(p256_private("p256"))
    assert "no PEM public key" in refused(CURVE.record, public=private.decode())


def test_a_compressed_point_is_refused() -> None:
    point = p256_private("p256").public_key()
    compressed = point.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    named = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    bits = b"\x03" + bytes([len(compressed) + 1]) + b"\0" + compressed
    der = b"\x30" + bytes([len(named) + len(bits)]) + named + bits

    assert "one accepted PEM form" in refused(CURVE.record, public=pem(der))


def test_explicit_curve_parameters_are_refused() -> None:
    assert "one accepted PEM form" in refused(CURVE.record, public=pem(_explicit_parameters()))


def test_a_point_off_the_curve_is_refused() -> None:
    der = der_of(CURVE.record)

    assert "public" in refused(CURVE.record, public=pem(der[:-1] + bytes([der[-1] ^ 1])))


def test_keys_of_small_order_are_refused_in_every_spelling() -> None:
    spellings = _small_order_encodings()
    assert len(spellings) == 14

    for raw in spellings:
        public = pem(bytes.fromhex("302a300506032b6570032100") + raw)
        assert "small order" in refused(EDWARDS.record, public=public)
        with pytest.raises(KeyRecordError, match="small order"):
            KeyRecord.of(ed25519.Ed25519PublicKey.from_public_bytes(raw))


# Which signatures are refused


def test_the_high_s_twin_of_a_signature_is_refused_until_it_is_made_low() -> None:
    signature = CURVE.write(MESSAGE)
    r, s = decode_dss_signature(signature)
    twin = encode_dss_signature(r, P256_ORDER - s)
    public = p256_private("p256").public_key()
    public.verify(twin, MESSAGE, ec.ECDSA(hashes.SHA256()))

    with pytest.raises(SignatureNotGenuineError):
        CURVE.record.verify(twin, MESSAGE)

    assert low_s(twin) == low_s(signature) == signature


def test_a_signature_that_is_not_der_is_refused() -> None:
    signature = CURVE.write(MESSAGE)
    r, s = decode_dss_signature(signature)
    bad = [
        r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        signature + b"\0",
        signature[:-1],
        b"\x30\x81" + signature[1:],
        b"",
        encode_dss_signature(r, 0),
        encode_dss_signature(0, s),
        encode_dss_signature(r + P256_ORDER, s),
        bytes.fromhex("3006020181020101"),
        bytes.fromhex("3006020101020181"),
    ]

    for form in bad:
        with pytest.raises(SignatureNotGenuineError):
            CURVE.record.verify(form, MESSAGE)


def test_the_twin_of_an_ed25519_signature_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    signature = EDWARDS.write(MESSAGE)
    s = int.from_bytes(signature[32:], "little")
    twin = signature[:32] + (s + order).to_bytes(32, "little")

    for form in (twin, signature + b"\0", signature[:-1], b"", b"\0" * 64):
        with pytest.raises(SignatureNotGenuineError):
            EDWARDS.record.verify(form, MESSAGE)


def test_an_ml_dsa_signature_with_another_context_is_refused() -> None:
    private = mldsa.MLDSA65PrivateKey.generate()
    record = KeyRecord.of(private.public_key())

    record.verify(private.sign(MESSAGE), MESSAGE)
    for form in (private.sign(MESSAGE, context=b"tuf"), b"", b"\0" * 3309):
        with pytest.raises(SignatureNotGenuineError):
            record.verify(form, MESSAGE)


# Arithmetic of the test's own

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Add two points of edwards25519."""
    product = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P
    return x, y


def _times(factor: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def _point(y: int) -> tuple[int, int] | None:
    """Return a point with that y: x^2 = (y^2 - 1) / (d y^2 + 1)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def _small_order_encodings() -> set[bytes]:
    """Find the eight points of small order, and spell each in every way that 32 bytes allow."""
    order = 2**252 + 27742317777372353535851937790883648493
    torsion = (_times(order, point) for y in range(2, 100) if (point := _point(y)))
    generator = next(point for point in torsion if _times(4, point) != (0, 1))
    points = [_times(factor, generator) for factor in range(8)]
    spelled = {y for _x, y in points} | {y + P for _x, y in points if y + P < 2**255}
    return {(y | sign << 255).to_bytes(32, "little") for y in spelled for sign in (0, 1)}


def _explicit_parameters() -> bytes:
    """Write the test's own P-256 key with the curve spelled out instead of named."""
    numbers = p256_private("p256").public_key().public_numbers()
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    x = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
    y = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5
    field = _der(0x30, bytes.fromhex("06072a8648ce3d0101") + _integer(prime))
    curve = _der(0x30, _der(4, (prime - 3).to_bytes(32, "big")) + _der(4, b.to_bytes(32, "big")))
    base = _der(4, b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))
    parameters = _integer(1) + field + curve + base + _integer(P256_ORDER) + _integer(1)
    algorithm = _der(0x30, bytes.fromhex("06072a8648ce3d0201") + _der(0x30, parameters))
    point = b"\0\4" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return _der(0x30, algorithm + _der(3, point))


def _integer(number: int) -> bytes:
    return _der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    if 128 <= size < 256:
        length = bytes([0x81, size])
    return bytes([tag]) + length + body
