"""The engine's own steps of cases, asked for again: what it would record of the same commands."""

from __future__ import annotations

from typing import TypeVar

from aggregates.case import (
    decide_audit,
    decide_differences,
    decide_inputs,
    decide_papers,
    decide_table,
    events,
)
from aggregates.case.acting import Acting
from aggregates.case.evolve import evolve
from aggregates.case.state import CaseState
from aggregates.committee.events import (
    CaseNumbered,
    CaseOpened,
    DecisionAdopted,
    ProposalClosed,
    ReportRecorded,
)
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.calendar import day_of
from policies.cases import CASE_KINDS
from policies.cases.keepers import require_keeper
from policies.lifecycles.cases import Stage
from tests.benchmarks.proceedings import Command

E = TypeVar("E", bound=Event)


class RetoldCases:
    """The cases of one committee as the engine decides them, step by step."""

    def __init__(self) -> None:
        self.states: dict[str, CaseState] = {}

    def is_open(self, case: str) -> bool:
        """Whether a case of the docket is still open."""
        return case in self.states and self.states[case].is_open

    def decided(
        self, command: Command, committee: CommitteeState | None
    ) -> list[tuple[str, int, Event]]:
        """Return what the engine records in the cases' streams beside a command."""
        found: list[tuple[str, int, Event]] = []
        for case, _version, event in command.beside:
            assert committee is not None
            assert isinstance(event, events.CaseEvent)
            state = self.states.get(case)
            version = 0 if state is None else state.version
            decided = self._decided(case, event, command, committee)
            self.states[case] = evolve(state, decided)
            found.append((case, version + 1, decided))
        return found

    def _decided(
        self, case: str, event: events.CaseEvent, command: Command, committee: CommitteeState
    ) -> events.CaseEvent:
        if isinstance(event, events.CaseSubmitted):
            return _submitted(event, command, committee)
        state = self.states[case]
        rulebook = committee.rulebooks[state.rulebook.digest].rulebook
        acting = Acting(command.at, day_of(command.at, rulebook.zone), event.by, rulebook)
        match event:
            case events.InputsClosed():
                return decide_inputs.settle(state, command.at, rulebook)[0]
            case events.CaseDecided() | events.CaseUntabled():
                return _followed(state, command)
            case events.DifferenceReconciled():
                return decide_differences.reconcile(state, committee, command.at)[0]
        require_keeper(committee.roster, event.by, acting.today)
        return _step(state, acting, event, command)


def _submitted(
    event: events.CaseSubmitted, command: Command, committee: CommitteeState
) -> events.CaseEvent:
    opened = _told(command, CaseOpened)
    in_force = committee.rulebooks[committee.in_force.digest]
    if opened.kind == decide_differences.KIND.name:
        report = _told(command, ReportRecorded)
        registry = committee.roster.people[report.person].name
        return decide_differences.open_difference(
            opened, report, registry=registry, rulebook=in_force, after=committee.version
        )
    today = day_of(command.at, in_force.rulebook.zone)
    require_keeper(committee.roster, event.by, today)
    return decide_papers.submit(
        Acting(command.at, today, event.by, in_force.rulebook),
        case=opened.case,
        committee=committee.committee.code,
        kind=CASE_KINDS[opened.kind],
        title=event.title,
        number=opened.number,
        submitter=event.submitter,
        asks=event.asks,
        documents=event.documents,
        rulebook=event.rulebook,
        after=committee.version,
        idea_note=event.stage is Stage.IDEA_NOTE,
    )


def _followed(state: CaseState, command: Command) -> events.CaseEvent:
    """Follow the proposal that ended in the command; several may, and the case was in one."""
    ended = (e for e in command.events if isinstance(e, DecisionAdopted | ProposalClosed))
    moved = (decide_table.follow(state, outcome, command.at) for outcome in ended)
    return next(found[0] for found in moved if found)


def _step(
    state: CaseState, acting: Acting, event: events.CaseEvent, command: Command
) -> events.CaseEvent:
    match event:
        case events.DesignSubmitted(asks=asks, documents=documents):
            number = _told(command, CaseNumbered).number
            return decide_papers.submit_design(state, acting, number, asks, documents)
        case events.FoundComplete():
            return decide_papers.find_complete(state, acting)
        case events.EditorialIssuesFound(issues=issues):
            return decide_papers.find_editorial(state, acting, issues)
        case events.Corrected(documents=documents):
            return decide_papers.correct(state, acting, documents)
        case events.PublishedForInputs():
            return decide_inputs.publish(state, acting)
        case events.InputReceived(author=author, text=text, public=public):
            return decide_inputs.comment(state, acting, author, text, public=public)
        case events.RequestRaised(what=what, text=text):
            return decide_audit.raise_request(state, acting, what, text)
        case events.RequestAnswered(request=request, text=text):
            return decide_audit.answer(state, acting, request, text, event.documents)
        case events.RequestResolved(request=request):
            return decide_audit.resolve(state, acting, request)
        case events.OpinionGiven(report=report, documents=documents, quantity=quantity):
            return decide_audit.opine(
                state, acting, event.opinion, report, documents=documents, quantity=quantity
            )
        case events.DecisionRequested(asks=asks, documents=documents):
            return decide_audit.request(state, acting, asks, documents)
        case events.CaseWithdrawn(reason=reason, documents=documents):
            return decide_papers.withdraw(state, acting, reason, documents)
        case events.CaseTabled(proposal=proposal, version=version, item=item, number=number):
            return decide_table.table(
                state, acting, proposal=proposal, version=version, item=item, number=number
            )
    raise ValueError(f"no step is known that {event.topic} follows from")


def _told(command: Command, kind: type[E]) -> E:
    return next(event for event in command.events if isinstance(event, kind))
