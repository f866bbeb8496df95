"""The copy of a log: what was found good, in the layout of an exported log; written last of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from governance.exchange.log_folder import CHECKPOINT, LogFolder
from policies.proof.checkpoint import LogKeys, TreeHead
from policies.proof.merkle import Subtrees
from policies.proof.note import Note
from policies.refusals import LogFilesError, LogProofError
from projections.transparency.log_files import LogFiles

_NEXT = ".next"
"""A checkpoint that was found good and whose entries are being written: it counts as seen."""


@dataclass(frozen=True)
class Seen:
    """A checkpoint that was found good."""

    head: TreeHead
    note: Note


class Kept:
    """A copy below a folder; an absent folder is a copy of nothing, and not made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reading = LogFolder(folder)

    @property
    def seen(self) -> Seen | None:
        """The checkpoint that the copy is of; null before the first."""
        return self._seen(CHECKPOINT)

    @property
    def promised(self) -> Seen | None:
        """A checkpoint that was found good, whether or not its entries were all written then."""
        return self._seen(_NEXT)

    def subtrees(self, size: int) -> Subtrees:
        """Return the subtrees of the first entries; raises `LogFilesError` for damaged files."""
        return LogFiles.open(self.folder).subtrees(size)

    def write(
        self, new: Iterable[bytes], first: int, texts: Mapping[str, str], note: Note, keys: LogKeys
    ) -> None:
        """Add entries after `first` others, then texts, then the checkpoint, each durably."""
        files = LogFiles.open(self.folder)
        files.keep(_NEXT, str(note))
        files.append(new, first=first)
        files.add_texts(texts)
        files.publish(str(note), keys)
        (self.folder / _NEXT).unlink(missing_ok=True)

    def _seen(self, name: str) -> Seen | None:
        text = LogFiles.open(self.folder).text(name)
        if text is None:
            return None
        try:
            note = Note.parse(text)
            return Seen(TreeHead.parse(note.text), note)
        except LogProofError as error:
            message = f"{self.folder / name} was altered: {error}; move the copy away, pull it anew"
            raise LogFilesError(message) from None
