"""The tree of a copy with the entries that are to be added to it: subtrees, and the new tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.proof.merkle import Subtrees, node_hash
from policies.proof.tile_layout import WIDTH

_HEIGHT = 8


class Grown:
    """A tree of `held` leaves, whose subtrees are to be had, and of those that come after them."""

    def __init__(self, held: int, subtrees: Subtrees, leaves: Sequence[bytes]) -> None:
        self._held, self._subtrees, self._leaves = held, subtrees, leaves
        self.size = held + len(leaves)
        self._known: dict[tuple[int, int], bytes] = {}

    def subtree(self, height: int, index: int) -> bytes:
        """Return a complete subtree's hash (as `Subtrees`)."""
        if (index + 1) << height <= self._held:
            return self._subtrees(height, index)
        if height == 0:
            return self._leaves[index - self._held]
        found = self._known.get((height, index))
        if found is None:
            below = height - 1
            found = node_hash(self.subtree(below, 2 * index), self.subtree(below, 2 * index + 1))
            if height % _HEIGHT == 0:
                self._known[height, index] = found
        return found

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield level, index and bytes of every tile that the new leaves make, or make wider."""
        level = 0
        while (count := self.size >> _HEIGHT * level) and self._leaves:
            first = (self._held >> _HEIGHT * level) // WIDTH
            for index in range(first, -(-count // WIDTH)):
                places = range(index * WIDTH, min((index + 1) * WIDTH, count))
                tile = b"".join(self.subtree(_HEIGHT * level, place) for place in places)
                yield level, index, tile
            level += 1
