"""Adopted decisions as they were signed: one row each, with the adoption record beside it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aggregates.committee.events import DecisionAdopted
from policies.proof.dsse import Envelope
from projections.view import Entry, Row, View

COLUMNS = ("committee", "number", "decision", "adoption")


def _rows(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if isinstance(event, DecisionAdopted):
        committee = entry.recorded.originator_id
        yield (committee, event.number, _json(event.decision), _json(event.adoption))


ADOPTED = View("adopted", COLUMNS, _rows, (DecisionAdopted,), indexes=(("number",),))


def _json(envelope: Envelope) -> str:
    return msgspec.json.encode(envelope.to_json()).decode("utf-8")
