"""The one truth: every event of every committee, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from eventsourcing.sqlite import SQLiteDatastore

from aggregates.event import Event, Recorded
from aggregates.store.chain import GENESIS, link
from aggregates.store.format import make, read_only_uri, require_ours
from aggregates.store.mapper import EventMapper, recorded
from aggregates.store.sqlite import TABLE, SQLiteRecord
from policies.refusals import TamperedError

S = TypeVar("S")
BATCH = 1000
"""Events of one page; a page is what is ever held in memory."""


class Record:
    """Append with the expected version, fold one stream, read onwards from a position."""

    def __init__(self, datastore: SQLiteDatastore, *, read_only: bool = False) -> None:
        self.datastore = datastore
        self.mapper = EventMapper()
        self.recorder = SQLiteRecord(datastore)
        if not read_only:
            self.recorder.create_table()

    @classmethod
    def open(cls, file: Path) -> Record:
        """Open, or make, the record in a file; `WrongHomeError` if the file is something else."""
        make(file)
        require_ours(file)
        return cls(SQLiteDatastore(str(file), originator_id_type="text"))

    @classmethod
    def open_read_only(cls, file: Path) -> Record:
        """Open a record that this process may not, or shall not, change."""
        require_ours(file)
        datastore = SQLiteDatastore(read_only_uri(file), originator_id_type="text")
        return cls(datastore, read_only=True)

    def append(self, stream: str, version: int, events: Sequence[Event]) -> list[Recorded]:
        """Record events after a stream's `version`, all or none.

        Raises `SomeoneActedFirstError` if the stream has grown since.
        """
        if not events:
            return []
        new = [
            Recorded(originator_id=stream, originator_version=version + count, event=event)
            for count, event in enumerate(events, start=1)
        ]
        rows = [self.mapper.to_stored_event(entry) for entry in new]
        self.recorder.insert_events(rows)
        return new

    def fold(
        self,
        stream: str,
        evolve: Callable[[S | None, Event], S],
        state: S | None = None,
        *,
        after: int = 0,
    ) -> S | None:
        """Fold a stream from a version on, a page at a time; None if it has no events."""
        for entry in self.stream(stream, after=after):
            state = evolve(state, entry.event)
        return state

    def stream(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        """Yield a stream's events in order."""
        while True:
            rows = self.recorder.select_events(stream, gt=after, limit=BATCH)
            for row in rows:
                yield self.mapper.to_domain_event(row)
            if len(rows) < BATCH:
                return
            after = rows[-1].originator_version

    def version(self, stream: str) -> int:
        """Return a stream's version; 0 if it has no events."""
        rows = self.recorder.select_events(stream, desc=True, limit=1)
        return rows[0].originator_version if rows else 0

    def streams(self) -> list[str]:
        """Return the names of all streams, in order."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT DISTINCT originator_id FROM {TABLE} ORDER BY 1")  # noqa: S608
            return [str(row[0]) for row in cursor.fetchall()]

    def onwards(self, after: int = 0, limit: int = BATCH) -> list[Recorded]:
        """Return the next events of all streams after a position, at most `limit`."""
        rows = self.recorder.select_notifications(after, limit, inclusive_of_start=False)
        return [
            recorded(str(row.originator_id), row.originator_version, row.topic, row.state, row.id)
            for row in rows
        ]

    @property
    def position(self) -> int:
        """The last position; 0 while the record is empty."""
        return self.recorder.max_notification_id() or 0

    def verify_chain(self) -> Iterator[int]:
        """Yield the count of events checked, a page at a time.

        Raises `TamperedError` naming the first event that does not fit, and how much before it is
        good.
        """
        before, good, after = GENESIS, 0, 0
        select = (
            f"SELECT rowid, originator_id, originator_version, topic, state, link FROM {TABLE}"  # noqa: S608
            " WHERE rowid > ? ORDER BY rowid LIMIT ?"
        )
        while True:
            with self.datastore.transaction(commit=False) as cursor:
                cursor.execute(select, (after, BATCH))
                rows = cursor.fetchall()
            for position, stream, version, topic, state, stored in rows:
                # SQLite stores any type in any column; another one than ours was put there.
                ours = (type(stream), type(topic), type(state)) == (str, str, bytes)
                if ours:
                    before = link(before, stream, version, topic, state)
                if not ours or before != stored:
                    message = (
                        f"event {version} of {stream} (position {position}) is not as it was"
                        f" recorded, or one before it is missing; the {good} events before it are"
                        " good"
                    )
                    raise TamperedError(message)
                good, after = good + 1, position
            yield good
            if len(rows) < BATCH:
                return

    def close(self) -> None:
        """Give back the connections."""
        self.datastore.close()
