"""Folding events into state. Events are taken as given: rules ran when they were decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from aggregates.committee import events
from aggregates.committee.government import record_of
from aggregates.committee.reporting import report_of, reported_fact
from aggregates.committee.state import (
    Called,
    CommitteeState,
    Frozen,
    Meeting,
    Proposal,
    Said,
    Standing,
)
from aggregates.event import Event
from policies import history
from policies.consensus import Objection
from policies.facts import Fact
from policies.government_reports import GovernmentRecord, GovernmentReports
from policies.ground import Ground
from policies.items.past import HistoryAdoption
from policies.proof.adoption import RulebookInForce, rulebook_changes
from policies.proof.reading import read_recorded
from policies.proof.roster import take_appointment, take_engine, take_founding
from policies.proof.statements import (
    Acknowledgement,
    Appointment,
    Call,
    Decision,
    End,
    Engine,
    Founding,
    RollCall,
)
from policies.reports import Report, Reports
from policies.rulebook import parse_rulebook
from policies.sides import Committee
from policies.subjects import Origin


def evolve(state: CommitteeState | None, event: Event) -> CommitteeState:
    """Return the state after an event; the given state is used up."""
    if isinstance(event, events.CommitteeFounded):
        state = _founded(event)
    elif state is None:
        message = f"a stream begins with its founding, not with {event.topic}"
        raise ValueError(message)
    else:
        _take(state, event)
    state.last_at = event.at
    state.version += 1
    return state


def _founded(event: events.CommitteeFounded) -> CommitteeState:
    founding = read_recorded(event.envelope, Founding)
    roster = take_founding(founding, event.envelope.digest)
    text = parse_rulebook(event.rulebook)
    return CommitteeState(
        committee=roster.committee,
        roster=roster,
        in_force=RulebookInForce(text.digest),
        rulebooks={text.digest: text},
        statements={event.envelope.digest},
    )


def _take(state: CommitteeState, event: Event) -> None:
    match event:
        case events.AppointmentRecorded(envelope=envelope):
            appointment = read_recorded(envelope, Appointment)
            take_appointment(state.roster, appointment, envelope.digest)
            state.statements.add(envelope.digest)
            ends = (act for act in appointment.acts if isinstance(act, End))
            ended = (act.person for act in ends if act.role.sits)
            state.left |= dict.fromkeys(ended, event.at)
        case events.EngineStatementRecorded(envelope=envelope):
            take_engine(state.roster, read_recorded(envelope, Engine), envelope.digest)
            state.statements.add(envelope.digest)
        case events.RollCalled(envelope=envelope):
            year = read_recorded(envelope, Call).year
            state.roll_calls[year] = Called(envelope.digest, event.at)
        case events.RollCallAnswered(envelope=envelope):
            said = read_recorded(envelope, RollCall)
            known = state.roll_calls[said.year]
            answered = {**known.answered, said.keyid: event.at}
            state.roll_calls[said.year] = replace(known, answered=answered)
        case events.MeetingConvened():
            state.meetings[event.meeting] = Meeting(
                event.meeting, event.date, event.place, event.envelope
            )
        case events.CaseOpened(case=name, number=number):
            state.last_case = max(state.last_case, int(name.rpartition("/")[2]))
            state.past.reserved.change(partial(_reserve, [number], name))
        case events.CaseNumbered(case=name, number=number):
            state.past.reserved.change(partial(_reserve, [number], name))
        case events.ReportRecorded():
            _reported(state, event)
        case events.GovernmentReportRecorded():
            record = record_of(event)
            state.past.government.change(partial(_take_government, record))
        case events.ProposalDrafted():
            _drafted(state, event)
        case events.ProposalFrozen():
            _frozen(state, event)
        case events.ProposalDistributed():
            _change(state, event.proposal, stage=event.stage, distribution=event.envelope)
        case events.DecisionSigned():
            _signed(state, event)
        case events.AdoptionSigned():
            _change(state, event.proposal, adoption=event.adoption)
        case events.ReceiptGiven():
            _received(state, event)
        case events.ProposalClosed():
            state.proposals.pop(event.proposal, None)
            _forget_interests(state, event.proposal)
        case events.InterestDeclared(interest=number):
            state.interests[number] = event
            state.last_interest = max(state.last_interest, number)
        case events.InterestWithdrawn(interest=number):
            state.interests.pop(number, None)
        case events.DecisionAdopted():
            _adopted(state, event)
        case _:
            message = f"{event.topic} is no event of a committee"
            raise ValueError(message)


def _change(state: CommitteeState, proposal: int, **changes: object) -> None:
    state.proposals[proposal] = replace(state.proposals[proposal], **changes)


def _drafted(state: CommitteeState, event: events.ProposalDrafted) -> None:
    state.proposals[event.proposal] = proposal_drafted(state, event)
    state.last_proposal = max(state.last_proposal, event.proposal)


def proposal_drafted(state: CommitteeState, event: events.ProposalDrafted) -> Proposal:
    """Return a proposal as a draft leaves it: number and objections to answer stay with it."""
    before = state.proposals.get(event.proposal)
    return Proposal(
        id=event.proposal,
        version=event.version,
        stage=event.stage,
        content=event.content,
        number=None if before is None else before.number,
        answers=() if before is None else _answered(before),
    )


def _answered(before: Proposal) -> tuple[str, ...]:
    """Objections of every version so far that a later text has to answer."""
    found = {*before.answers, *(entry.digest for entry in before.objections)}
    return tuple(sorted(found))


def _frozen(state: CommitteeState, event: events.ProposalFrozen) -> None:
    text = Frozen(event.decision, event.annexes, state.roster.members, event.findings)
    _change(state, event.proposal, stage=event.stage, number=event.number, text=text)
    year, count = event.number.split("/")[1:]
    state.counts[int(year)] = max(state.counts.get(int(year), 0), int(count))
    given = [item.subject for item in text.decision.items if item.mints is not None]
    state.past.reserved.change(partial(_reserve, given, event.proposal))


def _forget_interests(state: CommitteeState, proposal: int) -> None:
    """Let go of what was declared about the items of a proposal that has ended."""
    for number in [n for n, said in state.interests.items() if said.proposal == proposal]:
        del state.interests[number]


def _reported(state: CommitteeState, event: events.ReportRecorded) -> None:
    said = read_recorded(event.envelope, Acknowledgement)
    report = report_of(said, event.envelope.digest, event.decision, event.item)
    state.past.reports.change(partial(_take_report, report, event.case))
    origin = Origin(event.decision, event.item, event.envelope.digest, said.issued_on, "signed")
    fact = reported_fact(said, event.project)
    state.past.ground.change(partial(_take_fact, fact, origin))


def _take_report(report: Report, case: str | None, reports: Reports) -> None:
    reports.take(report, case)


def _take_government(record: GovernmentRecord, reports: GovernmentReports) -> None:
    reports.take(record)


def _take_fact(fact: Fact, origin: Origin, ground: Ground) -> None:
    ground.take(fact, origin)


def _reserve(given: Sequence[str | None], owner: int | str, reserved: dict[str, int | str]) -> None:
    for number in given:
        if number is not None:
            reserved.setdefault(number, owner)


def _signed(state: CommitteeState, event: events.DecisionSigned) -> None:
    proposal = state.proposals[event.proposal].without_letters_of(event.person, event.at)
    said = Said(event.person, event.at, event.signature.keyid)
    signatures = (*proposal.signatures, (said, event.signature))
    state.proposals[event.proposal] = replace(proposal, stage=event.stage, signatures=signatures)


def _received(state: CommitteeState, event: events.ReceiptGiven) -> None:
    proposal = state.proposals[event.proposal]
    digest = event.assertion.digest if event.assertion is not None else (event.letter or "")
    if event.objects:
        person = state.roster.people[event.person]
        objection = Objection(
            event.person, person.name, person.side, event.reason, by_letter=event.assertion is None
        )
        proposal = replace(proposal, objections=(*proposal.objections, Standing(objection, digest)))
    elif event.assertion is not None:
        keyid = event.assertion.signatures[0].keyid
        said = Said(event.person, event.at, keyid, digest)
        proposal = replace(
            proposal.without_letters_of(event.person, event.at), affirmed=(*proposal.affirmed, said)
        )
    state.proposals[event.proposal] = replace(
        proposal, stage=event.stage, known=proposal.known | {(digest, event.person)}
    )


def _adopted(state: CommitteeState, event: events.DecisionAdopted) -> None:
    frozen = state.proposals[event.proposal].text
    state.past.ground.change(partial(_take_items, event, frozen, state.committee))
    state.past.decided.change(partial(_number, event.decision.digest, event.number))
    if event.annexes:  # among them is every record, and every rulebook that takes force
        decision = _decision(event, frozen)
        for item in decision.items:
            if isinstance(item, HistoryAdoption):
                state.past.decided.change(partial(_number_past, event, item.record))
        for change in rulebook_changes(decision):
            text = parse_rulebook(event.annexes[change.digest])
            state.rulebooks[text.digest] = text
            state.in_force.take(change)
    state.proposals.pop(event.proposal, None)
    _forget_interests(state, event.proposal)


def _decision(event: events.DecisionAdopted, frozen: Frozen | None) -> Decision:
    return read_recorded(event.decision, Decision) if frozen is None else frozen.decision


def _number(digest: str, number: str, decided: dict[str, str]) -> None:
    decided[digest] = number


def _take_items(
    event: events.DecisionAdopted, frozen: Frozen | None, committee: Committee, ground: Ground
) -> None:
    name = event.decision.digest
    for number, item in enumerate(_decision(event, frozen).items, start=1):
        origin = Origin(event.number, number, name, event.adopted_on, "signed")
        for fact in item.facts():
            ground.take(fact, origin)
        if isinstance(item, HistoryAdoption):
            _take_record(ground, event.annexes[item.record], name, committee)


def _number_past(event: events.DecisionAdopted, record: str, decided: dict[str, str]) -> None:
    """Keep the numbers of a record's decisions, by their digests there."""
    for past in history.parse_record(event.annexes[record]).decisions:
        decided[history.digest_of(past)] = past.number


def _take_record(ground: Ground, text: str, adopted_by: str, committee: Committee) -> None:
    """Take the rows of an adopted record as facts of their own days."""
    for past in history.parse_record(text).decisions:
        for number, row in past.items:
            origin = Origin(past.number, number, adopted_by, past.on, "adopted")
            for fact in history.facts_of(row, committee.sides):
                ground.take_past(fact, origin)
