"""A government's report as it was recorded."""

from __future__ import annotations

from aggregates.committee.events import GovernmentReportRecorded
from policies.government_reports import GovernmentRecord
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
