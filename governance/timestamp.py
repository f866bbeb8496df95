"""RFC 3161 time: an authority's word that some bytes existed by an instant.

Nothing here knows of committees: `stamp` asks for a reply over given bytes, `verify` judges one by
the roots that somebody trusts. Keep the reply as it came: it says all, and other programs read it
(`openssl ts -verify -in REPLY -data FILE -CAfile ROOTS`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
from asn1crypto import cms, tsp
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from policies.refusals import TimestampError, UnreachableError

MAX_REPLY = 1_048_576
"""Bytes of a reply; one with a long chain of certificates has some 10,000."""
WAIT_SECONDS = 15.0
_NOT_READ = (
    ValueError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


def stamp(data: bytes, url: str, transport: httpx2.BaseTransport | None = None) -> bytes:
    """Ask the authority at a URL for a time over these bytes, and return its reply as it came.

    The authority sees their SHA-512 alone. The reply answers this very request (its nonce) and
    these bytes; who signed it is judged by `verify`. Raises `TimestampError` for an answer that is
    none, `UnreachableError` if there is no answer.
    """
    request = (
        TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(HashAlgorithm.SHA512)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    reply = _ask(url, request.as_bytes(), transport)
    said = _read(reply, url)
    if said.status != PKIStatus.GRANTED:
        names = {status.value: status.name.lower() for status in PKIStatus}
        why = "; ".join(said.status_string) or "without a reason"
        message = f"{url} gives no time: {names.get(said.status, said.status)}, {why}"
        raise TimestampError(message)
    try:
        nonce, imprint = said.tst_info.nonce, said.tst_info.message_imprint.message
    except ValueError as error:
        message = f"{url} grants a time and sends none: {error}"
        raise TimestampError(message) from None
    if nonce != request.nonce:
        message = f"{url} answers another request than the one that was sent"
        raise TimestampError(message)
    if imprint != hashlib.sha512(data).digest():
        message = f"{url} gives a time to other bytes than those that were sent"
        raise TimestampError(message)
    return reply


def verify(reply: bytes, data: bytes, roots: bytes) -> datetime:
    """Return the instant by which these bytes existed, by an authority below one of the roots.

    `roots` are PEM certificates, intermediate ones among them if the reply brings none. They need
    to have been valid at that instant, not today. Raises `TimestampError`.
    """
    said = _read(reply, "the reply")
    builder = VerifierBuilder()
    for certificate in _certificates(roots):
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    try:
        builder.build().verify_message(said, data)
    except (VerificationError, *_NOT_READ) as error:
        message = f"the time does not hold: {error}"
        raise TimestampError(message) from None
    return said.tst_info.gen_time


def _ask(url: str, query: bytes, transport: httpx2.BaseTransport | None) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        message = f"{url!r} is no address of a time stamping authority; write https://…"
        raise TimestampError(message)
    try:
        # No proxies of the environment, no redirects: what answers is the host that was named.
        with (
            httpx2.Client(
                timeout=WAIT_SECONDS, follow_redirects=False, trust_env=False, transport=transport
            ) as client,
            client.stream(
                "POST", url, content=query, headers={"content-type": _QUERY, "accept": _REPLY}
            ) as answer,
        ):
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if answer.status_code != httpx2.codes.OK or kind != _REPLY:
                message = f"{url} answers {answer.status_code} {kind or 'without a type'}, no time"
                raise TimestampError(message)
            return _bounded(answer, url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        message = f"{url} gives no answer: {str(error) or type(error).__name__}"
        raise UnreachableError(message) from None


def _bounded(answer: httpx2.Response, url: str) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_REPLY:
            message = f"{url} answers with more than {MAX_REPLY} bytes"
            raise TimestampError(message)
    return bytes(body)


def _read(reply: bytes, what: str) -> TimeStampResponse:
    try:
        return decode_timestamp_response(reply)
    except ValueError as error:
        fault = error
    try:
        return decode_timestamp_response(_in_order(reply))
    except (ValueError, TypeError, KeyError):
        message = f"{what} is no RFC 3161 reply: {fault}"
        raise TimestampError(message) from None


def _in_order(reply: bytes) -> bytes:
    """Return a reply whose certificates stand in DER's order.

    OpenSSL before 3.2 sends them as they come, which strict readers refuse. No signature covers
    them. Raises `ValueError` and others for what is no reply.
    """
    whole = tsp.TimeStampResp.load(reply, strict=True)
    signed = whole["time_stamp_token"]["content"]
    found = sorted(signed["certificates"], key=lambda certificate: bytes(certificate.dump()))
    signed["certificates"] = cms.CertificateSet(found)
    return bytes(whole.dump())


def _certificates(roots: bytes) -> list[x509.Certificate]:
    try:
        found = list(dict.fromkeys(x509.load_pem_x509_certificates(roots)))
    except ValueError as error:
        message = f"the roots are no PEM certificates: {error}"
        raise TimestampError(message) from None
    if not any(certificate.issuer == certificate.subject for certificate in found):
        message = "among the roots is none that is signed by itself"
        raise TimestampError(message)
    return found
