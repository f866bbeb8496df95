"""Differences between decisions and registries' reports: opened, explained, reconciled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregates.case import events
from aggregates.case.acting import Acting, require_text, sound, taken
from aggregates.case.state import CaseState
from aggregates.committee.events import CaseOpened, ReportRecorded
from aggregates.committee.reporting import agree
from aggregates.committee.state import CommitteeState
from policies.calendar import day_of
from policies.cases import CASE_KINDS
from policies.documents import Document
from policies.lifecycles.cases import Step
from policies.proof.statements import RulebookName
from policies.rulebook import RulebookText

KIND = CASE_KINDS["issuance_difference"]


def open_difference(
    opened: CaseOpened,
    report: ReportRecorded,
    *,
    registry: str,
    rulebook: RulebookText,
    after: int,
) -> events.CaseSubmitted:
    """Open the case of a report that differs; what differs stands in the report."""
    step = Step.SUBMIT
    return events.CaseSubmitted(
        at=opened.at,
        on=day_of(opened.at, rulebook.rulebook.zone),
        by=None,
        stage=KIND.lifecycle.after(step, KIND.lifecycle.first, opened.case),
        case=opened.case,
        committee=opened.case.partition("/")[0],
        kind=KIND.name,
        title=f"{report.side} reports otherwise than {report.decision} item {report.item}",
        number=None,
        submitter=events.Submitter(name=registry, side=report.side),
        asks={"decision": report.decision, "item": report.item},
        documents=(),
        rulebook=RulebookName(version=rulebook.version, digest=rulebook.digest),
        after=after,
        supersedes=None,
    )


def explain(
    state: CaseState, acting: Acting, reason: str, documents: Sequence[Document] = ()
) -> events.DifferenceExplained:
    """Say why a report differs, and end the case."""
    require_text(reason, "reason")
    step = taken(state, acting, Step.EXPLAIN)
    return events.DifferenceExplained(**step, reason=reason, documents=sound(documents, state))


def reconcile(state: CaseState, committee: CommitteeState, now: datetime) -> list[events.CaseEvent]:
    """End a case whose item is, all reports that stand taken together, reported as decided.

    Not while a proposal holds it, whose end settles it; none where it has ended already.
    """
    if state.kind is not KIND or state.tabled is not None:
        return []
    side, about = state.submitter.side, (state.asks["decision"], state.asks["item"])
    if side is None or not KIND.lifecycle.allows(Step.RECONCILE, state.stage):
        return []
    stand = committee.reports.of_item(side, *about)
    if not stand or not agree(committee, side, *about):
        return []
    *_, last = stand
    return [
        events.DifferenceReconciled(
            at=max(now, state.last_at),
            on=max(day_of(now, committee.rulebook.zone), state.last_on),
            by=None,
            stage=KIND.lifecycle.after(Step.RECONCILE, state.stage, state.name),
            report=last.digest,
        )
    ]
