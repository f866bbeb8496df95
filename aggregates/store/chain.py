"""The hash chain over the whole record: each event's link covers the one before it.

Link = SHA-256 of the previous link and of the event's stream, version, topic and state, each with
its length, so that an event altered, dropped, inserted or moved breaks every link after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from policies.refusals import TamperedError

GENESIS = bytes(32)
"""The link before the first event."""


class Row(NamedTuple):
    """An event as it is stored, whichever engine keeps it."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    link: bytes


class Head(NamedTuple):
    """A place in the record, and the link that stands there: it names everything before it."""

    position: int = 0
    link: bytes = GENESIS

    def to_json(self) -> dict[str, Any]:
        """Return the head as people and programs are shown it."""
        return {"position": self.position, "link": self.link.hex()}


def link(before: bytes, stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the link of an event that follows `before`."""
    name, count, kind = stream.encode(), str(version).encode(), topic.encode()
    parts = (before, _size(name), name, _size(count), count, _size(kind), kind, _size(state), state)
    return hashlib.sha256(b"".join(parts)).digest()


def _size(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big")


def follow(head: Head, rows: Iterable[Sequence[Any]]) -> Head:
    """Return the head after rows that follow it without a gap.

    Raises `TamperedError` naming the first that does not fit, and how much before it is good.
    """
    at, before = head
    for position, stream, version, topic, state, stored in rows:
        if position != at + 1:
            message = (
                f"position {at + 1} is missing before event {version} of {stream} (position"
                f" {position}); {_good(at)}"
            )
            raise TamperedError(message)
        # SQLite stores any type in any column; another one than ours was put there.
        ours = type(stream) is str and type(topic) is str and type(state) is bytes
        try:
            expected = link(before, stream, version, topic, state) if ours else None
        except UnicodeEncodeError:
            expected = None
        if expected is None or expected != stored:
            message = (
                f"event {version} of {stream} (position {position}) is not as it was recorded, or"
                f" one before it is missing; {_good(at)}"
            )
            raise TamperedError(message)
        at, before = position, expected
    return Head(at, before)


def missing(head: Head) -> TamperedError:
    """Return the refusal of a record that does not go on where it should."""
    return TamperedError(f"position {head.position + 1} is missing; {_good(head.position)}")


def _good(count: int) -> str:
    return f"the {count} events before it are good"
