"""How far each committee's own record reaches: its events alone change what is made of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from aggregates.store.chain import Head
from aggregates.store.record import Record

_MOST = 4096
"""Links that are kept: those at which a committee's record ends, or lately ended."""


@dataclass(frozen=True)
class _Known:
    """One history up to its head: the last position of each committee."""

    head: Head = field(default_factory=Head)
    last: dict[str, int] = field(default_factory=dict)
    histories: int = 0


class Growth:
    """The last event of each committee, of any of its streams; read onwards, safe for threads."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._turn = threading.Lock()
        self._known = _Known()
        self._links: dict[int, str] = {}

    def bring_up(self) -> int:
        """Read on to the end of the record, and return its last position."""
        head = self._record.head
        if head != self._known.head:
            with self._turn:
                self._read_on(head)
        return head.position

    @property
    def histories(self) -> int:
        """How often another history was found in the place of the one before: after a restore."""
        return self._known.histories

    @property
    def committees(self) -> tuple[str, ...]:
        """The codes of the committees that are founded, or whose past was imported, in order."""
        return tuple(sorted(self._known.last))

    def last(self, committee: str, reached: int) -> int:
        """Return the last position of a committee up to one that was reached; 0 before its first.

        Where the committee has gone on beyond that, the one that was reached.
        """
        return min(self._known.last.get(committee, 0), reached)

    def link_at(self, position: int) -> str:
        """Return the link of the hash chain at a position; empty where nothing stands."""
        known = self._links.get(position)
        if known is None:
            known = self._record.link_at(position)
            if len(self._links) >= _MOST:
                self._links = {}
            self._links[position] = known
        return known

    def _read_on(self, head: Head) -> None:
        known = self._known
        if not self._stands(known.head):
            known, self._links = _Known(histories=known.histories + 1), {}
        if head.position > known.head.position:
            last = dict(known.last)
            for stream, position in self._record.grown(known.head.position, head.position).items():
                code = stream.partition("/")[0]
                last[code] = max(position, last.get(code, 0))
            known = _Known(head, last, known.histories)
        self._known = known

    def _stands(self, head: Head) -> bool:
        """Whether a place of the record is as it was."""
        return head.position == 0 or self._record.link_at(head.position) == head.link.hex()
