"""Checking the whole record: the hash chain, and each envelope by the rules of its place."""

from __future__ import annotations

from typing import Any

from aggregates.committee import events
from aggregates.event import Event, Recorded
from aggregates.store.record import Record
from policies.proof import adoption as rule
from policies.proof.authority import require_recorded
from policies.proof.chain import Chain
from policies.proof.dsse import Envelope
from policies.proof.roster import Roster
from policies.refusals import Refusal, TamperedError
from projections.follower import Progress


def check_record(record: Record, progress: Progress) -> dict[str, Any]:
    """Check every event; the answer names the first that is not good, and how many are before."""
    good = 0
    try:
        for count in record.verify_chain():
            good = count
        checked = _check_envelopes(record, progress)
    except TamperedError as refusal:
        return {"ok": False, "events": good, "envelopes": 0, "detail": str(refusal)}
    return {
        "ok": True,
        "events": good,
        "envelopes": checked,
        "detail": f"{good:,} events stand in their chain; {checked:,} envelopes are genuine",
    }


def _check_envelopes(record: Record, progress: Progress) -> int:
    chains: dict[str, Chain] = {}
    after, count = 0, 0
    while (page := record.onwards(after)).reached > after:
        for entry in page.entries:
            try:
                count += _check(chains, entry)
            except Refusal as refusal:
                message = (
                    f"event {entry.originator_version} of {entry.originator_id} (position"
                    f" {entry.position}) is not good: {refusal}; all before it are"
                )
                raise TamperedError(message) from None
        progress(page.reached - after)
        after = page.reached
    return count


def _check(chains: dict[str, Chain], entry: Recorded) -> int:
    """Check one event's envelopes at its place; returns how many there were."""
    stream, event = entry.originator_id, entry.event
    match event:
        case events.CommitteeFounded(envelope=envelope):
            chains[stream] = Chain.begin(envelope)
            return 1
        case (
            events.AppointmentRecorded(envelope=envelope)
            | events.EngineStatementRecorded(envelope=envelope)
        ):
            chains[stream].take(envelope)
            return 1
        case events.DecisionAdopted():
            chain = chains[stream]
            decision = chain.take_decision(event.decision, event.adoption).decision
            digest = event.decision.digest
            rule.require_distributed(chain.roster, event.distribution, decision, digest)
            return 3
    chain_of = chains.get(stream)
    return _check_recorded(None if chain_of is None else chain_of.roster, event)


def _check_recorded(roster: Roster | None, event: Event) -> int:
    """Check what the record key has said, and assertions by the key that made them."""
    if roster is None:
        return 0
    count = 0
    for envelope in _recorded(event):
        require_recorded(roster, envelope)
        count += 1
    if isinstance(event, events.ReceiptGiven) and event.assertion is not None:
        for signature in event.assertion.signatures:
            key = roster.keys[signature.keyid].key
            key.verify(signature.sig, event.assertion.pae)
        count += 1
    return count


def _recorded(event: Event) -> list[Envelope]:
    match event:
        case (
            events.MeetingConvened(envelope=envelope)
            | events.ProposalDistributed(envelope=envelope)
        ):
            return [envelope]
        case events.ReceiptGiven(receipt=Envelope() as receipt):
            return [receipt]
        case events.ProposalClosed(envelope=Envelope() as envelope):
            return [envelope]
    return []
