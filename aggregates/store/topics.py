"""Which class reads which topic, and how an older version is read: upcast, never migrated.

A topic once released is read for ever. A changed event gets a new topic; its old topic gets a
function here that turns the old members into the new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from aggregates.case.events import EVENTS as CASE_EVENTS
from aggregates.committee.events import EVENTS as COMMITTEE_EVENTS
from aggregates.event import Event
from aggregates.history.events import EVENTS as HISTORY_EVENTS
from policies.refusals import WrongHomeError

Upcast = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]

UPCASTS: dict[str, Upcast] = {}
"""Old topic to the function that returns the next topic and its members."""

EVENTS: tuple[type[Event], ...] = (*COMMITTEE_EVENTS, *CASE_EVENTS, *HISTORY_EVENTS)
"""Every kind of event that is written."""

_CLASSES: Mapping[str, type[Event]] = {event.topic: event for event in EVENTS}
_DECODERS = {topic: msgspec.json.Decoder(event) for topic, event in _CLASSES.items()}
_ENCODER = msgspec.json.Encoder()


def topics_of(kinds: Iterable[type[Event]]) -> list[str]:
    """Return the topics under which events of these kinds may be stored, old ones among them."""
    return [*(kind.topic for kind in kinds), *UPCASTS]


def encode(event: Event) -> bytes:
    """Write an event's members as JSON."""
    return _ENCODER.encode(event)


def decode(topic: str, state: bytes) -> Event:
    """Read an event of any released version; `WrongHomeError` if the topic is from the future.

    Raises `msgspec.ValidationError` for members that are missing, unknown or of another type.
    """
    decoder = _DECODERS.get(topic)
    if decoder is not None:
        return decoder.decode(state)
    members = msgspec.json.decode(state)
    while topic in UPCASTS:
        topic, members = UPCASTS[topic](members)
    if topic not in _CLASSES:
        message = f"the record holds {topic!r}, which this version does not know: use a newer one"
        raise WrongHomeError(message)
    return msgspec.convert(members, _CLASSES[topic])
