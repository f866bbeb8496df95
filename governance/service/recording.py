"""The last thing before a step of a case is recorded: its size, and the files that go with it."""

from __future__ import annotations

from collections.abc import Callable

from aggregates.case.events import CaseEvent
from aggregates.store.topics import encode
from policies.refusals import TooLargeError

Keep = Callable[[], object]
"""Puts the files of a step's documents in their place; what fails is not recorded."""
MAX_EVENT = 2**20
"""Bytes of one event of a case."""


def nothing_to_keep() -> None:
    """Keep no files: a step has no documents, or their files are elsewhere."""


def kept(event: CaseEvent, keep: Keep) -> CaseEvent:
    """Return what was decided, with its files kept; raise `TooLargeError` if it is too long."""
    size = len(encode(event))
    if size > MAX_EVENT:
        message = (
            f"the step takes {size:,} bytes, and at most {MAX_EVENT:,} are recorded at once: file"
            " long texts as documents"
        )
        raise TooLargeError(message)
    keep()
    return event
