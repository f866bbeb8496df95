"""Registries' reports: what one says and counts for, and whether those of an item agree by now."""

from __future__ import annotations

from typing import NamedTuple

from aggregates.committee.state import CommitteeState
from policies.facts import CreditsReported
from policies.proof.statements import Acknowledgement
from policies.reports import Decided, Report, outstanding
from policies.serials import Block
from policies.subjects import Credits


class Place(NamedTuple):
    """The item that a report counts for, and its credits; null where it decided none.

    `decision` is the digest of a decision that is unknown here.
    """

    decision: str
    item: int
    credits: Credits | None

    def decided_for(self, side: str) -> Decided:
        """Return what the item decided for a side."""
        if self.credits is None:
            known = "/" in self.decision  # a number has slashes, a digest has none
            return Decided(None, None, known=known)
        return Decided((self.credits.amounts or {}).get(side), self.credits.origin.on)


def place_of(state: CommitteeState, said: Acknowledgement) -> Place:
    """Return what a report counts for."""
    return place_at(state, said.decision, said.item)


def place_at(state: CommitteeState, decision: str, item: int) -> Place:
    """Return what a report on an item counts for; the decision is named by its digest.

    A correction says anew what an earlier item decided: a report on it counts for that item.
    """
    number = state.decided.get(decision)
    if number is None:
        return Place(decision, item, None)
    credits = state.ground.credits_by(number, item)
    if credits is None:
        return Place(number, item, None)
    return Place(credits.origin.decision, credits.origin.item, credits)


def agree(state: CommitteeState, side: str, decision: str, item: int) -> bool:
    """Whether a side's reports of an item differ in nothing by now; `decision` as they have it."""
    place = Place(decision, item, state.ground.credits.get((decision, item)))
    found = outstanding(state.reports, side, (decision, item), place.decided_for(side))
    return next(found, None) is None


def report_of(said: Acknowledgement, digest: str, decision: str, item: int) -> Report:
    """Return a report with the decision and item that it counts for."""
    serials = said.serials
    return Report(
        side=said.side,
        report=said.report,
        digest=digest,
        decision=decision,
        item=item,
        amount=said.amount,
        block=None if serials is None else Block(serials.first, serials.last),
        on=said.issued_on,
        supersedes=said.supersedes,
    )


def reported_fact(said: Acknowledgement, project: str | None) -> CreditsReported:
    """Return what is so from a report on."""
    serials = said.serials
    return CreditsReported(
        project=project or "",
        side=said.side,
        amount=said.amount,
        on=said.issued_on,
        report=said.report,
        supersedes=said.supersedes,
        first=None if serials is None else serials.first,
        last=None if serials is None else serials.last,
    )
