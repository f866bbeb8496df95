"""Taking a registry's report of an issuance: recorded once, with everything in which it differs."""

from __future__ import annotations

from collections.abc import Callable

from aggregates.committee.acting import Acting
from aggregates.committee.decide_cases import open_case
from aggregates.committee.events import CaseOpened, ReportRecorded
from aggregates.committee.reporting import place_of, report_of
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.cases import CASE_KINDS
from policies.proof.acknowledging import check_acknowledgement
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.statements import Acknowledgement
from policies.refusals import NotFoundError, ReportError
from policies.reports import Report, Reports, differences
from policies.texts import require_one_line, require_readable

DIFFERENCE = "issuance_difference"
IsOpen = Callable[[str], bool]
"""Says whether a case of the docket is still open."""


def report(
    state: CommitteeState, acting: Acting, envelope: Envelope, is_open: IsOpen
) -> list[Event]:
    """Record a report; one that is known by its digest changes nothing, whatever became of its key.

    Where it differs, and no case about that item is open, a case is opened beside it.

    Raises `ReportError` for a name that was used for other content, for a report that replaces
    none that stands of the same item, and for a date in the future; `NotEntitledError` and others
    for a signature that is no registry's of that side. Everything else is recorded, with what
    differs.
    """
    said = read(envelope, Acknowledgement)
    require_context(said, state.committee.code, state.roster.founding)
    known = state.reports.find(said.side, said.report)
    if known is not None and known.digest == envelope.digest:
        return []
    today = acting.today(state)
    registry = check_acknowledgement(state.roster, envelope, today)
    require_readable(envelope.value, "the report")
    require_one_line(envelope.value, "the report")
    place = place_of(state, said)
    found = report_of(said, envelope.digest, place.decision, place.item)
    before = _require_new(state, said, found, acting)
    differing = tuple(differences(found, state.reports, place.decided_for(said.side)))
    case = next((name for name in _cases(state.reports, found, before) if is_open(name)), None)
    opened: list[CaseOpened] = []
    if differing and case is None:
        opened = [open_case(state, acting, CASE_KINDS[DIFFERENCE], None)]
        case = opened[0].case
    recorded = ReportRecorded(
        at=acting.now,
        on=today,
        side=said.side,
        person=registry.person,
        decision=place.decision,
        item=place.item,
        project=None if place.credits is None else place.credits.project,
        differences=differing,
        case=case,
        envelope=envelope,
    )
    return [recorded, *opened]


def _cases(reports: Reports, found: Report, before: Report | None) -> list[str]:
    """Return the last cases about the item, and about the item of the report that is replaced."""
    items = [report for report in (found, before) if report is not None]
    cases = [reports.case_of(report.side, report.decision, report.item) for report in items]
    return [case for case in cases if case is not None]


def _require_new(
    state: CommitteeState, said: Acknowledgement, found: Report, acting: Acting
) -> Report | None:
    """Refuse a report that cannot be; return the one that it replaces."""
    named = f"report {said.report} of {said.side}"
    if state.reports.find(said.side, said.report) is not None:
        message = (
            f"{named} was recorded with other content; a report that replaces it has a name of its"
            " own and says so (supersedes)"
        )
        raise ReportError(message)
    latest = acting.latest_day
    if said.issued_on > latest:
        message = f"{named} is dated {said.issued_on}, in the future; nowhere is it after {latest}"
        raise ReportError(message)
    if said.supersedes is None:
        return None
    before = state.reports.find(said.side, said.supersedes)
    if before is None:
        message = f"{named} replaces {said.supersedes}, and {said.side} has reported no such thing"
        raise NotFoundError(message)
    if not state.reports.stands(before):
        message = f"{named} replaces {said.supersedes}, which another report has replaced already"
        raise ReportError(message)
    if before.counts_for != found.counts_for and (before.decision, before.item) != (
        said.decision,
        said.item,
    ):
        message = (
            f"{named} replaces {said.supersedes}, which is about {before.decision} item"
            f" {before.item}, not {found.decision} item {found.item}; replace that one by a report"
            " of zero on its own item, and report this one without supersedes"
        )
        raise ReportError(message)
    return before
