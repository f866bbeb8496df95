"""Reports of issuance: taken once, with the case of the docket that a difference opens."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

import msgspec

from aggregates.case.decide_differences import open_difference, reconcile
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from aggregates.committee import decide_reports
from aggregates.committee.events import CaseOpened, DecisionAdopted, ReportRecorded
from aggregates.committee.settle import Command
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from aggregates.store.record import Append
from governance.service.desk import Desk
from governance.service.requests import Request
from policies.proof.dsse import Envelope
from policies.proof.reading import require_whole
from policies.proof.statements import Acknowledgement, Serials, Statement
from policies.refusals import NotFoundError, UnreadableError
from policies.sides import Committee

D = TypeVar("D", bound=msgspec.Struct)


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a registry writes to report an issuance; `decision` is the decision's number."""

    committee: str
    side: str
    decision: str
    item: int
    report: str
    amount: int
    serials: Serials | None = None
    issued_on: date
    supersedes: str | None = None


def report_request(desk: Desk, content: Any) -> Request:
    """Return the request to sign a report with the registry's key.

    Raises `UnreadableError` naming the member that is wrong, `NotFoundError` for a decision that
    is not adopted here.
    """
    draft = read_draft(content, Draft)
    state = desk.load(Committee.parse(draft.committee).code)
    if draft.side not in state.committee.sides:
        message = f"{draft.side} is no side of {state.committee.code}"
        raise NotFoundError(message)
    statement = Acknowledgement(
        committee=state.committee.code,
        founding=state.roster.founding,
        side=draft.side,
        decision=digest_of(state, draft.decision),
        item=draft.item,
        report=draft.report,
        amount=draft.amount,
        serials=draft.serials,
        issued_on=draft.issued_on,
        supersedes=draft.supersedes,
    )
    return about_decision(desk, state, statement, statement.decision)


def read_draft(content: Any, kind: type[D]) -> D:
    """Return a report as written; raise `UnreadableError` naming the member that is wrong."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        message = f"the report is not well formed: {error}"
        raise UnreadableError(message) from None


def digest_of(state: CommitteeState, number: str) -> str:
    """Return the digest of an adopted decision; raise `NotFoundError` if there is none."""
    for digest, name in state.decided.items():
        if name == number:
            return digest
    message = f"no adopted decision of {state.committee.code} has the number {number}"
    raise NotFoundError(message)


def about_decision(
    desk: Desk, state: CommitteeState, statement: Statement, decision: str | None
) -> Request:
    """Return the request to sign a report, with the decision that it is about to be read beside."""
    envelope = require_whole(statement)
    adopted = None if decision is None else adoption_of(desk, state, decision)
    if adopted is None:
        return Request(envelope, {})
    return Request(envelope, dict(adopted.annexes), adopted.decision.unsigned())


def adoption_of(desk: Desk, state: CommitteeState, digest: str) -> DecisionAdopted | None:
    """Return the adoption of the decision that a report speaks of; one of the past has none."""
    for entry in desk.record.stream(state.committee.code):
        event = entry.event
        if isinstance(event, DecisionAdopted) and event.decision.digest == digest:
            return event
    return None


def take_report(desk: Desk, code: str, envelope: Envelope) -> list[Event]:
    """Record a registry's report; raises what `aggregates.committee.decide_reports` raises."""

    def beside(state: CommitteeState, events: list[Event]) -> list[Append]:
        recorded = [event for event in events if isinstance(event, ReportRecorded)]
        appends = []
        for report in recorded:
            opened = next((event for event in events if isinstance(event, CaseOpened)), None)
            if opened is not None:
                appends.append(_opened(state, opened, report))
            elif report.case is not None:
                case = _find(desk, report.case)
                ended = [] if case is None else reconcile(case, state, state.last_at or report.at)
                if case is not None and ended:
                    appends.append(Append(report.case, case.version, ended))
        return appends

    return desk.act(code, report_command(desk, envelope), beside)


def report_command(desk: Desk, envelope: Envelope) -> Command:
    """Return the command that takes a registry's report."""

    def is_open(case: str) -> bool:
        found = _find(desk, case)
        return found is not None and found.is_open

    return lambda state, acting: decide_reports.report(state, acting, envelope, is_open)


def _find(desk: Desk, case: str) -> CaseState | None:
    return desk.record.fold(case, evolve)


def _opened(state: CommitteeState, opened: CaseOpened, report: ReportRecorded) -> Append:
    case = open_difference(
        opened,
        report,
        registry=state.roster.people[report.person].name,
        rulebook=state.rulebooks[state.in_force.digest],
        after=state.version,
    )
    return Append(opened.case, 0, [case])
