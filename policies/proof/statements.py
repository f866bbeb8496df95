"""The statements that envelopes carry: one declaration for each payload type.

Every member is always present (`null` where there is nothing), and unknown members are refused.
Each statement names its committee and, except the founding itself, the founding's digest, so that
nothing of a rehearsal passes in earnest.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec

from policies.items import AnyItem
from policies.proof.canonical import MAX_INTEGER, canonical
from policies.proof.dsse import MAX_ENVELOPE, Envelope
from policies.proof.keys import KeyRecord
from policies.refusals import ContextError, TooLargeError, UnreadableError
from policies.sides import Role

Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\Z")]
Code = Annotated[str, msgspec.Meta(pattern=r"\AJP-[A-Z]{2}\Z")]
Side = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
Positive = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
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


class LogName(Part, frozen=True, kw_only=True):
    """The transparency log: its origin (a URL without scheme) and its operator's key."""

    origin: Annotated[str, msgspec.Meta(pattern=r"\A[!-*,-~]{1,200}\Z")]
    key: KeyRecord


class Witness(Part, frozen=True, kw_only=True):
    """Who cosigns checkpoints; `side` is null for a third that neither side runs."""

    name: Name
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
)
BY_TYPE = {statement.payload_type: statement for statement in STATEMENTS}

S = TypeVar("S", bound=Statement)


def read(envelope: Envelope, kind: type[S]) -> S:
    """Read an envelope's statement; raise `ContextError` if it is of another kind.

    Raises `UnreadableError` naming the member that is missing, unknown or of the wrong type.
    """
    if envelope.payload_type != kind.payload_type:
        message = f"this is {envelope.payload_type!r}, expected {kind.payload_type!r}"
        raise ContextError(message)
    return _strictly(envelope, kind)


def read_recorded(envelope: Envelope, kind: type[S]) -> S:
    """Read the statement of an envelope that was judged before it was recorded.

    For replaying alone: that the payload is in its one canonical form is not judged again.
    """
    statement: S = _DECODERS[kind].decode(envelope.payload)
    return statement


def read_any(envelope: Envelope) -> Statement:
    """Read an envelope's statement of whatever kind it names."""
    kind = BY_TYPE.get(envelope.payload_type)
    if kind is None:
        message = f"{envelope.payload_type!r} is no kind of statement known here"
        raise ContextError(message)
    return _strictly(envelope, kind)


def require_whole(statement: Statement) -> Envelope:
    """Return a statement's envelope, having read it back as everybody else will.

    Raises `UnreadableError` naming the member that nobody could read, or `TooLargeError`.
    """
    envelope = statement.envelope()
    size = len(envelope.to_bytes())
    if size > MAX_ENVELOPE - ROOM_FOR_SIGNATURES:
        message = (
            f"the {_name(type(statement))} has {size} bytes as an envelope;"
            f" {MAX_ENVELOPE - ROOM_FOR_SIGNATURES} are allowed: put longer texts into annexes"
        )
        raise TooLargeError(message)
    read_any(envelope)
    return envelope


def require_context(statement: Belonging, committee: str, founding: str) -> None:
    """Refuse a statement that was made for another committee or another founding."""
    if statement.committee != committee:
        message = f"this was made for {statement.committee}, not for {committee}"
        raise ContextError(message)
    if statement.founding != founding:
        message = (
            f"this belongs to the founding {statement.founding[:16]}…, not to"
            f" {founding[:16]}… of {committee} (a rehearsal, or another record)"
        )
        raise ContextError(message)


_DECODERS: dict[type[Statement], msgspec.json.Decoder[Any]] = {
    statement: msgspec.json.Decoder(statement) for statement in STATEMENTS
}
_SORTED = msgspec.json.Encoder(order="sorted")


def _strictly(envelope: Envelope, kind: type[S]) -> S:
    """Read a payload in its one canonical form.

    A payload that its own type, written with sorted members, gives back byte for byte is canonical:
    the types have no floats, no integers of 2^53 or more, and no members outside ASCII. Anything
    else is read the slow way, which says what is wrong with it.
    """
    try:
        statement: S = _DECODERS[kind].decode(envelope.payload)
        if _SORTED.encode(statement) == envelope.payload:
            return statement
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    return _convert(envelope.value, kind)


def _convert(value: Any, kind: type[S]) -> S:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = f"the {_name(kind)} is not well formed: {error}"
        raise UnreadableError(message) from None


def _name(kind: type[Statement]) -> str:
    return kind.payload_type.split(".")[2]
