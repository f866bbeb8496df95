"""What every event is: frozen, with an explicit topic, read for ever."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Something that was recorded, and when (UTC).

    `topic` names the kind and its version in the store; it never changes once released.
    """

    topic: ClassVar[str] = ""

    at: datetime


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event at its place: its stream, its version there, its position in the whole record."""

    originator_id: str
    originator_version: int
    event: Event
    position: int = 0
