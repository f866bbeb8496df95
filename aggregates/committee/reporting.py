"""Reading a registry's report: what it says, for the reports and for the ground."""

from __future__ import annotations

from policies.facts import CreditsReported
from policies.proof.statements import Acknowledgement
from policies.reports import Report
from policies.serials import Block


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
