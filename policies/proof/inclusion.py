"""What a bundle carries of the log: that an entry is in it, and what it was when a text was frozen.

A proof is C2SP's tlog-proof: index, audit path, and the signed checkpoint they lead to.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from policies.proof.checkpoint import Checkpoint, LogKeys, read_checkpoint
from policies.proof.merkle import MAX_SIZE, leaf_hash, require_consistent, root_by_inclusion
from policies.proof.note import from_base64
from policies.refusals import LogProofError, UnreadableError

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An entry's index, its audit path from the leaf's sibling up, and the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        """Return the proof as it is written."""
        return f"{FIRST_LINE}\nindex {self.index}\n{proof_lines(self.path)}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: Any) -> Inclusion:
        """Read a proof without `extra` data; raise `LogProofError` if it is none."""
        if not isinstance(text, str):
            message = "a proof of inclusion is text (tlog-proof)"
            raise LogProofError(message)
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        word, _space, number = lines[1].partition(" ") if len(lines) > 1 else ("", "", "")
        index = _number(number)
        if not blank or lines[0] != FIRST_LINE or word != "index" or index is None:
            message = f"a proof of inclusion begins with {FIRST_LINE} and the entry's index"
            raise LogProofError(message)
        return cls(index, _path(lines[2:]), checkpoint)

    def require(self, entry: bytes, keys: LogKeys) -> Checkpoint:
        """Return the checkpoint, having shown that the entry stands at the index below it."""
        found = read_checkpoint(self.checkpoint, keys)
        head = found.head
        root = root_by_inclusion(leaf_hash(entry), self.index, head.size, self.path)
        if root != head.root:
            message = f"the proof does not lead to the root of the log of {head.size} entries"
            raise LogProofError(message)
        return found


@dataclass(frozen=True, slots=True)
class Before:
    """The checkpoint that a text names, and the proof that the later log begins with it."""

    note: str
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in a bundle."""
        return {"note": self.note, "consistency": [_encoded(found) for found in self.path]}

    @classmethod
    def from_json(cls, value: Any) -> Before:
        """Read it from a bundle; raise `UnreadableError` or `LogProofError`."""
        if (
            not isinstance(value, dict)
            or set(value) != {"note", "consistency"}
            or not isinstance(value["note"], str)
            or not isinstance(value["consistency"], list)
            or not all(isinstance(line, str) for line in value["consistency"])
        ):
            message = "before must have note (text) and consistency (hashes), and nothing else"
            raise UnreadableError(message)
        return cls(value["note"], _path(value["consistency"]))

    def require(self, keys: LogKeys, later: Checkpoint) -> Checkpoint:
        """Return the earlier checkpoint, having shown that the later log begins with it."""
        found = read_checkpoint(self.note, keys)
        old, new = found.head, later.head
        require_consistent(old.size, old.root, new.size, new.root, self.path)
        return found


def proof_lines(path: Sequence[bytes]) -> str:
    """Return hashes as a proof is written: one a line, in base64."""
    return "".join(f"{_encoded(found)}\n" for found in path)


def _encoded(found: bytes) -> str:
    return base64.b64encode(found).decode("ascii")


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        message = f"a proof has {MAX_PATH} hashes at most, this has {len(lines)}"
        raise LogProofError(message)
    return tuple(from_base64(line, "a proof's hash") for line in lines)


def _number(text: str) -> int | None:
    """Return a plain number without leading zeros, or null."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16 or text != str(int(text)):
        return None
    return int(text) if int(text) <= MAX_SIZE else None
