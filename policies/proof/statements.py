"""The statements that envelopes carry: one declaration for each payload type.

Every member is always present (`null` where there is nothing), and unknown members are refused.
Each statement names its committee and, except the founding itself, the founding's digest, so that
nothing of a rehearsal passes in earnest.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from policies.government import AnyAct as AnyGovernmentAct
from policies.items import AnyItem
from policies.proof.canonical import MAX_INTEGER, Digest, canonical
from policies.proof.dsse import Envelope
from policies.proof.keys import KeyRecord
from policies.sides import Role

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
IDENTIFIER = re.compile(r"\A[a-z0-9][a-z0-9._-]{0,63}\Z", re.ASCII)
"""What people are called in a roster."""
Identifier = Annotated[str, msgspec.Meta(pattern=IDENTIFIER.pattern)]
Code = Annotated[str, msgspec.Meta(pattern=r"\AJP-[A-Z]{2}\Z")]
Side = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
Positive = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Year = Annotated[int, msgspec.Meta(ge=2000, le=9999)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

ROOM_FOR_SIGNATURES = 16_384
"""Bytes of a frozen envelope that are left for the signatures that will come."""

_TYPE = "application/vnd.jcm.{}.v1+json"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a statement."""


class Statement(Part, frozen=True, kw_only=True):
    """What an envelope says."""

    payload_type: ClassVar[str] = ""
    committee: Code

    def envelope(self) -> Envelope:
        """Put the statement into an envelope that nobody has signed yet."""
        return Envelope(self.payload_type, canonical(msgspec.to_builtins(self), "the payload"))


class Authority(Part, frozen=True, kw_only=True):
    """A side's appointing authority: offline keys, and how many of them must sign."""

    keys: tuple[KeyRecord, ...]
    threshold: Positive


KeyName = Annotated[str, msgspec.Meta(pattern=r"\A[!-*,-~]{1,200}\Z")]
"""A name in a signed note's line: a URL without scheme, no space, no plus."""


class LogName(Part, frozen=True, kw_only=True):
    """The transparency log: its origin (a URL without scheme) and its operator's keys.

    `key` is Ed25519; `post_quantum`, which older statements do not have, ML-DSA-44.
    """

    origin: KeyName
    key: KeyRecord
    post_quantum: KeyRecord | msgspec.UnsetType = msgspec.UNSET

    @property
    def keys(self) -> tuple[KeyRecord, ...]:
        """Every key with which the log signs each of its checkpoints."""
        also = self.post_quantum
        return (self.key,) if isinstance(also, msgspec.UnsetType) else (self.key, also)


class Witness(Part, frozen=True, kw_only=True):
    """Who cosigns checkpoints; `side` is null for a third that neither side runs."""

    name: KeyName
    side: Side | None
    key: KeyRecord


class Witnesses(Part, frozen=True, kw_only=True):
    """The witnesses, and each set of their names that is enough."""

    keys: tuple[Witness, ...]
    quorum: tuple[tuple[str, ...], ...]


class RulebookName(Part, frozen=True, kw_only=True):
    """A rulebook by version and by the digest of its text."""

    version: Name
    digest: Digest


class Founding(Statement, frozen=True, kw_only=True):
    """Both sides' authorities found the committee (DESIGN of the record: envelopes)."""

    payload_type: ClassVar[str] = _TYPE.format("founding")
    sides: dict[Side, Authority]
    record: KeyRecord
    log: LogName
    witnesses: Witnesses
    rulebook: RulebookName
    rehearsal: bool


class Belonging(Statement, frozen=True, kw_only=True):
    """A statement under a founding."""

    founding: Digest


class Act(Part, frozen=True, kw_only=True, tag_field="act"):
    """One thing that an appointment does."""


class Appoint(Act, frozen=True, kw_only=True, tag="appoint"):
    """A person (or the registry) takes a role from one day to another; no end: until ended."""

    person: Identifier
    name: Name
    role: Role
    begins: date = msgspec.field(name="from")
    ends: date | None = msgspec.field(name="until")


