"""A small history in which everything happens, for the tests of histories."""

from __future__ import annotations

from itertools import chain

from aggregates.case.evolve import evolve as evolve_case
from aggregates.case.state import CaseState
from aggregates.committee.events import DecisionAdopted
from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState
from aggregates.store.record import Record
from tests.benchmarks.histories import History

SMALL = History(committees=3, events=1500, seed=1)


def adopted(record: Record) -> list[DecisionAdopted]:
    """Return every adoption of a record, committee by committee."""
    found = (entry.event for code in committees(record) for entry in record.stream(code))
    return [event for event in found if isinstance(event, DecisionAdopted)]


def committees(record: Record) -> list[str]:
    """Return the streams of a record's committees, without those of their cases."""
    return [stream for stream in record.streams() if "/" not in stream]


def folded(history: History) -> dict[str, CommitteeState]:
    """Return every committee's state at the end of a history."""
    states: dict[str, CommitteeState] = {}
    for stream, _version, event in chain.from_iterable(history.pages()):
        if "/" not in stream:
            states[stream] = evolve(states.get(stream), event)
    return states


def folded_cases(history: History) -> dict[str, CaseState]:
    """Return the state of every case at the end of a history."""
    states: dict[str, CaseState] = {}
    for stream, _version, event in chain.from_iterable(history.pages()):
        if "/" in stream:
            states[stream] = evolve_case(states.get(stream), event)
    return states
