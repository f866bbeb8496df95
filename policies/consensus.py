"""Consensus of the two sides: who has agreed, who is awaited, and on which day it was reached.

Never a head count: each side has its own requirement, and people are counted, not keys.

Meeting: a co-chair (or alternate) of each side signs, no objection is open; never before the
meeting's date, and never completed by time alone.
Electronic: a co-chair (or alternate) of each side signs, which is that person's affirmation, and
either the window has passed without objection or every awaited member has affirmed, whichever is
first. Silence of a member is no objection; silence of a co-chair is never consent.
Sources: ADB 2019, section 2.3 (consensus; at meetings or by electronic means); the window is
rulebook data. That both sides sign is this engine's own rule. A rulebook may ask each signer for a
second signature, by ML-DSA-65: until both are there, that person has said nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from policies.calendar import day_of
from policies.refusals import ConsensusMissingError
from policies.sides import Committee, Role, Seat

Path = Literal["meeting", "window", "all_affirmed"]
SIGNATURE = "signature of the side"


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection that stands: whose, and why; a letter's reason may be unknown."""

    person: str
    name: str
    side: str
    reason: str | None
    by_letter: bool = False


@dataclass(frozen=True, slots=True)
class Voices:
    """What has been said on one text, by person: the instant at which it arrived.

    `signed` holds who has signed by all schemes that are asked for, `in_part` who has by some, and
    what is missing. `relieved` is when the last objection of those that were there fell; null if
    none did.
    """

    signed: Mapping[str, datetime]
    affirmed: Mapping[str, datetime]
    objections: tuple[Objection, ...]
    relieved: datetime | None = None
    in_part: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A text before the committee: how it is decided, and whose answer counts.

    `awaited` are the members of the roster that the text names who still are members; `seats` is
    everyone who sits on the day of the question, `seated` when the last awaited member left (null
    if nobody did), `entitled` since when, without a break, each of them may sign for a side.
    `opened` is when the text, or the meeting's day, began; `closes` is when the window is over
    (null at a meeting).
    """

    committee: Committee
    procedure: Literal["meeting", "electronic"]
    seats: tuple[Seat, ...]
    awaited: frozenset[str]
    opened: datetime
    closes: datetime | None
    zone: ZoneInfo
    seated: datetime | None = None
    entitled: Mapping[str, datetime] = field(default_factory=dict)

    def consents_since(self, person: str, signed: datetime) -> datetime:
        """Return since when a signature counts: a role that was interrupted counts anew."""
        return max(signed, self.entitled.get(person, signed))


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whose answer is missing: a person, or any co-chair of a side (person is null)."""

    side: str
    person: str | None
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name} ({self.side}): {self.what}"


@dataclass(frozen=True, slots=True)
class ConsensusResult:
    """How far a text is: reached or not, and by name what is missing."""

    reached: bool
    path: Path | None
    since: datetime | None
    adopted_on: date | None
    awaited: tuple[Awaited, ...]
    objections: tuple[Objection, ...]
    signers: tuple[Seat, ...]

    def __bool__(self) -> bool:
        return self.reached

    @property
    def says(self) -> str:
        """One sentence on where it stands, naming who is awaited."""
        if self.reached:
            return f"both sides agree since {self.adopted_on}"
        parts = [
            f"{o.name} ({o.side}) objects" + (f": {' '.join(o.reason.split())}" if o.reason else "")
            for o in self.objections
        ]
        needed = [a for a in self.awaited if a.person is None]
        early = [f"{a.name} ({a.side})" for a in self.awaited if a.person is not None]
        parts += [f"awaiting {awaited}" for awaited in needed]
        if early:
            until = "the end of the window, or until then the affirmation of"
            parts.append(f"awaiting {until} {', '.join(early)}")
        return "; ".join(parts)


def consenting(
    seats: Iterable[Seat], signed: Iterable[str], objecting: Iterable[str] = ()
) -> tuple[Seat, ...]:
    """Return the people whose signature is consent of their side, each once.

    An alternate's signature does not count while that side's co-chair objects.
    """
    seats, signed, objecting = tuple(seats), frozenset(signed), frozenset(objecting)
    vetoed = {
        seat.side for seat in seats if Role.CO_CHAIR in seat.roles and seat.person in objecting
    }
    return tuple(
        seat
        for seat in seats
        if seat.signs
        and seat.person in signed
        and seat.person not in objecting
        and (Role.CO_CHAIR in seat.roles or seat.side not in vetoed)
    )