class End(Act, frozen=True, kw_only=True, tag="end"):
    """A role ends here."""

    person: Identifier
    role: Role


class AddKey(Act, frozen=True, kw_only=True, tag="add-key"):
    """A person's, or the registry's, key; it signs the appointment itself."""

    person: Identifier
    key: KeyRecord


class RetireKey(Act, frozen=True, kw_only=True, tag="retire-key"):
    """A key is no longer used from here on; what it signed stands."""

    keyid: Digest


class CompromiseKey(Act, frozen=True, kw_only=True, tag="compromise-key"):
    """A key was in other hands; its uses after the envelope `since` (null: all) are disputed."""

    keyid: Digest
    since: Digest | None


class ChangeAuthority(Act, frozen=True, kw_only=True, tag="change-authority"):
    """The side's authority has these keys from here on; old and new sign."""

    authority: Authority


AnyAct = Appoint | End | AddKey | RetireKey | CompromiseKey | ChangeAuthority


class Appointment(Belonging, frozen=True, kw_only=True):
    """One side's own authority says who speaks for it, and with which keys."""

    payload_type: ClassVar[str] = _TYPE.format("appointment")
    side: Side
    seq: Positive
    prev: Digest | None
    acts: tuple[AnyAct, ...]


class OldLog(Part, frozen=True, kw_only=True):
    """Where a replaced log ended."""

    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
    root: Digest


class Engine(Belonging, frozen=True, kw_only=True):
    """Both authorities replace the record key, the log, or the witnesses."""

    payload_type: ClassVar[str] = _TYPE.format("engine")
    seq: Positive
    prev: Digest | None
    record: KeyRecord
    log: LogName
    old_log: OldLog | None
    witnesses: Witnesses


class AtMeeting(Part, frozen=True, kw_only=True, tag_field="kind", tag="meeting"):
    """Decided at a meeting that was convened to all members."""

    meeting: Name
    date: date


class ByElectronicMeans(Part, frozen=True, kw_only=True, tag_field="kind", tag="electronic"):
    """Decided by electronic means: distributed on one day, open until the end of another."""

    distributed: date
    closes: date


class ProposalName(Part, frozen=True, kw_only=True):
    """A proposal and the version of its text."""

    id: Positive
    version: Positive


class Checkpoint(Part, frozen=True, kw_only=True):
    """The last published, cosigned checkpoint of the log when the text was frozen."""

    size: Positive
    root: Digest


class Annex(Part, frozen=True, kw_only=True):
    """A longer text that belongs to the decision, by digest."""

    title: Name
    digest: Digest


