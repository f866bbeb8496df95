"""A signature that a browser's authenticator made: WebAuthn level 2, section 7.2.

An authenticator signs its own data and the browser's, of which the challenge is the SHA-256 of the
statement's pre-authentication encoding. The signature in an envelope therefore carries both, as
canonical JSON ``{"authenticatorData","clientDataJSON","signature"}`` in base64url, and proves
itself offline for ever. What is checked: the person was there and was verified (PIN, finger), the
ceremony was an authentication for this very statement on a page's own origin, and the authenticator
knew that page's site as the one it holds the key for.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from hashlib import sha256
from typing import Any

from policies.proof.canonical import canonical, parse_canonical
from policies.refusals import NotCanonicalError, SignatureNotGenuineError

MEMBERS = ("authenticatorData", "clientDataJSON", "signature")
_PRESENT, _VERIFIED = 0x01, 0x04
_DATA_SIZE = 37
"""Bytes of authenticator data without extensions: site, flags, counter."""
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9-]+(\.[a-z0-9-]+)*)(:[0-9]{1,5})?", re.ASCII
)
_LOCAL = ("localhost", "127.0.0.1")
"""Hosts whose pages are a secure context without TLS."""


def challenge(message: bytes) -> bytes:
    """Return what an authenticator is asked to sign for a statement's bytes."""
    return sha256(message).digest()


def assertion(authenticator_data: bytes, client_data: bytes, signature: bytes) -> bytes:
    """Return the signature as it stands in an envelope; `signature` is DER with the low S."""
    parts = (authenticator_data, client_data, signature)
    return canonical(dict(zip(MEMBERS, map(_encoded, parts), strict=True)), "the assertion")


def opened(made: bytes, message: bytes) -> tuple[bytes, bytes]:
    """Return an assertion's signature, and the bytes that it is over, if it is of this message.

    Raises `SignatureNotGenuineError` naming what does not hold.
    """
    authenticator_data, client_data, signature = _members(made)
    origin = _require_ceremony(client_data, message)
    _require_authenticator(authenticator_data, origin)
    return signature, authenticator_data + sha256(client_data).digest()


def _members(made: bytes) -> tuple[bytes, bytes, bytes]:
    try:
        value = parse_canonical(made, "the assertion")
    except NotCanonicalError as error:
        raise _refused(str(error)) from None
    if not isinstance(value, dict) or set(value) != set(MEMBERS):
        raise _refused(f"the assertion must have {', '.join(MEMBERS)}, and nothing else")
    first, second, third = (_decoded(value[name], name) for name in MEMBERS)
    return first, second, third


def _require_ceremony(client_data: bytes, message: bytes) -> str:
    """Check what the browser says it asked for; returns the host of the page."""
    try:
        said: Any = json.loads(client_data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _refused("clientDataJSON is not JSON with each member once") from None
    if not isinstance(said, dict) or said.get("type") != "webauthn.get":
        raise _refused("the browser was not asked for an authentication (webauthn.get)")
    if said.get("challenge") != _encoded(challenge(message)):
        raise _refused("the challenge is not the digest of this statement")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise _refused("the page was framed by another one")
    return _host(said.get("origin"))


def _host(origin: Any) -> str:
    found = _ORIGIN.fullmatch(origin) if isinstance(origin, str) else None
    if found is None or not (found["scheme"] == "https" or found["host"] in _LOCAL):
        raise _refused("the origin is no page's own (https, or a local one)")
    return found["host"]


def _require_authenticator(data: bytes, host: str) -> None:
    if len(data) != _DATA_SIZE:
        raise _refused(f"the authenticator's data has {len(data)} bytes, not {_DATA_SIZE}")
    labels = host.split(".")
    sites = (".".join(labels[place:]) for place in range(len(labels)))
    if data[:32] not in {sha256(site.encode("utf-8")).digest() for site in sites}:
        raise _refused("the authenticator holds the key for another site than the page's")
    if not data[32] & _PRESENT or not data[32] & _VERIFIED:
        raise _refused("the authenticator did not verify the person")
    if data[32] & 0xC0:
        raise _refused("the authenticator's flags promise data that is not there")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _decoded(text: Any, name: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}".encode("ascii"))
    except (TypeError, UnicodeEncodeError, binascii.Error):
        data = None
    if data is None or _encoded(data) != text:
        raise _refused(f"{name} is not base64url without padding")
    return data


def _refused(why: str) -> SignatureNotGenuineError:
    return SignatureNotGenuineError(f"the signature of the browser does not hold: {why}")
