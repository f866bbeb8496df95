"""The parts of what registries are told: figures, names, and envelopes as their readers see them.

Apart from the parts of a decision, which may change: what was told once is told for ever.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from policies.proof.canonical import MAX_INTEGER

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
CommitteeCode = Annotated[str, Meta(pattern="^JP-[A-Z]{2}$")]
Side = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
Amount = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Days = Annotated[
    tuple[date, ...], Meta(min_length=2, max_length=2, description="First and last day.")
]
Base64 = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]*={0,2}$")]


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature of an envelope."""

    keyid: Digest
    sig: Base64


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename={"payload_type": "payloadType"}):
    """A DSSE v1 envelope."""

    payload: Base64
    payload_type: Text
    signatures: tuple[Signature, ...]


class RulebookName(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook by version and by the digest of its text."""

    version: Text
    digest: Digest


class MethodologyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A methodology in an exact version."""

    number: Text
    version: Text


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """A project participant of one side."""

    side: Side
    name: Text


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one account holder of the event's side receives, in tCO2e."""

    holder: Literal["government", "private"]
    name: Text
    amount: Amount


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """The item that first decided these credits; it may stand in a record of the past."""

    number: Text
    item: Count


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """A sectoral scope and the last day on which it may be used (null: none is stated)."""

    scope: Count
    until: date | None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, guideline or form in the version that is adopted; no digest where it has no file."""

    title: Text
    version: Text
    digest: Digest | None
