"""How far a proposal is, at an instant: the question that consensus answers, from the state."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from aggregates.committee.decide_proposal import frozen
from aggregates.committee.state import CommitteeState, Proposal
from policies.calendar import day_of, end_of, start_of
from policies.consensus import ConsensusResult, Question, judge
from policies.proof.statements import Adoption, AtMeeting
from policies.refusals import ConsensusMissingError


def question_of(state: CommitteeState, proposal: Proposal, instant: datetime) -> Question:
    """Return the text as a question to those who sit in the committee at that instant.

    Days are counted in the time zone of the rulebook that the text names.
    """
    text = frozen(proposal)
    zone = state.rulebook_of(text.decision).zone
    procedure = text.decision.procedure
    at_meeting = isinstance(procedure, AtMeeting)
    return Question(
        committee=state.committee,
        procedure="meeting" if at_meeting else "electronic",
        seats=state.roster.seats(day_of(instant, zone)),
        awaited=text.awaited,
        opened=start_of(
            procedure.date if isinstance(procedure, AtMeeting) else procedure.distributed, zone
        ),
        closes=None if isinstance(procedure, AtMeeting) else end_of(procedure.closes, zone),
        zone=zone,
        seated=_seated(state, text.awaited, instant, zone),
        entitled=_entitled(state, day_of(instant, zone), zone),
    )


def term_boundaries(state: CommitteeState, zone: ZoneInfo) -> set[datetime]:
    """Return every instant at which somebody's term begins, or is over."""
    terms = [term for person in state.roster.people.values() for _role, term in person.terms]
    begins = {start_of(term.begins, zone) for term in terms}
    return begins | {end_of(term.ends, zone) for term in terms if term.ends is not None}


def _seated(
    state: CommitteeState, awaited: frozenset[str], instant: datetime, zone: ZoneInfo
) -> datetime | None:
    """Return when the last awaited member left, which alone may have completed a text."""
    people = [state.roster.people[person] for person in awaited]
    terms = [term for person in people for role, term in person.terms if role.sits]
    ends = [end_of(term.ends, zone) for term in terms if term.ends is not None]
    left = [state.left[person] for person in awaited if person in state.left]
    return max((at for at in (*ends, *left) if at <= instant), default=None)


def _entitled(state: CommitteeState, day: date, zone: ZoneInfo) -> dict[str, datetime]:
    """Return since when those who may sign on a day may do so without a break."""
    found = {}
    for person in state.roster.people.values():
        if person.signs(day):
            begins = {term.begins for _role, term in person.terms if term.begins <= day}
            whole = (first for first in sorted(begins, reverse=True) if person.takes_up(first))
            found[person.person] = start_of(next(whole), zone)
    return found


def standing(state: CommitteeState, proposal: Proposal, instant: datetime) -> ConsensusResult:
    """Say how far a frozen proposal is at an instant."""
    rulebook = state.rulebook_of(frozen(proposal).decision)
    voices = proposal.voices(state.roster, rulebook)
    return judge(question_of(state, proposal, instant), voices, instant)


def adoption_statement(
    state: CommitteeState, proposal: Proposal, result: ConsensusResult
) -> Adoption:
    """Return the adoption record that follows from a consensus."""
    if result.path is None or result.adopted_on is None:
        message = f"{proposal.name} is not agreed: {result.says}"
        raise ConsensusMissingError(message)
    return Adoption(
        committee=state.committee.code,
        founding=state.roster.founding,
        decision=frozen(proposal).envelope.digest,
        adopted_on=result.adopted_on,
        path=result.path,
        roster=state.roster.digest,
        rulebook=state.in_force.digest,
        heads=dict(state.roster.heads),
        assertions=tuple(sorted({said.assertion for said in proposal.affirmed if said.assertion})),
    )


def unrecorded_sides(
    state: CommitteeState, proposal: Proposal, result: ConsensusResult
) -> tuple[str, ...]:
    """Return the sides of which nobody has signed the record of an adoption as it follows now.

    Asked where the record key is away, and a co-chair of each side signs in its place.
    """
    begun = proposal.adoption
    wanted = adoption_statement(state, proposal, result).envelope().digest
    marks = begun.signatures if begun is not None and begun.digest == wanted else ()
    signed = {state.roster.keys[mark.keyid].side for mark in marks}
    return tuple(side for side in state.committee.sides if side not in signed)
