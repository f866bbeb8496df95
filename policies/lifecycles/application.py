"""The lifecycle of an application or request that the committee reviews as it was handed in.

Third-party entities (designation, more scopes, a new accreditation, suspension, reinstatement,
withdrawal; the entity may respond before the committee decides) and changes of a registered
project. Sources: jcm-rules, sections 5.6, 5.7 and 6; steps after completeness are not sourced.
"""

from __future__ import annotations

from policies.lifecycles.cases import CaseLifecycle, CaseMove, Stage, Step, staying, table
from policies.lifecycles.lifecycle import Move

_OPEN = [Stage.SUBMITTED, Stage.CORRECTING, Stage.REVIEW]

_MOVES: tuple[CaseMove, ...] = (
    Move(Step.SUBMIT, [Stage.NEW], Stage.SUBMITTED),
    *staying(Step.FILE, *_OPEN),
    Move(Step.FIND_EDITORIAL, [Stage.SUBMITTED], Stage.CORRECTING),
    Move(Step.CORRECT, [Stage.CORRECTING], Stage.SUBMITTED),
    Move(Step.FIND_INCOMPLETE, [Stage.SUBMITTED, Stage.CORRECTING], Stage.INCOMPLETE),
    Move(Step.FIND_COMPLETE, [Stage.SUBMITTED], Stage.REVIEW),
    *table(Stage.REVIEW),
    Move(Step.ACCEPT, [Stage.REVIEW], Stage.ACCEPTED),
    Move(Step.WITHDRAW, _OPEN, Stage.WITHDRAWN),
)

ENTITY: CaseLifecycle = CaseLifecycle(
    name="entity",
    title="An application of, or a review about, a third-party entity",
    first=Stage.NEW,
    moves=(
        *_MOVES,
        *staying(Step.RESPOND, Stage.REVIEW),
        Move(Step.REJECT, [Stage.REVIEW], Stage.REJECTED),
    ),
)

PROJECT_CHANGE: CaseLifecycle = CaseLifecycle(
    name="project_change",
    title="A request about a registered project",
    first=Stage.NEW,
    moves=(*_MOVES, Move(Step.REJECT, [Stage.REVIEW], Stage.REJECTED)),
)
