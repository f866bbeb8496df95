"""What changed in a committee and its cases: the events of the record since a place in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aggregates.case.events import EVENTS as CASE_EVENTS
from aggregates.case.events import (
    CaseDecided,
    CaseEvent,
    CaseTabled,
    CaseWithdrawn,
    OpinionGiven,
    PublishedForInputs,
    RequestAnswered,
    RequestRaised,
    RequestResolved,
)
from aggregates.committee import events as of_committee
from aggregates.committee.state import CommitteeState
from aggregates.event import Event, Recorded
from aggregates.history.events import HistoryRecorded
from aggregates.store.record import Record
from policies.calendar import day_of
from policies.proof.reading import read_recorded
from policies.proof.statements import (
    AddKey,
    Appoint,
    Appointment,
    Call,
    CompromiseKey,
    End,
    RetireKey,
)

MOST = 100
"""Changes that are shown; how many there are is said."""
LATELY = 5_000
"""Entries of the record that are looked at for who never said what they have seen."""
TOLD_OTHERWISE = (
    of_committee.CaseOpened,
    of_committee.CaseNumbered,
    of_committee.RollCallAnswered,
)
"""What a step of the case tells, or what each key says for itself."""
KINDS: tuple[type[Event], ...] = (
    *(kind for kind in of_committee.EVENTS if kind not in TOLD_OTHERWISE),
    *CASE_EVENTS,
    HistoryRecorded,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One event in the day it was recorded on; `text` and `case` say what it is about.

    `what` is the event's name; `said` has what is told of it.
    """

    position: int
    day: date
    what: str
    text: int | None = None
    case: str | None = None
    number: str | None = None
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """How much changed, and the newest of it, newest first; `until` is where the record was read.

    `since` is null for who never said what they have seen: then it is what changed lately.
    """

    since: int | None
    until: int
    count: int
    shown: list[Change]


def changed(record: Record, state: CommitteeState, since: int | None) -> Changed:
    """Return what changed since a position, which somebody has seen."""
    until = record.position
    code, zone = state.committee.code, state.rulebook.zone
    after = max(0, until - LATELY) if since is None else since
    count, entries = record.latest(code, KINDS, after=after, limit=MOST)
    teller, shown = _Told(state, _numbers(state, entries)), []
    for entry in entries:
        told = teller.of(entry.event, entry.originator_id)
        what = entry.event.topic.removeprefix("jcm.").rpartition(".")[0]
        day = day_of(entry.event.at, zone)
        shown.append(Change(entry.position, day, what, **told))
    return Changed(since, until, count, shown)


def how_many(record: Record, code: str, since: int) -> int:
    """Return how much changed since a position."""
    return record.latest(code, KINDS, after=since, limit=0)[0]


def _numbers(state: CommitteeState, entries: list[Recorded]) -> dict[int, str]:
    """Return the numbers of texts, as far as the open ones, or what is told, have them."""
    known = {p.id: p.number for p in state.proposals.values() if p.number is not None}
    for entry in entries:
        text, number = (getattr(entry.event, name, None) for name in ("proposal", "number"))
        if isinstance(text, int) and isinstance(number, str):
            known[text] = number
    return known


class _Told:
    """What is told of an event, with names for people."""

    def __init__(self, state: CommitteeState, numbers: dict[int, str]) -> None:
        self._state = state
        self._numbers = numbers

    def of(self, event: Event, stream: str) -> dict[str, Any]:
        """Return the members of a change."""
        if isinstance(event, CaseEvent):
            return {"case": stream, "said": dict(_of_case(event))}
        text: int | None = getattr(event, "proposal", None)
        told: dict[str, Any] = {"text": text, "said": dict(self._said(event))}
        if text is not None:
            told["number"] = self._numbers.get(text)
        return told

    def _person(self, person: str | None) -> dict[str, str]:
        known = self._state.roster.people.get(person or "")
        return {} if known is None else {"name": known.name, "side": known.side}

    def _said(self, event: Event) -> Iterator[tuple[str, Any]]:
        match event:
            case of_committee.AppointmentRecorded():
                appointment = read_recorded(event.envelope, Appointment)
                yield "side", appointment.side
                yield "acts", [self._act(act) for act in appointment.acts]
            case of_committee.RollCalled():
                yield "year", read_recorded(event.envelope, Call).year
            case of_committee.MeetingConvened():
                yield from (("meeting", event.meeting), ("date", event.date))
                yield "place", event.place
            case of_committee.ProposalDrafted():
                yield "version", event.version
            case of_committee.ProposalFrozen():
                yield "version", event.version
                yield "kinds", [item["kind"] for item in event.decision.value["items"]]
            case of_committee.DecisionSigned() | of_committee.AdoptionSigned():
                yield from self._person(event.person).items()
            case of_committee.ReceiptGiven():
                yield from self._person(event.person).items()
                yield from (("objects", event.objects), ("reason", event.reason))
                yield "by_letter", event.letter is not None
            case of_committee.ProposalClosed():
                yield from (("reason", event.reason), ("detail", event.detail))
            case of_committee.DecisionAdopted():
                yield "on", event.adopted_on
                yield "kinds", [item["kind"] for item in event.decision.value["items"]]
            case of_committee.InterestDeclared():
                yield from self._person(event.person).items()
                yield from (("title", event.title), ("case", event.case))
            case of_committee.InterestWithdrawn():
                yield from self._person(event.person).items()
            case of_committee.ReportRecorded():
                yield from (("side", event.side), ("decision", event.decision))
                yield "differs", bool(event.differences)
            case of_committee.GovernmentReportRecorded():
                yield from (("side", event.side), ("differs", bool(event.differences)))
            case HistoryRecorded():
                yield "decisions", len(event.decisions)

    def _act(self, act: Any) -> dict[str, Any]:
        known = self._state.roster.people.get(getattr(act, "person", None) or "")
        name = None if known is None else known.name
        match act:
            case Appoint():
                held = {"role": act.role.value, "begins": act.begins, "ends": act.ends}
                return {"act": "appoint", "name": act.name, **held}
            case End():
                return {"act": "end", "name": name or act.person, "role": act.role.value}
            case AddKey():
                return {"act": "add-key", "name": name}
            case RetireKey() | CompromiseKey():
                place = self._state.roster.keys.get(act.keyid)
                holder = None if place is None else place.person
                end = "retire-key" if isinstance(act, RetireKey) else "compromise-key"
                return {"act": end, "name": None, **self._person(holder)}
        return {"act": "change-authority"}


def _of_case(event: CaseEvent) -> Iterator[tuple[str, Any]]:
    match event:
        case PublishedForInputs():
            yield from (("opens", event.opens), ("closes", event.closes))
        case RequestRaised() | RequestAnswered() | RequestResolved():
            yield "request", event.request
        case OpinionGiven():
            yield from (("opinion", event.opinion), ("entity", event.entity))
        case CaseTabled():
            yield "number", event.number
        case CaseDecided():
            yield from (("decision", event.decision), ("outcome", event.outcome))
        case CaseWithdrawn():
            yield "reason", event.reason
