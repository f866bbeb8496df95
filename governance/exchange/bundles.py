"""Writing the bundle of an adopted decision from the committee's stream."""

from __future__ import annotations

from aggregates.committee.events import (
    AppointmentRecorded,
    CommitteeFounded,
    DecisionAdopted,
    EngineStatementRecorded,
)
from aggregates.event import Event
from aggregates.store.record import Record
from policies.proof.adoption import rulebook_changes
from policies.proof.bundle import Bundle
from policies.proof.canonical import digest
from policies.proof.chain import rulebooks_named
from policies.proof.dsse import Envelope
from policies.proof.reading import read
from policies.proof.statements import Decision
from policies.refusals import NotFoundError


def export_bundle(record: Record, committee: str, number: str) -> Bundle:
    """Return the bundle of a decision: the chain up to it, its rulebook, its annexes.

    Raises `NotFoundError` if no adopted decision has that number.
    """
    return Bundles(record, committee).next(number)


class Bundles:
    """A committee's bundles, for who wants many: in order, they are made of one reading."""

    def __init__(self, record: Record, committee: str) -> None:
        self._record, self._committee = record, committee
        self._chain: list[Envelope] = []
        self._rulebooks: dict[str, str] = {}
        self._version = 0

    def next(self, number: str) -> Bundle:
        """Return the bundle of a decision that was adopted after the last one asked for.

        Raises `NotFoundError` if none of these has that number.
        """
        for entry in self._record.stream(self._committee, after=self._version):
            self._version = entry.originator_version
            found = self._take(entry.event, number)
            if found is not None:
                return found
        message = (
            f"{self._committee} has adopted no decision {number};"
            f" see: jcgov log --committee {self._committee}"
        )
        raise NotFoundError(message)

    def _take(self, event: Event, number: str) -> Bundle | None:
        """Add what an event adds to the chain; return the bundle if it is of that number."""
        found: Bundle | None = None
        match event:
            case CommitteeFounded():
                self._chain.append(event.envelope)
                self._rulebooks[digest(event.rulebook.encode("utf-8"))] = event.rulebook
            case AppointmentRecorded() | EngineStatementRecorded():
                self._chain.append(event.envelope)
            case DecisionAdopted():
                decision = read(event.decision, Decision)
                if event.number == number:
                    found = _bundle(event, decision, tuple(self._chain), self._rulebooks)
                changes = rulebook_changes(decision)
                if changes:
                    self._chain += [event.decision, event.adoption]
                self._rulebooks |= {c.digest: event.annexes[c.digest] for c in changes}
        return found


def _bundle(
    event: DecisionAdopted,
    decision: Decision,
    chain: tuple[Envelope, ...],
    rulebooks: dict[str, str],
) -> Bundle:
    named = decision.rulebook
    earlier = rulebooks_named(chain) - {named.digest}
    return Bundle(
        number=event.number,
        decision=event.decision,
        adoption=event.adoption,
        distribution=event.distribution,
        chain=chain,
        rulebook_version=named.version,
        rulebook_digest=named.digest,
        rulebook_text=rulebooks[named.digest],
        annexes=event.annexes | {name: rulebooks[name] for name in earlier},
    )
