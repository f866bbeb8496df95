"""What each side's registry is told: one row for each adopted item that concerns it.

The id is made of decision, item, side and type, so that every retry has the same one. Amounts are
absolute for that side; a correction names what it replaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from aggregates.committee.events import DecisionAdopted
from policies.items.corrections import Correction
from policies.items.issuance import Issuance
from policies.items.kind import Item
from policies.sides import Committee
from projections.view import Entry, Row, View

COLUMNS = ("committee", "side", "id", "type", "number", "item", "recorded_at", "data")


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, DecisionAdopted):
        return
    decision = entry.decision
    for number, item in enumerate(decision.items, start=1):
        if not _tells(item):
            continue
        for side in Committee.parse(decision.committee).sides:
            data = {
                "decision": event.decision.digest,
                "number": event.number,
                "item": number,
                "kind": item.kind,
                "subject": item.subject,
                "title": item.title,
                "adopted_on": event.adopted_on.isoformat(),
                **_amount(item, side),
            }
            yield (
                decision.committee,
                side,
                f"{event.number}#{number}/{side}/{item.notifies}",
                item.notifies,
                event.number,
                number,
                entry.recorded_at,
                msgspec.json.encode(data).decode("utf-8"),
            )


NOTIFICATIONS = View("notifications", COLUMNS, _rows, (DecisionAdopted,))


def _tells(item: Item) -> bool:
    """A correction of a title changes no amount; registries are told of amounts and periods."""
    if isinstance(item, Correction):
        return item.number is None
    return item.notifies is not None


def _amount(item: Item, side: str) -> dict[str, Any]:
    if isinstance(item, Issuance):
        period = item.monitoring_period
        return {
            "amount": item.amounts[side],
            "monitoring_period": [period.begins.isoformat(), period.ends.isoformat()],
        }
    if isinstance(item, Correction):
        return {
            "amount": None if item.amounts is None else item.amounts[side],
            "replaces": {"number": item.decision, "item": item.item},
        }
    return {}
