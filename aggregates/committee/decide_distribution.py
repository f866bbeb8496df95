"""What goes out to all members: a text by electronic means, or a meeting's convening."""

from __future__ import annotations

from datetime import date

from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import find, frozen
from aggregates.committee.events import MeetingConvened, ProposalDistributed
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.lifecycles.proposal import Step, stage_after
from policies.proof.statements import ByElectronicMeans, Distribution, OfConvening, OfText
from policies.refusals import StepNotAllowedError, UnreadableError
from policies.texts import require_one_line, require_readable


def convene(
    state: CommitteeState, acting: Acting, day: date, place: str, meeting: str | None = None
) -> list[Event]:
    """Convene a meeting to all members, before its date."""
    for what, text in {"place": place, "meeting": meeting}.items():
        require_readable(text, what)
        require_one_line(text, what)
    if not place.strip():
        message = "the convening does not say where the committee meets"
        raise UnreadableError(message)
    name = meeting or f"{state.committee.code}/M/{len(state.meetings) + 1:03}"
    known = state.meetings.get(name)
    if known is not None:
        if (known.date, known.place) == (day, place):
            return []
        message = f"{name} is convened for {known.date}; name another meeting"
        raise StepNotAllowedError(message)
    today = acting.today(state)
    if day <= today:
        message = f"a meeting is convened before its date; {day} is not after {today}"
        raise StepNotAllowedError(message)
    envelope = acting.record(
        Distribution(
            committee=state.committee.code,
            founding=state.roster.founding,
            what=OfConvening(meeting=name, date=day),
            members=_members(state, today),
            at=acting.now,
        )
    )
    return [MeetingConvened(at=acting.now, meeting=name, date=day, place=place, envelope=envelope)]


def distribute(state: CommitteeState, acting: Acting, proposal_id: int) -> list[Event]:
    """Record that a frozen text went out to all members, on the day that the text names."""
    proposal = find(state, proposal_id)
    stage = stage_after(Step.DISTRIBUTE, proposal.stage, proposal.name)
    text = frozen(proposal)
    procedure = text.decision.procedure
    if not isinstance(procedure, ByElectronicMeans):
        message = f"{proposal.name} is for a meeting; it is convened, not distributed"
        raise StepNotAllowedError(message)
    today = acting.today(state)
    if procedure.distributed != today:
        message = (
            f"the text says that it is distributed on {procedure.distributed}, today is {today};"
            " make a new version"
        )
        raise StepNotAllowedError(message)
    envelope = acting.record(
        Distribution(
            committee=state.committee.code,
            founding=state.roster.founding,
            what=OfText(
                decision=text.envelope.digest,
                distributed=procedure.distributed,
                closes=procedure.closes,
            ),
            members=_members(state, today),
            at=acting.now,
        )
    )
    return [
        ProposalDistributed(at=acting.now, proposal=proposal.id, stage=stage, envelope=envelope)
    ]


def _members(state: CommitteeState, day: date) -> tuple[str, ...]:
    members = tuple(seat.person for seat in state.roster.seats(day))
    sides = {seat.side for seat in state.roster.seats(day)}
    absent = [side for side in state.committee.sides if side not in sides]
    if absent:
        message = f"{' and '.join(absent)} has nobody in the committee to send it to"
        raise StepNotAllowedError(message)
    return members
