"""A small log for tests of witnesses: entries, checkpoints signed by its key, and proofs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from governance.witness.asking import AddCheckpoint
from policies.proof.checkpoint import TreeHead, signed_message
from policies.proof.merkle import consistency_path, root_of
from policies.proof.note import Note, NoteKey
from tests.policies.keyring import Pen, ed25519_pen
from tests.policies.test_merkle import entries, subtrees

ORIGIN = "log.example/JP-MN"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
LOG_PEN = ed25519_pen("a log")
LOG_KEY = NoteKey.of_log(ORIGIN, LOG_PEN.record)


class Log:
    """A log of so many entries; another name makes another history."""

    def __init__(self, name: str = "", origin: str = ORIGIN, pen: Pen = LOG_PEN) -> None:
        self.name, self.origin, self.pen = name, origin, pen

    def head(self, size: int) -> TreeHead:
        return TreeHead(self.origin, size, root_of(size, subtrees(self.entries(size))))

    def entries(self, size: int) -> Sequence[bytes]:
        return entries(size, self.name)

    def note(self, size: int) -> str:
        head, key = self.head(size), NoteKey.of_log(self.origin, self.pen.record)
        line = key.signature(self.pen.write(signed_message(head, key, 0)))
        return str(Note(head.text, (line,)))

    def request(self, old: int, size: int, proved_from: int | None = None) -> bytes:
        begin = old if proved_from is None else proved_from
        path = consistency_path(begin, size, subtrees(self.entries(size)))
        return bytes(AddCheckpoint(old, tuple(path), self.note(size)))
