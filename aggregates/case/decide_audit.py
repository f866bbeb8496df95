"""Validation and verification: requests of the third-party entity, and its opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

from aggregates.case import events
from aggregates.case.acting import Acting, require_papers, require_text, sound, taken
from aggregates.case.state import CaseState, Request
from policies.documents import Document
from policies.items.kind import MAX_QUANTITY
from policies.lifecycles.cases import Step
from policies.refusals import ItemError, NotFoundError, StepNotAllowedError, UnreadableError
from policies.texts import require_one_line, require_readable

What = Literal["CAR", "CL", "FAR"]


def raise_request(state: CaseState, acting: Acting, what: What, text: str) -> events.RequestRaised:
    """Raise a request; it is numbered among those of its sort."""
    require_text(text, "text")
    if what not in get_args(What):
        message = f"{what!r} is no request; there are {', '.join(get_args(What))}"
        raise UnreadableError(message)
    count = sum(known.what == what for known in state.requests.values()) + 1
    return events.RequestRaised(
        **taken(state, acting, Step.RAISE), request=f"{what}{count}", what=what, text=text
    )


def answer(
    state: CaseState,
    acting: Acting,
    request: str,
    text: str,
    documents: Sequence[Document] = (),
) -> events.RequestAnswered:
    """Answer a request."""
    require_text(text, "text")
    step = taken(state, acting, Step.ANSWER)
    known = _open(state, request)
    return events.RequestAnswered(
        **step, request=known.request, text=text, documents=sound(documents, state)
    )


def resolve(state: CaseState, acting: Acting, request: str) -> events.RequestResolved:
    """Accept the answer to a request."""
    step = taken(state, acting, Step.RESOLVE)
    known = _open(state, request)
    if not known.answered:
        message = f"{state.name}: {request} is not answered yet"
        raise StepNotAllowedError(message)
    return events.RequestResolved(**step, request=request)


def opine(
    state: CaseState,
    acting: Acting,
    opinion: Literal["positive", "negative"],
    report: str,
    *,
    documents: Sequence[Document],
    quantity: int | None = None,
) -> events.OpinionGiven:
    """Give the opinion of the entity that the case names.

    A positive one waits for the end of the public's inputs and for every request but those for
    forward action (ADB 2019, Figure 7); one of a verification says how much it has verified.
    """
    require_text(report, "report")
    require_one_line(report, "report")
    if opinion not in ("positive", "negative"):
        message = f"an opinion is positive or negative, not {opinion!r}"
        raise UnreadableError(message)
    positive = opinion == "positive"
    step = taken(state, acting, Step.OPINE_POSITIVE if positive else Step.OPINE_NEGATIVE)
    entity = state.asks.get("entity")
    if entity is None:
        message = f"{state.name} names no third-party entity (asks.entity)"
        raise NotFoundError(message)
    if positive:
        require_papers(state, acting, Step.OPINE_POSITIVE, documents)
        _require_heard(state)
        _require_resolved(state)
        if (quantity is None) == (state.kind.work == "verification"):
            verified = "needs the quantity that it" if quantity is None else "has no quantity to be"
            message = f"{state.name}: its {state.kind.work} {verified} verified"
            raise ItemError(message)
        if quantity is not None and not 0 <= quantity <= MAX_QUANTITY:
            message = f"{state.name}: {quantity:,} tCO2e cannot be verified; 0 to {MAX_QUANTITY:,}"
            raise ItemError(message)
    return events.OpinionGiven(
        **step,
        opinion=opinion,
        entity=entity,
        report=report,
        quantity=quantity if positive else None,
        documents=sound(documents, state),
    )


def request(
    state: CaseState, acting: Acting, asks: Any, documents: Sequence[Document]
) -> events.DecisionRequested:
    """Ask the committee to decide, with the papers of the request."""
    require_readable(asks, "asks")
    step = taken(state, acting, Step.REQUEST)
    read = state.kind.read(asks, submitting=False)
    for name in (*state.kind.needs, "entity"):
        if name in read and read[name] != state.asks.get(name):
            message = f"{state.name}: asks.{name} is {state.asks.get(name)!r} since its submission"
            raise ItemError(f"{message}; for another one, open another case")
    return events.DecisionRequested(
        **step,
        asks=read,
        documents=sound(documents, state),
    )


def respond(
    state: CaseState, acting: Acting, text: str, documents: Sequence[Document] = ()
) -> events.ResponseGiven:
    """Take what an entity says before the committee decides about it."""
    require_text(text, "text")
    return events.ResponseGiven(
        **taken(state, acting, Step.RESPOND), text=text, documents=sound(documents, state)
    )


def _open(state: CaseState, request: str) -> Request:
    known = state.requests.get(request)
    if known is None:
        there = ", ".join(state.requests) or "none"
        message = f"{state.name} has no request {request!r}; there are: {there}"
        raise NotFoundError(message)
    if known.resolved:
        message = f"{state.name}: {request} is resolved"
        raise StepNotAllowedError(message)
    return known


def _require_heard(state: CaseState) -> None:
    if state.kind.window is None or (state.window is not None and state.window.closed):
        return
    when = "not published yet" if state.window is None else f"open until {state.window.closes}"
    message = f"{state.name}: its papers are {when}; the entity considers the public's inputs first"
    raise StepNotAllowedError(message)


def _require_resolved(state: CaseState) -> None:
    waiting = [known.request for known in state.open_requests]
    if waiting:
        message = f"{state.name}: {', '.join(waiting)} must be resolved first"
        raise StepNotAllowedError(message)
