"""The tree of a log read from its tiles: each tile that is read is held against the one above."""

from __future__ import annotations

from collections.abc import Iterator

from policies.proof.merkle import HASH_SIZE, Frontier, Subtrees, leaf_hash
from policies.refusals import LogFilesError, LogProofError
from projections.transparency.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    TileFolder,
    levels_of,
    refused,
    root_of_hashes,
    split_hashes,
    tile_name,
    width_at,
)

_KEPT = 64
"""Full tiles kept in memory, of 8 KiB each."""


class TreeFiles:
    """The first `size` entries below a folder, and the hashes over them.

    A tile of a higher level that a crash kept from being written is made from those below it.
    Raises `LogFilesError` wherever a file is missing, damaged, or does not lead to the hash that
    the tile above has for it.
    """

    def __init__(self, tiles: TileFolder, size: int) -> None:
        self.tiles = tiles
        self.size = size
        self.edges = self._edges()
        self._full: dict[tuple[int, int], bytes] = {}

    @classmethod
    def found(cls, tiles: TileFolder) -> TreeFiles:
        """Return the tree that lies in a folder: all whose leaf hashes are there."""
        full = tiles.count_full(0)
        widths = tiles.widths(0, full)
        return cls(tiles, full * WIDTH + (widths[-1] if widths else 0))

    @property
    def frontier(self) -> Frontier:
        """What appending to the tree needs."""
        return Frontier.of(self.size, self.subtrees(self.size))

    def subtrees(self, size: int) -> Subtrees:
        """Return the complete subtrees of the first `size` leaves; `LogProofError` if too many."""
        if not 0 <= size <= self.size:
            message = f"{self.tiles.folder} holds {self.size} entries, not {size}"
            raise LogProofError(message)

        def subtree(height: int, index: int) -> bytes:
            if not 0 <= (index + 1) << height <= size:
                message = f"a log of {size} entries has no subtree {index} of height {height}"
                raise LogProofError(message)
            level, above = divmod(height, HEIGHT)
            tile, offset = divmod(index << above, WIDTH)
            hashes = self.hashes(level, tile, offset + (1 << above))
            return root_of_hashes(hashes[offset * HASH_SIZE :])

        return subtree

    def entry(self, index: int) -> bytes:
        """Return an entry; raises `LogProofError` if the log is not so long."""
        if not 0 <= index < self.size:
            message = f"entry {index} is not in a log of {self.size}"
            raise LogProofError(message)
        return next(self.entries(index, index + 1))

    def entries(self, first: int, until: int) -> Iterator[bytes]:
        """Yield entries from an index up to, and without, another."""
        for bundle in range(first // WIDTH, -(-until // WIDTH)):
            width = min(until - bundle * WIDTH, WIDTH)
            yield from self._bundle(bundle, width)[max(0, first - bundle * WIDTH) :]

    def require_whole(self) -> None:
        """Read every file that the log needs; raise `LogFilesError` for the first that is wrong."""
        for _entry in self.entries(0, self.size):
            pass
        for level in list(levels_of(self.size))[1:]:
            last, _width = width_at(self.size, level)
            for index in range(last):
                self.full(level, index)

    def _bundle(self, index: int, width: int) -> list[bytes]:
        found = self.tiles.entries(index, width)
        if found is None:
            raise self._missing(ENTRIES, index, width)
        hashes = split_hashes(self.hashes(0, index, width))
        for place, (entry, expected) in enumerate(zip(found, hashes, strict=True)):
            if leaf_hash(entry) != expected:
                at = index * WIDTH + place
                name = tile_name(ENTRIES, index)
                raise refused(self.tiles.folder, f"entry {at} in {name} is not the one hashed")
        return found

    def hashes(self, level: int, index: int, width: int) -> bytes:
        """Return the first hashes of a tile, having shown that they lead to those above."""
        last, edge = width_at(self.size, level)
        if index > last or (index == last and width > edge):
            raise self._missing(level, index, width)
        found = self.edges[level] if index == last else self.full(level, index)
        return found[: width * HASH_SIZE]

    def full(self, level: int, index: int) -> bytes:
        """Return a full tile that leads to its hash in the tile above."""
        key = (level, index)
        if key not in self._full:
            found = self._read(level, index, WIDTH)
            above, place = divmod(index, WIDTH)
            parent = self.hashes(level + 1, above, place + 1)
            if root_of_hashes(found) != parent[place * HASH_SIZE :]:
                names = f"{tile_name(level, index)} and tile {above} of level {level + 1}"
                raise refused(self.tiles.folder, f"{names} contradict each other")
            while len(self._full) >= _KEPT:
                self._full.pop(next(iter(self._full)))
            self._full[key] = found
        return self._full[key]

    def _edges(self) -> list[bytes]:
        """Return the last tile of each level, which is not full, as far as it goes."""
        found = []
        for level in levels_of(self.size):
            index, width = width_at(self.size, level)
            found.append(self._read(level, index, width) if width else b"")
        return found

    def _read(self, level: int, index: int, width: int) -> bytes:
        found = self.tiles.hashes(level, index, width)
        if found is not None:
            return found
        if level == 0:
            raise self._missing(level, index, width)
        first = index * WIDTH
        below = (self._read(level - 1, tile, WIDTH) for tile in range(first, first + width))
        return b"".join(root_of_hashes(tile) for tile in below)

    def _missing(self, level: int | str, index: int, width: int) -> LogFilesError:
        error = refused(self.tiles.folder, f"{tile_name(level, index, width)} is missing")
        assert isinstance(error, LogFilesError)  # noqa: S101 - for the type checker
        return error
