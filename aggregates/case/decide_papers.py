"""A case's papers: what is handed in, whether it is complete, what is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aggregates.case import events
from aggregates.case.acting import (
    Acting,
    papers_missing,
    require_day,
    require_papers,
    require_text,
    require_there,
    sound,
    taken,
)
from aggregates.case.state import CaseState
from policies.cases import CASE_KINDS, CaseKind
from policies.documents import Document
from policies.lifecycles.cases import IN_VAIN, Stage, Step
from policies.lifecycles.lifecycle import words
from policies.proof.statements import RulebookName
from policies.refusals import (
    NotFoundError,
    PapersMissingError,
    RulebookError,
    StepNotAllowedError,
    UnreadableError,
)
from policies.texts import require_one_line, require_readable

_REQUESTED = (Stage.REQUESTED, Stage.CORRECTING, Stage.READY)
"""The stages at which a request lies with the committee."""


def kind_named(name: object) -> CaseKind:
    """Return the kind of case of that name that is handed in; else raise `NotFoundError`."""
    kind = CASE_KINDS.get(str(name))
    if kind is None or not kind.handed_in:
        there = ", ".join(known.name for known in CASE_KINDS.values() if known.handed_in)
        message = f"{name!r} is no kind of case that is handed in; there are {there}"
        raise NotFoundError(message)
    return kind


def submit(
    acting: Acting,
    *,
    case: str,
    committee: str,
    kind: CaseKind,
    title: str,
    number: str | None,
    submitter: events.Submitter,
    asks: Any,
    documents: Sequence[Document],
    rulebook: RulebookName,
    after: int,
    idea_note: bool = False,
    supersedes: CaseState | None = None,
) -> events.CaseSubmitted:
    """Open a case with what was handed in."""
    require_text(title, "submission.title")
    require_text(submitter.name, "submission.submitter.name")
    require_one_line({"title": title, "submitter": submitter.name}, "submission")
    require_readable(asks, "asks")
    require_day(acting, title)
    step = Step.SUBMIT_IDEA_NOTE if idea_note else Step.SUBMIT
    stage = kind.lifecycle.after(step, kind.lifecycle.first, title)
    if idea_note and not acting.rulebook.eligibility.project_idea_notes.value:
        message = f"the rulebook {acting.rulebook.version} has no project idea notes"
        raise RulebookError(message)
    require_there(title, kind, acting.rulebook, step, documents)
    if supersedes is not None:
        _require_taken_up(supersedes, kind)
    return events.CaseSubmitted(
        at=acting.now,
        on=acting.on,
        by=acting.by,
        stage=stage,
        case=case,
        committee=committee,
        kind=kind.name,
        title=title,
        number=number,
        submitter=submitter,
        asks=kind.read(asks, submitting=not idea_note),
        documents=sound(documents),
        rulebook=rulebook,
        after=after,
        supersedes=None if supersedes is None else supersedes.case,
    )


def submit_design(
    state: CaseState, acting: Acting, number: str, asks: Any, documents: Sequence[Document]
) -> events.DesignSubmitted:
    """Go on from a planned project to its design document."""
    require_readable(asks, "asks")
    return events.DesignSubmitted(
        **taken(state, acting, Step.SUBMIT_DESIGN),
        number=number,
        asks=state.kind.read(
            {**state.asks, **asks} if isinstance(asks, dict) else asks, submitting=True
        ),
        documents=sound(documents, state),
    )


def file(state: CaseState, acting: Acting, documents: Sequence[Document]) -> events.DocumentsFiled:
    """Take more documents, or newer versions."""
    step = taken(state, acting, Step.FILE)
    return events.DocumentsFiled(**step, documents=_some(documents, state))


def find_complete(state: CaseState, acting: Acting) -> events.FoundComplete:
    """Find the papers complete; refused by name while something is missing."""
    step = taken(state, acting, Step.FIND_COMPLETE)
    require_papers(state, acting, Step.FIND_COMPLETE)
    return events.FoundComplete(**step)


def find_incomplete(state: CaseState, acting: Acting, reason: str) -> events.FoundIncomplete:
    """Find the papers incomplete, and say why."""
    require_text(reason, "reason")
    return events.FoundIncomplete(
        **taken(state, acting, Step.FIND_INCOMPLETE),
        missing=papers_missing(state.kind, acting.rulebook, Step.FIND_COMPLETE, state.documents),
        reason=reason,
    )


def find_editorial(
    state: CaseState, acting: Acting, issues: Sequence[str]
) -> events.EditorialIssuesFound:
    """Ask for editorial corrections."""
    if not issues:
        message = "issues is empty; say what is to be corrected"
        raise UnreadableError(message)
    for place, issue in enumerate(issues, start=1):
        require_text(issue, f"issues[{place}]")
    return events.EditorialIssuesFound(
        **taken(state, acting, Step.FIND_EDITORIAL), issues=tuple(issues)
    )


def correct(state: CaseState, acting: Acting, documents: Sequence[Document]) -> events.Corrected:
    """Take the corrected papers."""
    step = taken(state, acting, Step.CORRECT)
    return events.Corrected(**step, documents=_some(documents, state))


def withdraw(
    state: CaseState, acting: Acting, reason: str, documents: Sequence[Document] = ()
) -> events.CaseWithdrawn:
    """Take a case back; what comes back later is a new case with a new number.

    A request that lies with the committee is taken back on its form (jcm.go.jp, F_RW_Req and
    F_IW_Req), where the rulebook has one.
    """
    require_text(reason, "reason")
    step = taken(state, acting, Step.WITHDRAW)
    if state.stage in _REQUESTED:
        require_papers(state, acting, Step.WITHDRAW, documents)
    return events.CaseWithdrawn(**step, reason=reason, documents=sound(documents, state))


def _require_taken_up(before: CaseState, kind: CaseKind) -> None:
    """Refuse to take up again what is still open, was granted, or is another thing."""
    if before.kind is not kind:
        message = f"{before.name} is a {before.kind.title.lower()}, not a {kind.title.lower()}"
        raise StepNotAllowedError(message)
    if before.stage not in IN_VAIN:
        how = "still open" if before.is_open else words(before.stage)
        message = f"{before.name} is {how}; what ended in vain can be taken up again"
        raise StepNotAllowedError(message)


def _some(documents: Sequence[Document], state: CaseState) -> tuple[Document, ...]:
    if not documents:
        message = "no document is named"
        raise PapersMissingError(message)
    return sound(documents, state)