def silent_sides(committee: Committee, consent: Iterable[Seat]) -> tuple[str, ...]:
    """Return the sides of which no co-chair or alternate consents. No number of the other helps."""
    spoken = {seat.side for seat in consent}
    return tuple(side for side in committee.sides if side not in spoken)


def judge(question: Question, voices: Voices, now: datetime) -> ConsensusResult:
    """Say how far a text is at an instant."""
    objecting = [objection.person for objection in voices.objections]
    signers = consenting(question.seats, voices.signed, objecting)
    missing = [
        _missing(question.seats, voices, side) for side in silent_sides(question.committee, signers)
    ]
    if voices.objections or missing:
        awaited = (*missing, *_window_awaited(question, voices, now))
        return _open(awaited, voices.objections, signers)
    both_signed = max(
        min(
            question.consents_since(s.person, voices.signed[s.person])
            for s in signers
            if s.side == side
        )
        for side in question.committee.sides
    )
    if voices.relieved is not None:
        both_signed = max(both_signed, voices.relieved)
    if question.procedure == "meeting":
        if now < question.opened:
            awaited_meeting = Awaited("both", None, "the committee", "the day of the meeting")
            return _open((awaited_meeting,), (), signers)
        return _reached("meeting", max(both_signed, question.opened), question, signers)
    return _electronic(question, voices, both_signed, signers, now)


def require_consensus(result: ConsensusResult, what: str) -> None:
    """Raise `ConsensusMissingError` naming who is awaited, unless consensus is reached."""
    if not result:
        message = f"{what} is not agreed: {result.says}"
        raise ConsensusMissingError(message)


def _electronic(
    question: Question,
    voices: Voices,
    both_signed: datetime,
    signers: tuple[Seat, ...],
    now: datetime,
) -> ConsensusResult:
    since: dict[Path, datetime] = {}
    if question.closes is not None and now >= question.closes:
        since["window"] = max(question.closes, both_signed)
    answered = {**voices.signed, **voices.affirmed}
    sitting = {seat.person for seat in question.seats}
    awaited = question.awaited & sitting
    if awaited and awaited <= set(answered):
        last = max((_first(voices, person) for person in awaited), default=both_signed)
        since["all_affirmed"] = max(last, both_signed)
    if not since:
        window = Awaited("both", None, "the committee", "the end of the window")
        return _open(_window_awaited(question, voices, now) or (window,), (), signers)
    path = min(since, key=lambda name: (since[name], name))
    return _reached(path, since[path], question, signers)


def _first(voices: Voices, person: str) -> datetime:
    said = (voices.signed.get(person), voices.affirmed.get(person))
    return min(instant for instant in said if instant is not None)


def _window_awaited(question: Question, voices: Voices, now: datetime) -> tuple[Awaited, ...]:
    """While a window is open, every awaited member's affirmation would end it early."""
    if question.closes is None or now >= question.closes:
        return ()
    answered = {*voices.signed, *voices.affirmed}
    return tuple(
        Awaited(seat.side, seat.person, seat.name, "affirmation, or the end of the window")
        for seat in question.seats
        if seat.person in question.awaited and seat.person not in answered
    )


def _missing(seats: Iterable[Seat], voices: Voices, side: str) -> Awaited:
    """Name who has signed in part and what is missing, else who may sign for the side."""
    begun = [s for s in seats if s.side == side and s.signs and s.person in voices.in_part]
    if not begun:
        return Awaited(side, None, _chairs(seats, side), SIGNATURE)
    what = " or ".join(dict.fromkeys(voices.in_part[seat.person] for seat in begun))
    return Awaited(side, None, " or ".join(f"{s.name}, {s.title}" for s in begun), what)


def _chairs(seats: Iterable[Seat], side: str) -> str:
    names = [f"{seat.name}, {seat.title}" for seat in seats if seat.side == side and seat.signs]
    return " or ".join(names) if names else "a co-chair, whom the side has yet to appoint"


def _open(
    awaited: Iterable[Awaited], objections: tuple[Objection, ...], signers: tuple[Seat, ...]
) -> ConsensusResult:
    return ConsensusResult(
        reached=False,
        path=None,
        since=None,
        adopted_on=None,
        awaited=tuple(awaited),
        objections=objections,
        signers=signers,
    )


def _reached(
    path: Path, since: datetime, question: Question, signers: tuple[Seat, ...]
) -> ConsensusResult:
    """Consensus may also be reached by someone's leaving: not before that."""
    since = since if question.seated is None else max(since, question.seated)
    return ConsensusResult(
        reached=True,
        path=path,
        since=since,
        adopted_on=day_of(since, question.zone),
        awaited=(),
        objections=(),
        signers=signers,
    )
