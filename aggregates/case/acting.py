"""What a step of a case is decided with: the instant, the day it was taken, who, which rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from aggregates.case.state import CaseState
from policies.calendar import day_of
from policies.cases import CaseKind
from policies.documents import Document, missing, require_apart, require_sound
from policies.lifecycles.cases import Stage, Step
from policies.refusals import (
    PapersMissingError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from policies.rulebook import Rulebook
from policies.texts import require_readable

ON_THE_TABLE = frozenset({Step.TABLE, Step.UNTABLE, Step.COMMENT, Step.RESPOND})
"""What may be done to a case while a proposal holds it: who may be heard is heard until then."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Now, in UTC; the day of the step; the person; and the rulebook that the case is judged by."""

    now: datetime
    on: date
    by: str | None
    rulebook: Rulebook

    @property
    def today(self) -> date:
        """The day in the committee's time zone."""
        return day_of(self.now, self.rulebook.zone)


class Taken(TypedDict):
    """The members that every event of a case has."""

    at: datetime
    on: date
    by: str | None
    stage: Stage


def taken(state: CaseState, acting: Acting, step: Step) -> Taken:
    """Return what the event of a step says, or refuse the step.

    Raises `StepNotAllowedError` out of order, `StepDateError` for a day that cannot be.
    """
    if state.tabled is not None and step not in ON_THE_TABLE:
        where = state.tabled.number or f"proposal {state.tabled.proposal}"
        message = f"{state.name} lies on the committee's table in {where}; withdraw that first"
        raise StepNotAllowedError(message)
    stage = state.kind.lifecycle.after(step, state.stage, state.name)
    require_day(acting, state.name)
    if step is not Step.COMMENT and acting.on < state.last_on:
        message = f"{state.name}: {acting.on} lies before its last step, of {state.last_on}"
        message += "; the days of its steps follow each other"
        raise StepDateError(message)
    return Taken(at=max(acting.now, state.last_at), on=acting.on, by=acting.by, stage=stage)


def require_day(acting: Acting, what: str) -> None:
    """Refuse a step that is dated in the future."""
    if acting.on > acting.today:
        message = f"{what}: {acting.on} lies in the future; today is {acting.today}"
        raise StepDateError(message)


def require_papers(
    state: CaseState, acting: Acting, step: Step, more: Sequence[Document] = ()
) -> None:
    """Refuse a step for which documents are missing that the rulebook wants."""
    require_there(state.name, state.kind, acting.rulebook, step, (*state.documents, *more))


def require_there(
    what: str, kind: CaseKind, rulebook: Rulebook, step: Step, documents: Sequence[Document]
) -> None:
    """Refuse documents among which some are missing that the rulebook wants."""
    absent = papers_missing(kind, rulebook, step, documents)
    if absent:
        message = f"{what}: missing are {', '.join(absent)} ({rulebook.version})"
        raise PapersMissingError(message)


def papers_missing(
    kind: CaseKind, rulebook: Rulebook, step: Step, documents: Sequence[Document]
) -> tuple[str, ...]:
    """Return the kinds of documents that a step needs and that are not there."""
    return missing(kind.required(step, rulebook), documents)


def sound(documents: Sequence[Document], state: CaseState | None = None) -> tuple[Document, ...]:
    """Return documents that may be taken in, beside those that a case has.

    Raises `HiddenTextError`, `DocumentError`: no file is confidential here and public there.
    """
    require_sound(documents)
    if state is not None:
        require_apart((*state.documents, *documents))
    return tuple(documents)


def require_text(text: object, where: str) -> None:
    """Refuse a text that is empty (`UnreadableError`) or not what it seems (`HiddenTextError`)."""
    if not isinstance(text, str) or not text.strip():
        message = f"{where} is empty; say it in words"
        raise UnreadableError(message)
    require_readable(text, where)
