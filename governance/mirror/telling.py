"""What is wrong with a log that cannot be what it was: rewritten, reordered, forked, or a lie.

Reads the whole log as it lies there now, and holds it against the copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from governance.mirror.source import Source
from policies.proof.checkpoint import TreeHead
from policies.proof.merkle import HASH_SIZE, Frontier, leaf_hash
from policies.proof.tile_layout import ENTRIES, WIDTH, bundles_of, tile_path, tiles_of
from policies.refusals import (
    LogForkedError,
    LogReorderedError,
    LogRewrittenError,
    Refusal,
    TileError,
)

MOST = 1 << 22
MOST_BYTES = 4 << 30
"""Entries, and bytes, that are read to tell what is wrong; of a longer log less is told."""


@dataclass
class Difference:
    """The first entry that is another than it was."""

    index: int
    ours: bytes
    theirs: bytes


@dataclass
class Told:
    """Why a log is refused, and the entry that shows it."""

    refusal: Refusal
    difference: Difference | None = None


@dataclass
class _Read:
    leaves: list[bytes] = field(default_factory=list)
    ours: list[bytes] = field(default_factory=list)
    difference: Difference | None = None


def tell(source: Source, head: TreeHead, copy: Iterator[bytes], refusal: Refusal) -> Told:
    """Return what is wrong, having compared everything; else the refusal, which then stands.

    `copy` yields the entries that the log had before. Raises `LogSourceError`, `TileError`.
    """
    if head.size > MOST:
        return Told(refusal)
    read = _read(source, head.size, copy)
    if read is None:
        return Told(refusal)
    tree = Frontier.empty()
    for leaf in read.leaves:
        tree.append(leaf)
    if tree.root != head.root:
        return Told(_lie(source, head, read.leaves), read.difference)
    if read.difference is None:
        return Told(refusal)
    return Told(_other(read, read.difference, head), read.difference)


def _read(source: Source, size: int, copy: Iterator[bytes]) -> _Read | None:
    found, pulled = _Read(), 0
    for index, width in bundles_of(size):
        entries = source.bundle(index, width)
        pulled += sum(map(len, entries))
        if pulled > MOST_BYTES:
            return None
        for place, entry in enumerate(entries, start=index * WIDTH):
            ours = next(copy, None)
            found.leaves.append(leaf_hash(entry))
            if ours is None:
                continue
            found.ours.append(leaf_hash(ours))
            if ours != entry and found.difference is None:
                found.difference = Difference(place, ours, entry)
    found.ours += [leaf_hash(ours) for ours in copy]
    return found


def _other(read: _Read, difference: Difference, head: TreeHead) -> Refusal:
    at, theirs = difference.index, set(read.leaves)
    where = f"entry {at} of the log of {head.size} is another than it was"
    if theirs.issuperset(read.ours):
        place = read.leaves.index(leaf_hash(difference.ours))
        return LogReorderedError(f"{where}: what stood there is now entry {place}")
    if theirs.isdisjoint(read.ours[at:]):
        return LogForkedError(f"{where}, and so is every one after it: it has a second history")
    return LogRewrittenError(f"{where}; its checkpoint denies the one that was seen before")


def _lie(source: Source, head: TreeHead, leaves: list[bytes]) -> Refusal:
    """Name the first file that does not fit the others, else say that the checkpoint does not."""
    for level, index, expected in tiles_of(leaves):
        width = len(expected) // HASH_SIZE
        there = source.tile(level, index, width)
        if there == expected:
            continue
        name = tile_path(level, index, width)
        if level == 0 and _leads(source, head):
            entries = tile_path(ENTRIES, index, width)
            place = next(n for n in range(width) if _at(there, n) != _at(expected, n))
            message = f"{entries} lies: its entry {index * WIDTH + place} is not the one in {name}"
            return TileError(f"{message}, which leads to the checkpoint")
        return TileError(f"{name} lies: it does not follow from what is below it")
    message = f"the checkpoint of {head.size} entries has a root that its entries do not have"
    return TileError(message)


def _leads(source: Source, head: TreeHead) -> bool:
    """Whether the leaf hashes in the tiles lead to the checkpoint's root."""
    tree = Frontier.empty()
    for index, width in bundles_of(head.size):
        tile = source.tile(0, index, width)
        for place in range(width):
            tree.append(_at(tile, place))
    return tree.root == head.root


def _at(tile: bytes, place: int) -> bytes:
    return tile[place * HASH_SIZE : (place + 1) * HASH_SIZE]
