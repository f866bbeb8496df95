"""Every signature in the record, at its place; and which of them a compromised key disputes.

An envelope's place is where it is whole: a decision's, and its adoption record's, is the adoption,
as in the transparency log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aggregates.committee import events
from policies.proof.dsse import Envelope
from policies.proof.reading import read_recorded
from policies.proof.statements import Appointment, CompromiseKey
from projections.tables import Tables
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "keyid",
    "statement",
    "subject",
    "envelope",
    "proposal",
    "event",
    "recorded_at",
)
"""`keyid` is null for a text as it was fixed, `envelope` for a signature that came for one."""

Signed = tuple[str | None, str, str | None, str | None, int | None]
"""A key, the kind of statement, its subject, the envelope's digest, the proposal."""


def signed_in(event: Any) -> Iterator[Signed]:
    """Yield what keys have signed in an event of a committee."""
    match event:
        case events.CommitteeFounded(envelope=envelope):
            yield from _each(envelope, None)
        case events.AppointmentRecorded(envelope=envelope):
            appointment = read_recorded(envelope, Appointment)
            yield from _each(envelope, f"{appointment.side} {appointment.seq}")
        case events.ProposalFrozen():
            yield None, "decision", event.number, event.decision.digest, event.proposal
        case events.DecisionSigned(proposal=proposal, signature=signature):
            yield signature.keyid, "decision", None, None, proposal
        case events.AdoptionSigned(proposal=proposal, adoption=envelope):
            yield from _each(envelope, None, proposal)
        case events.ReceiptGiven(proposal=proposal):
            for said in (event.assertion, event.receipt):
                if said is not None:
                    yield from _each(said, None, proposal)
        case events.DecisionAdopted(number=number, proposal=proposal):
            yield from _each(event.decision, number, proposal)
            yield from _each(event.adoption, number, proposal)
        case events.ReportRecorded() | events.GovernmentReportRecorded():
            item = None if event.item is None else f"{event.decision} item {event.item}"
            yield from _each(event.envelope, item)
        case events.MeetingConvened(meeting=meeting, envelope=envelope):
            yield from _each(envelope, meeting)
        case events.ProposalDistributed(proposal=proposal, envelope=envelope):
            yield from _each(envelope, None, proposal)
        case events.ProposalClosed(proposal=proposal, envelope=Envelope() as envelope):
            yield from _each(envelope, event.number, proposal)
        case (
            events.EngineStatementRecorded(envelope=envelope)
            | events.RollCalled(envelope=envelope)
            | events.RollCallAnswered(envelope=envelope)
        ):
            yield from _each(envelope, None)


def _each(envelope: Envelope, subject: str | None, proposal: int | None = None) -> Iterator[Signed]:
    kind = envelope.payload_type.split(".")[2]
    for signature in envelope.signatures:
        yield signature.keyid, kind, subject, envelope.digest, proposal


def _rows(entry: Entry) -> Iterable[Row]:
    committee, event = entry.recorded.originator_id, entry.recorded.originator_version
    for keyid, kind, subject, envelope, proposal in signed_in(entry.event):
        yield committee, keyid, kind, subject, envelope, proposal, event, entry.recorded_at


SIGNATURES = View(
    "signatures",
    COLUMNS,
    _rows,
    (
        events.CommitteeFounded,
        events.AppointmentRecorded,
        events.EngineStatementRecorded,
        events.MeetingConvened,
        events.ProposalFrozen,
        events.ProposalDistributed,
        events.DecisionSigned,
        events.AdoptionSigned,
        events.ReceiptGiven,
        events.ProposalClosed,
        events.DecisionAdopted,
        events.ReportRecorded,
        events.GovernmentReportRecorded,
        events.RollCalled,
        events.RollCallAnswered,
    ),
    integers=frozenset({"proposal", "event"}),
    indexes=(("committee", "keyid"), ("committee", "envelope")),
)

OF_COMPROMISES = (
    "committee",
    "side",
    "keyid",
    "since",
    "appointment",
    "event",
    "recorded_at",
)


