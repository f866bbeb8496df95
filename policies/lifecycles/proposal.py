"""The lifecycle of a proposal, from the draft to the adopted decision.

One module-level machine without a model serves as a table that answers. Aggregates keep a plain
`Stage`; events carry the resulting stage and nobody asks the table when replaying.
Source: the electronic decision and the meeting as in the Rules of Procedures (jcm-rules, 13.3).
"""

from __future__ import annotations

from enum import StrEnum

from transitions import Machine

from policies.refusals import StepNotAllowedError


class Stage(StrEnum):
    """Where a proposal stands."""

    DRAFTED = "drafted"
    FROZEN = "frozen"
    OPEN = "open"
    OBJECTED = "objected"
    ADOPTED = "adopted"
    CLOSED = "closed"


class Step(StrEnum):
    """What can be done to a proposal."""

    DRAFT = "draft"
    FREEZE = "freeze"
    TABLE = "table"
    DISTRIBUTE = "distribute"
    SIGN = "sign"
    AFFIRM = "affirm"
    OBJECT = "object"
    RELIEVE = "relieve"
    REVISE = "revise"
    ADOPT = "adopt"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    CONFLICT = "conflict"


_LIVE = [Stage.FROZEN, Stage.OPEN, Stage.OBJECTED]

_TABLE: list[tuple[Step, list[Stage], Stage]] = [
    (Step.DRAFT, [Stage.DRAFTED], Stage.DRAFTED),
    (Step.FREEZE, [Stage.DRAFTED], Stage.FROZEN),
    (Step.TABLE, [Stage.DRAFTED], Stage.OPEN),
    (Step.DISTRIBUTE, [Stage.FROZEN], Stage.OPEN),
    (Step.SIGN, [Stage.FROZEN], Stage.FROZEN),
    (Step.SIGN, [Stage.OPEN], Stage.OPEN),
    (Step.SIGN, [Stage.OBJECTED], Stage.OBJECTED),
    (Step.AFFIRM, [Stage.OPEN], Stage.OPEN),
    (Step.AFFIRM, [Stage.OBJECTED], Stage.OBJECTED),
    (Step.OBJECT, [Stage.OPEN, Stage.OBJECTED], Stage.OBJECTED),
    (Step.RELIEVE, [Stage.OBJECTED], Stage.OPEN),
    (Step.REVISE, [Stage.DRAFTED, *_LIVE], Stage.DRAFTED),
    (Step.ADOPT, [Stage.OPEN], Stage.ADOPTED),
    (Step.WITHDRAW, [Stage.DRAFTED, *_LIVE], Stage.CLOSED),
    (Step.LAPSE, _LIVE, Stage.CLOSED),
    (Step.CONFLICT, [Stage.OPEN], Stage.CLOSED),
]

_SAID = {Step.TABLE: Step.FREEZE.value}
"""Steps that people know by another name: a text for a meeting is tabled by freezing it."""

MACHINE = Machine(
    model=None,
    states=[stage.value for stage in Stage],
    initial=None,
    auto_transitions=False,
    transitions=[
        {"trigger": step.value, "source": [s.value for s in sources], "dest": target.value}
        for step, sources, target in _TABLE
    ],
)
"""The table as a machine: for questions and for the diagram, never bound to a proposal."""


def stage_after(step: Step, stage: Stage, what: str) -> Stage:
    """Return the stage that a step leads to, or raise `StepNotAllowedError`."""
    found = MACHINE.get_transitions(step.value, source=stage.value)
    if not found:
        message = f"{what} is {stage.value}; {_SAID.get(step, step.value)} is not possible there"
        raise StepNotAllowedError(message)
    return Stage(str(found[0].dest))
