"""Numbers that a committee gives: each once, to a proposal or to a case of the docket."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from aggregates.committee.state import CommitteeState, Proposal
from policies.numbers import Family


def next_number(
    state: CommitteeState, family: Family, past: Collection[str], used: Collection[str] = ()
) -> str:
    """Return the next number of a family.

    Taken are those that are decided, that were ever given here, and that the imported past shows.
    """
    taken = {*state.ground.numbers, *state.reserved, *past, *used}
    return family.next_after(taken, state.committee.partner)


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbers for the items of a proposal; `past` are those of the imported record."""

    state: CommitteeState
    proposal: Proposal
    past: Collection[str]

    @property
    def partner(self) -> str:
        """The partner's code, with which numbers begin."""
        return self.state.committee.partner

    def give(self, family: Family, used: set[str]) -> str:
        """Return the next number of a family, after those of the items before."""
        return next_number(self.state, family, self.past, used)

    def kept(self) -> list[str]:
        """Return the numbers that an earlier version of the same proposal was given."""
        return [n for n, owner in self.state.reserved.items() if owner == self.proposal.id]

    def owner(self, number: str) -> int | str | None:
        """Return the proposal or the case to which a number was given."""
        return self.state.reserved.get(number)
