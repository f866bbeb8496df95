"""Declarations of interest: recorded for a person, shown beside the case or proposal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aggregates.committee import decide_interests
from aggregates.committee.acting import Acting
from aggregates.committee.decide_interests import Voice
from aggregates.committee.events import InterestDeclared
from aggregates.committee.settle import Command
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from governance.service.cases import Cases
from governance.service.desk import Desk

Shown = dict[str, Any]
"""A declaration as it is shown."""


def declare_in_case(cases: Cases, voice: Voice, case: str, code: str | None, text: str) -> Shown:
    """Record and return an interest in a case of the docket, by any of its names."""
    found = cases.load(case, code)

    def command(state: CommitteeState, acting: Acting) -> Iterable[Event]:
        yield decide_interests.declare_in_case(
            state, acting, voice, case=found.case, title=found.title, text=text
        )

    return _declared(cases.desk, found.committee, command)


def declare_in_item(
    desk: Desk, voice: Voice, code: str, place: tuple[int, int], text: str
) -> Shown:
    """Record and return an interest in an item; `place` is an open proposal and its item."""
    proposal, item = place

    def command(state: CommitteeState, acting: Acting) -> Iterable[Event]:
        yield decide_interests.declare_in_item(
            state, acting, voice, proposal=proposal, item=item, text=text
        )

    return _declared(desk, code, command)


def withdraw_interest(desk: Desk, voice: Voice, code: str, interest: int, reason: str) -> None:
    """Record that a declaration is taken back."""

    def command(state: CommitteeState, acting: Acting) -> Iterable[Event]:
        yield decide_interests.withdraw(state, acting, voice, interest=interest, reason=reason)

    desk.act(code, command)


def interest_entries(state: CommitteeState, declared: Iterable[InterestDeclared]) -> list[Shown]:
    """Return declarations as they are shown beside a case or a proposal."""
    found = []
    for said in declared:
        person = state.roster.people[said.person]
        found.append(
            {
                "interest": f"I{said.interest}",
                "committee": state.committee.code,
                "person": said.person,
                "name": person.name,
                "side": person.side,
                "on": said.on.isoformat(),
                "by": said.by,
                "case": said.case,
                "proposal": said.proposal,
                "version": said.version,
                "item": said.item,
                "title": said.title,
                "text": said.text,
                "letter": said.letter,
            }
        )
    return found


def interests_of_case(state: CommitteeState, case: str) -> list[Shown]:
    """Return what is declared about a case."""
    declared = (said for said in state.interests.values() if said.case == case)
    return interest_entries(state, declared)


def interest_lines(state: CommitteeState, proposal: Proposal) -> Iterator[str]:
    """Yield what to show beside a text to be signed: it is no part of what is signed."""
    for entry in interest_entries(state, state.interests_in(proposal)):
        yield f"not signed, declared beside it: {sentence(entry)}"


def sentence(entry: Shown) -> str:
    """Say a declaration on one line."""
    about = entry["case"] or f"item {entry['item']} of version {entry['version']}"
    who = f"{entry['name']} ({entry['side']})"
    text = " ".join(entry["text"].split())
    on = entry["on"]
    return f"{entry['interest']}: {who} has an interest in {about}, {entry['title']}, {on}: {text}"


def _declared(desk: Desk, code: str, command: Command) -> Shown:
    events = desk.act(code, command)
    declared = [event for event in events if isinstance(event, InterestDeclared)]
    return interest_entries(desk.load(code), declared)[-1]
