"""A text as its reader sees it: what it says, asks, changes, and what was said on it.

Open to whoever sits in the committee or keeps its docket; a registry reads what is adopted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from aggregates.committee.events import DecisionAdopted, ProposalClosed
from aggregates.committee.standing import standing
from aggregates.committee.state import CommitteeState
from governance.service.asked import Answer, Asked, answers, asked_of
from governance.service.desk import Desk
from governance.service.in_force import Change, FigureChange, changes, rulebook_changes
from governance.service.proposals import proposal_entries
from governance.service.versions import Past, Version, past_of
from policies.calendar import day_of
from policies.cases.keepers import require_keeper
from policies.consensus import ConsensusResult
from policies.proof.statements import Decision
from policies.refusals import NotFoundError, Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody has answered to a version, on a day of the committee."""

    name: str
    side: str | None
    said: Literal["signed", "affirmed", "objects"]
    on: date
    reason: str | None = None
    by_letter: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A text that is open no longer; with its number, if it had one, and how it ended.

    `on` is the day of its adoption, or on which it was given up; null where time ended it. `said`
    is what was answered to its last version, the oldest first.
    """

    proposal: int
    number: str | None
    adopted: bool
    reason: str | None
    detail: str | None
    on: date | None
    past: Past
    said: list[Said]
    registers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open text for one reader. `digest` and `result` are null of a draft.

    `figures` are null where no rulebook is proposed; `unread` says why its figures, or what the
    text changes, cannot be shown. `registers` has the public page, below the committee's, of what
    items name; `names` are the people's.
    """

    entry: dict[str, Any]
    today: date
    asked: Asked
    answers: list[Answer]
    result: ConsensusResult | None
    decision: Decision | None
    digest: str | None
    past: Past
    changes: list[Change]
    figures: list[FigureChange] | None
    unread: str | None
    registers: dict[str, str]
    names: dict[str, str]

    @property
    def version(self) -> Version:
        """The version that is open."""
        return self.past.last


def read_text(desk: Desk, code: str, proposal: int, *, by: str) -> Reading | Ended:
    """Return a text for somebody of the committee; raise `NotEntitledError` for others.

    Raises `NotFoundError` where there never was such a text.
    """
    state = desk.load(code)
    acting = desk.acting(state)
    today = acting.today(state)
    require_keeper(state.roster, by, today)
    past = past_of(desk.record, code, proposal, state.version)
    if past is None:
        message = f"{code} has no text P{proposal}"
        raise NotFoundError(message)
    found = state.proposals.get(proposal)
    if found is None:
        return _ended(state, past)
    text = found.text
    changing, figures, unread = _changes(
        state, None if text is None else text.decision, past, today
    )
    entries = proposal_entries(state, acting.now)
    return Reading(
        entry=next(entry for entry in entries if entry["proposal"] == proposal),
        today=today,
        asked=asked_of(state, acting, found, by),
        answers=answers(state, acting, found),
        result=None if text is None else standing(state, found, acting.now),
        decision=None if text is None else text.decision,
        digest=None if text is None else text.envelope.digest,
        past=past,
        changes=changing,
        figures=figures,
        unread=unread,
        registers=dict(_registers(state, past)),
        names={person.person: person.name for person in state.roster.people.values()},
    )


def annex_of(desk: Desk, code: str, proposal: int, digest: str, *, by: str) -> str:
    """Return an annex of an open text; raises what `read_text` raises."""
    state = desk.load(code)
    require_keeper(state.roster, by, desk.acting(state).today(state))
    found = state.proposals.get(proposal)
    annexes = {} if found is None or found.text is None else found.text.annexes
    if digest not in annexes:
        message = "no open text has that annex; what is adopted is in the public record"
        raise NotFoundError(message)
    return annexes[digest]


def _registers(state: CommitteeState, past: Past) -> Iterator[tuple[str, str]]:
    """Yield where the public reads of what stands already of an item's subject."""
    ground = state.ground
    for item in past.last.items:
        for name in (item.get("number"), item.get("project")):
            if name in ground.projects:
                yield name, f"/projects/{name}"
            elif name in ground.methodologies:
                yield name, "/methodologies"
            elif name in ground.entities:
                yield name, "/entities"


def _ended(state: CommitteeState, past: Past) -> Ended:
    closed = past.ended
    adopted = isinstance(closed, DecisionAdopted)
    return Ended(
        past.proposal,
        None if closed is None else closed.number,
        adopted,
        reason=getattr(closed, "reason", None),
        detail=getattr(closed, "detail", None),
        on=_ended_on(state, closed),
        past=past,
        said=sorted(_said(state, past.last), key=lambda said: said.on),
        registers=dict(_registers(state, past)),
    )


def _ended_on(
    state: CommitteeState, closed: ProposalClosed | DecisionAdopted | None
) -> date | None:
    if isinstance(closed, DecisionAdopted):
        return closed.adopted_on
    if closed is None or closed.reason != "withdrawn":
        return None
    return day_of(closed.at, state.rulebook.zone)


def _said(state: CommitteeState, version: Version) -> Iterator[Said]:
    """Yield each answer to a version, with who gave it."""
    zone, people = state.rulebook.zone, state.roster.people

    def who(person: str) -> tuple[str, str | None]:
        known = people.get(person)
        return (person, None) if known is None else (known.name, known.side)

    for signed in version.signed:
        yield Said(*who(signed.person), "signed", day_of(signed.at, zone))
    for heard in version.heard:
        said: Literal["affirmed", "objects"] = "objects" if heard.objects else "affirmed"
        letter = heard.letter is not None
        yield Said(*who(heard.person), said, day_of(heard.at, zone), heard.reason, letter)


def _changes(
    state: CommitteeState, decision: Decision | None, past: Past, today: date
) -> tuple[list[Change], list[FigureChange] | None, str | None]:
    """Return what the text changes of what is in force; a text that cannot be read says why."""
    frozen = past.last.frozen
    if decision is None or frozen is None:
        return [], None, None
    found = changes(state, decision, today)
    try:
        return found, rulebook_changes(state, decision, frozen.annexes), None
    except Refusal as refusal:
        return found, None, str(refusal)
