"""The lifecycles of a proposed methodology and of the revision of an approved one.

Source: ADB 2019, section 2.4 and Figure 6. For revisions only the request's form is sourced
(jcm.go.jp, F_AMR_Req): they go through completeness, public inputs if the secretariat publishes
them, and the committee.
"""

from __future__ import annotations

from policies.lifecycles.cases import CaseLifecycle, Stage, Step, staying, table
from policies.lifecycles.lifecycle import Move

_ASSESSED = [Stage.ASSESSMENT, Stage.EXTENDED]
_OPEN = [Stage.SUBMITTED, Stage.COMPLETE, Stage.PUBLIC_INPUT, *_ASSESSED]

METHODOLOGY_PROPOSAL: CaseLifecycle = CaseLifecycle(
    name="methodology_proposal",
    title="A proposed methodology",
    first=Stage.NEW,
    moves=(
        Move(Step.SUBMIT, [Stage.NEW], Stage.SUBMITTED),
        *staying(Step.FILE, *_OPEN),
        Move(Step.FIND_INCOMPLETE, [Stage.SUBMITTED], Stage.INCOMPLETE),
        Move(Step.FIND_COMPLETE, [Stage.SUBMITTED], Stage.COMPLETE),
        Move(Step.PUBLISH, [Stage.COMPLETE], Stage.PUBLIC_INPUT),
        *staying(Step.COMMENT, Stage.PUBLIC_INPUT, *_ASSESSED),
        Move(Step.CLOSE_INPUTS, [Stage.PUBLIC_INPUT], Stage.ASSESSMENT),
        *table(*_ASSESSED),
        Move(Step.EXTEND, _ASSESSED, Stage.EXTENDED),
        Move(Step.ACCEPT, _ASSESSED, Stage.APPROVED),
        Move(Step.REJECT, _ASSESSED, Stage.NOT_APPROVED),
        Move(Step.WITHDRAW, _OPEN, Stage.WITHDRAWN),
    ),
)

_REVISED = [Stage.SUBMITTED, Stage.PUBLIC_INPUT, Stage.REVIEW]

METHODOLOGY_REVISION: CaseLifecycle = CaseLifecycle(
    name="methodology_revision",
    title="A request to revise an approved methodology",
    first=Stage.NEW,
    moves=(
        Move(Step.SUBMIT, [Stage.NEW], Stage.SUBMITTED),
        *staying(Step.FILE, *_REVISED),
        Move(Step.FIND_INCOMPLETE, [Stage.SUBMITTED], Stage.INCOMPLETE),
        Move(Step.FIND_COMPLETE, [Stage.SUBMITTED], Stage.REVIEW),
        Move(Step.PUBLISH, [Stage.REVIEW], Stage.PUBLIC_INPUT),
        *staying(Step.COMMENT, Stage.PUBLIC_INPUT, Stage.REVIEW),
        Move(Step.CLOSE_INPUTS, [Stage.PUBLIC_INPUT], Stage.REVIEW),
        *table(Stage.REVIEW),
        Move(Step.ACCEPT, [Stage.REVIEW], Stage.APPROVED),
        Move(Step.WITHDRAW, _REVISED, Stage.WITHDRAWN),
    ),
)
