"""JSON Schema of each type of event, and the AsyncAPI 3 document of the feed, from their types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from projections.feed import BATCH_MEDIA_TYPE, LIMIT, MAX_LIMIT, MEDIA_TYPE
from projections.feed_types import EVENT_TYPES, CloudEvent, Told

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = "1.0.0"
"""Of the contract: a type or a member more is a minor version; nothing is ever taken away."""


def schema(event_type: str) -> dict[str, Any]:
    """Return the JSON Schema of a whole event of a type; raise `KeyError` if there is none.

    It takes members that it does not know: a version may get more of them.
    """
    told = EVENT_TYPES[event_type]
    found = _schemas([told], "#/$defs/{name}")
    event = found.pop(_event_name(told))
    return {"$schema": DIALECT, **event, "title": event_type, "$defs": found}


def asyncapi() -> dict[str, Any]:
    """Return the feed as an AsyncAPI 3.0 document: pulled, streamed and pushed."""
    messages = {name: _message(name, told) for name, told in EVENT_TYPES.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Decisions of the Joint Committees, for registries",
            "version": VERSION,
            "description": (
                "What each side's registry is told of adopted decisions: CloudEvents 1.0 in JSON,"
                " at least once, in the order of the record; dedupe on source and id. Members are"
                " added within a version of a type, so ignore those that you do not know."
            ),
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            "feed": {
                "address": "/v1/feed",
                "description": "Pages of a side's events after a position, oldest first.",
                "messages": {"batch": _ref("messages", "batch")},
            },
            "stream": {
                "address": "/v1/feed/stream",
                "description": (
                    "The same as server-sent events: `id` is the sequence, `data` one event in"
                    " JSON; `Last-Event-ID` resumes."
                ),
                "messages": {name: _ref("messages", name) for name in messages},
            },
            "push": {
                "address": None,
                "description": "The same, one by one, to the URL of a subscription.",
                "messages": {name: _ref("messages", f"push.{name}") for name in messages},
            },
        },
        "operations": {
            "pull": _operation("feed", "GET", _PAGE | _QUERY),
            "watch": _operation("stream", "GET", _QUERY),
            "push": _operation("push", "POST", {}),
        },
        "components": {
            "messages": {
                "batch": _batch(),
                **messages,
                **{f"push.{name}": _pushed(message) for name, message in messages.items()},
            },
            "messageTraits": {"webhook": {"headers": _WEBHOOK_HEADERS}},
            "schemas": _schemas(EVENT_TYPES.values(), "#/components/schemas/{name}"),
        },
    }


_QUERY: dict[str, Any] = {
    "side": {"type": "string", "description": "Whose registry asks, as JP."},
    "after": {"type": "integer", "minimum": 0, "description": "The last sequence you have."},
    "committee": {"type": "string", "description": "Of this committee alone, as JP-MN."},
    "type": {"type": "string", "enum": list(EVENT_TYPES), "description": "Of this type alone."},
}
_PAGE: dict[str, Any] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}
}
_WEBHOOK_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "Standard Webhooks.",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The event's id, on every attempt."},
        "webhook-timestamp": {"type": "string", "description": "Of the attempt, Unix seconds."},
        "webhook-signature": {"type": "string", "description": "v1 (HMAC) and v1a (Ed25519)."},
    },
}


def _message(name: str, told: type[Told]) -> dict[str, Any]:
    return {
        "name": name,
        "title": told.__name__,
        "summary": " ".join((told.__doc__ or "").split()),
        "contentType": MEDIA_TYPE,
        "payload": _ref("schemas", _event_name(told)),
    }


def _pushed(message: dict[str, Any]) -> dict[str, Any]:
    return message | {"traits": [_ref("messageTraits", "webhook")]}


def _batch() -> dict[str, Any]:
    kinds = [_ref("schemas", _event_name(told)) for told in EVENT_TYPES.values()]
    return {
        "name": "batch",
        "title": "Page",
        "summary": "Events in the order of their sequences; an empty page: that is all so far.",
        "contentType": BATCH_MEDIA_TYPE,
        "payload": {"type": "array", "items": {"oneOf": kinds}},
    }


def _operation(channel: str, method: str, query: dict[str, Any]) -> dict[str, Any]:
    binding: dict[str, Any] = {"method": method, "bindingVersion": "0.3.0"}
    if query:
        binding["query"] = {"type": "object", "required": ["side"], "properties": query}
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "bindings": {"http": binding},
    }


def _ref(part: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{part}/{name}"}


def _event_name(told: type[Told]) -> str:
    return f"{told.__name__}Event"


def _schemas(types: Iterable[type[Told]], template: str) -> dict[str, Any]:
    """Return the schemas of types' events, their data and their parts, by name.

    Every member of the data is always present; the types cannot say it of the two envelopes, which
    rows are kept without. Drafts 7 and 2020-12 read what is written here alike.
    """
    wanted = list(types)
    kinds = [CloudEvent[told] for told in wanted]  # type: ignore[valid-type]
    _, found = msgspec.json.schema_components(kinds, ref_template=template)
    for told in wanted:
        event = found.pop(f"CloudEvent_{told.__name__}_")
        event["title"] = told.event_type
        event["properties"]["type"] = {"const": told.event_type}
        found[_event_name(told)] = event
        data = found[told.__name__]
        data["required"] = list(data["properties"])
    return found
