"""What a case has a last day for: each by the rulebook that the case was opened under."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aggregates.case.state import CaseState
from policies.calendar import last_day
from policies.deadlines import Deadline
from policies.figures import Figure
from policies.lifecycles.cases import AWAITS, Stage
from policies.rulebook import Rulebook

EXTENDED = "methodology_assessment_extended"


def deadlines(state: CaseState, rulebook: Rulebook) -> tuple[Deadline, ...]:
    """Return the limit of the case's stage, and the window in which the public is heard.

    None where the rulebook says no length. A clock is named as the rulebook's figure is. While a
    case lies on the committee's table its clocks go on.
    """
    return tuple(_limit(state, rulebook)) + tuple(_window(state)) if state.is_open else ()


def due(state: CaseState, rulebook: Rulebook) -> date | None:
    """Return the last day by which whoever is awaited should act; null where none is set."""
    return min((deadline.due for deadline in deadlines(state, rulebook)), default=None)


def longest_assessment(state: CaseState, rulebook: Rulebook) -> date | None:
    """Return the last day to which an assessment may be extended: a total, not an addition."""
    days = _days(rulebook, state.kind.longest)
    if days is None or state.window is None or rulebook.clocks is None:
        return None
    both = rulebook.clocks.limits_count_both_ends.value
    return last_day(state.window.closes, days, both_ends_count=both)


def _limit(state: CaseState, rulebook: Rulebook) -> Iterator[Deadline]:
    name = state.kind.limits.get(state.stage)
    days = _days(rulebook, name)
    if state.stage is Stage.EXTENDED and state.extended_until is not None:
        yield _deadline(state, EXTENDED, state.entered, state.extended_until)
    elif name is not None and days is not None and rulebook.clocks is not None:
        both = rulebook.clocks.limits_count_both_ends.value
        ends = last_day(state.entered, days, both_ends_count=both)
        yield _deadline(state, name.removesuffix("_days"), state.entered, ends)


def _window(state: CaseState) -> Iterator[Deadline]:
    window = state.window
    if window is not None and not window.closed and state.kind.window is not None:
        yield Deadline(
            about=state.case,
            clock=state.kind.window.removesuffix("_days"),
            kind="window",
            opens=window.opens,
            due=window.closes,
            awaits=AWAITS[Stage.PUBLIC_INPUT],
            title=_title(state),
        )


def _deadline(state: CaseState, clock: str, opens: date, ends: date) -> Deadline:
    return Deadline(
        about=state.case,
        clock=clock,
        kind="limit",
        opens=opens,
        due=ends,
        awaits=AWAITS[state.stage],
        title=_title(state),
    )


def _title(state: CaseState) -> str:
    return f"{state.number}: {state.title}" if state.number else state.title


def _days(rulebook: Rulebook, name: str | None) -> int | None:
    figure: Figure[int] | None
    figure = None if rulebook.clocks is None or name is None else getattr(rulebook.clocks, name)
    return None if figure is None else figure.value
