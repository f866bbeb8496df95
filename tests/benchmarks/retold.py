"""The engine's own decisions, asked for again: what it would record of the same commands."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from aggregates.committee import (
    decide_distribution,
    decide_founding,
    decide_proposal,
    decide_text,
    decide_voices,
    events,
)
from aggregates.committee.acting import Acting, Seal, after
from aggregates.committee.evolve import evolve
from aggregates.committee.settle import Command as Deciding
from aggregates.committee.settle import perform, settle
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.rulebook import parse_rulebook
from tests.benchmarks.proceedings import Command


class Retelling:
    """One committee as the engine decides it, command by command."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self.state: CommitteeState | None = None

    def decided(self, command: Command) -> list[Event]:
        """Return what the engine records when it is told the same at the same instant."""
        first = command.events[0]
        if isinstance(first, events.CommitteeFounded):
            text = parse_rulebook(first.rulebook)
            found = decide_founding.found(self.state, Acting(command.at), first.envelope, text)
            for event in found:
                self.state = evolve(self.state, event)
            return found
        assert self.state is not None
        acting = Acting(after(self.state, command.at), self.seal)
        due = list(settle(self.state, acting))
        if isinstance(first, events.DecisionAdopted):
            return due
        return [*due, *perform(self.state, acting, _told(self.state, first))]


def _told(state: CommitteeState, event: Event) -> Deciding:
    """Return the command that an event follows from."""
    match event:
        case events.AppointmentRecorded():
            return partial(_appoint, event)
        case events.EngineStatementRecorded():
            return lambda s, a: decide_founding.state_engine(s, a, event.envelope)
        case events.MeetingConvened():
            return lambda s, a: decide_distribution.convene(s, a, event.date, event.place)
        case events.ProposalDrafted():
            return partial(_propose, event)
        case events.ProposalDistributed():
            return lambda s, a: decide_distribution.distribute(s, a, event.proposal)
        case events.DecisionSigned():
            text = decide_proposal.frozen(state.proposals[event.proposal])
            signed = text.envelope.signed_by(event.signature)
            return lambda s, a: decide_voices.sign(s, a, signed)
        case events.ReceiptGiven(assertion=assertion) if assertion is not None:
            return lambda s, a: decide_voices.assertion(s, a, assertion)
        case events.ProposalClosed():
            return lambda s, a: decide_proposal.withdraw(s, a, event.proposal, event.detail)
    raise ValueError(f"no command is known that {event.topic} follows from")


def _appoint(
    event: events.AppointmentRecorded, state: CommitteeState, acting: Acting
) -> Iterable[Event]:
    return decide_founding.appoint(state, acting, event.envelope)


def _propose(
    event: events.ProposalDrafted, state: CommitteeState, acting: Acting
) -> Iterable[Event]:
    revises = event.proposal if event.version > 1 else None
    yield decide_text.draft(state, acting, event.content, revises=revises)
    yield from decide_text.freeze(state, acting, event.proposal)
