"""Who is proven to act takes only the steps of their role, and speaks for their own side alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from governance.demo.stage import Stage
from policies.proof.statements import Letter
from policies.refusals import NotEntitledError
from tests.governance.setting import proposal
from tests.http.committee import CODE, founded

LETTER = Letter(digest="ab" * 32, person="mn-dorj")
Step = Callable[[Stage, int, str], object]


def _distribute(stage: Stage, draft: int, by: str) -> object:
    stage.engine.proposals.freeze(CODE, draft)
    return stage.engine.proposals.distribute(CODE, draft, by=by)


STEPS: dict[str, Step] = {
    "propose": lambda stage, _p, by: stage.engine.proposals.propose(proposal(), by=by),
    "freeze": lambda stage, p, by: stage.engine.proposals.freeze(CODE, p, by=by),
    "convene": lambda stage, _p, by: stage.engine.proposals.convene(
        CODE, date(2026, 3, 1), "Tokyo", by=by
    ),
    "distribute": _distribute,
    "withdraw": lambda stage, p, by: stage.engine.proposals.withdraw(CODE, p, "Not now", by=by),
}


@pytest.fixture
def draft(stage: Stage) -> int:
    founded(stage)
    for side, person, name, role in (
        ("JP", "jp-clerk", "Abe Jun", "secretary"),
        ("MN", "mn-clerk", "Bat Oyun", "secretary"),
        ("MN", "mn-registry", "Registry of Mongolia", "registry"),
    ):
        stage.appoint("MN", side, stage.seat(person, name, role, "2020-01-01"))
    return stage.engine.proposals.propose(proposal(), only_draft=True).proposal


@pytest.mark.parametrize("step", STEPS)
def test_a_secretary_and_who_sits_take_the_committees_steps(
    stage: Stage, draft: int, step: str
) -> None:
    assert STEPS[step](stage, draft, "jp-clerk")


@pytest.mark.parametrize("by", ["mn-registry", "nobody"])
def test_a_registry_and_a_stranger_take_none(stage: Stage, draft: int, by: str) -> None:
    before = stage.engine.record.position

    for step in STEPS.values():
        if step is not STEPS["distribute"]:
            with pytest.raises(NotEntitledError):
                step(stage, draft, by)
    assert stage.engine.record.position == before


def test_who_has_left_takes_none(stage: Stage, draft: int) -> None:
    ended = {"act": "end", "person": "jp-clerk", "role": "secretary"}
    stage.appoint("MN", "JP", [ended])

    with pytest.raises(NotEntitledError, match="neither secretary nor in the committee"):
        STEPS["withdraw"](stage, draft, "jp-clerk")


def test_an_objection_by_letter_is_recorded_by_its_own_side(stage: Stage, draft: int) -> None:
    proposals = stage.engine.proposals
    _distribute(stage, draft, "jp-clerk")

    for other in ("jp-clerk", "jp-hara", "mn-bold"):
        with pytest.raises(NotEntitledError, match="the letter is Dorj Sarnai's"):
            proposals.letter(CODE, draft, LETTER, by=other)
    assert proposals.letter(CODE, draft, LETTER, by="mn-clerk")
