"""What a browser is asked, and whether what its authenticator answers holds (WebAuthn level 2).

Two look at each answer: the library, for the page's origin, the site and the counter, and the same
strict check that an auditor makes of a signature in an envelope (`policies.proof.webauthn`).
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    parse_authentication_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from governance.access.credentials import SCHEME, Credential
from governance.access.site import Site
from policies.proof.keys import KeyRecord, low_s
from policies.proof.webauthn import assertion, challenge
from policies.refusals import KeyRecordError, SignatureNotGenuineError, SignInError

MAX_ANSWER = 16_384
"""Characters of what a browser posts; an attestation is the longest."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,1400}", re.ASCII)
"""A credential's identifier has at most 1023 bytes (WebAuthn level 2, 5.8.3), in base64url."""
_FAULTS = (WebAuthnException, ValueError, TypeError, LookupError, RecursionError, struct.error)
"""What the library raises for what a stranger may send."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authenticator answered, verified: the signature as envelopes carry it, the count."""

    signature: bytes
    count: int


def to_register(site: Site, message: bytes, name: str) -> str:
    """Return, as JSON for the browser, that it should make a passkey of ES256."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Joint Committee record",
        user_name=name,
        challenge=challenge(message),
        supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return options_to_json(options)


def registered(
    site: Site, message: bytes, answer: str, *, label: str, now: datetime, vouched_by: str | None
) -> Credential:
    """Return the passkey that a browser has made; raise `SignInError` if it does not hold."""
    try:
        found = verify_registration_response(
            credential=_object(answer),
            expected_challenge=challenge(message),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
        )
        decoded = decode_credential_public_key(found.credential_public_key)
        key = decoded_public_key_to_cryptography(decoded)
        record = KeyRecord.of(key, SCHEME)
    except (*_FAULTS, KeyRecordError) as error:
        raise _refused(error) from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _refused(TypeError(type(key).__name__))
    return Credential(
        id=bytes_to_base64url(found.credential_id),
        keyid=record.keyid,
        public=record.public,
        cose=bytes_to_base64url(found.credential_public_key),
        vouched_by=vouched_by,
        label=label,
        sign_count=found.sign_count,
        made_at=int(now.timestamp()),
    )


def to_sign(site: Site, message: bytes, credentials: Iterable[Credential] = ()) -> str:
    """Return, as JSON for the browser, that a passkey should sign a message.

    Without passkeys the browser offers those that it has for this site.
    """
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge(message),
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(known.id)) for known in credentials
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def named_in(answer: str) -> str:
    """Return the identifier of the passkey that answered; `SignInError` if it names none."""
    name = _object(answer).get("id")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        message = "the browser did not say which passkey answered; try again"
        raise SignInError(message)
    return name


def answered(site: Site, message: bytes, answer: str, credential: Credential) -> Answer:
    """Return what a passkey answered; raise `SignInError` unless it signed this very message."""
    given = _object(answer)
    try:
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge(message),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(credential.cose),
            credential_current_sign_count=credential.sign_count,
            require_user_verification=True,
        )
        parts = parse_authentication_credential_json(given)
        said = parts.response
        made = assertion(said.authenticator_data, said.client_data_json, low_s(said.signature))
        if bytes_to_base64url(parts.raw_id) != credential.id:
            raise _refused(ValueError("another passkey"))
        credential.record.verify(made, message)
    except (*_FAULTS, SignatureNotGenuineError) as error:
        raise _refused(error) from None
    return Answer(made, verified.new_sign_count)


def _object(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER:
        message = "what the browser sent is longer than an authenticator's answer can be"
        raise SignInError(message)
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        message = "what the browser sent is no answer of an authenticator; try again"
        raise SignInError(message)
    return value


def _refused(error: Exception) -> SignInError:
    return SignInError(f"the passkey's answer does not hold: {str(error)[:200]}")
