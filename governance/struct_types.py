"""The types that JSON is read into, made ready before any thread reads.

msgspec makes what it knows of a type when the type is first read into, and two threads that do so
at the same instant end the process (seen with 0.22: segmentation faults of a starting service).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_OURS = ("policies", "aggregates", "projections", "governance")


def make_ready() -> int:
    """Make every type of ours that is imported ready to be read into; returns how many there are.

    For the main thread of whatever starts threads, before it starts them.
    """
    count = 0
    for kind in _below(msgspec.Struct):
        if kind.__module__.partition(".")[0] in _OURS:
            msgspec.json.Decoder(kind)
            count += 1
    return count


def _below(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for found in kind.__subclasses__():
        yield found
        yield from _below(found)
