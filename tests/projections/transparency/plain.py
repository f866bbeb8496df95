"""Plain entries of a log, the tree over them, and what a folder shows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from policies.proof.checkpoint import TreeHead
from policies.proof.merkle import Frontier, leaf_hash


def entries(until: int, first: int = 0) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(first, until)]


@lru_cache(maxsize=64)
def root_of_entries(size: int) -> bytes:
    frontier = Frontier.empty()
    for entry in entries(size):
        frontier.append(leaf_hash(entry))
    return frontier.root


def note_of(size: int, root: bytes | None = None) -> str:
    head = TreeHead("log.example/mn", size, root_of_entries(size) if root is None else root)
    return f"{head.text}\n\u2014 log.example/mn AAAAAAAAAAA=\n"


def names(folder: Path) -> set[str]:
    """Return every file that outsiders are served."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    shown = (path for path in found if not any(part.startswith(".") for part in path.parts))
    return {str(path) for path in shown}
