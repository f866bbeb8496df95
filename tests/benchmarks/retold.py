"""The engine's own decisions, asked for again: what it would record of the same commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from aggregates.case.dossier import dossier_of
from aggregates.case.item import item_of
from aggregates.committee import (
    decide_cases,
    decide_distribution,
    decide_founding,
    decide_interests,
    decide_proposal,
    decide_reports,
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
from policies.cases import CASE_KINDS
from policies.numbers import Family
from policies.proof.merkle import EMPTY_ROOT
from policies.proof.statements import OldLog
from policies.rulebook import parse_rulebook
from tests.benchmarks.proceedings import Command
from tests.benchmarks.retold_cases import RetoldCases


class Retelling:
    """One committee as the engine decides it, command by command."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self.state: CommitteeState | None = None
        self.cases = RetoldCases()

    def decided(self, command: Command) -> Command:
        """Return the command with what the engine records when it is told the same then."""
        found = self._decided(command) if command.events else []
        beside = self.cases.decided(command, self.state)
        return replace(command, events=found, beside=beside)

    def _decided(self, command: Command) -> list[Event]:
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
        return [*due, *perform(self.state, acting, self._told(self.state, first))]

    def _told(self, state: CommitteeState, event: Event) -> Deciding:
        """Return the command that an event follows from."""
        match event:
            case events.ProposalDrafted():
                return partial(self._propose, event)
            case events.ReportRecorded(envelope=envelope):
                return lambda s, a: decide_reports.report(s, a, envelope, self.cases.is_open)
        return _told(state, event)

    def _propose(
        self, event: events.ProposalDrafted, state: CommitteeState, acting: Acting
    ) -> Iterable[Event]:
        revises = event.proposal if event.version > 1 else None
        yield decide_text.draft(state, acting, event.content, revises=revises)
        dossiers = {}
        for answer in event.content.get("cases", []):
            case = self.cases.states[answer["case"]]
            assert item_of(case, _short(event, answer)) == _item(event, answer)
            pinned = state.rulebooks[case.rulebook.digest].rulebook
            dossiers[answer["item"]] = dossier_of(case, pinned)
        yield from decide_text.freeze(state, acting, event.proposal, dossiers=dossiers)


def _item(event: events.ProposalDrafted, answer: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = event.content["items"][answer["item"] - 1]
    return item


def _short(event: events.ProposalDrafted, answer: dict[str, Any]) -> dict[str, Any]:
    """Return what a secretariat writes in place of the item that a case asks for."""
    result = _item(event, answer).get("result", "approved")
    return {"case": answer["case"]} | ({} if result == "approved" else {"outcome": result})


def _engine(
    event: events.EngineStatementRecorded, state: CommitteeState, acting: Acting
) -> list[Event]:
    unpublished = OldLog(size=0, root=EMPTY_ROOT.hex())
    return decide_founding.state_engine(
        state, acting, event.envelope, ended=unpublished, uncovered=0
    )


def _told(state: CommitteeState, event: Event) -> Deciding:
    """Return the command that an event follows from, which needs nothing of the cases."""
    match event:
        case events.AppointmentRecorded():
            return partial(_appoint, event)
        case events.EngineStatementRecorded():
            return partial(_engine, event)
        case events.MeetingConvened():
            return lambda s, a: decide_distribution.convene(s, a, event.date, event.place)
        case events.CaseOpened(kind=name, number=number):
            kind = CASE_KINDS[name]
            noted = number is not None and Family.IDEA_NOTE.fits(number, state.committee.partner)
            family = Family.IDEA_NOTE if noted else kind.family
            return lambda s, a: [decide_cases.open_case(s, a, kind, family)]
        case events.CaseNumbered(case=case):
            return lambda s, a: [decide_cases.number_case(s, a, case, Family.PROJECT)]
        case events.InterestDeclared() | events.InterestWithdrawn():
            return partial(_interest, event)
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


def _interest(
    event: events.InterestDeclared | events.InterestWithdrawn,
    state: CommitteeState,
    acting: Acting,
) -> Iterable[Event]:
    voice = decide_interests.Voice(event.person)
    if isinstance(event, events.InterestWithdrawn):
        said: dict[str, Any] = {"interest": event.interest, "reason": event.reason}
        return [decide_interests.withdraw(state, acting, voice, **said)]
    assert event.proposal is not None
    assert event.item is not None
    said = {"proposal": event.proposal, "item": event.item, "text": event.text}
    return [decide_interests.declare_in_item(state, acting, voice, **said)]
