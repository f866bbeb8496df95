"""Open proposals: found by their id, and given up."""

from __future__ import annotations

from typing import Literal

from aggregates.committee.acting import Acting
from aggregates.committee.events import ProposalClosed
from aggregates.committee.state import CommitteeState, Frozen, Proposal
from aggregates.event import Event
from policies.lifecycles.proposal import Step, stage_after
from policies.proof.statements import Closed, ProposalName
from policies.refusals import NotFoundError, StepNotAllowedError, TooLargeError
from policies.texts import require_readable

_LONGEST_DETAIL = 4_000
"""Characters of what the record says on why a text was closed."""


def find(state: CommitteeState, proposal_id: int) -> Proposal:
    """Return an open proposal; raise `NotFoundError` if there is none of that id."""
    proposal = state.proposals.get(proposal_id)
    if proposal is None:
        message = f"{state.committee.code} has no open proposal {proposal_id}"
        raise NotFoundError(message)
    return proposal


def frozen(proposal: Proposal) -> Frozen:
    """Return a proposal's fixed text; raise `StepNotAllowedError` while it is a draft."""
    if proposal.text is None:
        message = f"{proposal.name} is a draft; freeze its text first"
        raise StepNotAllowedError(message)
    return proposal.text


def withdraw(state: CommitteeState, acting: Acting, proposal_id: int, detail: str) -> list[Event]:
    """Give a proposal up; its number is never used again."""
    require_readable(detail, "reason")
    if len(detail) > _LONGEST_DETAIL:
        message = f"the reason has {len(detail)} characters; {_LONGEST_DETAIL} are allowed"
        raise TooLargeError(message)
    proposal = find(state, proposal_id)
    return [close(state, acting, proposal, Step.WITHDRAW, detail)]


_REASONS: dict[Step, Literal["withdrawn", "expired", "conflict"]] = {
    Step.WITHDRAW: "withdrawn",
    Step.LAPSE: "expired",
    Step.CONFLICT: "conflict",
}


def close(
    state: CommitteeState, acting: Acting, proposal: Proposal, step: Step, detail: str
) -> ProposalClosed:
    """Return the event that ends a proposal unadopted, with the record's word on its number."""
    stage_after(step, proposal.stage, proposal.name)
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    envelope = None
    if proposal.number is not None and acting.seal is not None:
        envelope = acting.record(
            Closed(
                committee=state.committee.code,
                founding=state.roster.founding,
                number=proposal.number,
                proposal=ProposalName(id=proposal.id, version=proposal.version),
                reason=_REASONS[step],
                detail=detail,
                at=acting.now,
            )
        )
    return ProposalClosed(
        at=acting.now,
        proposal=proposal.id,
        number=proposal.number,
        reason=_REASONS[step],
        detail=detail,
        envelope=envelope,
    )
