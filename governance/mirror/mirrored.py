"""One committee's log, mirrored: pulled, checked against the rules and what was seen, and kept.

Nothing of a state that is refused comes near the copy; the log may go on from what was good.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from governance.clock import Clock
from governance.mirror.checking import Checking
from governance.mirror.cosigning import Cosigning
from governance.mirror.evidence import Folder
from governance.mirror.grown import Grown
from governance.mirror.handed import read_handed, require_logged
from governance.mirror.incoming import Incoming
from governance.mirror.kept import Kept
from governance.mirror.source import Source
from governance.mirror.telling import Told, tell
from governance.witness.witness import Answer
from policies.calendar import timestamp
from policies.proof.checkpoint import Checkpoint, TreeHead, read_checkpoint, require_quorum
from policies.proof.log_audit import LogAudit
from policies.proof.merkle import HASH_SIZE
from policies.proof.note import Note
from policies.proof.tile_layout import tile_path
from policies.refusals import (
    LogEntryError,
    LogFilesError,
    LogForkedError,
    LogProofError,
    LogShortenedError,
    LogSourceError,
    LogWithholdsError,
    Refusal,
    TileError,
    UnreadableError,
)

_PATIENCE = 5.0
"""Seconds that who asks for a cosignature is kept waiting for a pass that runs."""

T = TypeVar("T")


@dataclass(frozen=True)
class Pulled:
    """What a pass has found good: the entries of the copy, how many are new, who cosigned it."""

    committee: str
    size: int
    new: int
    cosigned: str | None


@dataclass(frozen=True)
class Setting:
    """What the mirrors of all committees share."""

    folder: Path
    clock: Clock
    handed: Path | None = None
    cosigning: Cosigning | None = None
    cores: int | None = None


class Mirrored:
    """The mirror of one committee's log, anchored at its published founding."""

    def __init__(self, committee: str, founding: str, source: Source, setting: Setting) -> None:
        self.committee = committee
        self._founding, self._source, self._setting = founding, source, setting
        self.kept = Kept(setting.folder / committee)
        self._evidence = Folder(setting.folder / "evidence" / committee)
        incoming = Incoming(setting.folder / ".incoming" / committee)
        self._checked = Checking(founding, self.kept, incoming, setting.cores)
        self._lock = threading.Lock()

    def pull(self) -> Pulled:
        """Pull what is new, check it, and bring the copy up to it.

        Raises `LogSourceError` where the place does not answer, `UnreadableError` for what was
        handed in, `LogFilesError` for a copy that was altered, and for a log that is refused what
        refuses it, having kept the evidence.
        """
        with self._lock:
            note = self._source.checkpoint()
            return self._judged(note, self._take_up)

    @property
    def origin(self) -> str | None:
        """The name of the log, as the copy has it; null before the first."""
        seen = self.kept.seen
        return None if seen is None else seen.head.origin

    def add_checkpoint(self, body: bytes, note: str, cosigning: Cosigning) -> Answer:
        """Answer a log that asks for a cosignature, having pulled and checked all that it is of.

        Raises as `pull`. Evidence is kept of what the log's own key has signed: anybody may ask.
        """
        if not self._lock.acquire(timeout=_PATIENCE):
            message = f"the log of {self.committee} is being pulled; ask again"
            raise LogSourceError(message)
        try:
            self._judged(note, self._look_ahead, asked=True)
            return cosigning.answer(body)
        finally:
            self._lock.release()

    # Judging

    def _judged(self, note: str, take: Callable[[str, TreeHead], T], *, asked: bool = False) -> T:
        self._checked.begin()
        before = self._checked.size
        try:
            return take(note, _head_of(note))
        except (LogSourceError, UnreadableError):
            raise  # what was checked until then is good, and is gone on with
        except LogFilesError:
            self._checked.forget()
            raise
        except Refusal as refusal:
            if asked and not self._signed(note):
                # Anybody may ask: what costs nothing to refuse makes nothing be checked again.
                if self._checked.size != before or isinstance(refusal, LogEntryError):
                    self._checked.forget()
                raise
            self._checked.forget()
            if before is None or before == self._checked.held:
                raise self._refused(note, refusal) from None
        # What was looked at ahead was never published: the log may be another from there on.
        return self._judged(note, take, asked=asked)

    def _take_up(self, note: str, head: TreeHead) -> Pulled:
        self._require_not_shorter(head)
        seen = self.kept.seen
        if seen is not None and self._is_nothing_new(note, seen.note):
            return Pulled(self.committee, head.size, 0, self._who(seen.note))
        audit = self._advance(head)
        checkpoint = audit.require_head(note)
        keys = audit.place.keys_at(head.size)
        if keys.witnesses:
            sides = audit.place.chain.roster.committee.sides
            require_quorum(keys, checkpoint.cosigned, tuple(sides))
        self._require_handed(audit, head)
        grown = self._checked.grown(head.size)
        self._require_tiles(grown)
        final = self._cosigned(checkpoint, audit, grown)
        held = self._checked.held
        new = head.size - held
        if new or seen is None or final != seen.note:
            entries, texts = self._checked.new(head.size), self._checked.texts()
            self.kept.write(entries, held, texts, final, keys)
            self._checked.kept(head.size)
        return Pulled(self.committee, head.size, new, self._who(final))

    def _look_ahead(self, note: str, head: TreeHead) -> None:
        """Check what is not published yet, and come to know the keys that it leads to."""
        self._require_not_shorter(head)
        audit = self._advance(head)
        keys = audit.place.keys_at(head.size)
        audit.require_head(note)
        self._require_handed(audit, head)
        if self._setting.cosigning is not None:
            self._setting.cosigning.know(keys)

    def _require_not_shorter(self, head: TreeHead) -> None:
        for seen in (self.kept.seen, self.kept.promised):
            if seen is not None and head.size < seen.head.size:
                message = f"the log has {head.size} entries, and had {seen.head.size}"
                raise LogShortenedError(message)

    def _require_handed(self, audit: LogAudit, head: TreeHead) -> None:
        if self._setting.handed is not None:
            handed = read_handed(self._setting.handed, self._founding)
            require_logged(handed, audit.place, head.size)

    def _require_tiles(self, grown: Grown) -> None:
        """Refuse tiles there that are not those of the entries; whoever reads them would be led."""
        for level, index, tile in grown.tiles():
            width = len(tile) // HASH_SIZE
            if self._source.tile(level, index, width) != tile:
                message = f"{tile_path(level, index, width)} lies: it is not of the log's entries"
                raise TileError(message)

    def _cosigned(self, checkpoint: Checkpoint, audit: LogAudit, grown: Grown) -> Note:
        cosigning = self._setting.cosigning
        if cosigning is None:
            return checkpoint.note
        head = checkpoint.head
        cosigning.know(audit.place.keys_at(head.size))
        line = cosigning.cosign(checkpoint.note, head, grown.subtree)
        return checkpoint.note if line is None else checkpoint.note.with_signatures(line)

    def _advance(self, head: TreeHead) -> LogAudit:
        """Pull and check up to a checkpoint; refuse what does not begin as what was seen."""
        audit = self._checked.advance(self._source, head.size)
        for seen in (self.kept.seen, self.kept.promised):
            if seen is not None and audit.place.tree.root_at(seen.head.size) != seen.head.root:
                message = f"it does not begin with the {seen.head.size} entries that were seen"
                raise LogForkedError(message)
        return audit

    def _is_nothing_new(self, note: str, kept: Note) -> bool:
        """Whether a note is the one that was kept, and there is nothing else to be done."""
        found, setting = Note.parse(note), self._setting
        if setting.handed is not None or (setting.cosigning and self._who(kept) is None):
            return False
        return found.text == kept.text and set(found.signatures) <= set(kept.signatures)

    def _who(self, note: Note) -> str | None:
        cosigning = self._setting.cosigning
        if cosigning is None:
            return None
        key = cosigning.witness.cosigner.key
        return key.name if any(key.made(line) for line in note.signatures) else None

    # Refusing

    def _refused(self, note: str, refusal: Refusal) -> Refusal:
        """Return what refuses a log, with all that can be told of it, having kept the evidence."""
        told = self._told(note, refusal)
        found = told.refusal
        seen, difference = self.kept.promised or self.kept.seen, told.difference
        said: dict[str, Any] = {
            "committee": self.committee,
            "source": self._source.base,
            "offered": note,
            "seen": None if seen is None else str(seen.note),
            "signed": self._signed(note),
        }
        if difference is not None:
            said |= {
                "entry": difference.index,
                "was": difference.ours.decode("utf-8", "backslashreplace"),
                "is": difference.theirs.decode("utf-8", "backslashreplace"),
            }
        file = self._evidence.keep(found, timestamp(self._setting.clock()), said)
        where = f"evidence: {file}" if file else f"the evidence below {self._evidence.path} is full"
        return type(found)(f"{self.committee}: {found}; {where}")

    def _told(self, note: str, refusal: Refusal) -> Told:
        """Compare the whole log with the copy, unless it is plain what is wrong."""
        if isinstance(refusal, LogShortenedError | LogWithholdsError):
            return Told(refusal)
        try:
            copy = self.kept.reading.entries(self._checked.held)
            return tell(self._source, _head_of(note), copy, refusal)
        except LogSourceError:
            return Told(refusal)
        except LogProofError as error:
            return Told(refusal if isinstance(refusal, LogEntryError) else error)

    def _signed(self, note: str) -> bool:
        """Whether the log's own keys, as the copy leads to them, have signed what is refused."""
        try:
            keys = self._checked.here().place.keys_at(self._checked.held)
            read_checkpoint(note, keys.alone)
        except Refusal:
            return False
        return True


def _head_of(note: str) -> TreeHead:
    return TreeHead.parse(Note.parse(note).text)
