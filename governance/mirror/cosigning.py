"""A mirror that cosigns: as a witness would, after it has checked all that is cosigned."""

from __future__ import annotations

from pathlib import Path

from governance.clock import Clock
from governance.witness.asking import AddCheckpoint
from governance.witness.seen import Memory
from governance.witness.witness import Answer, Cosigner, Witness
from policies.proof.checkpoint import LogKeys, TreeHead
from policies.proof.merkle import Subtrees, consistency_path
from policies.proof.note import Note, NoteKey, NoteSignature
from policies.refusals import LogForkedError


class Cosigning:
    """One witness for all logs that are mirrored; it comes to know their keys by their entries."""

    def __init__(self, cosigner: Cosigner, folder: Path, clock: Clock) -> None:
        self._logs: dict[str, tuple[NoteKey, ...]] = {}
        self.witness = Witness(cosigner, self._logs, Memory(folder), clock)

    def know(self, keys: LogKeys) -> None:
        """Take a log's keys from what its entries lead to."""
        self._logs[keys.origin] = keys.log

    def answer(self, body: bytes) -> Answer:
        """Answer a log whose checkpoint was checked."""
        return self.witness.add_checkpoint(body)

    def cosign(self, note: Note, head: TreeHead, subtrees: Subtrees) -> NoteSignature | None:
        """Cosign a checkpoint that was checked; null where a later one is cosigned already.

        Raises `LogForkedError` for one that does not follow from what was cosigned before.
        """
        if any(self.witness.cosigner.key.made(line) for line in note.signatures):
            return None
        with self.witness.memory.turn(head.origin) as turn:
            last = turn.last
        old = 0 if last is None else last.head.size
        if old > head.size:
            return None
        path = tuple(consistency_path(old, head.size, subtrees))
        found = self.answer(bytes(AddCheckpoint(old, path, str(note))))
        if found.status != 200:
            message = f"the log of {head.size} entries does not follow from the one of {old}"
            raise LogForkedError(f"{message} that was cosigned here: {found.body.strip()}")
        return NoteSignature.parse(found.body.removesuffix("\n"))
