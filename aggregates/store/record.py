"""The one truth: every event of every committee, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from eventsourcing.persistence import StoredEvent

from aggregates.event import Event, Recorded
from aggregates.store.chain import Head, follow, missing
from aggregates.store.mapper import EventMapper, event_of, recorded
from aggregates.store.sqlite import SQLiteEvents
from aggregates.store.table import BATCH, EventTable, beyond
from aggregates.store.topics import encode, topics_of
from policies.refusals import TamperedError

S = TypeVar("S")


class Page(NamedTuple):
    """Events that follow a position, and the position up to which the record was read for them."""

    entries: list[Recorded]
    reached: int


class Append(NamedTuple):
    """Events that follow a stream's version."""

    stream: str
    version: int
    events: Sequence[Event]


class Record:
    """Append with the expected version, fold one stream, read onwards from a position."""

    def __init__(self, table: EventTable) -> None:
        self.table = table
        self.mapper = EventMapper()
        self.appended: list[Callable[[], object]] = []
        """Called after each append of this process: who follows need not wait to be told."""

    @classmethod
    def open(cls, file: Path) -> Record:
        """Open, or make, the record in a file; `WrongHomeError` if the file is something else."""
        return cls(SQLiteEvents.open(file))

    @classmethod
    def open_read_only(cls, file: Path) -> Record:
        """Open a record that this process may not, or shall not, change."""
        return cls(SQLiteEvents.open_read_only(file))

    @classmethod
    def connect(cls, url: str) -> Record:
        """Open the record in a PostgreSQL database; `WrongHomeError` before ``jcgov init``."""
        # Imported here: who works on SQLite starts without PostgreSQL's client.
        from aggregates.store.postgresql import (  # noqa: PLC0415
            PostgreSQLDatabase,
            PostgreSQLEvents,
        )

        database = PostgreSQLDatabase(url)
        try:
            return cls(PostgreSQLEvents.open(database))
        except BaseException:
            database.close()
            raise

    def append(self, stream: str, version: int, events: Sequence[Event]) -> None:
        """Record events after a stream's `version`, all or none.

        Raises `SomeoneActedFirstError` if the stream has grown since.
        """
        self.append_all([Append(stream, version, events)])

    def append_all(self, appends: Sequence[Append]) -> None:
        """Record events of several streams, all or none.

        Raises `SomeoneActedFirstError` if one of the streams has grown since.
        """
        rows = [
            StoredEvent(stream, version + count, event.topic, encode(event))
            for stream, version, events in appends
            for count, event in enumerate(events, start=1)
        ]
        if not rows:
            return
        self.table.insert_events(rows)
        for tell in self.appended:
            tell()

    def fold(
        self,
        stream: str,
        evolve: Callable[[S | None, Event], S],
        state: S | None = None,
        *,
        after: int = 0,
        until: int | None = None,
    ) -> S | None:
        """Fold a stream from a version on, a page at a time; None if it has no events.

        `until` is the last version that is taken; null: the newest.
        """
        for version, topic, stored in self.table.stream(stream, after):
            if until is not None and version > until:
                break
            state = evolve(state, event_of(stream, version, topic, stored))
        return state

    def stream(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        """Yield a stream's events in order."""
        for version, topic, state in self.table.stream(stream, after):
            yield recorded(stream, version, topic, state, 0)

    def each_of(
        self, stream: str, kinds: tuple[type[Event], ...], *, after: int = 0
    ) -> Iterator[Recorded]:
        """Yield a stream's events of some kinds after a version; no other one is decoded."""
        topics = set(topics_of(kinds))
        for version, topic, state in self.table.stream(stream, after):
            if topic in topics:
                yield recorded(stream, version, topic, state, 0)

    def latest(
        self, stream: str, kinds: tuple[type[Event], ...], *, after: int = 0, limit: int = BATCH
    ) -> tuple[int, list[Recorded]]:
        """Return how many events of some kinds followed a position, and the last, newest first.

        Of a stream and of those below it, as a committee's and its cases'.
        """
        count, rows = self.table.latest(stream, after, topics_of(kinds), limit)
        return count, [recorded(row[1], row[2], row[3], row[4], row[0]) for row in rows]

    def event(self, stream: str, version: int) -> Event | None:
        """Return a stream's event of a version; None if there is none."""
        found = self.table.event(stream, version)
        return None if found is None else event_of(stream, version, *found)

    def version(self, stream: str) -> int:
        """Return a stream's version; 0 if it has no events."""
        return self.table.version(stream)

    def versions(self, prefix: str) -> dict[str, int]:
        """Return the version of every stream whose name begins so, in the order of their bytes."""
        return self.table.versions(prefix)

    def streams(self) -> list[str]:
        """Return the names of all streams, in order."""
        return self.table.streams()

    def grown(self, after: int, until: int) -> dict[str, int]:
        """Return the last position of each stream that has grown after one, up to another."""
        return self.table.grown(after, until)

    def committees(self) -> list[str]:
        """Return the codes of the committees that are founded, or whose past was imported."""
        codes: list[str] = []
        stream = self.table.first_stream("")
        while stream is not None:
            codes.append(stream.partition("/")[0])
            stream = self.table.first_stream(beyond(codes[-1]))  # no code begins with another
        return codes

    def link_at(self, position: int) -> str:
        """Return the link of the hash chain at a position; empty where nothing stands."""
        rows = self.table.rows(position - 1, position) if position > 0 else ()
        return next((bytes(row[5]).hex() for row in rows), "")

    def onwards(
        self,
        after: int = 0,
        limit: int = BATCH,
        kinds: tuple[type[Event], ...] = (),
        until: int | None = None,
    ) -> Page:
        """Return the next events of all streams after a position, out of at most `limit`.

        With `kinds`, the events of these alone; the position that is reached counts all.
        """
        end = self.position if until is None else until
        reached = min(after + limit, end)
        if reached <= after:
            return Page([], after)
        rows = self.table.rows(after, reached, topics_of(kinds) if kinds else ())
        return Page([recorded(row[1], row[2], row[3], row[4], row[0]) for row in rows], reached)

    @property
    def position(self) -> int:
        """The last position; 0 while the record is empty."""
        return self.head.position

    @property
    def head(self) -> Head:
        """The last position and its link."""
        return self.table.head()

    def verify_chain(self) -> Iterator[int]:
        """Yield the count of events checked, a page at a time.

        Raises `TamperedError` naming the first event that does not fit, and how much before it is
        good.
        """
        self.require_none_before()
        end = self.position
        yield from (head.position for head in self.links(Head(), end))

    def require_none_before(self) -> None:
        """Raise `TamperedError` if an event stands where none was ever put: before the first."""
        first = self.table.first()
        if first is not None and first < 1:
            message = "events stand before position 1, where none was recorded"
            raise TamperedError(message)

    def links(self, head: Head, end: int) -> Iterator[Head]:
        """Yield the head after each page up to a position; raise `TamperedError` as above."""
        while head.position < end:
            until = min(head.position + BATCH, end)
            reached = follow(head, self.table.rows(head.position, until))
            if reached.position != until:
                raise missing(reached)
            head = reached
            yield head

    def close(self) -> None:
        """Give back the connections."""
        self.table.close()
