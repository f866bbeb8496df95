"""Which class reads which topic, and how an older version is read: upcast, never migrated.

A topic once released is read for ever. A changed event gets a new topic; its old topic gets a
function here that turns the old members into the new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from aggregates.announcements.events import EVENTS as ANNOUNCEMENTS_EVENTS
from aggregates.case.events import EVENTS as CASE_EVENTS
from aggregates.committee.events import EVENTS as COMMITTEE_EVENTS
from aggregates.event import Event
from aggregates.history.events import EVENTS as HISTORY_EVENTS
from aggregates.transparency.events import EVENTS as TRANSPARENCY_EVENTS
from policies.refusals import WrongHomeError

Members = dict[str, Any]


class Upcast(NamedTuple):
    """The next topic, and what turns the old one's members into its own."""

    topic: str
    members: Callable[[Members], Members]


def _without_preflight(members: Members) -> Members:
    """Texts were fixed with findings alone; what passed was not kept."""
    return members | {"preflight": []}


UPCASTS: dict[str, Upcast] = {
    "jcm.proposal-frozen.v1": Upcast("jcm.proposal-frozen.v2", _without_preflight),
}
"""Old topics, each with its way to the next."""

EVENTS: tuple[type[Event], ...] = (
    *COMMITTEE_EVENTS,
    *CASE_EVENTS,
    *HISTORY_EVENTS,
    *ANNOUNCEMENTS_EVENTS,
    *TRANSPARENCY_EVENTS,
)
"""Every kind of event that is written."""

_CLASSES: Mapping[str, type[Event]] = {event.topic: event for event in EVENTS}
_DECODERS = {topic: msgspec.json.Decoder(event) for topic, event in _CLASSES.items()}
_ENCODER = msgspec.json.Encoder()


def topics_of(kinds: Iterable[type[Event]]) -> list[str]:
    """Return the topics under which events of these kinds may be stored, old ones among them."""
    wanted = [kind.topic for kind in kinds]
    return wanted + [old for old in UPCASTS if _newest(old) in wanted]


def _newest(topic: str) -> str:
    while topic in UPCASTS:
        topic = UPCASTS[topic].topic
    return topic


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
        upcast = UPCASTS[topic]
        topic, members = upcast.topic, upcast.members(members)
    if topic not in _CLASSES:
        message = f"the record holds {topic!r}, which this version does not know: use a newer one"
        raise WrongHomeError(message)
    return msgspec.convert(members, _CLASSES[topic])
