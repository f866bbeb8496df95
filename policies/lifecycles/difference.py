"""The lifecycle of a difference between what was decided and what a registry has reported.

This design's own: no source says what happens then. It ends when a later report agrees, when the
committee corrects its decision, or when a secretary explains it.
"""

from __future__ import annotations

from policies.lifecycles.cases import CaseLifecycle, Stage, Step, staying, table
from policies.lifecycles.lifecycle import Move

DIFFERENCE: CaseLifecycle = CaseLifecycle(
    name="difference",
    title="A difference between a decision and a registry's report",
    first=Stage.NEW,
    moves=(
        Move(Step.SUBMIT, [Stage.NEW], Stage.REVIEW),
        *staying(Step.FILE, Stage.REVIEW),
        *table(Stage.REVIEW),
        Move(Step.ACCEPT, [Stage.REVIEW], Stage.ACCEPTED),
        Move(Step.EXPLAIN, [Stage.REVIEW], Stage.EXPLAINED),
        Move(Step.RECONCILE, [Stage.REVIEW], Stage.RECONCILED),
    ),
)
