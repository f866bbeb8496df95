"""The checkpoints of a committee that were published, found without folding them.

A log of many years has as many checkpoints as the committee took decisions, each with kilobytes of
signatures; sizes and versions only rise, so that a few reads find the one that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aggregates.store.record import Record
from aggregates.transparency.events import CheckpointPublished, log_stream
from policies.refusals import TamperedError


@dataclass(frozen=True, slots=True)
class Published:
    """A committee's published checkpoints, as they are in a record at each call."""

    record: Record
    committee: str

    @property
    def count(self) -> int:
        """How many there are: the version of the log's stream."""
        return self.record.version(log_stream(self.committee))

    def at(self, number: int) -> CheckpointPublished | None:
        """Return the checkpoint of a number, from 1; None if there is none."""
        event = self.record.event(log_stream(self.committee), number)
        if event is None or isinstance(event, CheckpointPublished):
            return event
        message = f"event {number} of {log_stream(self.committee)} is no checkpoint"
        raise TamperedError(message)

    def last(self) -> CheckpointPublished | None:
        """Return the newest checkpoint; None before the first."""
        return self.at(self.count)

    def first_at_version(self, version: int) -> CheckpointPublished | None:
        """Return the first whose tree has the committee's events up to a version; None if none."""
        found = self._first(lambda found: found.version >= version)
        return None if found is None else found[1]

    def last_before_version(self, version: int) -> CheckpointPublished | None:
        """Return the last whose tree has none of the committee's events from a version on."""
        following = self._first(lambda found: found.version >= version)
        return self.at((self.count + 1 if following is None else following[0]) - 1)

    def of_size(self, size: int) -> CheckpointPublished | None:
        """Return the checkpoint of a tree of so many entries; None if none was published."""
        found = self._first(lambda found: found.size >= size)
        return found[1] if found is not None and found[1].size == size else None

    def _first(
        self, fits: Callable[[CheckpointPublished], bool]
    ) -> tuple[int, CheckpointPublished] | None:
        """Return the first that fits, with its number; all later ones fit as well."""
        low, high = 1, self.count
        best: tuple[int, CheckpointPublished] | None = None
        while low <= high:
            middle = (low + high) // 2
            found = self.at(middle)
            if found is not None and fits(found):
                best, high = (middle, found), middle - 1
            else:
                low = middle + 1
        return best
