"""Writing the bundle of an adopted decision from the committee's stream."""

from __future__ import annotations

from dataclasses import replace

from aggregates.committee.events import (
    AppointmentRecorded,
    CommitteeFounded,
    DecisionAdopted,
    EngineStatementRecorded,
)
from aggregates.event import Event
from aggregates.store.record import Record
from governance.exchange.log_proofs import LogProofs
from governance.service.logs import Logs
from policies.proof.adoption import rulebook_changes
from policies.proof.bundle import Bundle
from policies.proof.canonical import digest
from policies.proof.chain import rulebooks_named
from policies.proof.dsse import Envelope
from policies.proof.reading import read, read_recorded
from policies.proof.statements import Decision, Engine, Founding, LogName
from policies.refusals import NotFoundError


def export_bundle(record: Record, committee: str, number: str, logs: Logs | None = None) -> Bundle:
    """Return the bundle of a decision: the chain up to it, its rulebook, its annexes, its proof.

    Without `logs`, and until a checkpoint covers it, it has no proof of the log. Raises
    `NotFoundError` if no adopted decision has that number.
    """
    return Bundles(record, committee, logs).next(number)


class Bundles:
    """A committee's bundles, for who wants many: in order, they are made of one reading."""

    def __init__(self, record: Record, committee: str, logs: Logs | None = None) -> None:
        self._record, self._committee = record, committee
        self._proofs = None if logs is None else LogProofs(logs, committee)
        self._log: LogName | None = None
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
                return self._proved(found, entry.originator_version)
        message = (
            f"{self._committee} has adopted no decision {number};"
            f" see: jcgov log --committee {self._committee}"
        )
        raise NotFoundError(message)

    def _proved(self, bundle: Bundle, version: int) -> Bundle:
        if self._proofs is None or self._log is None:
            return bundle
        named = read(bundle.decision, Decision).checkpoint
        found = self._proofs.of_adoption(version, named, self._log)
        return replace(bundle, proof=found.proof, before=found.before)

    def _take(self, event: Event, number: str) -> Bundle | None:
        """Add what an event adds to the chain; return the bundle if it is of that number."""
        found: Bundle | None = None
        match event:
            case CommitteeFounded():
                self._chain.append(event.envelope)
                self._rulebooks[digest(event.rulebook.encode("utf-8"))] = event.rulebook
                self._log = read_recorded(event.envelope, Founding).log
            case AppointmentRecorded():
                self._chain.append(event.envelope)
            case EngineStatementRecorded():
                self._chain.append(event.envelope)
                self._log = read_recorded(event.envelope, Engine).log
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