class Decision(Belonging, frozen=True, kw_only=True):
    """What a co-chair (or alternate) of each side signs."""

    payload_type: ClassVar[str] = _TYPE.format("decision")
    number: Annotated[str, msgspec.Meta(pattern=r"\AJP-[A-Z]{2}/[0-9]{4}/[0-9]{3,}\Z")]
    proposal: ProposalName
    procedure: AtMeeting | ByElectronicMeans
    rulebook: RulebookName
    roster: Digest
    checkpoint: Checkpoint | None
    items: Annotated[tuple[AnyItem, ...], msgspec.Meta(min_length=1, max_length=200)]
    annexes: tuple[Annex, ...]
    text: dict[Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{2,3}(-[A-Za-z0-9]+)*\Z")], Text]
    answers: tuple[Digest, ...]
    expires: date


class Assertion(Belonging, frozen=True, kw_only=True):
    """A member affirms or objects; the nonce keeps two assertions of one member apart."""

    payload_type: ClassVar[str] = _TYPE.format("assertion")
    decision: Digest
    says: Literal["affirms", "objects"]
    reason: str | None
    nonce: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class OfText(Part, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """A frozen text went out, with its window."""

    decision: Digest
    distributed: date
    closes: date


class OfConvening(Part, frozen=True, kw_only=True, tag_field="kind", tag="convening"):
    """A meeting's convening went out, with its date."""

    meeting: Name
    date: date


class Distribution(Belonging, frozen=True, kw_only=True):
    """The record says: this went to all members, on that day."""

    payload_type: ClassVar[str] = _TYPE.format("distribution")
    what: OfText | OfConvening
    members: tuple[Identifier, ...]
    at: Moment


class Letter(Part, frozen=True, kw_only=True):
    """A letter by digest, and whose it is."""

    digest: Digest
    person: Identifier


class Receipt(Belonging, frozen=True, kw_only=True):
    """The record says: this assertion, or this letter, has arrived."""

    payload_type: ClassVar[str] = _TYPE.format("receipt")
    decision: Digest
    assertion: Digest | None
    letter: Letter | None
    objects: bool
    at: Moment


class Closed(Belonging, frozen=True, kw_only=True):
    """The record says: this number was given up, and why."""

    payload_type: ClassVar[str] = _TYPE.format("closed")
    number: Name
    proposal: ProposalName
    reason: Literal["withdrawn", "expired", "conflict"]
    detail: str
    at: Moment


class Adoption(Belonging, frozen=True, kw_only=True):
    """The decision is adopted; by the record key, or in its place a co-chair of each side."""

    payload_type: ClassVar[str] = _TYPE.format("adoption")
    decision: Digest
    adopted_on: date
    path: Literal["meeting", "window", "all_affirmed"]
    roster: Digest
    rulebook: Digest
    heads: dict[Side, Digest | None]
    assertions: tuple[Digest, ...]


class Serials(Part, frozen=True, kw_only=True):
    """The first and the last serial number of a block, as the registry writes them."""

    first: Name
    last: Name


class Acknowledgement(Belonging, frozen=True, kw_only=True):
    """A side's registry has issued what a decision's item allows, or replaces an earlier report.

    `report` is the registry's own name for it, never used twice; amounts of several reports of
    one item add up. `serials` is null for an amount of zero, or where the registry has none.
    """

    payload_type: ClassVar[str] = _TYPE.format("acknowledgement")
    side: Side
    decision: Digest
    item: Positive
    report: Name
    amount: Amount
    serials: Serials | None
    issued_on: date
    supersedes: Name | None


class GovernmentReport(Belonging, frozen=True, kw_only=True):
    """A government has authorized, first transferred or acquired outcomes under Article 6.2.

    `report` is the side's own name for it, never used twice. A transfer and an acquisition name the
    item whose credits they are; an authorization names none (null).
    """

    payload_type: ClassVar[str] = _TYPE.format("government-report")
    side: Side
    report: Name
    decision: Digest | None
    item: Positive | None
    says: AnyGovernmentAct
    supersedes: Name | None


class Call(Belonging, frozen=True, kw_only=True):
    """The record says: the keys of the roster are called in this year, each to answer for itself.

    `nonce` is random: no answer was signed before the call.
    """

    payload_type: ClassVar[str] = _TYPE.format("call")
    year: Year
    nonce: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    at: Moment


class RollCall(Belonging, frozen=True, kw_only=True):
    """A key answers the year's call, named by digest: it is in its holder's hands and signs.

    `person` is whose key it is, a registry's too; null for a key of the side's authority.
    """

    payload_type: ClassVar[str] = _TYPE.format("roll-call")
    side: Side
    person: Identifier | None
    keyid: Digest
    year: Year
    call: Digest


STATEMENTS: tuple[type[Statement], ...] = (
    Founding,
    Appointment,
    Engine,
    Decision,
    Assertion,
    Distribution,
    Receipt,
    Closed,
    Adoption,
    Acknowledgement,
    GovernmentReport,
    Call,
    RollCall,
)
"""Every kind of statement that there is."""
