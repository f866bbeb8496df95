"""Settling: what has become due by an instant is recorded, in the order of the due instants.

Every command settles first and is judged after that; the scheduler's sweep is the same call with
no command. So no outcome depends on whether or when a sweep ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import close, frozen
from aggregates.committee.decide_text import check
from aggregates.committee.events import DecisionAdopted, Signer
from aggregates.committee.evolve import evolve
from aggregates.committee.standing import adoption_statement, standing, term_boundaries
from aggregates.committee.state import CommitteeState, Proposal
from aggregates.event import Event
from policies.calendar import end_of
from policies.consensus import ConsensusResult
from policies.findings import refusals
from policies.lifecycles.proposal import Stage, Step, stage_after
from policies.proof import adoption as rule
from policies.proof.dsse import Envelope
from policies.proof.post_quantum import require_post_quantum
from policies.proof.reading import read
from policies.proof.statements import Adoption as AdoptionStatement
from policies.proof.statements import AtMeeting
from policies.refusals import Refusal

Command = Callable[[CommitteeState, Acting], Iterable[Event]]

_Due = tuple[datetime, int, int]
"""Instant, adoption before lapse, proposal: the order in which due things are recorded."""


def settle(state: CommitteeState, acting: Acting) -> Iterator[Event]:
    """Yield, having applied each to the state, the events that are due by now.

    All are judged at the instants since the last event before them: what is recorded late says
    nothing of what else became due in between.
    """
    since = state.last_at or acting.now
    while True:
        event = _next(state, acting, since)
        if event is None:
            return
        evolve(state, event)
        yield event


def _next(state: CommitteeState, acting: Acting, since: datetime) -> Event | None:
    found: tuple[_Due, Event] | None = None
    for proposal in state.proposals.values():
        due = _due(state, proposal, acting, since)
        if due is not None and (found is None or due[0] < found[0]):
            found = due
    return None if found is None else found[1]


def _due(
    state: CommitteeState, proposal: Proposal, acting: Acting, since: datetime
) -> tuple[_Due, Event] | None:
    if proposal.text is None:
        return None
    decision = proposal.text.decision
    lapses = end_of(decision.expires, state.rulebook_of(decision).zone)
    if proposal.stage is Stage.OPEN:
        for instant in _instants(state, proposal, since, acting.now):
            if instant >= lapses:
                break
            result = standing(state, proposal, instant)
            if result:
                event = _conclude(state, acting, proposal, result)
                if event is not None:
                    return (instant, 0, proposal.id), event
                break
    if acting.now >= lapses:
        detail = f"not adopted by {decision.expires}"
        return (lapses, 1, proposal.id), close(state, acting, proposal, Step.LAPSE, detail)
    return None


def _instants(
    state: CommitteeState, proposal: Proposal, since: datetime, now: datetime
) -> list[datetime]:
    """Return the instants since then at which time alone may have completed the text.

    The end of its window, and the days on which a term begins or ends; what people do is settled
    when they do it, and everything before the last event was settled then.
    """
    text = frozen(proposal)
    procedure = text.decision.procedure
    if isinstance(procedure, AtMeeting):
        return [now]
    zone = state.rulebook_of(text.decision).zone
    instants = {end_of(procedure.closes, zone), now, *term_boundaries(state, zone)}
    return sorted(instant for instant in instants if since <= instant <= now)


def _conclude(
    state: CommitteeState, acting: Acting, proposal: Proposal, result: ConsensusResult
) -> Event | None:
    """Return the adoption, or the close by name where it conflicts with what stands now.

    None while the record key is away and the co-chairs have not recorded the adoption themselves,
    and for an adoption that a verifier would not accept: the text then stays open.
    """
    text = frozen(proposal)
    statement = adoption_statement(state, proposal, result)
    conflict = _conflict(state, proposal, statement)
    if conflict is not None:
        return close(state, acting, proposal, Step.CONFLICT, conflict)
    adoption = _recorded(state, acting, proposal, statement)
    if adoption is None:
        return None
    stage_after(Step.ADOPT, proposal.stage, proposal.name)
    counting = {seat.person for seat in result.signers}
    signatures = [s for said, s in proposal.signatures if said.person in counting]
    active = [s for s in signatures if state.roster.keys[s.keyid].active]
    decision = text.envelope.signed_by(*active)
    procedure = text.decision.procedure
    at_meeting = isinstance(procedure, AtMeeting)
    distribution = (
        state.meetings[procedure.meeting].envelope
        if isinstance(procedure, AtMeeting)
        else proposal.distribution
    )
    if distribution is None:
        message = f"{proposal.name} is open without its {'convening' if at_meeting else 'window'}"
        raise ValueError(message)
    try:
        _require_provable(state, proposal, decision, adoption, distribution)
    except Refusal:
        return None
    return DecisionAdopted(
        at=acting.now,
        proposal=proposal.id,
        number=text.decision.number,
        adopted_on=statement.adopted_on,
        decision=decision,
        adoption=adoption,
        distribution=distribution,
        annexes=dict(text.annexes),
        signers=tuple(
            Signer(side=seat.side, person=seat.person, name=seat.name, role=seat.title)
            for seat in result.signers
        ),
    )


def _conflict(
    state: CommitteeState, proposal: Proposal, statement: AdoptionStatement
) -> str | None:
    """Say why the text can no longer be adopted: the rulebook in force, or what is decided now."""
    text = frozen(proposal)
    try:
        rule.require_in_force(state.in_force, text.decision)
    except Refusal as refusal:
        return f"{refusal.name}: {refusal}"
    findings = check(state, text.decision, dict(text.annexes), statement.adopted_on)
    barred = refusals(findings)
    return "; ".join(str(finding) for finding in barred) if barred else None


def _recorded(
    state: CommitteeState, acting: Acting, proposal: Proposal, statement: AdoptionStatement
) -> Envelope | None:
    """Return the adoption record, signed by the record key or by a co-chair of each side."""
    if acting.seal is not None:
        return acting.record(statement)
    signed = proposal.adoption
    if signed is None or read(signed, AdoptionStatement) != statement:
        return None
    try:
        rule.require_adoption_signed(state.roster, signed, statement)
    except Refusal:
        return None
    return signed


def _require_provable(
    state: CommitteeState,
    proposal: Proposal,
    decision: Envelope,
    adoption: Envelope,
    distribution: Envelope,
) -> None:
    """Hold the adoption against the verifier's own rule before it is recorded."""
    text = frozen(proposal)
    statement = read(adoption, AdoptionStatement)
    roster = state.roster
    signed = rule.signers(roster, decision, statement)
    rule.require_adoption(
        roster, decision, text.decision, statement, signed=signed, awaited=text.awaited
    )
    rule.require_adoption_signed(roster, adoption, statement)
    sent = rule.require_distributed(roster, distribution, text.decision, decision.digest)
    rulebook = state.rulebook_of(text.decision)
    require_post_quantum(roster, decision, rulebook)
    rule.require_timely(text.decision, sent, rulebook)
    rule.require_all_told(roster, text.awaited, sent, rulebook)


def perform(state: CommitteeState, acting: Acting, command: Command) -> list[Event]:
    """Take a command's events, and settle what they completed; the state is settled before."""
    events = []
    for event in command(state, acting):
        evolve(state, event)
        events.append(event)
    events.extend(settle(state, acting))
    return events
