"""One committee's transparency log as a folder that any web server can serve (C2SP tlog-tiles).

Every file but `checkpoint` is written once; a crash at any point leaves a log whose checkpoint is
true and which goes on. Files whose names begin with a dot are ours alone.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policies.proof.checkpoint import LogKeys, TreeHead
from policies.proof.log_keys_files import files_of
from policies.proof.merkle import Frontier, Subtrees, root_of
from policies.proof.note import Note
from policies.refusals import LogFilesError, LogProofError
from projections.disk import failed, replace
from projections.transparency.growing import (
    MODE,
    Growing,
    drop_partials,
    make_folder,
    partials_of,
    place,
)
from projections.transparency.tiles import WIDTH, TileFolder, bundled, refused
from projections.transparency.tree_files import TreeFiles

CHECKPOINT = "checkpoint"
TEXT = "text"
_LOCK = ".lock"
_BESIDE = ".new"


class LogFiles:
    """The log below a folder, read at any time, written by one process at a time.

    What is read was checked against the tree; `LogFilesError` names what does not fit.
    """

    def __init__(self, folder: Path, tree: TreeFiles) -> None:
        self.folder = folder
        self._tree = tree

    @classmethod
    def open(cls, folder: Path) -> LogFiles:
        """Open the log below a folder; an absent folder is a log without entries, and not made."""
        return cls(folder, TreeFiles.found(TileFolder(folder)))

    @property
    def size(self) -> int:
        """How many entries there were when the folder was last looked at."""
        return self._tree.size

    @property
    def frontier(self) -> Frontier:
        """The complete subtrees at the right edge of the tree."""
        return self._tree.frontier

    def look(self) -> int:
        """Look at the folder again, which another process may have added to; return the size."""
        self._tree = TreeFiles.found(self._tree.tiles)
        return self.size

    def head_at(self, size: int) -> bytes:
        """Return the root of the first entries; raises `LogProofError` if there are not so many."""
        return root_of(size, self.subtrees(size))

    def subtrees(self, size: int) -> Subtrees:
        """Return what proofs within the first entries are made from; raises as `head_at`."""
        if size > self.size:
            self.look()
        return self._tree.subtrees(size)

    def entry(self, index: int) -> bytes:
        """Return an entry; raises `LogProofError` if the log is not so long."""
        if index >= self.size:
            self.look()
        return self._tree.entry(index)

    def entries(self, first: int = 0, until: int | None = None) -> Iterator[bytes]:
        """Yield the entries from an index on, up to and without another; null: to the end."""
        return self._tree.entries(first, self.size if until is None else min(until, self.size))

    def require_whole(self) -> None:
        """Read every file; raise `LogFilesError` for the first that is missing or does not fit."""
        self._tree.require_whole()

    def append(self, entries: Iterable[bytes], *, first: int | None = None) -> None:
        """Add entries after `first` others (null: after those of `size`), durably.

        Entries that another process has added meanwhile must be these. The checkpoint stays.
        Raises `LogFilesError` for entries that are others, leave a gap, or cannot be logged.
        """
        begin = self.size if first is None else first
        with self._alone() as beside:
            before = self.size
            if begin > before:
                raise refused(self.folder, f"it ends at {before}, and entry {begin} is to follow")
            new = iter(entries)
            self._require_same(begin, new)
            growing = Growing(self._tree, beside)
            growing.extend(new)
            self._tree = TreeFiles.found(self._tree.tiles)
            drop_partials(self._tree.tiles, before, self.size, self._published())

    def add_texts(self, texts: Mapping[str, str]) -> None:
        """Write the texts that entries name, by digest, durably; one that is there stays.

        Raises `LogFilesError` where other bytes have the name.
        """
        if texts:
            files = [(self.folder / TEXT / name, text.encode()) for name, text in texts.items()]
            with self._alone() as beside:
                place(self.folder, files, beside)

    def publish(self, note: str, keys: LogKeys | None = None) -> None:
        """Replace the checkpoint, last of all; one that is older than the one there stays away.

        With `keys`, those that the entries under it lead to, the files for strangers' tools too.
        Raises `LogFilesError` for a note whose size or root is not of these tiles.
        """
        head = TreeHead.parse(Note.parse(note).text)
        with self._alone() as beside:
            if head.size > self.size:
                raise refused(self.folder, f"it ends at {self.size}, the checkpoint at {head.size}")
            if self.head_at(head.size) != head.root:
                raise refused(self.folder, f"the checkpoint of {head.size} has another root")
            if head.size < self._published():
                return
            place(self.folder, self._partials(head.size), beside)
            for name, text in {} if keys is None else files_of(keys).items():
                if not self._says(name, text):
                    self._replace(name, text, beside)
            if not self._says(CHECKPOINT, note):
                self._replace(CHECKPOINT, note, beside)

    def checkpoint(self) -> str | None:
        """Return the published checkpoint; null before the first."""
        return self.text(CHECKPOINT)

    def text(self, name: str) -> str | None:
        """Return a file of the folder that holds text; null where it is not there."""
        data = self._tree.tiles.read(self.folder / name)
        try:
            return None if data is None else data.decode("utf-8")
        except UnicodeDecodeError:
            raise refused(self.folder, f"{name} is not text in UTF-8") from None

    def keep(self, name: str, text: str) -> None:
        """Write a file beside the tiles that says something of the log, unless it says so."""
        if not self._says(name, text):
            with self._alone() as beside:
                self._replace(name, text, beside)

    def _says(self, name: str, text: str) -> bool:
        return self._tree.tiles.read(self.folder / name) == text.encode()

    def _replace(self, name: str, text: str, beside: Path) -> None:
        replace(self.folder / name, text.encode(), MODE, beside=beside)

    def _published(self) -> int:
        """Return the size of the published checkpoint; zero before the first."""
        note = self.checkpoint()
        if note is None:
            return 0
        try:
            return TreeHead.parse(Note.parse(note).text).size
        except LogProofError as error:
            raise refused(self.folder, f"{CHECKPOINT} is damaged: {error}") from None

    def _require_same(self, begin: int, entries: Iterator[bytes]) -> None:
        """Take the entries that are there from those to be added; refuse where they differ."""
        index = begin
        for there in self._tree.entries(begin, self.size):
            entry = next(entries, None)
            if entry is None:
                return
            if entry != there:
                raise refused(self.folder, f"its entry {index} is another than the record's")
            index += 1

    def _partials(self, size: int) -> list[tuple[Path, bytes]]:
        """Return the partial files that a log of that size needs and that are not there."""
        found = []
        for level, index, width in sorted(partials_of(size), key=str):
            tiles = self._tree.tiles
            if tiles.has(level, index) or tiles.has(level, index, width):
                continue
            if isinstance(level, str):
                data = bundled(self.entries(index * WIDTH, index * WIDTH + width))
            else:
                data = self._tree.hashes(level, index, width)
            found.append((tiles.path(level, index, width), data))
        return found

    @contextmanager
    def _alone(self) -> Iterator[Path]:
        """Keep other writers away, and yield a folder for what is not whole yet.

        What the file system refuses is said by the name of the file.
        """
        try:
            make_folder(self.folder)
            with (self.folder / _LOCK).open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                beside = self.folder / _BESIDE
                shutil.rmtree(beside, ignore_errors=True)
                beside.mkdir()
                try:
                    self.look()
                    yield beside
                finally:
                    shutil.rmtree(beside, ignore_errors=True)
        except OSError as error:
            path = Path(error.filename or self.folder)
            raise failed(path, "written", error, LogFilesError) from None
