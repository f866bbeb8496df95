"""The lifecycle of a proposal, from the draft to the adopted decision.

Source: the electronic decision and the meeting as in the Rules of Procedures (jcm-rules, 13.3).
"""

from __future__ import annotations

from enum import StrEnum

from policies.lifecycles.lifecycle import Lifecycle, Move


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


NEEDS: dict[Step, str] = {
    Step.DRAFT: "items, a procedure and a text in English",
    Step.FREEZE: "items that are sound; what the preflight bars is refused",
    Step.TABLE: "as to freeze, and a meeting that is convened",
    Step.DISTRIBUTE: "the text goes to all members; the window begins",
    Step.SIGN: "the key of a co-chair or alternate",
    Step.AFFIRM: "the key of a member",
    Step.OBJECT: "the key of a member, or a letter",
    Step.RELIEVE: "who objected affirms, or sits no more",
    Step.REVISE: "a new version; what was said on the old one is void",
    Step.ADOPT: "a co-chair of each side has signed; the meeting has come, or the window has passed"
    " with no objection, or all have affirmed",
    Step.WITHDRAW: "a reason",
    Step.LAPSE: "the text's last day is over",
    Step.CONFLICT: "what stands now bars what was agreed",
}
"""What each step needs beside its stage."""

_LIVE = [Stage.FROZEN, Stage.OPEN, Stage.OBJECTED]

PROPOSAL = Lifecycle(
    name="proposal",
    title="A proposal, from the draft to the adopted decision",
    first=Stage.DRAFTED,
    moves=(
        Move(Step.DRAFT, [Stage.DRAFTED], Stage.DRAFTED),
        Move(Step.FREEZE, [Stage.DRAFTED], Stage.FROZEN),
        Move(Step.TABLE, [Stage.DRAFTED], Stage.OPEN),
        Move(Step.DISTRIBUTE, [Stage.FROZEN], Stage.OPEN),
        Move(Step.SIGN, [Stage.FROZEN], Stage.FROZEN),
        Move(Step.SIGN, [Stage.OPEN], Stage.OPEN),
        Move(Step.SIGN, [Stage.OBJECTED], Stage.OBJECTED),
        Move(Step.AFFIRM, [Stage.OPEN], Stage.OPEN),
        Move(Step.AFFIRM, [Stage.OBJECTED], Stage.OBJECTED),
        Move(Step.OBJECT, [Stage.OPEN, Stage.OBJECTED], Stage.OBJECTED),
        Move(Step.RELIEVE, [Stage.OBJECTED], Stage.OPEN),
        Move(Step.REVISE, [Stage.DRAFTED, *_LIVE], Stage.DRAFTED),
        Move(Step.ADOPT, [Stage.OPEN], Stage.ADOPTED),
        Move(Step.WITHDRAW, [Stage.DRAFTED, *_LIVE], Stage.CLOSED),
        Move(Step.LAPSE, _LIVE, Stage.CLOSED),
        Move(Step.CONFLICT, [Stage.OPEN], Stage.CLOSED),
    ),
    said={Step.TABLE: Step.FREEZE.value},  # a text for a meeting is tabled by freezing it
)
"""The table as a machine: for questions and for the diagram, never bound to a proposal."""


def stage_after(step: Step, stage: Stage, what: str) -> Stage:
    """Return the stage that a step leads to, or raise `StepNotAllowedError`."""
    return PROPOSAL.after(step, stage, what)
