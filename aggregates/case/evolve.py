"""Folding a case's events into its state. Events are taken as given."""

from __future__ import annotations

from msgspec.structs import replace

from aggregates.case import events
from aggregates.case.evolve_slips import apply_correction
from aggregates.case.state import CaseState, Entry, Opinion, Request, Tabled, Window
from aggregates.event import Event
from policies.documents import Document
from policies.lifecycles.cases import Stage


def evolve(state: CaseState | None, event: Event) -> CaseState:
    """Return the state after an event; the given state is used up."""
    if not isinstance(event, events.CaseEvent):
        message = f"{event.topic} is no event of a case"
        raise TypeError(message)
    if isinstance(event, events.CaseSubmitted):
        state = _submitted(event)
    elif state is None:
        message = f"a case begins with its submission, not with {event.topic}"
        raise ValueError(message)
    elif isinstance(event, events.SlipCorrected):
        apply_correction(state, event)
    else:
        _take(state, event)
    if not isinstance(event, events.SlipCorrected):
        _step(state, event)
    state.last_at = event.at
    state.version += 1
    return state


def _step(state: CaseState, event: events.CaseEvent) -> None:
    if event.stage is not state.stage:
        state.stage, state.entered = event.stage, event.on
    if not isinstance(event, events.InputsClosed):  # a window closes by itself: nobody's step
        state.last_on = max(state.last_on, event.on)
    state.entries[state.version + 1] = Entry(event.topic, event.on, event.stage)


def _submitted(event: events.CaseSubmitted) -> CaseState:
    planned = event.number if event.stage is Stage.IDEA_NOTE else None
    return CaseState(
        case=event.case,
        committee=event.committee,
        kind_name=event.kind,
        title=event.title,
        number=event.number,
        submitter=event.submitter,
        asks=dict(event.asks),
        documents=event.documents,
        rulebook=event.rulebook,
        after=event.after,
        supersedes=event.supersedes,
        stage=event.stage,
        opened=event.on,
        entered=event.on,
        last_on=event.on,
        last_at=event.at,
        planned=planned,
    )


def _take(state: CaseState, event: events.CaseEvent) -> None:
    match event:
        case events.DesignSubmitted():
            state.number = event.number
            state.asks |= event.asks
            _file(state, event.documents)
        case (
            events.DocumentsFiled()
            | events.Corrected()
            | events.ResponseGiven()
            | events.CaseWithdrawn()
            | events.DifferenceExplained()
        ):
            _file(state, event.documents)
        case events.FoundComplete():
            state.complete_on = event.on
        case events.FoundIncomplete():
            state.issues = (event.reason,)
        case events.EditorialIssuesFound():
            state.issues = event.issues
        case events.PublishedForInputs():
            state.window = Window(event.opens, event.closes)
        case events.InputReceived():
            state.inputs += event.by is not None
        case events.InputsClosed():
            if state.window is not None:
                state.window = replace(state.window, closed=True)
        case events.RequestRaised():
            state.requests[event.request] = Request(event.request, event.what, event.text)
        case events.RequestAnswered():
            known = state.requests[event.request]
            state.requests[event.request] = replace(known, answered=True)
            _file(state, event.documents)
        case events.RequestResolved():
            known = state.requests[event.request]
            state.requests[event.request] = replace(known, resolved=True)
        case events.OpinionGiven():
            state.opinion = Opinion(
                event.opinion, event.entity, event.report, event.on, event.quantity
            )
            _file(state, event.documents)
        case events.DecisionRequested():
            state.asks |= event.asks
            _file(state, event.documents)
        case events.CaseTabled():
            state.tabled = Tabled(event.proposal, event.version, event.item, event.number)
        case events.CaseUntabled():
            state.tabled = None
        case events.CaseDecided():
            state.tabled = None
            state.adoptions = (*state.adoptions, event.adoption)
            state.extended_until = event.until or state.extended_until
        case events.DifferenceReconciled():
            pass
        case _:
            message = f"{event.topic} is no event of a case"
            raise ValueError(message)


def _file(state: CaseState, documents: tuple[Document, ...]) -> None:
    """Add documents; a newer version of a kind and title stands in the place of the older one."""
    kept = {(document.kind, document.title): document for document in state.documents}
    kept |= {(document.kind, document.title): document for document in documents}
    state.documents = tuple(kept.values())
