"""Whether a recorded report counts for what its envelope names: part of checking the whole record.

Views and later decisions read from the event which decision and item a registry has reported; that
must follow from the digest that the registry has signed, and from the decision of that digest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aggregates.committee.events import DecisionAdopted, ReportRecorded
from policies import history
from policies.items.corrections import Correction
from policies.items.past import HistoryAdoption
from policies.proof.reading import read_recorded
from policies.proof.statements import Acknowledgement, Decision
from policies.refusals import ContextError

MOST_KEPT = 20_000
"""How many decisions are kept by their digests; an older one is looked for in the record."""

Find = Callable[[str], DecisionAdopted | None]
"""Looks for the adoption of a digest before the event that is checked."""


class _Adopted(NamedTuple):
    """A decision's number, and the items that it says anew, by its own."""

    number: str
    corrected: dict[int, tuple[str, int]]


class Decisions:
    """The decisions of one committee that reports name, up to one place in the record."""

    def __init__(self) -> None:
        self._kept: dict[str, _Adopted] = {}
        self._past: dict[str, str] = {}

    def take(self, event: DecisionAdopted, decision: Decision) -> None:
        """Take a decision in, and those of the past that it adopts."""
        self._kept[event.decision.digest] = _read(event, decision)
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        for item in decision.items if event.annexes else ():
            if isinstance(item, HistoryAdoption):
                for past in history.parse_record(event.annexes[item.record]).decisions:
                    self._past[history.digest_of(past)] = past.number

    def require_counted(self, event: ReportRecorded, said: Acknowledgement, find: Find) -> None:
        """Refuse (`ContextError`) a report that counts for another item than it names.

        That a digest is unknown is believed: only the decisions that are kept are asked.
        """
        named = self._past.get(said.decision)
        adopted = self._kept.get(said.decision)
        if adopted is None and named is None and event.decision != said.decision:
            found = find(said.decision)
            if found is not None:
                adopted = _read(found, read_recorded(found.decision, Decision))
        place = (said.decision if named is None else named, said.item)
        if adopted is not None:
            place = adopted.corrected.get(said.item, (adopted.number, said.item))
        if place != (event.decision, event.item):
            message = (
                f"report {said.report} of {said.side} counts for {event.decision} item"
                f" {event.item}, its envelope is about {place[0]} item {place[1]}"
            )
            raise ContextError(message)


def _read(event: DecisionAdopted, decision: Decision) -> _Adopted:
    corrected = {
        number: (item.decision, item.item)
        for number, item in enumerate(decision.items, start=1)
        if isinstance(item, Correction) and item.number is None
    }
    return _Adopted(event.number, corrected)
