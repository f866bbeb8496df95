"""Which envelopes each event of a committee puts into its transparency log, and in which order.

A decision enters complete, with its adoption beside it, and only once it is adopted. Members'
assertions stay out: their receipts carry digests (DESIGN of the record: proof for outsiders).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aggregates.committee import events
from aggregates.event import Event
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope

_Envelopes = Callable[[Any], tuple[Envelope | None, ...]]


def _its_envelope(event: Any) -> tuple[Envelope | None, ...]:
    return (event.envelope,)


LOGGED: Mapping[type[Event], _Envelopes] = {
    events.CommitteeFounded: _its_envelope,
    events.AppointmentRecorded: _its_envelope,
    events.EngineStatementRecorded: _its_envelope,
    events.MeetingConvened: _its_envelope,
    events.ProposalDistributed: _its_envelope,
    events.ReceiptGiven: lambda event: (event.receipt,),
    events.ProposalClosed: _its_envelope,
    events.DecisionAdopted: lambda event: (event.decision, event.adoption),
    events.ReportRecorded: _its_envelope,
    events.GovernmentReportRecorded: _its_envelope,
    events.RollCalled: _its_envelope,
    events.RollCallAnswered: _its_envelope,
}
"""What is logged; an envelope that an event may lack is logged where it is there."""

NOT_LOGGED: tuple[type[Event], ...] = (
    events.CaseOpened,
    events.CaseNumbered,
    events.ProposalDrafted,
    events.ProposalFrozen,
    events.DecisionSigned,
    events.AdoptionSigned,
    events.InterestDeclared,
    events.InterestWithdrawn,
)
"""What says nothing that is signed, or signed by all whom it takes."""


def entries_of(event: Event) -> tuple[Envelope, ...]:
    """Return the envelopes that a committee's event logs; `ValueError` for no event of one."""
    found = LOGGED.get(type(event))
    if found is None:
        if type(event) in NOT_LOGGED:
            return ()
        message = f"{type(event).__name__} is no event of a committee"
        raise ValueError(message)
    return tuple(envelope for envelope in found(event) if envelope is not None)


def texts_of(event: Event) -> dict[str, str]:
    """Return the texts by digest that what an event logs names: rulebooks and annexes."""
    match event:
        case events.CommitteeFounded():
            return {digest(event.rulebook.encode("utf-8")): event.rulebook}
        case events.DecisionAdopted():
            return event.annexes
        case _:
            return {}
