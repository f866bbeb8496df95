"""A person's private key on a PKCS#11 token: made there, and never out of it.

P-256 or Ed25519. A wrong PIN is sent once and never again: tokens lock themselves after a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto.core import OctetString
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, Mechanism, ObjectClass, TokenFlag
from pkcs11 import exceptions as said
from pkcs11.constants import SlotFlag
from pkcs11.types import PROTECTED_AUTH

from governance.keys.uri import MODULE, TokenUri
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import KeyRecord, low_s
from policies.refusals import KeyFileError, KeyRecordError, TokenError, WrongPinError

AskPin = Callable[[str], str]
"""Asks for the PIN of what is named."""

_P256 = bytes.fromhex("06082a8648ce3d030107")
_ED25519 = (
    bytes.fromhex("06032b6570"),  # id-Ed25519, RFC 8410
    bytes.fromhex("130c") + b"edwards25519",  # the curve's name, as PKCS#11 3.0 writes it
)
_HOLDS_PUBLIC = (ObjectClass.PUBLIC_KEY, ObjectClass.CERTIFICATE)
_WRONG_PIN = (said.PinIncorrect, said.PinInvalid, said.PinLenRange)


class TokenKey:
    """A key on a token, found once; every signature opens the token anew and closes it."""

    def __init__(self, uri: TokenUri, ask: AskPin) -> None:
        self._uri, self._ask = uri, ask
        self._pin: Any = None
        self._pin_is_wrong = False
        with self._told():
            self._token = _token(uri)
            try:
                with self._token.open() as session:
                    self._id, self.record = self._find(session)
            except _NotShownError as unseen:  # some tokens show public keys to their user alone
                with self._asked_because(unseen), self._logged_in() as session:
                    self._id, self.record = self._find(session)

    def sign(self, envelope: Envelope) -> Signature:
        """Sign an envelope's pre-authentication encoding, inside the token."""
        with self._told(), self._logged_in() as session:
            found, record = self._find(session)
            if (found, record) != (self._id, self.record):
                message = f"{self._uri}: the token shows another key than before"
                raise TokenError(message)
            return Signature(self.record.keyid, self._signed(self._private(session), envelope.pae))

    def _signed(self, key: Any, message: bytes) -> bytes:
        # PIV's key for signatures (slot 9c) wants the PIN for every one of them.
        again = self._pin if _attribute(key, Attribute.ALWAYS_AUTHENTICATE) else None
        pin = again if isinstance(again, str) else None
        if self.record.scheme == "ed25519":
            return bytes(key.sign(message, mechanism=Mechanism.EDDSA, pin=pin))
        raw = bytes(key.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA, pin=pin))
        half = len(raw) // 2
        r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        return low_s(encode_dss_signature(r, s))

    @contextmanager
    def _logged_in(self) -> Iterator[pkcs11.Session]:
        if self._pin_is_wrong:
            message = f"{self._uri}: the PIN was wrong, and is not sent again; begin anew"
            raise WrongPinError(message)
        if self._pin is None:
            pad = TokenFlag.PROTECTED_AUTHENTICATION_PATH in self._token.flags
            self._pin = PROTECTED_AUTH if pad else self._ask(_tries(self._token))
        with self._token.open(user_pin=self._pin) as session:
            yield session

    @contextmanager
    def _asked_because(self, unseen: TokenError) -> Iterator[None]:
        try:
            yield
        except KeyFileError as nobody:
            message = f"{unseen}, to whoever gives no PIN; {nobody}"
            raise TokenError(message) from None

    def _find(self, session: pkcs11.Session) -> tuple[bytes, KeyRecord]:
        """Return the id and the record of the one key that fits; `_NotShownError` if none is shown.

        A key pair's parts and its certificate bear one id, but seldom one label.
        """
        classes = (ObjectClass.PRIVATE_KEY, *_HOLDS_PUBLIC)
        ids = {_id(found) for kind in classes for found in self._fitting(session, kind)}
        if not ids:
            message = f"{self._uri}: the token {_name(self._token)} shows no such key"
            raise _NotShownError(message)
        if len(ids) > 1:
            shown = ", ".join(sorted(f"id=%{name.hex('%')}" if name else "no id" for name in ids))
            message = f"{self._uri} fits {len(ids)} keys of {_name(self._token)} ({shown})"
            raise TokenError(f"{message}; name one of them by id")
        (name,) = ids
        return name, self._record(session, name)

    def _fitting(self, session: pkcs11.Session, kind: ObjectClass) -> list[Any]:
        wanted: dict[Attribute, Any] = {Attribute.CLASS: kind}
        if self._uri.label is not None:
            wanted[Attribute.LABEL] = self._uri.label
        if self._uri.id is not None:
            wanted[Attribute.ID] = self._uri.id
        return list(session.get_objects(wanted))

    def _record(self, session: pkcs11.Session, name: bytes) -> KeyRecord:
        """Return the record of the public key of that id: the key's own, else its certificate's."""
        for kind in _HOLDS_PUBLIC:
            shown = list(session.get_objects({Attribute.CLASS: kind, Attribute.ID: name}))
            records = {_record_of(kind, found, self._uri) for found in shown}
            if len(records) > 1:
                message = f"{self._uri}: two public keys of {_name(self._token)} have that id"
                raise TokenError(message)
            for record in records:
                return record
        message = f"{self._uri}: the token {_name(self._token)} shows no public key of that key"
        raise _NotShownError(message)

    def _private(self, session: pkcs11.Session) -> Any:
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: self._id}
        found = list(session.get_objects(wanted))
        if len(found) != 1:
            what = "no private key" if not found else f"{len(found)} private keys"
            message = f"{self._uri}: the token {_name(self._token)} holds {what} of that id"
            raise TokenError(message)
        return found[0]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the token answers in a sentence."""
        try:
            yield
        except _WRONG_PIN:
            self._pin_is_wrong = True
            message = (
                f"{self._uri}: the PIN is wrong. It was tried once; after a few wrong ones the"
                " token locks itself"
            )
            raise WrongPinError(message) from None
        except (said.PinLocked, said.PinExpired) as error:
            self._pin_is_wrong = True
            state = "locked after wrong PINs" if isinstance(error, said.PinLocked) else "expired"
            message = f"{self._uri}: the PIN is {state}; the token's own tool sets a new one"
            raise WrongPinError(message) from None
        except (said.TokenNotPresent, said.DeviceRemoved, said.TokenNotRecognised):
            message = f"{self._uri}: the token was taken out; nothing is signed"
            raise TokenError(message) from None
        except (said.MechanismInvalid, said.KeyTypeInconsistent):
            message = f"{self._uri}: the token does not sign with this key as P-256 or Ed25519 do"
            raise TokenError(message) from None
        except said.PKCS11Error as error:
            detail = f"{type(error).__name__} {error}".strip()
            message = f"{self._uri}: the token did not do it ({detail})"
            raise TokenError(message) from None


class _NotShownError(TokenError):
    """Nothing fits, of what the token shows to whoever is not logged in."""


def _token(uri: TokenUri) -> pkcs11.Token:
    """Return the one token that fits."""
    present = [slot.get_token() for slot in _slots(uri) if SlotFlag.TOKEN_PRESENT in slot.flags]
    ready = sorted((t for t in present if TokenFlag.TOKEN_INITIALIZED in t.flags), key=_name)
    fitting = [token for token in ready if _fits(uri, token)]
    names = ", ".join(_name(token) for token in ready) or "none"
    if not fitting:
        message = f"{uri}: no such token is there; there are: {names}"
        raise TokenError(message)
    if len(fitting) > 1:
        message = f"{uri} fits {len(fitting)} tokens ({', '.join(map(_name, fitting))})"
        raise TokenError(f"{message}; name one by token= and serial=")
    return fitting[0]


def _slots(uri: TokenUri) -> list[pkcs11.Slot]:
    module = uri.module
    if "/" in module and not Path(module).is_file():
        message = f"{uri}: the PKCS#11 module {module} is not there; see module-path= and {MODULE}"
        raise TokenError(message)
    try:
        return pkcs11.lib(module).get_slots(token_present=True)
    except said.PKCS11Error as error:
        message = f"{uri}: the PKCS#11 module {module} cannot be used: {error}"
        raise TokenError(message) from None


def _fits(uri: TokenUri, token: pkcs11.Token) -> bool:
    says = {
        "token": token.label,
        "manufacturer": token.manufacturer_id,
        "serial": token.serial.decode("utf-8", "replace").rstrip(),
        "model": token.model,
    }
    return all(says[name] == value for name, value in uri.token.items())


def _name(token: pkcs11.Token) -> str:
    serial = token.serial.decode("utf-8", "replace").rstrip()
    return f"{token.label or 'without a label'} (serial {serial})"


def _tries(token: pkcs11.Token) -> str:
    """Name a token, and how near it is to locking itself."""
    if TokenFlag.USER_PIN_FINAL_TRY in token.flags:
        return f"{token.label} (the last try: a wrong one locks it)"
    if TokenFlag.USER_PIN_COUNT_LOW in token.flags:
        return f"{token.label} (wrong ones were given since the last right one)"
    return token.label


def _attribute(found: Any, name: Attribute) -> Any:
    """Return an object's attribute; None where the token does not know it."""
    try:
        return found[name]
    except (said.AttributeTypeInvalid, said.AttributeSensitive):
        return None


def _id(found: Any) -> bytes:
    return bytes(_attribute(found, Attribute.ID) or b"")


def _record_of(kind: ObjectClass, found: Any, uri: TokenUri) -> KeyRecord:
    try:
        if kind is ObjectClass.CERTIFICATE:
            certificate = x509.load_der_x509_certificate(bytes(found[Attribute.VALUE]))
            return KeyRecord.of(certificate.public_key())
        return KeyRecord.of(_public(found))
    except (ValueError, KeyRecordError, said.AttributeTypeInvalid):
        message = f"{uri}: this key signs nothing here; use P-256 or Ed25519"
        raise TokenError(message) from None


def _public(found: Any) -> Any:
    curve, point = bytes(found[Attribute.EC_PARAMS]), bytes(found[Attribute.EC_POINT])
    if curve in _ED25519:
        raw = point if len(point) == 32 else bytes(OctetString.load(point))
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    if curve != _P256:
        message = "another curve"
        raise ValueError(message)
    raw = point if len(point) in (33, 65) else bytes(OctetString.load(point))
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
