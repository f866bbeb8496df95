"""Stages and steps of the docket's cases, and who is awaited at each stage.

The tables are in one file a family; what several families go through is here once.
Sources: ADB 2019, Figures 6 to 9; the state machines of jcm-rules, section 13.3.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from policies.lifecycles.lifecycle import Lifecycle, Move


class Stage(StrEnum):
    """Where a case stands."""

    NEW = "new"
    IDEA_NOTE = "idea_note"
    PLANNED = "planned"
    SUBMITTED = "submitted"
    CORRECTING = "correcting"
    COMPLETE = "complete"
    PUBLIC_INPUT = "public_input"
    ASSESSMENT = "assessment"
    EXTENDED = "assessment_extended"
    REVIEW = "review"
    VALIDATION = "validation"
    VALIDATED = "validated"
    VERIFICATION = "verification"
    VERIFIED = "verified"
    REQUESTED = "requested"
    READY = "ready"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    NOTIFIED = "notified"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    WITHDRAWN = "withdrawn"
    EXPLAINED = "explained"
    RECONCILED = "reconciled"


class Step(StrEnum):
    """What can be done to a case. Steps of the committee, and of time, are taken by the engine."""

    SUBMIT = "submit"
    SUBMIT_IDEA_NOTE = "submit_idea_note"
    SUBMIT_DESIGN = "submit_design"
    FILE = "file"
    FIND_COMPLETE = "find_complete"
    FIND_INCOMPLETE = "find_incomplete"
    FIND_EDITORIAL = "find_editorial"
    CORRECT = "correct"
    PUBLISH = "publish"
    COMMENT = "comment"
    CLOSE_INPUTS = "close_inputs"
    RESPOND = "respond"
    RAISE = "raise"
    ANSWER = "answer"
    RESOLVE = "resolve"
    OPINE_POSITIVE = "opine_positive"
    OPINE_NEGATIVE = "opine_negative"
    REQUEST = "request"
    TABLE = "table"
    UNTABLE = "untable"
    EXTEND = "extend"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPLAIN = "explain"
    RECONCILE = "reconcile"


BY_THE_ENGINE = frozenset(
    {
        Step.CLOSE_INPUTS,
        Step.TABLE,
        Step.UNTABLE,
        Step.EXTEND,
        Step.ACCEPT,
        Step.REJECT,
        Step.RECONCILE,
    }
)
"""Steps that follow from time, or from what the committee does with a proposal."""

IN_VAIN = frozenset({Stage.INCOMPLETE, Stage.NOT_APPROVED, Stage.REJECTED, Stage.WITHDRAWN})
"""The ends after which a new case may take up the old one again."""

CaseLifecycle: TypeAlias = Lifecycle[Step, Stage]
CaseMove: TypeAlias = Move[Step, Stage]

AWAITS: dict[Stage, str] = {
    Stage.IDEA_NOTE: "committee",
    Stage.PLANNED: "participants",
    Stage.SUBMITTED: "secretariat",
    Stage.CORRECTING: "submitter",
    Stage.COMPLETE: "secretariat",
    Stage.PUBLIC_INPUT: "public",
    Stage.ASSESSMENT: "committee",
    Stage.EXTENDED: "committee",
    Stage.REVIEW: "committee",
    Stage.VALIDATION: "third-party entity",
    Stage.VALIDATED: "participants",
    Stage.VERIFICATION: "third-party entity",
    Stage.VERIFIED: "participants",
    Stage.REQUESTED: "secretariat",
    Stage.READY: "committee",
}
"""Who has to act at a stage; nobody at one that has ended."""


NEEDS: dict[Step, str] = {
    Step.SUBMIT: "what the kind of case asks for; the committee gives the number",
    Step.SUBMIT_IDEA_NOTE: "a rulebook that has idea notes",
    Step.SUBMIT_DESIGN: "the idea note's no objection; the committee gives the project's number",
    Step.FILE: "a document, or its newer version",
    Step.FIND_COMPLETE: "every paper that the rulebook lists",
    Step.FIND_INCOMPLETE: "a reason",
    Step.FIND_EDITORIAL: "what is to be corrected",
    Step.CORRECT: "the corrected papers",
    Step.PUBLISH: "once only; the rulebook's days for inputs",
    Step.COMMENT: "an author, a text, and a day within the window, also where it is recorded later",
    Step.CLOSE_INPUTS: "the end of the window's last day in the committee's time zone",
    Step.RESPOND: "a text; also while the case lies on the table",
    Step.RAISE: "a request: corrective action (CAR), clarification (CL), forward action (FAR)",
    Step.ANSWER: "a request that is open",
    Step.RESOLVE: "an answer",
    Step.OPINE_POSITIVE: "closed inputs where there are any, every CAR and CL resolved; of a"
    " verification the quantity",
    Step.OPINE_NEGATIVE: "a report; the participants may revise",
    Step.REQUEST: "the papers of the request; what was audited stays",
    Step.TABLE: "a proposal with the case as an item; the preflight bars none of it",
    Step.UNTABLE: "its proposal is withdrawn, lapses or conflicts, or goes on without it",
    Step.EXTEND: "an adopted item that says until when",
    Step.ACCEPT: "an adopted item of what the case asks for",
    Step.REJECT: "an adopted item with the reason",
    Step.WITHDRAW: "a reason; not while the case lies on the table",
    Step.EXPLAIN: "a reason in words; not while the case lies on the table",
    Step.RECONCILE: "the side's reports that stand agree, taken together, with what was decided;"
    " not while the case lies on the table",
}
"""What each step needs beside its stage, the papers of the kind of case, and who may take it."""


def table(*stages: Stage) -> tuple[CaseMove, ...]:
    """Return the moves of stages at which a case may lie on the committee's table.

    To be on the table is no stage: the case stays where it is, and its clocks go on.
    """
    return tuple(Move(step, [s], s) for s in stages for step in (Step.TABLE, Step.UNTABLE))


def staying(step: Step, *stages: Stage) -> tuple[CaseMove, ...]:
    """Return the moves of a step that leaves a case at its stage."""
    return tuple(Move(step, [stage], stage) for stage in stages)


def audit(stage: Stage, done: Stage) -> tuple[CaseMove, ...]:
    """Return the moves of a validation or a verification, up to the positive opinion."""
    stays = (Step.RAISE, Step.ANSWER, Step.RESOLVE, Step.FILE, Step.OPINE_NEGATIVE)
    return (
        *(Move(step, [stage], stage) for step in stays),
        Move(Step.OPINE_POSITIVE, [stage], done),
    )


def request(audited: Stage, incomplete: Stage) -> tuple[CaseMove, ...]:
    """Return the moves of a request to the committee, from the audit to the complete papers."""
    return (
        Move(Step.FILE, [audited], audited),
        Move(Step.REQUEST, [audited], Stage.REQUESTED),
        Move(Step.FIND_EDITORIAL, [Stage.REQUESTED], Stage.CORRECTING),
        Move(Step.CORRECT, [Stage.CORRECTING], Stage.REQUESTED),
        Move(Step.FIND_INCOMPLETE, [Stage.REQUESTED, Stage.CORRECTING], incomplete),
        Move(Step.FIND_COMPLETE, [Stage.REQUESTED], Stage.READY),
    )
