"""Where snapshots of streams are kept, beside the events: derived, disposable, never needed.

A snapshot lies in parts, each under a seal that binds it to its stream and version, to the edition
of the program that wrote it, and by the event's link to everything that was recorded until then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Part(NamedTuple):
    """A part of a snapshot as it is kept."""

    version: int
    edition: str
    seal: bytes
    state: bytes


class Place(NamedTuple):
    """The event after which a snapshot was taken, and the edition that took it."""

    stream: str
    version: int
    edition: str
    link: bytes

    def part(self, name: str, state: bytes) -> Part:
        """Return a part of the snapshot of this place."""
        return Part(self.version, self.edition, self._seal(name, state), state)

    def holds(self, name: str, part: Part | None) -> bool:
        """Whether a part is of this place, and as it was kept."""
        return part is not None and part == self.part(name, part.state)

    def _seal(self, name: str, state: bytes) -> bytes:
        words = (self.stream, str(self.version), self.edition, name)
        found = hashlib.sha256(b"".join(_sized(word.encode()) for word in words))
        found.update(_sized(self.link))
        found.update(state)
        return found.digest()


def _sized(word: bytes) -> bytes:
    return len(word).to_bytes(8, "big") + word


class SnapshotTable(Protocol):
    """A table with the parts of one snapshot for each stream."""

    def read(self, stream: str, name: str) -> Part | None:
        """Return a part; None if there is none, or if it cannot be read for whatever reason."""

    def standing(self, stream: str) -> tuple[int, str] | None:
        """Return version and edition of what is kept for a stream; None as above."""

    def keep(self, stream: str, parts: Mapping[str, Part]) -> None:
        """Put a snapshot in the place of the stream's, all or none.

        Raises the engine's errors where it cannot be written.
        """


def part_of(row: object) -> Part | None:
    """Return a row's part; None unless each column is of its type: anybody may have written it."""
    match row:
        case (int(version), str(edition), bytes(seal), bytes(state)):
            return Part(version, edition, seal, state)
    return None
