"""Clerical slips in cases: what may be corrected, and correcting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aggregates.case.acting import Acting
from aggregates.case.decide_slips import correct
from aggregates.case.events import CaseEvent, SlipCorrected
from aggregates.case.slips import as_they_stand, members_of
from aggregates.case.state import CaseState
from aggregates.store.record import Record
from governance.service.cases import Cases, Hand


def correct_slip(
    cases: Cases, case: str, by: str | None, *, entry: int, member: str, says: str, reason: str
) -> CaseState:
    """Record that an entry of a case, named whole, reads otherwise in one member.

    Raises what `aggregates.case.decide_slips.correct` raises; nothing is recorded then.
    """

    def decide(state: CaseState, acting: Acting) -> CaseEvent:
        roster = cases.desk.load(state.committee).roster
        recorded = entries_of(cases.record, case)
        return correct(
            state,
            acting,
            roster,
            recorded,
            entry=entry,
            member=member,
            says=says,
            reason=reason,
        )

    return cases.step(case, Hand(by), decide)


def correctable(record: Record, case: str) -> list[dict[str, Any]]:
    """Return a case's entries that may hold a slip, whose they are, and how they read now."""
    found = []
    for place, event in as_they_stand(entries_of(record, case)).items():
        members = members_of(event)
        if event.by is not None and members and not isinstance(event, SlipCorrected):
            found.append({"entry": place, "step": step_of(event), "by": event.by, "says": members})
    return found


def step_of(event: CaseEvent) -> str:
    """Return what an event is called where people read it, such as ``case-submitted``."""
    return event.topic.removeprefix("jcm.").rpartition(".")[0]


def entries_of(record: Record, case: str) -> Iterator[tuple[int, CaseEvent]]:
    """Yield a case's events, each with its place in the stream."""
    for entry in record.stream(case):
        if isinstance(entry.event, CaseEvent):
            yield entry.originator_version, entry.event
