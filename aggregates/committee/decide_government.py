"""Taking a government's report under Article 6.2: recorded once, with everything that differs.

It is never a decision of the committee, and the other side has no say in it.
"""

from __future__ import annotations

from aggregates.committee.acting import Acting
from aggregates.committee.events import GovernmentReportRecorded
from aggregates.committee.reporting import Place, place_at
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.government import Authorization, FirstTransfer, faults
from policies.government_reports import Decided, GovernmentRecord, differences
from policies.parties import alpha3
from policies.proof.acknowledging import check_government_report
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.statements import GovernmentReport
from policies.refusals import NotFoundError, ReportError
from policies.reports import Difference, Differs
from policies.texts import require_one_line, require_readable


def report(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Record a government's report; one that is known by its digest changes nothing.

    Raises `ReportError` for what contradicts itself, for a name that was used for other content,
    for a report that replaces none that stands, for a date in the future, and where the rulebook in
    force puts no credits under Article 6.2; `NotEntitledError` and others for signatures that are
    not the side's own. Everything else is recorded, with what differs.
    """
    said = read(envelope, GovernmentReport)
    require_context(said, state.committee.code, state.roster.founding)
    known = state.government.find(said.side, said.report)
    if known is not None and known.digest == envelope.digest:
        return []
    today = acting.today(state)
    registry = check_government_report(state.roster, envelope, today)
    require_readable(envelope.value, "the report")
    require_one_line(said.report, "report")
    place = _place(state, said)
    found = GovernmentRecord(
        side=said.side,
        report=said.report,
        digest=envelope.digest,
        decision=None if place is None else place.decision,
        item=None if place is None else place.item,
        act=said.says,
        supersedes=said.supersedes,
    )
    _require_sound(state, said)
    _require_new(state, found, acting)
    return [
        GovernmentReportRecorded(
            at=acting.now,
            on=today,
            side=said.side,
            person=None if registry is None else registry.person,
            decision=found.decision,
            item=found.item,
            project=None if place is None or place.credits is None else place.credits.project,
            differences=tuple(_differing(state, found, place)),
            envelope=envelope,
        )
    ]


def _place(state: CommitteeState, said: GovernmentReport) -> Place | None:
    """Return the item whose credits change hands; an authorization names its decisions itself."""
    named = said.decision is not None and said.item is not None
    if isinstance(said.says, Authorization):
        if said.decision is not None or said.item is not None:
            message = "an authorization names its decisions among its own members, not an item"
            raise ReportError(message)
        return None
    if not named:
        message = "a transfer, or an acquisition, names the decision and the item"
        raise ReportError(message)
    return place_at(state, str(said.decision), int(said.item or 0))


def _require_sound(state: CommitteeState, said: GovernmentReport) -> None:
    host = state.committee.partner
    rules = state.rulebook.article6
    if rules is None or not rules.applies.value:
        message = f"{state.rulebook.version} puts no credits of the committee under Article 6.2"
        raise ReportError(message)
    if isinstance(said.says, FirstTransfer) and said.side != host:
        message = f"projects are in {host}, which transfers first; the report is of {said.side}"
        raise ReportError(message)
    wrong = list(faults(said.says, alpha3(host)))
    if wrong:
        message = f"report {said.report} of {said.side} contradicts itself: {'; '.join(wrong)}"
        raise ReportError(message)
    approach = rules.cooperative_approach
    if approach is not None and _approach(said) not in (None, approach.value):
        message = f"{state.rulebook.version} names {approach.value}, the report {_approach(said)}"
        raise ReportError(message)


def _approach(said: GovernmentReport) -> str | None:
    if isinstance(said.says, Authorization):
        return said.says.cooperative_approach
    return said.says.itmos.range.first.approach


def _require_new(state: CommitteeState, found: GovernmentRecord, acting: Acting) -> None:
    """Refuse a name used before, a day ahead, and a replacement of nothing that stands."""
    reports = state.government
    if reports.find(found.side, found.report) is not None:
        message = (
            f"{found.place} was recorded with other content; a report that replaces it has a name"
            " of its own and says so (supersedes)"
        )
        raise ReportError(message)
    latest = acting.latest_day
    if found.act.on > latest:
        message = f"{found.place} is dated {found.act.on}, in the future; nowhere is it after"
        raise ReportError(f"{message} {latest}")
    before = None
    if found.supersedes is not None:
        before = reports.find(found.side, found.supersedes)
        if before is None:
            message = f"{found.place} replaces {found.supersedes}; there is no such report of it"
            raise NotFoundError(message)
        if not reports.stands(before):
            message = f"{found.place} replaces {found.supersedes}, which was replaced already"
            raise ReportError(message)
        if type(before.act) is not type(found.act):
            message = f"{found.place} replaces {found.supersedes}, which is of another kind"
            raise ReportError(message)
    if isinstance(found.act, Authorization):
        _require_next_version(state, found, found.act, before)


def _require_next_version(
    state: CommitteeState,
    found: GovernmentRecord,
    act: Authorization,
    before: GovernmentRecord | None,
) -> None:
    """An authorization's identifier is given once; what changes it is its next version."""
    standing = state.government.authorization(found.side, act.authorization)
    if standing is not None and standing != before:
        message = (
            f"{act.authorization} is authorized already by {standing.place}; its next version"
            " supersedes that report"
        )
        raise ReportError(message)
    if before is None or not isinstance(before.act, Authorization):
        return
    if before.act.authorization != act.authorization:
        message = f"{found.place} replaces {before.act.authorization}, not {act.authorization}"
        raise ReportError(message)
    if act.version <= before.act.version:
        message = f"version {act.version} of {act.authorization} follows {before.act.version}"
        raise ReportError(message)


def _differing(
    state: CommitteeState, found: GovernmentRecord, place: Place | None
) -> list[Difference]:
    if isinstance(found.act, Authorization):
        return [
            Difference(
                what=Differs.UNKNOWN_DECISION,
                detail=f"no decision of this committee has the digest {digest[:16]}…",
            )
            for digest in found.act.decisions
            if digest not in state.decided
        ]
    decided = Decided(known=False) if place is None else _decided(state, place)
    host = state.committee.partner
    differing = list(differences(found, state.government, decided, host))
    standing = state.government.authorization(host, found.act.authorization)
    if standing is not None and isinstance(standing.act, Authorization):
        named = [state.decided.get(digest, digest) for digest in standing.act.decisions]
        if named and found.decision not in named:
            message = f"{found.act.authorization} names {', '.join(named)}, not {found.decision}"
            differing.append(Difference(what=Differs.UNAUTHORIZED, detail=message))
    return differing


def _decided(state: CommitteeState, place: Place) -> Decided:
    credits = place.credits
    if credits is None:
        return Decided(known="/" in place.decision)  # a number has slashes, a digest has none
    key = (place.decision, place.item)
    return Decided(
        known=True,
        quantity=credits.quantity,
        parties={alpha3(side): amount for side, amount in (credits.amounts or {}).items()},
        on=credits.origin.on,
        period=credits.period,
        cut=state.rulebook.eligibility.monitoring_periods_cut_after.value,
        issued=tuple(
            (side, day)
            for side in state.committee.sides
            for day in sorted({r.on for r in state.reports.of_item(side, *key) if r.amount})
        ),
    )
