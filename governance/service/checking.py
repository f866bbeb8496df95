"""Checking the whole record: the hash chain, and each envelope by the rules of its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aggregates.committee import events
from aggregates.event import Event, Recorded
from aggregates.store.record import Record
from governance.service.matching import Texts, require_author, require_first_rulebook
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
    places: dict[str, _Place] = {}
    after, count = 0, 0
    while (page := record.onwards(after)).reached > after:
        for entry in page.entries:
            try:
                count += _check(places, entry)
            except Refusal as refusal:
                message = (
                    f"event {entry.originator_version} of {entry.originator_id} (position"
                    f" {entry.position}) is not good: {refusal}; all before it are"
                )
                raise TamperedError(message) from None
        progress(page.reached - after)
        after = page.reached
    return count


@dataclass
class _Place:
    """One committee at one place in the log: who may sign, and the texts before it."""

    chain: Chain
    texts: Texts = field(default_factory=Texts)


def _check(places: dict[str, _Place], entry: Recorded) -> int:
    """Check one event's envelopes at its place; returns how many there were."""
    stream, event = entry.originator_id, entry.event
    if isinstance(event, events.CommitteeFounded):
        require_first_rulebook(event)
        places[stream] = _Place(Chain.begin(event.envelope))
        return 1
    place = places.get(stream)
    if place is None:
        return 0
    chain = place.chain
    match event:
        case (
            events.AppointmentRecorded(envelope=envelope)
            | events.EngineStatementRecorded(envelope=envelope)
        ):
            chain.take(envelope)
            return 1
        case events.DecisionAdopted():
            adopted = chain.take_decision(event.decision, event.adoption)
            digest = event.decision.digest
            rule.require_distributed(chain.roster, event.distribution, adopted.decision, digest)
            place.texts.adopt(chain.roster, event, adopted)
            return 3
    count = _check_recorded(chain.roster, event)
    place.texts.follow(chain.roster, event)
    return count


def _check_recorded(roster: Roster, event: Event) -> int:
    """Check what the record key has said, and assertions by the key that made them."""
    count = 0
    for envelope in _recorded(event):
        require_recorded(roster, envelope)
        count += 1
    if isinstance(event, events.ReceiptGiven) and event.assertion is not None:
        require_author(roster, event.assertion, event.person)
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
