"""Public keys: one form of record for a key, and one way to check a signature for each scheme.

A record is ``{"keyid","scheme","public"}``: `public` is PEM SubjectPublicKeyInfo that equals our
own re-encoding, `keyid` the SHA-256 of its DER bytes. Keys are compared by what they are, never
by the name that somebody gave them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from policies.proof.canonical import digest
from policies.proof.dsse import Envelope, Signature
from policies.proof.webauthn import opened
from policies.refusals import KeyRecordError, SignatureNotGenuineError

NOTE_SCHEMES = ("ed25519", "ml-dsa-44")
"""Schemes of keys that sign checkpoints (C2SP tlog-cosignature)."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# y coordinates of the points of order 1, 2, 4 and 8, sign bit cleared, with their unreduced forms:
# for such a key one signature fits many messages (RFC 8032 section 5.1.7 leaves them to the user).
_SMALL_ORDER = frozenset(
    bytes.fromhex(y)
    for y in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


class KeyRecord(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True, dict=True):
    """A public key as it stands in a statement."""

    keyid: str
    scheme: str
    public: str

    @classmethod
    def of(cls, key: Any, scheme: str | None = None) -> KeyRecord:
        """Make the record of a `cryptography` public key; raise `KeyRecordError` if unsuitable.

        Without a scheme it is that of a key which signs by itself, not in a browser.
        """
        schemes = _SCHEMES if scheme is None else {scheme: _SCHEMES[scheme]}
        for name, rule in schemes.items():
            if isinstance(key, rule.kind):
                rule.require(key)
                return cls(_keyid(key), name, _pem(key))
        message = f"no scheme for a key of the kind {type(key).__name__}"
        raise KeyRecordError(message)

    @classmethod
    def from_json(cls, value: Any, what: str = "the key record") -> KeyRecord:
        """Read a record and check that it is the one form of its key."""
        try:
            record = msgspec.convert(value, cls)
        except msgspec.ValidationError as error:
            message = f"{what} must have keyid, scheme and public as text, nothing else: {error}"
            raise KeyRecordError(message) from None
        record.require_sound(what)
        return record

    def to_json(self) -> dict[str, str]:
        """Return the record as a JSON value."""
        return {"keyid": self.keyid, "scheme": self.scheme, "public": self.public}

    def require_sound(self, what: str = "the key record") -> None:
        """Raise `KeyRecordError` unless the record is the one form of a key of its scheme."""
        rule = _SCHEMES.get(self.scheme)
        if rule is None:
            message = f"{what}: scheme {self.scheme!r} is not one of {', '.join(_SCHEMES)}"
            raise KeyRecordError(message)
        key = self._key
        if not isinstance(key, rule.kind):
            message = f"{what}: the key is not of the scheme {self.scheme}"
            raise KeyRecordError(message)
        rule.require(key)
        if _pem(key) != self.public:
            message = f"{what}: public is not in the one accepted PEM form"
            raise KeyRecordError(message)
        if _keyid(key) != self.keyid:
            message = f"{what}: keyid is {self.keyid}, the key's own is {_keyid(key)}"
            raise KeyRecordError(message)

    @property
    def raw(self) -> bytes:
        """The bare public bytes of a key that signs notes; other schemes have none."""
        found: bytes = self._key.public_bytes_raw()
        return found

    @property
    def post_quantum(self) -> bool:
        """Whether this is the scheme that a rulebook may ask for beside a person's others.

        As far as is known, a quantum computer forges none of its signatures.
        """
        return _SCHEMES[self.scheme].post_quantum

    @cached_property
    def _key(self) -> Any:
        return _load(self.public)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise `SignatureNotGenuineError` unless this key made the signature over the message."""
        if not _is_genuine(self, signature, message):
            text = f"the signature of key {self.keyid[:16]} does not fit these bytes"
            raise SignatureNotGenuineError(text)

    def verify_envelope(self, envelope: Envelope) -> Signature:
        """Return this key's genuine signature of an envelope, or raise."""
        for signature in envelope.signatures:
            if signature.keyid == self.keyid:
                self.verify(signature.sig, envelope.pae)
                return signature
        text = f"key {self.keyid[:16]} has not signed"
        raise SignatureNotGenuineError(text)


def low_s(signature: bytes) -> bytes:
    """Return the one of the two forms of a P-256 signature that has the low S.

    Tokens give either; a third person could turn one into the other.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


@dataclass(frozen=True)
class _Scheme:
    kind: type[Any]
    require: Callable[[Any], None]
    verify: Callable[[Any, bytes, bytes], None]
    post_quantum: bool = False


def _require_p256(key: ec.EllipticCurvePublicKey) -> None:
    if not isinstance(key.curve, ec.SECP256R1):
        message = f"curve {key.curve.name} is not P-256"
        raise KeyRecordError(message)


def _require_full_order(key: ed25519.Ed25519PublicKey) -> None:
    raw = key.public_bytes_raw()
    if raw[:31] + bytes([raw[31] & 0x7F]) in _SMALL_ORDER:
        message = "the Ed25519 key is a point of small order, whose signatures prove nothing"
        raise KeyRecordError(message)


def _verify_p256(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        raise InvalidSignature from None
    if not 0 < s <= P256_ORDER // 2 or encode_dss_signature(r, s) != signature:
        raise InvalidSignature
    key.verify(signature, message, _ECDSA)


def _verify_webauthn(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    try:
        made, over = opened(signature, message)
    except SignatureNotGenuineError:
        raise InvalidSignature from None
    _verify_p256(key, made, over)


_ECDSA = ec.ECDSA(hashes.SHA256())
_SCHEMES: dict[str, _Scheme] = {
    "ecdsa-sha2-nistp256": _Scheme(ec.EllipticCurvePublicKey, _require_p256, _verify_p256),
    "ed25519": _Scheme(
        ed25519.Ed25519PublicKey, _require_full_order, lambda key, sig, msg: key.verify(sig, msg)
    ),
    "ml-dsa-65": _Scheme(
        mldsa.MLDSA65PublicKey,
        lambda _: None,
        lambda key, sig, msg: key.verify(sig, msg),
        post_quantum=True,
    ),
    "webauthn-es256": _Scheme(ec.EllipticCurvePublicKey, _require_p256, _verify_webauthn),
    "ml-dsa-44": _Scheme(
        mldsa.MLDSA44PublicKey, lambda _: None, lambda key, sig, msg: key.verify(sig, msg)
    ),
}


@lru_cache(maxsize=4096)
def _is_genuine(key: KeyRecord, signature: bytes, message: bytes) -> bool:
    """Whether a key made a signature; asked again for the same bytes, it is not computed again.

    A record holds most signatures twice: as they came in, and under the decision they completed.
    """
    try:
        _SCHEMES[key.scheme].verify(key._key, signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4096)
def _load(public: str) -> Any:
    try:
        return serialization.load_pem_public_key(public.encode("ascii"))
    except (ValueError, UnicodeEncodeError, UnsupportedAlgorithm) as error:
        message = f"public is no PEM public key: {error}"
        raise KeyRecordError(message) from None


def _pem(key: Any) -> str:
    pem: bytes = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode("ascii")


def _keyid(key: Any) -> str:
    der: bytes = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return digest(der)
