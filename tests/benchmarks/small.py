"""A small history in which everything happens, for the tests of histories."""

from __future__ import annotations

from itertools import chain

from aggregates.committee.events import DecisionAdopted
from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from tests.benchmarks.histories import History

SMALL = History(committees=3, events=1500, seed=1)


def adopted(record: Record) -> list[DecisionAdopted]:
    """Return every adoption of a record, committee by committee."""
    found = (entry.event for code in record.streams() for entry in record.stream(code))
    return [event for event in found if isinstance(event, DecisionAdopted)]


def folded(history: History) -> dict[str, CommitteeState]:
    """Return every committee's state at the end of a history."""
    states: dict[str, CommitteeState] = {}
    for stream, _version, event in chain.from_iterable(history.pages()):
        states[stream] = evolve(states.get(stream), event)
    return states
