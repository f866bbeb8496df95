"""A government's report as it was recorded, and what its order means for a registry's."""

from __future__ import annotations

from aggregates.committee.events import GovernmentReportRecorded, ReportRecorded
from aggregates.committee.state import CommitteeState
from policies.article6 import vintages
from policies.government import FirstTransfer
from policies.government_reports import GovernmentRecord
from policies.parties import alpha3
from policies.proof.reading import read_recorded
from policies.proof.statements import GovernmentReport


def record_of(event: GovernmentReportRecorded) -> GovernmentRecord:
    """Return the report with the decision and item whose credits it is about."""
    said = read_recorded(event.envelope, GovernmentReport)
    return GovernmentRecord(
        side=said.side,
        report=said.report,
        digest=event.envelope.digest,
        decision=event.decision,
        item=event.item,
        act=said.says,
        supersedes=said.supersedes,
    )


def before_first_transfer(state: CommitteeState, event: ReportRecorded) -> str | None:
    """Return a note where a side has issued more than the host has transferred to it; else null.

    Under Article 6.2 the host authorizes and transfers first, as seen in Thailand in 2025; what is
    out of order is told, and bars nothing.
    """
    rules, host = state.rulebook.article6, state.committee.partner
    credits = state.ground.credits.get((event.decision, event.item))
    if rules is None or not rules.applies.value or event.side == host or credits is None:
        return None
    cut = state.rulebook.eligibility.monitoring_periods_cut_after.value
    if credits.period is not None and not vintages(*credits.period, cut):
        return None
    issued = state.reports.total(event.side, event.decision, event.item)
    transferred = sum(
        record.act.quantity
        for record in state.government.moved(FirstTransfer, event.decision, event.item)
        if isinstance(record.act, FirstTransfer) and record.act.acquiring == alpha3(event.side)
    )
    if issued <= transferred:
        return None
    return (
        f"{event.side} has issued {issued:,}, and {host} has reported the first transfer of"
        f" {transferred:,} to it"
    )
