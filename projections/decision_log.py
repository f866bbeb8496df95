"""The public decision log: one row an item, signed and historical plainly apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from aggregates.committee.events import DecisionAdopted
from aggregates.history.events import HistoryRecorded
from policies import history
from policies.items.kind import Item
from policies.proof.statements import AtMeeting
from projections.log_reading import COLUMNS, VIEW
from projections.view import Entry, Row, View


def _rows(entry: Entry) -> Iterable[Row]:
    if isinstance(entry.event, DecisionAdopted):
        return _signed(entry, entry.event)
    if isinstance(entry.event, HistoryRecorded):
        return _historical(entry, entry.event)
    return ()


DECISION_LOG = View(VIEW, COLUMNS, _rows, (DecisionAdopted, HistoryRecorded))


def item_entry(item: Item) -> dict[str, Any]:
    """Return a signed item as the public log shows it; its source is its decision."""
    return {
        "kind": item.kind,
        "subject": item.subject,
        "title": item.title,
        "outcome": item.conclusion,
        **item.log_entry,
        "source": None,
    }


def _signed(entry: Entry, event: DecisionAdopted) -> Iterator[Row]:
    decision = entry.decision
    procedure = "meeting" if isinstance(decision.procedure, AtMeeting) else "electronic"
    signers = _json([{"side": s.side, "name": s.name, "role": s.role} for s in event.signers])
    for number, item in enumerate(decision.items, start=1):
        yield (
            decision.committee,
            event.number,
            number,
            item.kind,
            event.adopted_on.isoformat(),
            entry.recorded_at,
            "signed",
            procedure,
            decision.rulebook.version,
            signers,
            _json(item_entry(item)),
        )


def _historical(entry: Entry, event: HistoryRecorded) -> Iterator[Row]:
    for past in event.decisions:
        for number, row in past.items:
            yield (
                event.committee,
                past.number,
                number,
                row.decision_type,
                None if past.on is None else past.on.isoformat(),
                entry.recorded_at,
                "historical",
                past.procedure,
                None,
                "[]",
                _json(history.log_item(row)),
            )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8")
