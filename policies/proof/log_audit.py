"""The check of a whole log: one fold over its entries, in their order, by the rules of each place.

What was found good need not be kept: the fold is rebuilt from the entries themselves, which the
root of the last good checkpoint proves to be the same (`take_again`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policies.proof.checkpoint import Checkpoint, LogKeys, TreeHead, read_checkpoint
from policies.proof.dsse import Envelope
from policies.proof.log_kinds import KINDS
from policies.proof.log_place import Disputed, FindText, Place
from policies.proof.note import Note
from policies.proof.reading import read_entry, read_entry_recorded
from policies.proof.statements import Adoption, Founding, Statement
from policies.refusals import (
    AnchorError,
    ContextError,
    LogEntryError,
    LogProofError,
    Refusal,
    SealError,
)


@dataclass(frozen=True)
class Reached:
    """What a log says at one size: its root, the keys of a checkpoint there, what is disputed."""

    size: int
    root: bytes
    keys: LogKeys
    sides: tuple[str, ...]
    disputed: tuple[Disputed, ...]


def no_texts(_digest: str) -> str | None:
    """Find no text: rulebooks and annexes are not to be had."""
    return None


class LogAudit:
    """The check of one log, entry after entry; what it refuses ends it.

    `trusted` is the founding that both governments published. Texts that `find_text` has are held
    against what names them; which ones it lacks is for the caller to ask (`texts_of`).
    """

    def __init__(self, trusted: str, find_text: FindText = no_texts) -> None:
        self._trusted = trusted
        self.place = Place(find_text)

    @property
    def size(self) -> int:
        """How many entries were taken."""
        return self.place.index

    def take(self, entry: bytes) -> None:
        """Check the next entry and take it in; raises `LogEntryError` saying which one it is."""
        try:
            self._take(entry)
        except Refusal as refusal:
            raise self._refused(refusal) from None

    def take_again(self, entry: bytes) -> None:
        """Take in the next entry unchecked: it was good before, or is checked elsewhere.

        Raises `LogEntryError` for what nobody could read.
        """
        try:
            envelope, said = read_entry_recorded(entry)
            KINDS[type(said)].again(self.place, envelope, said)
        except (Refusal, LookupError) as error:
            raise self._refused(error) from None
        self.place.enter(envelope, entry)

    def require_complete(self) -> None:
        """Refuse a log that ends before its founding, or between a decision and its adoption."""
        if self.place.founded is None:
            message = "the log is empty: there is no founding to compare"
            raise AnchorError(message)
        if self.place.pending is not None:
            message = f"{self.place.pending[1].number} is not followed by its adoption"
            raise LogEntryError(f"entry {self.size} is missing: {message}")

    def reached(self) -> Reached:
        """Return what the log says here; raises as `require_complete`."""
        self.require_complete()
        return Reached(
            self.size,
            self.place.tree.root_at(self.size),
            self.place.keys_at(self.size),
            tuple(self.place.chain.roster.committee.sides),
            tuple(self.place.disputed),
        )

    def require_head(self, note: str) -> Checkpoint:
        """Refuse a checkpoint that is not of these entries, or not signed by the log's own key.

        Its size is at most what was taken in; raises `LogProofError`.
        """
        self.require_complete()
        return require_head(note, self.place.keys_at, self.place.tree.root_at)

    def _take(self, entry: bytes) -> None:
        envelope, said = read_entry(entry)
        if self.size == 0:
            self._require_anchor(envelope, said)
        kind = KINDS.get(type(said))
        if kind is None:
            message = f"a {type(said).__name__.lower()} has no place in a log"
            raise ContextError(message)
        if envelope.digest in self.place.seen:
            message = f"it stands in the log already, as entry {self.place.seen[envelope.digest]}"
            raise ContextError(message)
        pending = self.place.pending
        if pending is not None and not isinstance(said, Adoption):
            message = f"{pending[1].number}, the entry before it, is not followed by its adoption"
            raise SealError(message)
        kind.take(self.place, envelope, said)
        self.place.enter(envelope, entry)

    def _require_anchor(self, envelope: Envelope, said: Statement) -> None:
        if not isinstance(said, Founding):
            message = "the first entry of a log is its founding"
            raise AnchorError(message)
        if envelope.digest != self._trusted:
            message = f"the founding of {said.committee} is {envelope.digest}; the trust file names"
            raise AnchorError(f"{message} {self._trusted}")

    def _refused(self, error: Exception) -> LogEntryError:
        return LogEntryError(f"entry {self.size}: {error}; all {self.size} before it are good")


def require_head(
    note: str, keys_at: Callable[[int], LogKeys], root_at: Callable[[int], bytes]
) -> Checkpoint:
    """Refuse a checkpoint that the log's keys at its size have not signed, or of another root."""
    size = _size_of(note)
    found = read_checkpoint(note, keys_at(size))
    if found.head.root != root_at(size):
        message = f"the checkpoint of {size} entries has another root than the entries have"
        raise LogProofError(message)
    return found


def _size_of(note: str) -> int:
    return TreeHead.parse(Note.parse(note).text).size
