"""The mirrors of several committees: pulled one after the other, asked by whichever log it is."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.mirror.mirrored import Mirrored, Pulled, Setting
from governance.mirror.source import Get, Source
from governance.witness.asking import AddCheckpoint
from governance.witness.witness import Answer
from policies.proof.checkpoint import TreeHead
from policies.proof.note import Note
from policies.refusals import (
    LogFilesError,
    LogProofError,
    LogRewrittenError,
    LogSourceError,
    Refusal,
    UnreadableError,
)
from projections.disk import unwritten


@dataclass(frozen=True)
class Pass:
    """What came of a committee's log in one pass: what was pulled, or why it was refused."""

    committee: str
    pulled: Pulled | None
    refusal: Refusal | None

    def to_json(self) -> dict[str, Any]:
        """Return it as programs are shown it."""
        return {
            "committee": self.committee,
            "ok": self.pulled is not None,
            "size": None if self.pulled is None else self.pulled.size,
            "new": None if self.pulled is None else self.pulled.new,
            "cosigned_by": None if self.pulled is None else self.pulled.cosigned,
            "refused": None if self.refusal is None else self.refusal.name,
            "detail": None if self.refusal is None else str(self.refusal),
        }


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other mirrors away from a folder, which is made if it is absent.

    Raises `LogFilesError` where one works in it, `UnreadableError` where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    except OSError as error:
        raise unwritten(folder, error, UnreadableError) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"another mirror works in {folder}; end it, or name another folder"
            raise LogFilesError(message) from None
        yield


class Mirrors:
    """Mirrors of the logs of these committees (code: founding), all at one address."""

    def __init__(self, url: str, trusted: Mapping[str, str], get: Get, setting: Setting) -> None:
        self.folder: Path = setting.folder
        self._cosigning = setting.cosigning
        self.all: Sequence[Mirrored] = [
            Mirrored(code, founding, Source(url, code, get), setting)
            for code, founding in trusted.items()
        ]
        self.last: dict[str, Pass] = {}

    def __call__(self) -> Iterator[Pass]:
        """Pull every log once; what is refused of one keeps no other waiting."""
        for one in self.all:
            try:
                found = Pass(one.committee, one.pull(), None)
            except Refusal as refusal:
                found = Pass(one.committee, None, refusal)
            self.last[one.committee] = found
            yield found

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a log that asks for a cosignature (C2SP tlog-witness).

        What the log is of is pulled and checked first: where it does not lie, the answer is 503;
        where it denies what was seen, 422; where it breaks a rule, 403.
        """
        if self._cosigning is None:
            return Answer(404, "nothing is cosigned here\n")
        try:
            asked = AddCheckpoint.parse(body)
            origin = TreeHead.parse(Note.parse(asked.note).text).origin
        except LogProofError as error:
            return Answer(400, f"{error}\n")
        named = [one for one in self.all if one.origin == origin]
        found = Answer(404, f"the log {origin} is not known here\n")
        # A log whose key and name were replaced is known by its entries, once they are checked.
        for one in named or self.all:
            try:
                return one.add_checkpoint(body, asked.note, self._cosigning)
            except Refusal as refusal:
                found = Answer(_status(refusal), f"{refusal.name}: {refusal}\n")
        return found


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, LogSourceError | LogFilesError | UnreadableError):
        return 503
    return 422 if isinstance(refusal, LogRewrittenError) else 403
