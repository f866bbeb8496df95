"""How a log's tiles grow: written whole beside, named once, never written again with other bytes.

A full tile is written when its last hash is there; what is partial, when the appending ends.
Bundles and leaf hashes get their names first: from them is made what a crash kept from being
written.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from policies.proof.merkle import HASH_SIZE, leaf_hash
from projections.disk import flush_names, write_all
from projections.transparency.tiles import (
    ENTRIES,
    WIDTH,
    Level,
    TileFolder,
    bundled,
    levels_of,
    refused,
    root_of_hashes,
    width_at,
)
from projections.transparency.tree_files import TreeFiles

MODE = 0o644
_TOGETHER = 64
_BYTES_TOGETHER = 16 << 20
"""Files, and bytes, that are written before any of them gets its name."""

Partial = tuple[Level, int, int]


class Growing:
    """A log to which entries are being added, by the one process that may; see `LogFiles`."""

    def __init__(self, tree: TreeFiles, beside: Path) -> None:
        self.tiles = tree.tiles
        self.size = tree.size
        self._beside = beside
        self._edges = [bytearray(edge) for edge in tree.edges]
        self._bundle = list(tree.entries(tree.size & -WIDTH, tree.size))
        self._waiting: list[tuple[Path, bytes]] = []
        self._bytes = 0
        self._mend(tree)

    def extend(self, entries: Iterable[bytes]) -> None:
        """Add entries, and write the tiles up to the last of them."""
        before = self.size
        for entry in entries:
            self._bundle.append(entry)
            self.size += 1
            self._add(0, leaf_hash(entry))
        if self.size > before:
            self._write_edge()
        self._write()

    def _add(self, level: int, found: bytes) -> None:
        if level == len(self._edges):
            self._edges.append(bytearray())
        edge = self._edges[level]
        edge += found
        if len(edge) < WIDTH * HASH_SIZE:
            return
        index = (self.size >> 8 * (level + 1)) - 1
        if level == 0:
            self._put(ENTRIES, index, WIDTH, bundled(self._bundle))
            self._bundle.clear()
        tile = bytes(edge)
        edge.clear()
        self._put(level, index, WIDTH, tile)
        self._add(level + 1, root_of_hashes(tile))

    def _mend(self, tree: TreeFiles) -> None:
        """Write the last full tile of each level, where a crash came before it."""
        for level in levels_of(self.size):
            index, _width = width_at(self.size, level)
            if level and index and not self.tiles.has(level, index - 1):
                self._put(level, index - 1, WIDTH, tree.full(level, index - 1))

    def _write_edge(self) -> None:
        bundle, width = width_at(self.size, 0)
        if width:
            self._put(ENTRIES, bundle, width, bundled(self._bundle))
        for level, edge in enumerate(self._edges):
            index, width = width_at(self.size, level)
            if width:
                self._put(level, index, width, bytes(edge))

    def _put(self, level: Level, index: int, width: int, data: bytes) -> None:
        self._waiting.append((self.tiles.path(level, index, width), data))
        self._bytes += len(data)
        if len(self._waiting) >= _TOGETHER or self._bytes >= _BYTES_TOGETHER:
            self._write()

    def _write(self) -> None:
        place(self.tiles.folder, self._waiting, self._beside)
        self._waiting.clear()
        self._bytes = 0


def place(folder: Path, files: list[tuple[Path, bytes]], beside: Path) -> None:
    """Write files of a log; raises `LogFilesError` where one is there with other bytes."""
    if not files:
        return

    def same(path: Path, data: bytes) -> None:
        if TileFolder(folder).read(path) != data:
            raise refused(folder, f"{path.relative_to(folder)} is there with other bytes")

    for parent in dict.fromkeys(path.parent for path, _data in files):
        make_folder(parent)
    write_all(files, MODE, beside=beside, exists=same)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_names(folder.parent)


def partials_of(size: int) -> set[Partial]:
    """Return the partial tiles and the partial bundle that a log of that size needs."""
    found: set[Partial] = set()
    for level in levels_of(size):
        index, width = width_at(size, level)
        if width:
            found |= {(level, index, width)} | ({(ENTRIES, index, width)} if not level else set())
    return found


def drop_partials(tiles: TileFolder, before: int, size: int, published: int) -> None:
    """Drop what the log no longer needs, having grown from a size to another.

    That is every partial one of a tile that has become full, and what was there for the size
    before, unless a checkpoint was published for it.
    """
    needed = partials_of(size) | partials_of(published)
    for level, index, width in partials_of(before) - needed:
        if not tiles.has(level, index):
            tiles.path(level, index, width).unlink(missing_ok=True)
    for level in (ENTRIES, *levels_of(size)):
        above = 0 if isinstance(level, str) else level
        for edge in {width_at(before, above)[0], width_at(size, above)[0] - 1}:
            if edge >= 0 and tiles.has(level, edge):
                shutil.rmtree(tiles.path(level, edge, 1).parent, ignore_errors=True)
