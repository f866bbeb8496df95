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
    require_there,
    taken,
)
from aggregates.case.state import CaseState
from policies.cases import CASE_KINDS, CaseKind
from policies.documents import Document
from policies.lifecycles.cases import Stage, Step
from policies.proof.statements import RulebookName
from policies.refusals import NotFoundError, PapersMissingError, RulebookError, StepNotAllowedError
from policies.texts import require_one_line, require_readable

_REQUESTED = (Stage.REQUESTED, Stage.CORRECTING, Stage.READY)
"""The stages at which a request lies with the committee."""


def kind_named(name: object) -> CaseKind:
    """Return the kind of case of that name; raise `NotFoundError` with those there are."""
    kind = CASE_KINDS.get(str(name))
    if kind is None:
        message = f"{name!r} is no kind of case; there are {', '.join(CASE_KINDS)}"
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
    require_readable({"title": title, "submitter": submitter.name}, "submission")
    require_one_line({"title": title, "submitter": submitter.name}, "submission")
    require_readable(asks, "asks")
    require_day(acting, title)
    step = Step.SUBMIT_IDEA_NOTE if idea_note else Step.SUBMIT
    stage = kind.lifecycle.after(step, kind.lifecycle.first, title)
    if idea_note and not acting.rulebook.eligibility.project_idea_notes.value:
        message = f"the rulebook {acting.rulebook.version} has no project idea notes"
        raise RulebookError(message)
    if idea_note:
        require_there(title, kind, acting.rulebook, step, documents)
    if supersedes is not None and supersedes.is_open:
        message = f"{supersedes.name} is still open; what has ended can be taken up again"
        raise StepNotAllowedError(message)
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
        asks=kind.read(asks, submitting=True),
        documents=tuple(documents),
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
        asks=state.kind.read(asks, submitting=False),
        documents=tuple(documents),
    )


def file(state: CaseState, acting: Acting, documents: Sequence[Document]) -> events.DocumentsFiled:
    """Take more documents, or newer versions."""
    step = taken(state, acting, Step.FILE)
    return events.DocumentsFiled(**step, documents=_some(documents))


def find_complete(state: CaseState, acting: Acting) -> events.FoundComplete:
    """Find the papers complete; refused by name while something is missing."""
    step = taken(state, acting, Step.FIND_COMPLETE)
    require_papers(state, acting, Step.FIND_COMPLETE)
    return events.FoundComplete(**step)


def find_incomplete(state: CaseState, acting: Acting, reason: str) -> events.FoundIncomplete:
    """Find the papers incomplete, and say why."""
    require_readable(reason, "reason")
    return events.FoundIncomplete(
        **taken(state, acting, Step.FIND_INCOMPLETE),
        missing=papers_missing(state.kind, acting.rulebook, Step.FIND_COMPLETE, state.documents),
        reason=reason,
    )


def find_editorial(
    state: CaseState, acting: Acting, issues: Sequence[str]
) -> events.EditorialIssuesFound:
    """Ask for editorial corrections."""
    require_readable(list(issues), "issues")
    return events.EditorialIssuesFound(
        **taken(state, acting, Step.FIND_EDITORIAL), issues=tuple(issues)
    )


def correct(state: CaseState, acting: Acting, documents: Sequence[Document]) -> events.Corrected:
    """Take the corrected papers."""
    step = taken(state, acting, Step.CORRECT)
    return events.Corrected(**step, documents=_some(documents))


def withdraw(
    state: CaseState, acting: Acting, reason: str, documents: Sequence[Document] = ()
) -> events.CaseWithdrawn:
    """Take a case back; what comes back later is a new case with a new number.

    A request that lies with the committee is taken back on its form (jcm.go.jp, F_RW_Req and
    F_IW_Req), where the rulebook has one.
    """
    require_readable(reason, "reason")
    step = taken(state, acting, Step.WITHDRAW)
    if state.stage in _REQUESTED:
        require_papers(state, acting, Step.WITHDRAW, documents)
    return events.CaseWithdrawn(**step, reason=reason, documents=tuple(documents))


def _some(documents: Sequence[Document]) -> tuple[Document, ...]:
    if not documents:
        message = "no document is named"
        raise PapersMissingError(message)
    return tuple(documents)
