"""Entries that were pulled and are not in the copy yet, and reading on from the copy into them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from governance.exchange.log_folder import LogFolder
from policies.proof.tile_layout import ENTRIES, WIDTH, bundles_of, tile_path, unbundle


class Incoming:
    """A folder that is thrown away: what was pulled, until it was found good."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, index: int, entries: Sequence[bytes]) -> None:
        """Keep a bundle, in the place of a shorter one."""
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
        self._write(tile_path(ENTRIES, index, WIDTH), len(entries).to_bytes(2, "big") + data)

    def bundle(self, index: int) -> list[bytes]:
        """Return the entries of a bundle that was kept."""
        data = (self.path / tile_path(ENTRIES, index, WIDTH)).read_bytes()
        return unbundle(data[2:], int.from_bytes(data[:2], "big"), f"bundle {index}")

    def put_text(self, digest: str, text: str) -> None:
        """Keep a text by its digest."""
        self._write(f"text/{digest}", text.encode("utf-8"))

    def texts(self) -> dict[str, str]:
        """Return the texts that were kept."""
        folder = self.path / "text"
        files = list(folder.iterdir()) if folder.is_dir() else []
        return {file.name: file.read_bytes().decode("utf-8") for file in files}

    def clear(self) -> None:
        """Throw it all away."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class SoFar:
    """A log's entries: those of the copy, and after them what has come in; see `Entries`."""

    def __init__(self, copy: LogFolder, held: int, incoming: Incoming) -> None:
        self._copy, self._held, self.incoming = copy, held, incoming

    def entries(self, size: int, first: int = 0) -> Iterator[bytes]:
        """Yield the entries from one on, of a log of that size."""
        if first < self._held:
            for index, entry in enumerate(self._copy.entries(self._held, first), start=first):
                if index == size:
                    return
                yield entry
            first = self._held
        for index, width in bundles_of(size, first) if first < size else ():
            skipped = max(first - index * WIDTH, 0)
            yield from self.incoming.bundle(index)[skipped:width]

    def find_text(self, digest: str) -> str | None:
        """Return a text from the copy, or else from what has come in; null where it is not."""
        found = self._copy.find_text(digest)
        if found is not None:
            return found
        return LogFolder(self.incoming.path).find_text(digest)
