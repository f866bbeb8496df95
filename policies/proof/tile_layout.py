"""How a log's entries and tree stand in files (C2SP tlog-tiles): paths, bundles, and tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.proof.merkle import Frontier
from policies.refusals import LogProofError

WIDTH = 256
ENTRIES = "entries"
MAX_FILE = WIDTH * (2 + 65_535)
"""Bytes of the largest file: a full bundle of the largest entries."""


def tile_path(level: int | str, index: int, width: int) -> str:
    """Return the path of a tile, or of a bundle of entries, below the log's folder."""
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


def bundles_of(size: int, first: int = 0) -> Iterator[tuple[int, int]]:
    """Yield index and width of the bundles of a log of that size, from an entry's on."""
    for index in range(first // WIDTH, -(-size // WIDTH)):
        yield index, min(WIDTH, size - index * WIDTH)


def unbundle(data: bytes, width: int, what: str) -> list[bytes]:
    """Return the entries of a bundle; raise `LogProofError` unless they are exactly so many."""
    found: list[bytes] = []
    place = 0
    while place + 2 <= len(data) and len(found) < width:
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        found.append(data[place + 2 : end])
        place = end
    if len(found) != width or place != len(data):
        message = f"{what} does not hold {width} entries, and nothing else"
        raise LogProofError(message)
    return found


def tiles_of(leaves: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Yield level, index and bytes of every tile of a tree with these leaves, partial ones too."""
    level, hashes = 0, leaves
    while hashes:
        above: list[bytes] = []
        for index in range(-(-len(hashes) // WIDTH)):
            part = hashes[index * WIDTH : (index + 1) * WIDTH]
            yield level, index, b"".join(part)
            if len(part) == WIDTH:
                above.append(_root(part))
        level, hashes = level + 1, above


def _root(hashes: Sequence[bytes]) -> bytes:
    tree = Frontier.empty()
    for found in hashes:
        tree.append(found)
    return tree.root
