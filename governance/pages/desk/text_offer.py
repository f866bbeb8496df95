"""What the form of a text may choose from: cases, kinds of items, meetings, languages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from babel.languages import get_official_languages

from aggregates.case.item import short_of
from aggregates.committee.acting import Acting
from aggregates.committee.state import CommitteeState, Meeting, Proposal
from governance.assembly import Engine
from governance.service.tableable import Tableable, tableable
from policies.consensus import Objection
from policies.items import KINDS
from policies.refusals import NotFoundError, Refusal
from policies.rulebook import versions
from policies.sides import JAPAN, Committee

ENGLISH = "en"
_MOST_LANGUAGES = 2
"""Of a partner's official languages, so many have a place of their own in the form."""
ASKED = tuple(name for name, kind in KINDS.items() if kind.asked_by)
"""Kinds of items that usually answer a case of the docket."""
UNASKED = tuple(name for name, kind in KINDS.items() if not kind.asked_by)


@dataclass(frozen=True)
class Offer:
    """What may be chosen, and the draft whose next version is written, if it is one.

    `before` is its content; of each of its items that answers a case, `short` says by its place
    (from 1) how a draft names it. `version` is the one that is revised, `number` its number.
    """

    committee: Committee
    cases: dict[str, Tableable]
    rulebooks: tuple[str, ...]
    languages: tuple[str, ...]
    meetings: tuple[Meeting, ...]
    proposal: int | None = None
    version: int | None = None
    number: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    short: dict[int, dict[str, Any]] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()
    """Those that stand on the version that is revised: the next one answers them."""

    @property
    def ready(self) -> list[Tableable]:
        """The cases that may be laid on the table now."""
        return [case for case in self.cases.values() if case.why_not is None]

    @property
    def not_ready(self) -> list[Tableable]:
        """The cases that may not, each with the reason."""
        return [case for case in self.cases.values() if case.why_not is not None]

    def at(self, place: int) -> Tableable:
        """Return the case at a place of the docket; raise `NotFoundError` if it awaits nothing."""
        for case in self.cases.values():
            if case.place == place:
                return case
        message = f"no case that awaits a decision is at place {place} of the docket"
        raise NotFoundError(message)


def offer_of(
    made: Engine, state: CommitteeState, acting: Acting, proposal: Proposal | None = None
) -> Offer:
    """Return what a text of a committee may choose from now; records nothing."""
    code = state.committee.code
    held = None if proposal is None else proposal.id
    cases = {case.case: case for case in tableable(state, made.cases.all_current(code), held)}
    offer = Offer(
        committee=state.committee,
        cases=cases,
        rulebooks=_rulebooks(state),
        languages=languages_of(state.committee.partner),
        meetings=_meetings(state, acting),
    )
    if proposal is None:
        return offer
    return replace(
        offer,
        proposal=proposal.id,
        version=proposal.version,
        number=proposal.number,
        before=proposal.content,
        short=_short(made, code, proposal.content),
        objections=tuple(standing.objection for standing in proposal.objections),
    )


def languages_of(partner: str) -> tuple[str, ...]:
    """Return the languages in which a committee's texts are usually given, English first.

    Those of its sides are what the CLDR lists as official there.
    """
    own = get_official_languages(partner, de_facto=True)[:_MOST_LANGUAGES]
    japans = get_official_languages(JAPAN, de_facto=True)
    found = (ENGLISH, *japans, *own)
    return tuple(dict.fromkeys(code.replace("_", "-") for code in found))


def _rulebooks(state: CommitteeState) -> tuple[str, ...]:
    """Return the shipped versions that are not in force, the newest first."""
    try:
        shipped = versions(state.committee.partner)
    except NotFoundError:
        return ()
    return tuple(t.version for t in reversed(shipped) if t.digest != state.in_force.digest)


def _meetings(state: CommitteeState, acting: Acting) -> tuple[Meeting, ...]:
    """Return the meetings for which a text may be frozen yet, in the order of their days."""
    today = acting.today(state)
    longest = state.rulebook.decisions.text_expires_within_days.value
    found = (m for m in state.meetings.values() if (today - m.date).days <= longest)
    return tuple(sorted(found, key=lambda meeting: meeting.date))


def _short(made: Engine, code: str, content: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Return how a draft names the items that answer cases; one whose case has moved on is left."""
    found = {}
    for answer in content.get("cases", []):
        place, case = answer["item"], made.cases.current(answer["case"], code)
        try:
            found[place] = short_of(case, content["items"][place - 1])
        except Refusal:
            continue
    return found
