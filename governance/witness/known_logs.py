"""The logs that a witness is for: the verifier keys that its operator was given of each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from governance.keys.files import read_small
from policies.proof.note import ED25519, NoteKey
from policies.refusals import LogProofError, UnreadableError


def read_logs(files: Iterable[Path]) -> dict[str, tuple[NoteKey, ...]]:
    """Return the keys of each log by its origin; every key of a log must sign its checkpoints.

    A file holds one log's verifier keys, one a line (C2SP signed-note); lines that begin with a
    hash sign say something to people. Raises `UnreadableError` naming the file.
    """
    logs: dict[str, tuple[NoteKey, ...]] = {}
    for file in files:
        keys = _read(file)
        origin = keys[0].name
        if any(key.name != origin for key in keys):
            message = f"{file} holds keys of several logs; give each log its own file"
            raise UnreadableError(message)
        if not any(key.kind == ED25519 for key in keys):
            message = f"{file} holds the keys of a witness, not of a log; name the log's log.vkey"
            raise UnreadableError(message)
        if origin in logs:
            message = f"{file}: the log {origin} was named before; all its keys stand in one file"
            raise UnreadableError(message)
        logs[origin] = keys
    return logs


def _read(file: Path) -> tuple[NoteKey, ...]:
    try:
        text = read_small(file).decode("utf-8")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        keys = tuple(NoteKey.parse(line) for line in lines)
    except (UnicodeDecodeError, LogProofError) as error:
        message = f"{file} holds no verifier keys (the log's log.vkey): {error}"
        raise UnreadableError(message) from None
    if not keys:
        message = f"{file} is empty; it takes the log's verifier keys (its log.vkey)"
        raise UnreadableError(message)
    return keys
