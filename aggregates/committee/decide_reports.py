"""Taking a registry's report of an issuance: recorded once, with everything in which it differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from aggregates.committee.acting import Acting
from aggregates.committee.decide_cases import open_case
from aggregates.committee.events import CaseOpened, ReportRecorded
from aggregates.committee.reporting import report_of
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.cases import CASE_KINDS
from policies.proof.acknowledging import check_acknowledgement
from policies.proof.dsse import Envelope
from policies.proof.statements import Acknowledgement
from policies.refusals import NotFoundError, ReportError
from policies.reports import differences
from policies.subjects import Credits
from policies.texts import require_one_line, require_readable

DIFFERENCE = "issuance_difference"
IsOpen = Callable[[str], bool]
"""Says whether a case of the docket is still open."""


def report(
    state: CommitteeState, acting: Acting, envelope: Envelope, is_open: IsOpen
) -> list[Event]:
    """Record a report; one that is known by its digest changes nothing.

    Where it differs, and no case about that item is open, a case is opened beside it.

    Raises `ReportError` for a name that was used for other content, for a report that replaces
    none that stands, and for a date in the future; `NotEntitledError` and others for a signature
    that is no registry's of that side. Everything else is recorded, with what differs.
    """
    today = acting.today(state)
    said, registry = check_acknowledgement(state.roster, envelope, today)
    require_readable(envelope.value, "the report")
    require_one_line(said.report, "report")
    known = state.reports.find(said.side, said.report)
    if known is not None and known.digest == envelope.digest:
        return []
    _require_new(state, said, today)
    number, item, credits, adopted_on = _counts_for(state, said)
    found = report_of(said, envelope.digest, number, item)
    decided = None if credits is None else (credits.amounts or {}).get(said.side)
    differing = tuple(differences(found, state.reports, decided, adopted_on))
    case = state.reports.case_of(said.side, number, item)
    opened: list[CaseOpened] = []
    if case is not None and not is_open(case):
        case = None
    if differing and case is None:
        opened = [open_case(state, acting, CASE_KINDS[DIFFERENCE], None)]
        case = opened[0].case
    recorded = ReportRecorded(
        at=acting.now,
        side=said.side,
        person=registry.person,
        decision=number,
        item=item,
        project=None if credits is None else credits.project,
        differences=differing,
        case=case,
        envelope=envelope,
    )
    return [recorded, *opened]


def _require_new(state: CommitteeState, said: Acknowledgement, today: date) -> None:
    named = f"report {said.report} of {said.side}"
    if state.reports.find(said.side, said.report) is not None:
        message = (
            f"{named} was recorded with other content; a report that replaces it has a name of its"
            " own and says so (supersedes)"
        )
        raise ReportError(message)
    if said.issued_on > today:
        message = f"{named} is dated {said.issued_on}, in the future; today is {today}"
        raise ReportError(message)
    if said.supersedes is None:
        return
    before = state.reports.find(said.side, said.supersedes)
    if before is None:
        message = f"{named} replaces {said.supersedes}, and {said.side} has reported no such thing"
        raise NotFoundError(message)
    if not state.reports.stands(before):
        message = f"{named} replaces {said.supersedes}, which another report has replaced already"
        raise ReportError(message)


def _counts_for(
    state: CommitteeState, said: Acknowledgement
) -> tuple[str, int, Credits | None, date | None]:
    """Return the decision's number, the item, its credits, and since when it stands.

    A correction says anew what an earlier item decided: a report on it counts for that item.
    """
    number = state.decided.get(said.decision)
    if number is None:
        return said.decision, said.item, None, None
    credits = state.ground.credits.get((number, said.item))
    if credits is not None:
        return number, said.item, credits, credits.origin.on
    corrected = [
        (key, found)
        for key, found in state.ground.credits.items()
        if found.origin.digest == said.decision and key[0] != number
    ]
    if len(corrected) == 1:
        (key, found), *_ = corrected
        return *key, found, found.origin.on
    return number, said.item, None, date.min  # of a decision without credits no day is kept
