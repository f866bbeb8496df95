"""What a witness answers: it cosigns what follows from all that it saw before, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from governance.keys.notes import NoteSigner
from governance.witness.asking import MAX_REQUEST, AddCheckpoint
from governance.witness.seen import Memory, Seen, Turn
from policies.calendar import timestamp
from policies.proof.checkpoint import TreeHead, require_signed
from policies.proof.merkle import EMPTY_ROOT, require_consistent
from policies.proof.note import Note, NoteKey
from policies.refusals import LogProofError

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True)
class Cosigner:
    """A witness: its name, and its key where it lies."""

    name: str
    signer: NoteSigner

    @cached_property
    def key(self) -> NoteKey:
        """The public half, as it stands in notes; `LogProofError` for a name that cannot."""
        return NoteKey.parse(NoteKey.of_witness(self.name, self.signer.record).vkey)

    def cosign(self, head: TreeHead, at: datetime) -> str:
        """Return the line with which the witness vouches for a checkpoint at a time."""
        return self.signer.sign(self.key, head, int(at.timestamp())).line


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP."""

    status: int
    body: str
    media_type: str = TEXT


class Witness:
    """A witness of some logs, each known by its origin and the keys that must sign for it."""

    def __init__(
        self,
        cosigner: Cosigner,
        logs: Mapping[str, tuple[NoteKey, ...]],
        memory: Memory,
        clock: Callable[[], datetime],
    ) -> None:
        self.cosigner = cosigner
        self._logs = logs
        self.memory = memory
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request (C2SP tlog-witness, `add-checkpoint`); raises `StorageError` alone."""
        try:
            asked = AddCheckpoint.parse(_bounded(body))
            note = Note.parse(asked.note)
            head = TreeHead.parse(note.text)
        except LogProofError as error:
            return Answer(400, f"{error}\n")
        if head.origin not in self._logs:
            return Answer(404, f"the log {head.origin} is not known here\n")
        try:
            self._require_signed(note, head)
        except LogProofError as error:
            return Answer(403, f"{error}\n")
        if asked.old > head.size:
            return Answer(400, f"the log has {head.size} entries, and had {asked.old}\n")
        with self.memory.turn(head.origin) as turn:
            return self._judge(turn, asked, head, body)

    def _require_signed(self, note: Note, head: TreeHead) -> None:
        for key in self._logs[head.origin]:
            if require_signed(note, head, key) is None:
                message = f"the checkpoint is not signed by the key {key.vkey[:60]} of the log"
                raise LogProofError(message)

    def _judge(self, turn: Turn, asked: AddCheckpoint, head: TreeHead, body: bytes) -> Answer:
        last, now = turn.last, self._clock()
        size = 0 if last is None else last.head.size
        if asked.old != size:
            return Answer(409, f"{size}\n", SIZE)
        root = EMPTY_ROOT if last is None else last.head.root
        try:
            require_consistent(size, root, head.size, head.root, asked.path)
        except LogProofError as error:
            self.memory.keep_evidence(str(error), timestamp(now), last, body)
            if head.size == size:
                return Answer(409, f"{size}\n", SIZE)
            return Answer(422, f"{error}\n")
        turn.remember(Seen(head, asked.note, timestamp(now)))
        return Answer(200, self.cosigner.cosign(head, now))


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_REQUEST:
        message = f"the request has {len(body)} bytes; at most {MAX_REQUEST} are allowed"
        raise LogProofError(message)
    return body
