"""Declarations of interest: somebody of the committee says what touches them in a case or an item.

A form for it is annexed to the rules of procedure of second-generation committees (jcm-rules,
section 1). No source says that it bars anybody from anything: it is recorded and shown, and decides
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from aggregates.committee.acting import Acting
from aggregates.committee.decide_proposal import find
from aggregates.committee.events import InterestDeclared, InterestWithdrawn
from aggregates.committee.state import CommitteeState
from policies.cases.keepers import KEEPS, require_own
from policies.proof.canonical import is_digest
from policies.refusals import (
    NotEntitledError,
    NotFoundError,
    StepDateError,
    StepNotAllowedError,
    UnreadableError,
)
from policies.texts import require_said


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose word it is, who records it, on which day it was said, in which letter (its digest).

    The person is whoever records it, and the day today, unless they are given.
    """

    by: str | None
    person: str | None = None
    on: date | None = None
    letter: str | None = None

    @property
    def author(self) -> str:
        """The person whose word it is."""
        return self.person or self.by or ""


class _Said(TypedDict):
    """What every declaration says."""

    at: datetime
    interest: int
    person: str
    on: date
    by: str
    text: str
    letter: str | None


def declare_in_case(
    state: CommitteeState, acting: Acting, voice: Voice, *, case: str, title: str, text: str
) -> InterestDeclared:
    """Declare an interest in a case of the docket, also in one that has ended.

    By the person, or by a secretary of that person's side who has a letter.
    """
    number = case.removeprefix(f"{state.committee.code}/C/")
    if not number.isascii() or not number.isdigit() or not 0 < int(number) <= state.last_case:
        message = f"{state.committee.code} has no case {case!r}; see: jcgov docket"
        raise NotFoundError(message)
    return _new(
        state,
        InterestDeclared(
            **_said(state, acting, voice, text),
            case=case,
            proposal=None,
            version=None,
            item=None,
            title=title,
        ),
    )


def declare_in_item(
    state: CommitteeState, acting: Acting, voice: Voice, *, proposal: int, item: int, text: str
) -> InterestDeclared:
    """Declare an interest in an item of an open proposal, as its present version has it."""
    found = find(state, proposal)
    items = found.content["items"]
    if not 0 < item <= len(items):
        message = f"{found.name} has no item {item}; it has 1 to {len(items)}"
        raise NotFoundError(message)
    named = items[item - 1]
    return _new(
        state,
        InterestDeclared(
            **_said(state, acting, voice, text),
            case=None,
            proposal=proposal,
            version=found.version,
            item=item,
            title=str(named.get("title") or named.get("kind")),
        ),
    )


def withdraw(
    state: CommitteeState, acting: Acting, voice: Voice, *, interest: int, reason: str
) -> InterestWithdrawn:
    """Take a declaration back: it no longer holds, or never did."""
    known = state.interests.get(interest)
    if known is None:
        there = ", ".join(f"I{n}" for n in state.interests) or "none"
        message = (
            f"no declaration I{interest} stands in {state.committee.code} (standing are: {there});"
            " one about a proposal is not taken back once that has ended"
        )
        raise NotFoundError(message)
    by = _require_voice(state, acting, known.person, voice)
    require_said(reason, "reason")
    day = _day(state, acting, voice.on)
    if day < known.on:
        message = f"I{interest} was declared on {known.on}; {day} lies before that"
        raise StepDateError(message)
    return InterestWithdrawn(
        at=acting.now,
        interest=interest,
        person=known.person,
        on=day,
        by=by,
        reason=reason,
        letter=voice.letter,
    )


def _said(state: CommitteeState, acting: Acting, voice: Voice, text: str) -> _Said:
    by = _require_voice(state, acting, voice.author, voice)
    known = state.roster.people[voice.author]
    today = acting.today(state)
    if not known.roles(today) & KEEPS:
        message = f"{known.name} ({known.side}) holds no role in the committee on {today}"
        raise NotEntitledError(message)
    require_said(text, "text")
    return _Said(
        at=acting.now,
        interest=state.last_interest + 1,
        person=voice.author,
        on=_day(state, acting, voice.on),
        by=by,
        text=text,
        letter=voice.letter,
    )


def _require_voice(state: CommitteeState, acting: Acting, person: str, voice: Voice) -> str:
    """Return who records it: the person, or a secretary of that side with the person's letter."""
    by = require_own(state.roster, voice.by, person, acting.today(state), "what is declared")
    if by != person and voice.letter is None:
        message = (
            f"{person} says this through {by}: record it with the letter in which it was said"
            " (--letter FILE)"
        )
        raise NotEntitledError(message)
    if voice.letter is not None and not is_digest(voice.letter):
        message = f"{voice.letter[:80]!r} is no digest of a letter"
        raise UnreadableError(message)
    return by


def _day(state: CommitteeState, acting: Acting, on: date | None) -> date:
    today = acting.today(state)
    if on is not None and on > today:
        message = f"{on} lies in the future; today is {today}"
        raise StepDateError(message)
    return on or today


def _new(state: CommitteeState, said: InterestDeclared) -> InterestDeclared:
    """Refuse what the person has declared already, in the same words, about the same."""
    for known in state.interests.values():
        if _about(known) == _about(said):
            message = f"this is declared already, as I{known.interest}, on {known.on}"
            raise StepNotAllowedError(message)
    return said


def _about(said: InterestDeclared) -> tuple[object, ...]:
    return (said.person, said.case, said.proposal, said.version, said.item, said.text)
