"""Between events and stored rows; what is loaded is validated, what is stored is typed."""

from __future__ import annotations

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from aggregates.event import Event, Recorded
from aggregates.store.topics import decode, encode
from policies.refusals import TamperedError


class EventMapper(Mapper[str]):
    """The library's mapper over frozen, typed events with explicit topics.

    Neither compresses nor encrypts: the record is public, and its bytes are hashed.
    """

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: Recorded) -> StoredEvent:  # type: ignore[override]
        """Return the row of an event."""
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.event.topic,
            state=encode(domain_event.event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the event of a row; raise `TamperedError` if its members do not fit its topic."""
        stream, version = str(stored_event.originator_id), stored_event.originator_version
        return recorded(stream, version, stored_event.topic, stored_event.state, 0)


def recorded(stream: str, version: int, topic: str, state: bytes, position: int) -> Recorded:
    """Return the event of a row's columns at its place; raise `TamperedError` as `event_of`."""
    return Recorded(
        originator_id=stream,
        originator_version=version,
        event=event_of(stream, version, topic, state),
        position=position,
    )


def event_of(stream: str, version: int, topic: str, state: bytes) -> Event:
    """Return the event of a row's columns; raise `TamperedError` if they do not fit."""
    try:
        return decode(topic, state)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"event {version} of {stream} ({topic}) cannot be read: {error}"
        raise TamperedError(message) from None