def _compromises(entry: Entry) -> Iterable[Row]:
    event = entry.event
    if not isinstance(event, events.AppointmentRecorded):
        return
    said = read_recorded(event.envelope, Appointment)
    for act in said.acts:
        if isinstance(act, CompromiseKey):
            place = (entry.recorded.originator_version, entry.recorded_at)
            yield said.committee, said.side, act.keyid, act.since, event.envelope.digest, *place


COMPROMISES = View(
    "compromises",
    OF_COMPROMISES,
    _compromises,
    (events.AppointmentRecorded,),
    integers=frozenset({"event"}),
)
"""The keys that a side has said were in other hands, and since which envelope."""


@dataclass(frozen=True)
class Use:
    """A use of a key in the record; `signed_at` is when the signature itself came."""

    statement: str
    subject: str | None
    envelope: str | None
    event: int
    signed_at: str
    recorded_at: str


@dataclass(frozen=True)
class Compromise:
    """A side's word that its key was in other hands, and the uses that it leaves in doubt.

    `placed` is false where the record has no envelope `since`: then every use is in doubt.
    """

    committee: str
    side: str
    keyid: str
    since: str | None
    placed: bool
    appointment: str
    recorded_at: str
    uses: tuple[Use, ...]


def compromises(tables: Tables, committee: str | None = None) -> list[Compromise]:
    """Return what each compromise disputes, in the order of the record."""
    where, values = ("committee = ?", [committee]) if committee is not None else ("", [])
    rows = list(tables.select(COMPROMISES, where, values))
    return [_disputed(tables, row) for row in rows]


def _disputed(tables: Tables, row: Sequence[Any]) -> Compromise:
    committee, side, keyid, since, appointment, _event, recorded_at = row
    place = None if since is None else _place(tables, committee, since)
    uses = uses_of(tables, committee, keyid)
    return Compromise(
        committee=committee,
        side=side,
        keyid=keyid,
        since=since,
        placed=since is None or place is not None,
        appointment=appointment,
        recorded_at=recorded_at,
        uses=tuple(use for use in uses if place is None or use.event > place),
    )


def _place(tables: Tables, committee: str, envelope: str) -> int | None:
    """Return the event in which an envelope is whole, or null if the record does not have it."""
    where = "committee = ? AND envelope = ?"
    rows = tables.select(SIGNATURES, where, [committee, envelope], "event DESC", limit=1)
    return next((int(row[6]) for row in rows), None)


def uses_of(tables: Tables, committee: str, keyid: str) -> list[Use]:
    """Return every use of a key, in the order of their places.

    The last signature that came for a text is one with the adopted text's own.
    """
    numbers = _numbers(tables, committee)
    rows = tables.select(SIGNATURES, "committee = ? AND keyid = ?", [committee, keyid])
    found: dict[str, Use] = {}
    came: dict[int, str] = {}
    for _committee, _keyid, kind, subject, envelope, proposal, event, recorded_at in rows:
        name = envelope or f"{event}"
        before = found.get(name)
        if kind == "decision" and envelope is None:
            came[proposal] = name
        elif kind == "decision" and proposal in came:
            before = found.pop(came.pop(proposal))
        found[name] = Use(
            statement=kind,
            subject=subject or numbers.get(proposal),
            envelope=envelope,
            event=event,
            signed_at=recorded_at if before is None else before.signed_at,
            recorded_at=recorded_at,
        )
    return sorted(found.values(), key=lambda use: use.event)


def _numbers(tables: Tables, committee: str) -> dict[int, str]:
    """Return the number of every text that was fixed, by its proposal."""
    rows = tables.select(SIGNATURES, "committee = ? AND keyid IS NULL", [committee])
    return {row[5]: row[3] for row in rows}


def last_used(tables: Tables, committee: str) -> dict[str, str]:
    """Return when the record last took a signature of each key, by keyid."""
    found: dict[str, str] = {}
    for row in tables.select(SIGNATURES, "committee = ? AND keyid IS NOT NULL", [committee]):
        found[row[1]] = max(found.get(row[1], ""), row[7])
    return found
