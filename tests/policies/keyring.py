"""Pens for tests: keys that sign, each derived from a name, so that bytes are always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa

from policies.proof.checkpoint import TreeHead, signed_message
from policies.proof.dsse import Envelope, Signature
from policies.proof.keys import P256_ORDER, KeyRecord, low_s
from policies.proof.note import ED25519, Note, NoteKey, NoteSignature
from policies.proof.statements import Statement


@dataclass(frozen=True)
class Pen:
    """A private key and the record of its public half."""

    record: KeyRecord
    write: Callable[[bytes], bytes]

    @property
    def keyid(self) -> str:
        return self.record.keyid

    def sign(self, envelope: Envelope) -> Signature:
        return Signature(self.keyid, self.write(envelope.pae))


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def ed25519_private(name: str) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(_seed(name))


@cache
def ed25519_pen(name: str) -> Pen:
    private = ed25519_private(name)
    return Pen(KeyRecord.of(private.public_key()), private.sign)


@cache
def p256_pen(name: str) -> Pen:
    private = p256_private(name)
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    return Pen(
        KeyRecord.of(private.public_key()),
        lambda message: low_s(private.sign(message, scheme)),
    )


def p256_private(name: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(_seed(name), "big") % (P256_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def mldsa_pen(name: str) -> Pen:
    private = mldsa.MLDSA65PrivateKey.from_seed_bytes(_seed(name))
    return Pen(KeyRecord.of(private.public_key()), private.sign)


@cache
def mldsa44_pen(name: str) -> Pen:
    private = mldsa.MLDSA44PrivateKey.from_seed_bytes(_seed(name))
    return Pen(KeyRecord.of(private.public_key()), private.sign)


@dataclass(frozen=True)
class NotePen:
    """A key that signs checkpoints, under the name that it has in notes."""

    pen: Pen
    key: NoteKey

    def line(self, head: TreeHead, seconds: int) -> NoteSignature:
        """Sign a checkpoint at a time (POSIX seconds), which a log's plain signature has not."""
        made = self.pen.write(signed_message(head, self.key, seconds))
        if self.key.kind != ED25519:
            made = seconds.to_bytes(8, "big") + made
        return self.key.signature(made)


def log_pen(origin: str, pen: Pen) -> NotePen:
    return NotePen(pen, NoteKey.of_log(origin, pen.record))


def witness_pen(name: str, pen: Pen) -> NotePen:
    return NotePen(pen, NoteKey.of_witness(name, pen.record))


def checkpoint_note(head: TreeHead, *pens: NotePen, seconds: int = 1_780_000_000) -> str:
    """Return a checkpoint signed by all the pens at one time."""
    return str(Note(head.text, tuple(pen.line(head, seconds) for pen in pens)))


def signed(statement: Statement | Envelope, *pens: Pen) -> Envelope:
    """Return the statement's envelope, signed by all the pens."""
    envelope = statement if isinstance(statement, Envelope) else statement.envelope()
    return envelope.signed_by(*(pen.sign(envelope) for pen in pens))


def authority_pens(side: str) -> tuple[Pen, Pen, Pen]:
    return (
        ed25519_pen(f"{side} authority 1"),
        p256_pen(f"{side} authority 2"),
        ed25519_pen(f"{side} authority 3"),
    )


RECORD, LOG = ed25519_pen("record"), ed25519_pen("log")
# The people of the committee: their ids and names, the pens they sign with.
PENS = {
    "sato": p256_pen("sato"),
    "suzuki": ed25519_pen("suzuki"),
    "tanaka": p256_pen("tanaka"),
    "bat": p256_pen("bat"),
    "dorj": ed25519_pen("dorj"),
    "oyun": p256_pen("oyun"),
}
CHAIR = {"JP": "sato", "partner": "bat"}
ALTERNATE = {"JP": "suzuki", "partner": "dorj"}
MEMBER = {"JP": "tanaka", "partner": "oyun"}
