"""Inputs that the public sends by itself: taken while the window is open, held until released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aggregates.case import decide_inputs
from aggregates.case.acting import Acting
from aggregates.case.events import CaseEvent, InputReceived
from aggregates.case.state import CaseState
from governance.service.cases import Cases, Hand
from policies.refusals import NotFoundError, StepNotAllowedError

MOST_A_DAY = 200
"""Inputs that a case takes in a day without anybody's hand; the record keeps each for ever."""


@dataclass(frozen=True, slots=True)
class Input:
    """What somebody has to say about a case."""

    author: str
    text: str
    public: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recorded of an input: its place in the case, the day, and the instant.

    `new` is false where the same input of the same author was there already.
    """

    case: str
    entry: int
    on: date
    at: datetime
    new: bool


def hear(cases: Cases, case: str, said: Input) -> Heard:
    """Record an input that came by itself; the same again changes nothing.

    Raises `NotFoundError`, `StepNotAllowedError` and `StepDateError` where no input is taken,
    `UnreadableError` and `HiddenTextError` for what cannot be read as it was written.
    """
    known: list[int] = []

    def decide(state: CaseState, acting: Acting) -> CaseEvent | None:
        event = decide_inputs.hear(state, acting, said.author, said.text, public=said.public)
        inputs = inputs_of(cases, case)
        known[:] = [place for place, found in inputs.items() if _same(found, event)][:1]
        if known:
            return None
        today = sum(found.by is None and found.on == event.on for found in inputs.values())
        if today >= MOST_A_DAY:
            message = f"{state.name} has taken as many inputs today as it can; send it tomorrow"
            raise StepNotAllowedError(message)
        return event

    recorded = cases.hear(case, decide)
    inputs = inputs_of(cases, case)
    place = known[0] if recorded is None else max(p for p, e in inputs.items() if e == recorded)
    found = inputs[place]
    return Heard(case, place, found.on, found.at, recorded is not None)


def held(cases: Cases, case: str) -> dict[int, InputReceived]:
    """Return the inputs that came by themselves and wait to be released, by their place."""
    inputs = inputs_of(cases, case)
    released = {(e.on, e.author, e.text) for e in inputs.values() if e.by is not None}
    return {
        place: event
        for place, event in inputs.items()
        if event.by is None and (event.on, event.author, event.text) not in released
    }


def waiting(cases: Cases, state: CaseState) -> int:
    """Return how many inputs of a case wait to be released."""
    if state.window is None:
        return 0
    return sum(event.public for event in held(cases, state.case).values())


def release(cases: Cases, case: str, entry: int, by: str | None) -> CaseState:
    """Let everybody read a held input; raises `NotFoundError` where none is held there.

    Raises `NotEntitledError` for who does not keep the docket, and what `decide_inputs.release`
    raises.
    """

    def decide(state: CaseState, acting: Acting) -> CaseEvent:
        waiting = held(cases, case)
        if entry not in waiting:
            there = ", ".join(map(str, waiting)) or "none"
            message = (
                f"{state.name} has no input at entry {entry} that waits; those that do: {there}"
            )
            raise NotFoundError(message)
        return decide_inputs.release(state, acting, waiting[entry])

    return cases.step(case, Hand(by), decide)


def inputs_of(cases: Cases, case: str) -> dict[int, InputReceived]:
    """Return every input as it was recorded, by its place; one that was released stands twice."""
    return {
        entry.originator_version: entry.event
        for entry in cases.record.stream(case)
        if isinstance(entry.event, InputReceived)
    }


def _same(found: InputReceived, other: CaseEvent) -> bool:
    """Whether an input came by itself, and says the same."""
    return (
        isinstance(other, InputReceived)
        and found.by is None
        and (found.author, found.text, found.public) == (other.author, other.text, other.public)
    )
