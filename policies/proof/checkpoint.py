"""Checkpoints of a transparency log, what their signatures say, and which witnesses are enough.

A checkpoint names the log, its size and its root (C2SP tlog-checkpoint); the log's own signature
says *this is the list*, each witness's cosignature *this follows from all I saw before, at this
time* (C2SP tlog-cosignature). Keys come from the founding and the engine statements alone.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from policies.proof.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from policies.proof.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    MAX_NAME,
    Note,
    NoteKey,
    NoteSignature,
    from_base64,
)
from policies.proof.statements import LogName, OldLog, Witnesses
from policies.refusals import LogProofError

_LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A log at one size: what a checkpoint says."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of the note."""
        root = base64.b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, text: str) -> TreeHead:
        """Read a checkpoint's text: three lines, none after them; raise `LogProofError`."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or len(lines[0].encode()) > MAX_NAME:
            message = "a checkpoint has three lines: origin, size and root"
            raise LogProofError(message)
        size = lines[1]
        if not (size.isascii() and size.isdigit()) or size != str(int(size[:20])):
            message = f"a checkpoint's size is a plain number, not {size[:30]!r}"
            raise LogProofError(message)
        root = from_base64(lines[2], "a checkpoint's root")
        if len(root) != HASH_SIZE or int(size) > MAX_SIZE:
            message = "a checkpoint's root has 32 bytes, and its size is below 2^53"
            raise LogProofError(message)
        if size == "0" and root != EMPTY_ROOT:
            message = "a log without entries has one root, which this is not"
            raise LogProofError(message)
        return cls(lines[0], int(size), root)


@dataclass(frozen=True)
class LogKeys:
    """With which keys a log signs, and which witnesses, in which sets, are enough."""

    log: tuple[NoteKey, ...]
    witnesses: Mapping[str, tuple[NoteKey, str | None]]
    quorum: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, log: LogName, witnesses: Witnesses) -> LogKeys:
        """Return the keys that a founding, or an engine statement, names."""
        return cls(
            tuple(NoteKey.of_log(log.origin, key) for key in log.keys),
            {w.name: (NoteKey.of_witness(w.name, w.key), w.side) for w in witnesses.keys},
            witnesses.quorum,
        )

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.log[0].name

    @property
    def alone(self) -> LogKeys:
        """The log's own keys, without the witnesses."""
        return LogKeys(self.log, {}, ())


@dataclass(frozen=True)
class Checkpoint:
    """A signed checkpoint whose signatures are genuine: when each witness cosigned it."""

    head: TreeHead
    note: Note
    cosigned: Mapping[str, datetime]

    @property
    def first_cosigned(self) -> datetime | None:
        """When the first of the witnesses saw it."""
        return min(self.cosigned.values(), default=None)


@dataclass(frozen=True)
class LogTerm:
    """The keys of a log from one statement on, and where the log of the keys before them ended.

    `old` is null for the founding, and where the log's own keys stay as they are.
    """

    keys: LogKeys
    old: OldLog | None = None


def terms_at(terms: Sequence[LogTerm], size: int) -> list[LogTerm]:
    """Return the terms in which a checkpoint of that size may have been made, the latest first.

    Where a log's own keys were replaced, its size then says which are meant; where only witnesses
    were, a chain without positions does not, and each term is as good.
    """
    found: list[LogTerm] = []
    for term in reversed(terms):
        found.append(term)
        if term.old is not None:
            if size > term.old.size:
                return found
            found.clear()
    return found


def read_checkpoint(data: str, keys: LogKeys) -> Checkpoint:
    """Read a checkpoint that the log has signed with every key it has, and its cosignatures.

    Raises `LogProofError` for another log, a signature of the log that is missing, or a line of a
    known key that is not genuine. Lines of other keys are ignored.
    """
    note = Note.parse(data)
    head = TreeHead.parse(note.text)
    if head.origin != keys.origin:
        message = f"the checkpoint is of the log {head.origin!r}, not of {keys.origin!r}"
        raise LogProofError(message)
    for key in keys.log:
        if require_signed(note, head, key) is None:
            message = f"the checkpoint of {head.size} entries is not signed by the log's key"
            raise LogProofError(f"{message} {key.vkey[:60]}")
    cosigned = {}
    for name, (key, _side) in keys.witnesses.items():
        at = require_signed(note, head, key)
        if at is not None:
            cosigned[name] = at
    return Checkpoint(head, note, cosigned)


def require_signed(note: Note, head: TreeHead, key: NoteKey) -> datetime | None:
    """Return when a key signed a checkpoint, null if it did not (1970 for a log's plain line).

    Raises `LogProofError` if a line claims the key and is not genuine, or stands twice.
    """
    lines = [signature for signature in note.signatures if key.made(signature)]
    if len(lines) > 1:
        message = f"{key.name} has signed the checkpoint twice"
        raise LogProofError(message)
    for line in lines:
        seconds = _seconds(line, key)
        key.require_made(line, signed_message(head, key, seconds))
        return datetime.fromtimestamp(seconds, UTC)
    return None


def signed_message(head: TreeHead, key: NoteKey, seconds: int) -> bytes:
    """Return the bytes that a key signs for a checkpoint at a time (POSIX seconds)."""
    if key.kind == COSIGNATURE_ED25519:
        return f"cosignature/v1\ntime {seconds}\n{head.text}".encode()
    if key.kind == COSIGNATURE_ML_DSA_44:
        name, origin = key.name.encode(), head.origin.encode()
        return b"".join(
            (
                b"subtree/v1\n\x00",
                len(name).to_bytes(1, "big") + name,
                seconds.to_bytes(8, "big"),
                len(origin).to_bytes(1, "big") + origin,
                (0).to_bytes(8, "big"),
                head.size.to_bytes(8, "big"),
                head.root,
            )
        )
    return head.text.encode()


def require_quorum(keys: LogKeys, cosigned: Collection[str], sides: Collection[str]) -> str:
    """Refuse a checkpoint that too few witnesses have cosigned; says in words who has.

    One of the quorum's sets must be whole, and with it both sides' witnesses, or one side's and a
    third that neither side runs (DESIGN of the record: proof for outsiders). Raises
    `LogProofError`.
    """
    if not keys.witnesses:
        message = "neither the founding nor an engine statement names a witness"
        raise LogProofError(message)
    if not any(set(enough) <= set(cosigned) for enough in keys.quorum):
        away = ", ".join(sorted(set(keys.witnesses) - set(cosigned)))
        message = f"the witnesses who have cosigned are no quorum; not there: {away}"
        raise LogProofError(message)
    if not is_independent({keys.witnesses[name][1] for name in cosigned}, sides):
        message = (
            "it takes the witnesses of both sides, or one side's and a third that neither runs;"
            f" here: {', '.join(sorted(cosigned))}"
        )
        raise LogProofError(message)
    return ", ".join(f"{name} ({keys.witnesses[name][1] or 'third'})" for name in sorted(cosigned))


def is_independent(behind: Collection[str | None], sides: Collection[str]) -> bool:
    """Whether witnesses of these sides (null: a third) cannot all be of one hand."""
    own = {side for side in behind if side in sides}
    return set(sides) <= own or (bool(own) and None in behind)


def _seconds(line: NoteSignature, key: NoteKey) -> int:
    if key.kind not in (COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44):
        return 0
    seconds = int.from_bytes(line.signature[:8], "big")
    if not 0 < seconds <= _LAST_SECOND:
        message = f"the cosignature of {key.name} bears no time that a calendar has"
        raise LogProofError(message)
    return seconds
