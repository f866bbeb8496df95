"""The committees' logs as static files, brought up to the record whenever they are asked for."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from aggregates.store.record import Record
from aggregates.transparency.events import CheckpointPublished
from aggregates.transparency.published import Published
from policies.proof.log_keys_files import LOG_VKEY
from projections.transparency.bringing_up import Reached, bring_up, place_of
from projections.transparency.log_files import LogFiles
from projections.transparency.log_keys import log_keys_at


class BroughtUp(NamedTuple):
    """A log's files, up to where they are, and the last checkpoint that was published then."""

    files: LogFiles
    reached: Reached
    last: CheckpointPublished | None
    number: int
    """Of the last checkpoint: how many were published then."""


@dataclass
class Logs:
    """The logs of a record below a folder; where that cannot be written, below one thrown away."""

    record: Record
    folder: Path
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held by whoever reads tiles while other threads may do so."""
    _opened: dict[str, LogFiles] = field(default_factory=dict)
    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def up(self, committee: str) -> BroughtUp:
        """Return a committee's log with all its entries, and its published checkpoint in place.

        A checkpoint whose event is recorded and whose file is not there yet is put there: so what
        was killed in between goes on. Raises `LogFilesError` for a folder that is another log.
        """
        with self.lock:
            return self._up(committee)

    def holding(self, committee: str, size: int) -> LogFiles:
        """Return a committee's log with so many entries of it at least, if it has them."""
        files = self.files(committee)
        return files if files.size >= size else self.up(committee).files

    def _up(self, committee: str) -> BroughtUp:
        published = Published(self.record, committee)
        number = published.count
        last = published.at(number)
        files = self.files(committee)
        reached = bring_up(self.record, committee, files, [] if last is None else [last])
        if last is not None and not _is_published(files, last):
            files.publish(last.note, log_keys_at(self.record, committee, last.version))
        return BroughtUp(files, reached, last, number)

    def files(self, committee: str) -> LogFiles:
        """Return a committee's log as it is."""
        if committee not in self._opened:
            self._opened[committee] = LogFiles.open(self._place() / committee)
        return self._opened[committee]

    def index_at(self, committee: str, version: int) -> int:
        """Return the index of the first entry of the event at a version of a committee's stream."""
        before = Published(self.record, committee).last_before_version(version)
        return place_of(self.record, committee, version, [] if before is None else [before])

    def close(self) -> None:
        """Throw away what was only made to be read."""
        self._opened.clear()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _place(self) -> Path:
        if self._scratch is None and not _writable(self.folder):
            self._scratch = tempfile.TemporaryDirectory(prefix="jcgov-log-")
        return self.folder if self._scratch is None else Path(self._scratch.name)


def _is_published(files: LogFiles, last: CheckpointPublished) -> bool:
    """Whether a checkpoint is in its place, and the keys beside it."""
    return files.checkpoint() == last.note and files.text(LOG_VKEY) is not None


def _writable(folder: Path) -> bool:
    """Whether a folder, or else the nearest above it that is there, can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
