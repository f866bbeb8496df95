"""Tiles of a transparency log: their names, their bytes, and reading them (C2SP tlog-tiles).

A tile holds up to 256 hashes, each of a complete subtree of 256 ** level leaves; a bundle holds up
to 256 entries. What is not full is a partial one, with its width in its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from policies.proof.dsse import MAX_ENVELOPE
from policies.proof.merkle import HASH_SIZE, node_hash
from policies.refusals import LogFilesError, Refusal
from projections.disk import failed, open_regular

WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""
HEIGHT = 8
"""Heights of the tree between one level of tiles and the next."""
ENTRIES = "entries"
"""In a bundle's name, what the level is in a tile's."""
_NAME = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)
_LARGEST = WIDTH * (MAX_ENVELOPE + 2)

Level = int | str


def tile_name(level: Level, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile, or of a bundle of entries, below the log's folder."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def parse_tile_name(name: str) -> tuple[Level, int, int] | None:
    """Return level, index and width of a tile's or bundle's path; null for any other text."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    level = ENTRIES if found["level"] == ENTRIES else int(found["level"])
    index = int(re.sub("[x/]", "", found["index"]))
    width = int(found["width"] or WIDTH)
    return (level, index, width) if tile_name(level, index, width) == name else None


def width_at(size: int, level: int) -> tuple[int, int]:
    """Return index and width of the last tile of a level; a width of zero: it would be empty."""
    return size >> HEIGHT * (level + 1), size >> HEIGHT * level & WIDTH - 1


def levels_of(size: int) -> range:
    """Return the levels at which a log of that size has hashes."""
    return range((max(size, 1).bit_length() - 1) // HEIGHT + 1)


def root_of_hashes(hashes: bytes) -> bytes:
    """Return the root over a power of two of neighbouring hashes."""
    row = split_hashes(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def split_hashes(hashes: bytes) -> list[bytes]:
    """Return a tile's hashes, one by one."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def bundled(entries: Iterable[bytes]) -> bytes:
    """Return entries as a bundle; raises `LogFilesError` for one that is empty or too long."""
    parts = []
    for entry in entries:
        if not 0 < len(entry) <= MAX_ENVELOPE:
            message = f"an entry of {len(entry)} bytes cannot be logged; at most {MAX_ENVELOPE} can"
            raise LogFilesError(message)
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def unbundled(data: bytes, what: object) -> list[bytes]:
    """Return a bundle's entries; raises `LogFilesError` where it does not end with one."""
    found, at = [], 0
    while at < len(data):
        begin = at + 2
        at = begin + int.from_bytes(data[at:begin], "big")
        found.append(data[begin:at])
    if at != len(data):
        message = f"{what} is damaged: its last entry is cut off"
        raise LogFilesError(message)
    return found


class TileFolder:
    """The tiles below a folder, as files: found, read, their lengths judged; nothing is hashed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, level: Level, index: int, width: int = WIDTH) -> Path:
        """Return where a tile or bundle lies, or would lie."""
        return self.folder / tile_name(level, index, width)

    def has(self, level: Level, index: int, width: int = WIDTH) -> bool:
        """Whether a tile of just that width is there."""
        return self.path(level, index, width).is_file()

    def count_full(self, level: Level) -> int:
        """Return how many full tiles a level has, looking a few times: they have no gaps."""
        if not self.has(level, 0):
            return 0
        there, absent = 0, 1
        while self.has(level, absent):
            there, absent = absent, absent * 2
        while absent - there > 1:
            middle = (there + absent) // 2
            there, absent = (middle, absent) if self.has(level, middle) else (there, middle)
        return absent

    def widths(self, level: Level, index: int) -> list[int]:
        """Return the widths of a tile's partial ones, ascending."""
        try:
            names = [found.name for found in self.path(level, index, 1).parent.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        widths = (int(name) for name in names if name.isascii() and name.isdigit())
        return sorted(width for width in widths if 0 < width < WIDTH)

    def hashes(self, level: int, index: int, width: int) -> bytes | None:
        """Return a tile's first hashes, from any file that holds them; null where none does."""
        for found in self._wide_enough(level, index, width):
            path = self.path(level, index, found)
            data = self.read(path)
            if data is None:
                continue
            if len(data) != found * HASH_SIZE:
                message = f"{path} is damaged: it has {len(data)} bytes, not {found * HASH_SIZE}"
                raise LogFilesError(message)
            return data[: width * HASH_SIZE]
        return None

    def entries(self, index: int, width: int) -> list[bytes] | None:
        """Return a bundle's first entries, from any file that holds them; null where none does."""
        for found in self._wide_enough(ENTRIES, index, width):
            path = self.path(ENTRIES, index, found)
            data = self.read(path)
            if data is None:
                continue
            entries = unbundled(data, path)
            if len(entries) != found:
                message = f"{path} is damaged: it has {len(entries)} entries, not {found}"
                raise LogFilesError(message)
            return entries[:width]
        return None

    def read(self, path: Path) -> bytes | None:
        """Return a file's bytes; null if it is not there.

        Raises `LogFilesError` for a link, for what is no file, and for one larger than any tile.
        """
        try:
            with open_regular(path) as stream:
                data = stream.read(_LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise failed(path, "read", error, LogFilesError) from None
        if len(data) > _LARGEST:
            message = f"{path} is larger than any tile"
            raise LogFilesError(message)
        return data

    def _wide_enough(self, level: Level, index: int, width: int) -> Iterator[int]:
        """Yield the widths under which a tile of at least that width may lie, likeliest first.

        Twice: what is looked for may be dropped for a wider one that was not there before.
        """
        if width == WIDTH:
            yield WIDTH
            return
        for _ in range(2):
            yield width
            yield from (found for found in self.widths(level, index) if found > width)
            yield WIDTH


def refused(folder: Path, why: str) -> Refusal:
    """Return the refusal of a folder whose files are not one log."""
    again = "; move the folder away, and it is made anew from the record"
    return LogFilesError(f"{folder} is not the log that it should be: {why}{again}")
