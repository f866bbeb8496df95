"""The hash chain over the whole record: each event's link covers the one before it.

Link = SHA-256 of the previous link and of the event's stream, version, topic and state, each with
its length, so that an event altered, dropped, inserted or moved breaks every link after it.
"""

from __future__ import annotations

import hashlib

GENESIS = bytes(32)
"""The link before the first event."""


def link(before: bytes, stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the link of an event that follows `before`."""
    found = hashlib.sha256(before)
    for part in (stream.encode(), str(version).encode(), topic.encode(), state):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()
