"""A case and the committee: on its table, off it again, decided."""

from __future__ import annotations

from datetime import datetime

from aggregates.case import events
from aggregates.case.acting import Acting, taken
from aggregates.case.state import CaseState
from aggregates.committee.events import DecisionAdopted, ProposalClosed
from policies.cases import CaseKind
from policies.items.kind import Item
from policies.lifecycles.cases import Step
from policies.proof.reading import read_recorded
from policies.proof.statements import Decision
from policies.refusals import StepNotAllowedError


def table(
    state: CaseState, acting: Acting, *, proposal: int, version: int, item: int, number: str | None
) -> events.CaseTabled:
    """Lay a case on the table as an item of a proposal, or of its next version."""
    step = taken(state, acting, Step.TABLE)
    if state.tabled is not None and state.tabled.proposal != proposal:
        where = state.tabled.number or f"proposal {state.tabled.proposal}"
        message = f"{state.name} lies on the committee's table in {where} already"
        raise StepNotAllowedError(message)
    return events.CaseTabled(**step, proposal=proposal, version=version, item=item, number=number)


def untable(state: CaseState, now: datetime, reason: str) -> list[events.CaseEvent]:
    """Take a case off the table: its proposal ended, or goes on without it."""
    if state.tabled is None:
        return []
    stage = state.kind.lifecycle.after(Step.UNTABLE, state.stage, state.name)
    return [
        events.CaseUntabled(
            at=max(now, state.last_at),
            on=state.last_on,
            by=None,
            stage=stage,
            proposal=state.tabled.proposal,
            reason=reason,
        )
    ]


def follow(
    state: CaseState, outcome: DecisionAdopted | ProposalClosed, now: datetime
) -> list[events.CaseEvent]:
    """Move a case on with the outcome of the proposal that holds it; a second time does nothing."""
    if state.tabled is None or state.tabled.proposal != outcome.proposal:
        return []
    if isinstance(outcome, ProposalClosed):
        return untable(state, now, f"{outcome.reason}: {outcome.detail}")
    adoption = outcome.adoption.digest
    if adoption in state.adoptions:
        return []
    item = read_recorded(outcome.decision, Decision).items[state.tabled.item - 1]
    kind = state.kind
    step = next((s for asked, s in _steps(kind) if type(item) is asked), None)
    if step is None or not kind.lifecycle.allows(step, state.stage):
        return untable(state, now, f"{outcome.number} decides it otherwise: {item.kind}")
    return [
        events.CaseDecided(
            at=max(now, state.last_at),
            on=outcome.adopted_on,
            by=None,
            stage=kind.lifecycle.after(step, state.stage, state.name),
            decision=outcome.number,
            adoption=adoption,
            item=state.tabled.item,
            kind=item.kind,
            outcome=item.conclusion,
            reason=getattr(item, "reason", None),
            until=getattr(item, "until", None) if step is Step.EXTEND else None,
        )
    ]


def _steps(kind: CaseKind) -> list[tuple[type[Item] | None, Step]]:
    """Return which kind of item takes which step."""
    return [
        (kind.asks, Step.ACCEPT),
        (kind.plans, Step.ACCEPT),
        (kind.rejects, Step.REJECT),
        (kind.extends, Step.EXTEND),
    ]
