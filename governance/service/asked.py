"""What an open text asks of one person now, and what that person may do with it.

Advice for a page: what is handed in is judged again where it is taken. A side's people are asked
for themselves alone, and a secretary is asked nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aggregates.committee.acting import Acting
from aggregates.committee.standing import question_of, standing, unrecorded_sides
from aggregates.committee.state import CommitteeState, Proposal
from policies.calendar import day_of
from policies.consensus import ConsensusResult, Objection, Voices
from policies.lifecycles.proposal import PROPOSAL, Step
from policies.proof.statements import AtMeeting
from policies.sides import Role, Seat

Way = Literal["sign", "affirms", "objects", "adoption"]
Call = Literal[
    "draft",
    "not sent",
    "sign",
    "sign at meeting",
    "affirm",
    "may object",
    "adoption",
    "objected",
    "answered",
    "agreed",
    "reads",
]
"""What is asked, in a word: of someone whose answer is there, `objected` or `answered`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a person: until when (the last day), and in which ways they may answer."""

    call: Call
    until: date | None
    days_left: int | None
    expires: date | None
    ways: frozenset[Way]
    answered: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody who sits in the committee, and what that person has said on the text."""

    person: str
    name: str
    side: str
    role: str
    said: Literal["signed", "in part", "affirmed", "objects", "nothing"]
    on: date | None
    reason: str | None = None
    by_letter: bool = False
    awaited: bool = False


def asked_of(state: CommitteeState, acting: Acting, proposal: Proposal, person: str) -> Asked:
    """Return what an open text asks of a person today."""
    today = acting.today(state)
    seat = next((s for s in state.roster.seats(today) if s.person == person), None)
    if proposal.text is None:
        return Asked("draft", None, None, None, frozenset(), answered=False)
    decision = proposal.text.decision
    held = decision.procedure
    until = held.date if isinstance(held, AtMeeting) else held.closes
    left = (until - today).days
    if seat is None:
        return Asked("reads", until, left, decision.expires, frozenset(), answered=False)
    result = standing(state, proposal, acting.now)
    voices = proposal.voices(state.roster, state.rulebook_of(decision))
    ways = frozenset(_ways(state, acting, proposal, seat))
    said = _said(voices, seat.person)
    call = _call(proposal, seat, result, ways)
    if call in ("sign", "adoption") and left < 0:  # the window is over: until the text lapses
        until, left = decision.expires, (decision.expires - today).days
    return Asked(call, until, left, decision.expires, ways, answered=said != "nothing")


def answers(state: CommitteeState, acting: Acting, proposal: Proposal) -> list[Answer]:
    """Return everyone who sits today with what they have said; those who left but object, too."""
    if proposal.text is None:
        return []
    rulebook = state.rulebook_of(proposal.text.decision)
    voices = proposal.voices(state.roster, rulebook)
    awaited = standing(state, proposal, acting.now).awaited
    seats = state.roster.seats(acting.today(state))
    sitting = {seat.person for seat in seats}
    silent = {missing.side for missing in awaited if missing.person is None}
    named = {missing.person for missing in awaited}
    found = []
    for seat in seats:
        said = _said(voices, seat.person)
        at = voices.signed.get(seat.person) or voices.affirmed.get(seat.person)
        objection = _objection(voices, seat.person)
        found.append(
            Answer(
                *(seat.person, seat.name, seat.side, seat.title, said),
                on=None if at is None or objection else day_of(at, rulebook.zone),
                reason=None if objection is None else objection.reason,
                by_letter=objection is not None and objection.by_letter,
                awaited=seat.person in named or (seat.signs and seat.side in silent),
            )
        )
    left = [o for o in voices.objections if o.person not in sitting]
    return found + [_of_who_left(objection) for objection in left]


def _of_who_left(objection: Objection) -> Answer:
    """An objection stays until a new version, whoever leaves."""
    return Answer(
        *(objection.person, objection.name, objection.side, "no role", "objects"),
        on=None,
        reason=objection.reason,
        by_letter=objection.by_letter,
    )


def _said(
    voices: Voices, person: str
) -> Literal["signed", "in part", "affirmed", "objects", "nothing"]:
    if _objection(voices, person) is not None:
        return "objects"
    if person in voices.signed:
        return "signed"
    if person in voices.in_part:
        return "in part"
    return "affirmed" if person in voices.affirmed else "nothing"


def _objection(voices: Voices, person: str) -> Objection | None:
    return next((o for o in voices.objections if o.person == person), None)


def _ways(state: CommitteeState, acting: Acting, proposal: Proposal, seat: Seat) -> Iterator[Way]:
    """Yield how somebody who sits may answer now."""
    if proposal.text is None:
        return
    decision, stage = proposal.text.decision, proposal.stage
    voices = proposal.voices(state.roster, state.rulebook_of(decision))
    said, objection = _said(voices, seat.person), _objection(voices, seat.person)
    bound = objection is not None and not objection.by_letter
    held = decision.procedure
    begun = not isinstance(held, AtMeeting) or acting.today(state) >= held.date
    may_sign = seat.signs and PROPOSAL.allows(Step.SIGN, stage) and begun and not bound
    if may_sign and not _has_signed(state, proposal, seat.person):
        yield "sign"
    if PROPOSAL.allows(Step.AFFIRM, stage) and not bound and said in ("nothing", "objects"):
        yield "affirms"
    closes = question_of(state, proposal, acting.now).closes
    in_time = closes is None or acting.now < closes or Role.CO_CHAIR in seat.roles
    if PROPOSAL.allows(Step.OBJECT, stage) and objection is None and in_time:
        yield "objects"
    result = standing(state, proposal, acting.now)
    without_key = result.reached and acting.seal is None
    if seat.signs and without_key and seat.side in unrecorded_sides(state, proposal, result):
        yield "adoption"


def _has_signed(state: CommitteeState, proposal: Proposal, person: str) -> bool:
    """Whether a signature is there as browsers make them; one by ML-DSA-65 may stand beside it."""
    keys = [state.roster.keys[s.keyid] for s, _mark in proposal.signatures if s.person == person]
    return any(place.active and not place.key.post_quantum for place in keys)


def _call(proposal: Proposal, seat: Seat, result: ConsensusResult, ways: frozenset[Way]) -> Call:
    if "adoption" in ways:
        return "adoption"
    if result.reached:
        return "agreed"
    if any(objection.person == seat.person for objection in result.objections):
        return "objected"
    awaited = {missing.person for missing in result.awaited}
    silent = {missing.side for missing in result.awaited if missing.person is None}
    at_meeting = proposal.text is not None and isinstance(
        proposal.text.decision.procedure, AtMeeting
    )
    if seat.signs and seat.side in silent:
        return "sign at meeting" if at_meeting else "sign"
    if not PROPOSAL.allows(Step.OBJECT, proposal.stage):
        return "not sent"
    if seat.person in awaited and "affirms" in ways:
        return "affirm"
    return "may object" if "objects" in ways and "affirms" in ways else "answered"
