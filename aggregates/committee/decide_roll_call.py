"""The yearly roll-call: every key is called, and answers for itself. It never bars a decision."""

from __future__ import annotations

from aggregates.committee.acting import Acting
from aggregates.committee.events import RollCallAnswered, RollCalled
from aggregates.committee.state import CommitteeState
from aggregates.event import Event
from policies.proof.dsse import Envelope
from policies.proof.reading import read, require_context
from policies.proof.roll_call import check_answer
from policies.proof.statements import Call, RollCall
from policies.refusals import ContextError, StepNotAllowedError


def call(state: CommitteeState, acting: Acting, year: int, nonce: str) -> list[Event]:
    """Call the keys of the roster for a year, once; a year that was called stays as it is.

    `nonce` is 16 random bytes as hex. Raises `StepNotAllowedError` in another year, and
    `NotEntitledError` while the record key is away.
    """
    if year in state.roll_calls:
        return []
    today = acting.today(state)
    if year != today.year:
        message = f"the keys are called within their year; it is {today.year} in the committee"
        raise StepNotAllowedError(message)
    envelope = acting.record(
        Call(
            committee=state.committee.code,
            founding=state.roster.founding,
            year=year,
            nonce=nonce,
            at=acting.now,
        )
    )
    return [RollCalled(at=acting.now, envelope=envelope)]


def answer(state: CommitteeState, acting: Acting, envelope: Envelope) -> list[Event]:
    """Record that a key has answered its year's call; one that has changes nothing.

    A late answer, in another year, is taken: what counts is which call it names. Raises
    `ContextError` for a call that is not that of the year, and what `check_answer` raises.
    """
    said = read(envelope, RollCall)
    require_context(said, state.committee.code, state.roster.founding)
    known = state.roll_calls.get(said.year)
    if known is not None and said.call == known.call and said.keyid in known.answered:
        return []
    check_answer(state.roster, envelope)
    if known is None:
        message = f"{said.committee} has not called its keys for {said.year}"
        raise ContextError(message)
    if said.call != known.call:
        message = (
            f"this answers the call {said.call[:16]}…; the one of {said.year} is"
            f" {known.call[:16]}…: ask for the request again"
        )
        raise ContextError(message)
    return [RollCallAnswered(at=acting.now, envelope=envelope)]
