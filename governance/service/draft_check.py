"""What freezing a draft would meet now: every check's word, and what no check of an item asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aggregates.committee import decide_text
from governance.service.cases import Hand
from governance.service.checkpoints import last_cosigned
from governance.service.drafting import Drafting
from governance.service.proposals import Proposals, taken_committee
from policies.cases.keepers import require_keeper
from policies.preflight import Examined
from policies.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """What every check says of a draft, and what else bars it from being frozen, in words."""

    examined: tuple[Examined, ...]
    hindered: str | None

    @property
    def bars(self) -> bool:
        """Whether the text would not be frozen."""
        return self.hindered is not None or any(found.bars for found in self.examined)


def check_draft(
    proposals: Proposals,
    content: dict[str, Any],
    *,
    revises: int | None = None,
    by: str | None = None,
) -> Checked:
    """Return what freezing a draft would meet, for a keeper; nothing is recorded.

    Raises `NotEntitledError` for who keeps nothing, and what `propose` does for a draft that
    cannot be read.
    """
    content = dict(content)
    desk, cases = proposals.desk, proposals.cases
    code = taken_committee(content)
    state = desk.load(code)
    acting = desk.acting(state)
    if by is not None:
        require_keeper(state.roster, by, acting.today(state))
    complete = Drafting(proposals.history, cases, cases.current).complete(state, content)
    past = proposals.history.numbers(code)
    examined = decide_text.examine_draft(
        state,
        acting,
        complete,
        revises=revises,
        past_numbers=past,
        **proposals.beside(state, complete),
    )
    answers = [(answer["item"], answer["case"]) for answer in complete.get("cases", [])]
    proposal = state.last_proposal + 1 if revises is None else revises
    checkpoint = last_cosigned(desk.record, state)
    try:
        decide_text.require_fixable(
            state, acting, complete, revises=revises, past_numbers=past, checkpoint=checkpoint
        )
        cases.require_tableable(state, Hand(by), answers, proposal)
    except Refusal as refusal:
        return Checked(examined, str(refusal))
    return Checked(examined, None)
