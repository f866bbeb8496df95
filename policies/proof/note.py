"""Signed notes, and the keys that sign them (C2SP signed-note, tlog-cosignature).

A note is text with signature lines under it. Lines of keys that nobody asked about are carried and
ignored; a line that claims a known key and is not genuine makes the whole note bad.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from policies.proof.keys import KeyRecord
from policies.refusals import KeyRecordError, LogProofError

MAX_NOTE = 262_144
"""Bytes of a note: room for several dozen post-quantum signatures."""
MAX_SIGNATURES = 64
MAX_NAME = 255
"""Bytes of a key's name: what an ML-DSA-44 cosignature has room for."""
DASH = "\u2014"

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
COSIGNATURE_ML_DSA_44 = 0x06
"""Signature types; a cosignature says when it was made, and covers no other text than a tree."""

_SIZES = {ED25519: 64, COSIGNATURE_ED25519: 72, COSIGNATURE_ML_DSA_44: 2428}


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line: the key's name and id, and what it made."""

    name: str
    keyid: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{DASH} {self.name} {_to_base64(self.keyid + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> NoteSignature:
        """Read a signature line without its newline; raise `LogProofError` if it is none."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != DASH or not is_key_name(parts[1]):
            message = f"{line[:80]!r} is no signature line of a note"
            raise LogProofError(message)
        data = from_base64(parts[2], "a note's signature")
        if len(data) <= 4:
            message = f"the signature line of {parts[1]} holds no signature"
            raise LogProofError(message)
        return cls(parts[1], data[:4], data[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signature lines."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: str) -> Note:
        """Read a note; raise `LogProofError` naming what is not as a note is written."""
        if len(data.encode("utf-8", "surrogatepass")) > MAX_NOTE:
            message = f"the note is larger than {MAX_NOTE} bytes"
            raise LogProofError(message)
        if any(_is_barred(character) for character in data):
            message = "a note holds no control characters but newlines, and no half characters"
            raise LogProofError(message)
        text, blank, lines = data.rpartition("\n\n")
        if not blank or not text or not lines.endswith("\n"):
            message = "a note is text, an empty line, and signature lines, each ended by a newline"
            raise LogProofError(message)
        found = lines[:-1].split("\n")
        if len(found) > MAX_SIGNATURES:
            message = f"the note has {len(found)} signature lines; {MAX_SIGNATURES} are allowed"
            raise LogProofError(message)
        return cls(f"{text}\n", tuple(NoteSignature.parse(line) for line in found))

    def __str__(self) -> str:
        """Return the note as it is written."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def with_signatures(self, *added: NoteSignature) -> Note:
        """Return the note with these lines added; one of a key that is there stays as it is."""
        known = {(signature.name, signature.keyid) for signature in self.signatures}
        new = [s for s in added if (s.name, s.keyid) not in known]
        return Note(self.text, (*self.signatures, *new))


@dataclass(frozen=True)
class NoteKey:
    """A key that signs notes: its name, the type of its signatures, and its raw public bytes."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def of_log(cls, origin: str, key: KeyRecord) -> NoteKey:
        """Return the key with which a log signs its checkpoints."""
        if key.scheme == "ed25519":
            return cls(origin, ED25519, key.raw)
        return cls.of_witness(origin, key)

    @classmethod
    def of_witness(cls, name: str, key: KeyRecord) -> NoteKey:
        """Return the key with which a witness cosigns; `LogProofError` for any other scheme."""
        kinds = {"ed25519": COSIGNATURE_ED25519, "ml-dsa-44": COSIGNATURE_ML_DSA_44}
        if key.scheme not in kinds:
            message = f"{name}: a key of the scheme {key.scheme} signs no checkpoints"
            raise LogProofError(message)
        return cls(name, kinds[key.scheme], key.raw)

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Read a verifier key as others write it; raise `LogProofError` if it is none."""
        parts = vkey.split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            message = f"{vkey[:80]!r} is no verifier key: NAME+ID+KEY"
            raise LogProofError(message)
        data = from_base64(parts[2], f"the verifier key of {parts[0]}")
        key = cls(parts[0], data[0] if data else 0, data[1:])
        if len(parts[0].encode()) > MAX_NAME:
            message = f"the verifier key {parts[0][:80]}… has a name of more than {MAX_NAME} bytes"
            raise LogProofError(message)
        if key.kind not in _SIZES or key.keyid.hex() != parts[1]:
            message = f"the verifier key of {parts[0]} is of no known type, or has another id"
            raise LogProofError(message)
        key.require_loadable()
        return key

    @cached_property
    def keyid(self) -> bytes:
        """Four bytes that, with the name, say which key a line is of."""
        named = b"%s\n%c%s" % (self.name.encode("utf-8"), self.kind, self.public)
        return sha256(named).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in the one line in which verifier keys are exchanged."""
        return f"{self.name}+{self.keyid.hex()}+{_to_base64(bytes([self.kind]) + self.public)}"

    def made(self, signature: NoteSignature) -> bool:
        """Whether a line claims to be of this key."""
        return (signature.name, signature.keyid) == (self.name, self.keyid)

    def signature(self, made: bytes) -> NoteSignature:
        """Return the line for something that this key has made."""
        return NoteSignature(self.name, self.keyid, made)

    def require_loadable(self) -> None:
        """Raise `LogProofError` unless the bytes are a public key that can prove something."""
        try:
            KeyRecord.of(self._load())
        except (ValueError, KeyRecordError):
            message = f"the verifier key of {self.name} holds no public key"
            raise LogProofError(message) from None

    def require_made(self, signature: NoteSignature, message: bytes) -> None:
        """Raise `LogProofError` unless this key made the line's last part over these bytes."""
        if len(signature.signature) != _SIZES[self.kind]:
            wrong = f"the signature of {self.name} has {len(signature.signature)} bytes"
            raise LogProofError(wrong)
        try:
            self._load().verify(signature.signature[_prefix(self.kind) :], message)
        except (InvalidSignature, ValueError):
            wrong = f"the signature of {self.name} is not genuine"
            raise LogProofError(wrong) from None

    def _load(self) -> ed25519.Ed25519PublicKey | mldsa.MLDSA44PublicKey:
        if self.kind == COSIGNATURE_ML_DSA_44:
            return mldsa.MLDSA44PublicKey.from_public_bytes(self.public)
        return ed25519.Ed25519PublicKey.from_public_bytes(self.public)


def _is_barred(character: str) -> bool:
    return (character < " " and character != "\n") or "\ud800" <= character <= "\udfff"


def is_key_name(name: str) -> bool:
    """Whether a name may stand in a signature line: not empty, no spaces, no plus."""
    return bool(name) and not any(c == "+" or c.isspace() or _is_barred(c) for c in name)


def from_base64(text: str, what: str) -> bytes:
    """Read canonical standard base64; raise `LogProofError`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        data = None
    if data is None or _to_base64(data) != text:
        message = f"{what} is not canonical base64"
        raise LogProofError(message)
    return data


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _prefix(kind: int) -> int:
    """Bytes of the timestamp before a cosignature."""
    return 0 if kind == ED25519 else 8
