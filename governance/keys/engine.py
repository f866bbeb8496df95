"""The engine's own keys of a committee: the record key and the log's keys, in the home's keys.

They only say *recorded* and *this is the list*; no decision can be made with them. A key that an
engine statement puts in another's place lies beside it, numbered from 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from governance.keys.files import PrivateKey
from governance.keys.notes import NoteSigner
from policies.proof.checkpoint import TreeHead
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.proof.note import Note, NoteKey
from policies.proof.statements import LogName, Statement
from policies.refusals import KeyFileError

K = TypeVar("K", PrivateKey, NoteSigner)

Purpose = Literal["record", "log", "log-ml-dsa-44"]
PURPOSES: tuple[Purpose, ...] = ("record", "log", "log-ml-dsa-44")


class PublicKeys(NamedTuple):
    """The public records of a committee's own keys."""

    record: KeyRecord
    log: KeyRecord
    post_quantum: KeyRecord


class EngineKeys:
    """Record and log keys by committee, made once when a founding is prepared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, committee: str) -> PublicKeys:
        """Return the public records of the first keys, making those that are absent."""
        return PublicKeys(*(self._first(committee, purpose) for purpose in PURPOSES))

    def renew(self, committee: str, purpose: Purpose, used: frozenset[str]) -> KeyRecord:
        """Return the public record of a key that no statement has named, making one if none is.

        `used` are the keyids that the committee's statements have named so far.
        """
        for file in self._files(committee, purpose):
            record = _public(file, purpose)
            if record.keyid not in used:
                return record
        number = 2
        while (file := self._file(committee, f"{purpose}.{number}")).exists():
            number += 1
        return _make(file, purpose)

    def seal(self, committee: str, record: KeyRecord) -> SealWith | None:
        """Return the hand of a committee's record key, or None if that key is not here.

        Raises `KeyFileError` for a damaged file, unless the key lies in another one.
        """
        files = self._files(committee, "record")
        found = _with_record(PrivateKey.load, files, record)
        return None if found is None else SealWith(found)

    def log_hand(self, committee: str, log: LogName) -> LogHand | None:
        """Return the hand of a committee's log, or None unless every key of it is here.

        Raises `KeyFileError` as `seal`.
        """
        signers = []
        for key, purpose in zip(log.keys, PURPOSES[1:], strict=False):
            files = self._files(committee, purpose)
            found = _with_record(NoteSigner.load, files, key)
            if found is None:
                return None
            signers.append(found)
        return LogHand(log, tuple(signers))

    def _first(self, committee: str, purpose: Purpose) -> KeyRecord:
        file = self._file(committee, purpose)
        return _public(file, purpose) if file.exists() else _make(file, purpose)

    def _files(self, committee: str, purpose: Purpose) -> Iterator[Path]:
        first = self._file(committee, purpose)
        if first.exists():
            yield first
        yield from sorted(self.folder.glob(f"{committee}.{purpose}.*.key"))

    def _file(self, committee: str, name: str) -> Path:
        return self.folder / f"{committee}.{name}.key"


def _with_record(
    load: Callable[[Path, None], K], files: Iterable[Path], record: KeyRecord
) -> K | None:
    damaged: KeyFileError | None = None
    for file in files:
        try:
            key = load(file, None)
        except KeyFileError as error:
            damaged = damaged or error
            continue
        if key.record == record:
            return key
    if damaged is not None:
        raise damaged
    return None


def _make(file: Path, purpose: Purpose) -> KeyRecord:
    if purpose == "log-ml-dsa-44":
        signer = NoteSigner.new("ml-dsa-44")
        signer.save(file)
        return signer.record
    key = PrivateKey.new("ed25519")
    key.save(file, None)
    return key.record


def _public(file: Path, purpose: Purpose) -> KeyRecord:
    if purpose == "record":
        return PrivateKey.load(file, None).record
    return NoteSigner.load(file).record


class SealWith:
    """Seals statements with one key."""

    def __init__(self, key: PrivateKey) -> None:
        self.key = key

    def __call__(self, statement: Statement) -> Envelope:
        """Return the statement in an envelope that the key has signed."""
        envelope = statement.envelope()
        return envelope.signed_by(self.key.sign(envelope))


@dataclass(frozen=True, slots=True)
class LogHand:
    """Signs checkpoints with every key that a log has, and nothing else."""

    log: LogName
    signers: tuple[NoteSigner, ...]

    def __call__(self, head: TreeHead, seconds: int) -> Note:
        """Return the note of a tree, signed at a time (POSIX seconds)."""
        keys = (NoteKey.of_log(self.log.origin, key) for key in self.log.keys)
        lines = (
            signer.sign(key, head, seconds) for key, signer in zip(keys, self.signers, strict=True)
        )
        return Note(head.text, tuple(lines))
