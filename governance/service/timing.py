"""An authority's time (RFC 3161) for each published checkpoint, where the operator names one.

Beside the witnesses' times, from somebody whose word has legal standing; it delays nothing. Each is
kept with the checkpoint as it was published, so that ``openssl ts -verify`` reads the two alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aggregates.transparency.events import CheckpointPublished
from policies.refusals import TimestampError, UnreachableError
from projections.disk import write_new

Stamp = Callable[[bytes], bytes]
"""Asks for a time over some bytes; raises `TimestampError` or `UnreachableError`."""


class Times:
    """The times of checkpoints below a folder: ``JP-MN/<size>.tsr`` and ``<size>.checkpoint``."""

    def __init__(self, folder: Path, stamp: Stamp | None = None) -> None:
        self._folder = folder
        self._stamp = stamp

    def take(self, code: str, published: CheckpointPublished | None) -> str | None:
        """Get and keep the time of a checkpoint that has none yet; says why there is none."""
        if self._stamp is None or published is None:
            return None
        reply = self._folder / code / f"{published.size}.tsr"
        if reply.exists():
            return None
        note = published.note.encode()
        try:
            data = self._stamp(note)
            reply.parent.mkdir(parents=True, exist_ok=True)
            checkpoint = reply.with_suffix(".checkpoint")
            if not checkpoint.exists():
                write_new(checkpoint, note, 0o644)
            write_new(reply, data, 0o644)
        except (TimestampError, UnreachableError, OSError) as error:
            return f"no time for the checkpoint of {published.size}: {error}"
        return None
