"""What the record asks of the table that its events lie in, whichever engine keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from eventsourcing.persistence import StoredEvent

from aggregates.store.chain import Head, Row

BATCH = 1000
"""Events of one page; a page is what is ever held in memory."""


def beyond(prefix: str) -> str:
    """Return the first name after all that begin so, in the order of bytes; not of an empty one."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


class EventTable(Protocol):
    """A table of events that only grows: positions without gaps, in the order of the commits."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events, all or none; `SomeoneActedFirstError` if a version is taken."""

    def fill(self, pages: Iterable[list[Row]]) -> None:
        """Take the rows of a whole record, as they are, into an empty table, all or none."""

    def stream(self, stream: str, after: int) -> Iterator[tuple[int, str, bytes]]:
        """Yield version, topic and state of a stream's events, in order, in bounded memory."""

    def rows(self, after: int, until: int, topics: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Return what stands after a position, up to another; of the named topics, or all.

        A row has the columns of `Row`, of whatever types are really stored.
        """

    def latest(
        self, stream: str, after: int, topics: Sequence[str], limit: int
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """Return how many events a stream and those below it have after a position, and the last.

        Of the named topics alone. The last of them, newest first, at most `limit`, each with
        position, stream, version, topic and state. Below a stream is what its name and a slash
        begin.
        """

    def first(self) -> int | None:
        """Return the lowest position at which an event stands; None while there is none."""

    def head(self) -> Head:
        """Return the last position and its link."""

    def version(self, stream: str) -> int:
        """Return a stream's version; 0 if it has no events."""

    def event(self, stream: str, version: int) -> tuple[str, bytes] | None:
        """Return topic and state of a stream's event; None if there is no such event."""

    def versions(self, prefix: str) -> dict[str, int]:
        """Return the version of every stream whose name begins so, in the order of their bytes."""

    def link(self, stream: str, version: int) -> bytes | None:
        """Return the link of a stream's event; None if there is no such event."""

    def grown(self, after: int, until: int) -> dict[str, int]:
        """Return the last position of each stream that has grown after one, up to another."""

    def first_stream(self, name: str) -> str | None:
        """Return the first stream of that name or beyond it, in the order of the bytes."""

    def streams(self) -> list[str]:
        """Return the names of all streams, in the order of their bytes."""

    def close(self) -> None:
        """Give back the connections."""
