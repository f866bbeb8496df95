"""What each side's registry is told: one row for each adopted item that concerns it.

The feed reads its events from here, each at its `sequence`: made of the event's position in the
record and the row's place in it, so that the same record gives the same ones on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aggregates.committee.events import DecisionAdopted
from projections.feed_types import event_id, told
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "side",
    "sequence",
    "id",
    "type",
    "number",
    "item",
    "recorded_at",
    "data",
)
ROWS_OF_AN_EVENT = 10_000
"""More than any decision has: 200 items at most, told to two sides."""

_ENCODER = msgspec.json.Encoder()


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, DecisionAdopted):
        return
    first = entry.recorded.position * ROWS_OF_AN_EVENT
    events = told(entry.decision, event.decision.digest, event.adopted_on)
    for sequence, said in enumerate(events, start=first):
        yield (
            said.committee,
            said.side,
            sequence,
            event_id(said),
            said.event_type,
            said.number,
            said.item,
            entry.recorded_at,
            _ENCODER.encode(said).decode("utf-8"),
        )


NOTIFICATIONS = View(
    "notifications",
    COLUMNS,
    _rows,
    (DecisionAdopted,),
    integers=frozenset({"sequence", "item"}),
    edition=2,
    indexes=(
        ("side", "sequence"),
        ("side", "type", "sequence"),
        ("side", "committee", "sequence"),
    ),
)
