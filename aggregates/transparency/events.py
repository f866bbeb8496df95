"""What happens to a committee's transparency log: checkpoints are published, nothing else.

Entries are no events of the log: they follow from the committee's own stream.
"""

from __future__ import annotations

from typing import ClassVar

from aggregates.event import Event


def log_stream(code: str) -> str:
    """Return the name of the stream of a committee's published checkpoints: JP-MN/log."""
    return f"{code}/log"


class CheckpointPublished(Event, frozen=True, kw_only=True):
    """A checkpoint was signed by the log, cosigned by enough witnesses, and published.

    `version` is the place in the committee's stream up to which its events are in the tree of
    `size` entries; `root` is its RFC 6962 root in hexadecimal, `note` the whole signed note.
    """

    topic: ClassVar = "jcm.checkpoint-published.v1"

    committee: str
    version: int
    size: int
    root: str
    note: str


EVENTS: tuple[type[Event], ...] = (CheckpointPublished,)
