"""Reading an exported log's folder, whoever has written it: nothing in it is believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from policies.proof.merkle import HASH_SIZE
from policies.proof.note import MAX_NOTE
from policies.proof.tile_layout import ENTRIES, MAX_FILE, WIDTH, bundles_of, tile_path, unbundle
from policies.refusals import NotFoundError, UnreadableError

CHECKPOINT = "checkpoint"
MAX_TEXT = 64 * 1024 * 1024
"""Bytes of a rulebook, or an annex."""

_WIDTHS = {str(width) for width in range(1, WIDTH)}


class LogFolder:
    """The folder of one committee's log: `checkpoint`, `tile/…`, key files, and `text/<digest>`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str, most: int) -> bytes | None:
        """Return a file's bytes, null if it is absent; `UnreadableError` if it is no such file."""
        path = self.path / name
        try:
            # A pipe that nobody writes to would be waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            message = f"{path} cannot be read: {error}"
            raise UnreadableError(message) from None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                message = f"{path} is no plain file of at most {most} bytes"
                raise UnreadableError(message)
            with os.fdopen(os.dup(descriptor), "rb") as stream:
                return stream.read(most)
        except OSError as error:
            message = f"{path} cannot be read: {error}"
            raise UnreadableError(message) from None
        finally:
            os.close(descriptor)

    def text(self, name: str, most: int = MAX_NOTE) -> str:
        """Return a file's text; raises `NotFoundError` or `UnreadableError`."""
        data = self.read(name, most)
        if data is None:
            message = f"{self.path / name} is not there"
            raise NotFoundError(message)
        return _decoded(data, self.path / name)

    def find_text(self, digest: str) -> str | None:
        """Return a rulebook or an annex by its digest, or null; who asks compares the digest."""
        data = self.read(f"text/{digest}", MAX_TEXT)
        return None if data is None else _decoded(data, self.path / "text" / digest)

    def texts(self) -> Iterator[str]:
        """Yield the names of the texts that are there, those that are no digests too."""
        yield from (name for name in _names(self.path / "text") if not name.startswith("."))

    def entries(self, size: int, first: int = 0) -> Iterator[bytes]:
        """Yield the entries of a log of that size from one on; raises as `text`, `LogProofError`.

        Where a bundle has become full since, its first entries are those of the partial one.
        """
        for index, width in bundles_of(size, first):
            skipped = max(first - index * WIDTH, 0)
            yield from self._bundle(index, width)[skipped:]

    def tiles(self, level: int, index: int, width: int) -> Iterator[tuple[int, bytes]]:
        """Yield the width and bytes of what is there of a tile, up to a width, partial ones too.

        A full tile stands for the partial one that it has grown out of.
        """
        for wide in (*self.partials(level, index, width), width):
            data = self.read(tile_path(level, index, wide), MAX_FILE)
            if data is None and wide == width < WIDTH:
                data = self.read(tile_path(level, index, WIDTH), MAX_FILE)
                data = None if data is None else data[: width * HASH_SIZE]
            if data is not None:
                yield wide, data

    def bundles(self, index: int, width: int) -> Iterator[tuple[int, list[bytes]]]:
        """Yield the width and entries of what is there of a bundle, partial ones too."""
        for wide in (width, *self.partials(ENTRIES, index, width)):
            path = tile_path(ENTRIES, index, wide)
            data = self.read(path, MAX_FILE)
            if data is not None:
                yield wide, unbundle(data, wide, path)

    def _bundle(self, index: int, width: int) -> list[bytes]:
        for wide in (width, WIDTH):
            path = tile_path(ENTRIES, index, wide)
            data = self.read(path, MAX_FILE)
            if data is not None:
                return unbundle(data, wide, path)[:width]
        message = f"{self.path / tile_path(ENTRIES, index, width)} is not there"
        raise NotFoundError(message)

    def partials(self, level: int | str, index: int, width: int) -> list[int]:
        """Return the widths, below one, of what else is there of a tile or bundle."""
        names = _names((self.path / tile_path(level, index, 1)).parent)
        widths = [int(name) for name in names if name in _WIDTHS]
        return sorted(wide for wide in widths if wide < width)


def logs_in(path: Path) -> list[LogFolder]:
    """Return the log that a folder is, or those of all committees just below it.

    Raises `NotFoundError` if there is none.
    """
    names = _names(path)
    if CHECKPOINT in names:
        return [LogFolder(path)]
    below = [path / name for name in names if name.startswith("JP-")]
    if not below:
        message = f"{path} holds no log: neither a checkpoint, nor a committee's folder (JP-MN)"
        raise NotFoundError(message)
    return [LogFolder(entry) for entry in below]


def _names(folder: Path) -> list[str]:
    """Return what is in a folder, in order; nothing of one that is absent."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names alone are asked for
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        message = f"{folder} cannot be read: {error}"
        raise UnreadableError(message) from None


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        message = f"{path} is no text in UTF-8"
        raise UnreadableError(message) from None
