"""Writing the bundle of an adopted decision from the committee's stream."""

from __future__ import annotations

from aggregates.committee.events import (
    AppointmentRecorded,
    CommitteeFounded,
    DecisionAdopted,
    EngineStatementRecorded,
)
from aggregates.store.record import Record
from policies.proof.adoption import rulebook_changes
from policies.proof.bundle import Bundle
from policies.proof.canonical import digest
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Decision
from policies.refusals import NotFoundError


def export_bundle(record: Record, committee: str, number: str) -> Bundle:
    """Return the bundle of a decision: the chain up to it, its rulebook, its annexes.

    Raises `NotFoundError` if no adopted decision has that number.
    """
    chain: list[Envelope] = []
    rulebooks: dict[str, str] = {}
    for entry in record.stream(committee):
        event = entry.event
        match event:
            case CommitteeFounded():
                chain.append(event.envelope)
                rulebooks[digest(event.rulebook.encode("utf-8"))] = event.rulebook
            case AppointmentRecorded() | EngineStatementRecorded():
                chain.append(event.envelope)
            case DecisionAdopted():
                decision = read(event.decision, Decision)
                if event.number == number:
                    return _bundle(event, decision, tuple(chain), rulebooks)
                changes = rulebook_changes(decision)
                if changes:
                    chain += [event.decision, event.adoption]
                rulebooks |= {c.digest: event.annexes[c.digest] for c in changes}
    message = (
        f"{committee} has adopted no decision {number}; see: jcgov log --committee {committee}"
    )
    raise NotFoundError(message)


def _bundle(
    event: DecisionAdopted,
    decision: Decision,
    chain: tuple[Envelope, ...],
    rulebooks: dict[str, str],
) -> Bundle:
    named = decision.rulebook
    return Bundle(
        number=event.number,
        decision=event.decision,
        adoption=event.adoption,
        distribution=event.distribution,
        chain=chain,
        rulebook_version=named.version,
        rulebook_digest=named.digest,
        rulebook_text=rulebooks[named.digest],
        annexes=event.annexes,
    )
