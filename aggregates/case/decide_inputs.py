"""The public's inputs: the papers are published, everybody may comment, the window closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from msgspec import structs

from aggregates.case import events
from aggregates.case.acting import Acting, require_papers, require_text, taken
from aggregates.case.state import CaseState
from policies.calendar import end_of, last_day
from policies.lifecycles.cases import Step
from policies.refusals import RulebookError, StepDateError, StepNotAllowedError
from policies.rulebook import Figure, Rulebook
from policies.texts import require_one_line, require_said

LONGEST_NAME = 200
"""Characters of the name that somebody gives who writes to the committee."""


def publish(state: CaseState, acting: Acting) -> events.PublishedForInputs:
    """Publish the papers from this day on, for as many days as the rulebook says."""
    step = taken(state, acting, Step.PUBLISH)
    if state.window is not None:
        message = f"{state.name} was published on {state.window.opens} already"
        raise StepNotAllowedError(message)
    require_papers(state, acting, Step.PUBLISH)
    return events.PublishedForInputs(**step, opens=acting.on, closes=_closes(state, acting))


def comment(
    state: CaseState, acting: Acting, author: str, text: str, *, public: bool = True
) -> events.InputReceived:
    """Take a comment that arrived within the window, also where it is recorded after its end."""
    require_text(author, "input.author")
    require_text(text, "input.text")
    require_one_line(author, "input.author")
    step = taken(state, acting, Step.COMMENT)
    if state.window is None:
        message = f"{state.name} is not open for inputs"
        raise StepNotAllowedError(message)
    if not state.window.opens <= acting.on <= state.window.closes:
        message = (
            f"{state.name}: inputs are taken from {state.window.opens} to {state.window.closes};"
            f" {acting.on} is outside"
        )
        raise StepDateError(message)
    return events.InputReceived(**step, author=author, text=text, public=public)


def hear(
    state: CaseState, acting: Acting, author: str, text: str, *, public: bool
) -> events.InputReceived:
    """Take what somebody of the public has sent by themselves, on the day on which it came.

    It is held, and shown only once a secretary has released it. Raises what `comment` raises, and
    `UnreadableError` for more than people write.
    """
    require_said(author, "input.author", at_most=LONGEST_NAME)
    require_said(text, "input.text")
    today = replace(acting, by=None, on=acting.today)
    return comment(state, today, author, text, public=public)


def release(state: CaseState, acting: Acting, held: events.InputReceived) -> events.InputReceived:
    """Let everybody read an input that came by itself: a secretary repeats it as it came.

    At any stage, for it came in time. Raises `StepNotAllowedError` for one that is not held.
    """
    if held.by is not None or not held.public:
        why = "its author asked that it stay unpublished" if not held.public else "it is not held"
        message = f"{state.name}: this input cannot be released; {why}"
        raise StepNotAllowedError(message)
    return structs.replace(held, at=max(acting.now, state.last_at), by=acting.by, stage=state.stage)


def settle(state: CaseState, now: datetime, rulebook: Rulebook) -> list[events.CaseEvent]:
    """Return what has become due by now: a window whose last day is over is closed."""
    window = state.window
    lifecycle = state.kind.lifecycle
    if window is None or window.closed or not lifecycle.allows(Step.CLOSE_INPUTS, state.stage):
        return []
    if now < end_of(window.closes, rulebook.zone):
        return []
    stage = lifecycle.after(Step.CLOSE_INPUTS, state.stage, state.name)
    at = max(now, state.last_at)
    return [events.InputsClosed(at=at, on=window.closes, by=None, stage=stage)]


def _closes(state: CaseState, acting: Acting) -> date:
    clocks = acting.rulebook.clocks
    name = state.kind.window
    figure: Figure[int] | None
    figure = None if clocks is None or name is None else getattr(clocks, name)
    if clocks is None or figure is None:
        message = f"the rulebook {acting.rulebook.version} does not say how long inputs are taken"
        raise RulebookError(message)
    both = clocks.windows_count_both_ends.value
    return last_day(acting.on, figure.value, both_ends_count=both)
