"""A request to a witness, `add-checkpoint` of C2SP tlog-witness: written by logs, read by us."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from policies.proof.merkle import MAX_SIZE
from policies.proof.note import MAX_NOTE, from_base64
from policies.refusals import LogProofError

MAX_PATH = 63
MAX_REQUEST = MAX_NOTE + 64 * 64
"""Bytes of a request: a note, and the lines of the longest proof."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The size that the log believes was seen last, the proof from there, and the new note."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def __bytes__(self) -> bytes:
        """Return the request's body."""
        lines = "".join(f"{base64.b64encode(found).decode('ascii')}\n" for found in self.path)
        return f"old {self.old}\n{lines}\n{self.note}".encode()

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """Read a body; raise `LogProofError` naming what is not as it is written."""
        try:
            head, blank, note = body.decode("utf-8").partition("\n\n")
        except UnicodeDecodeError:
            message = "the request is not UTF-8"
            raise LogProofError(message) from None
        first, *lines = head.split("\n")
        if not blank:
            message = "a request is an old size, a proof, an empty line, and a checkpoint"
            raise LogProofError(message)
        return cls(_size(first), _path(lines), note)


def _size(line: str) -> int:
    text = line.removeprefix("old ")
    known = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SIZE))
    if not known or line != f"old {int(text)}" or int(text) > MAX_SIZE:
        message = f"the first line is `old` and a plain number, not {line[:60]!r}"
        raise LogProofError(message)
    return int(text)


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        message = f"a proof has {MAX_PATH} hashes at most, this has {len(lines)}"
        raise LogProofError(message)
    return tuple(from_base64(line, "a proof's hash") for line in lines)
