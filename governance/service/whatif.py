"""What another rulebook would have said of the real record. Nothing is written.

Every decision is asked the same preflight twice, on the ground as it stood before it and on its
day: under the rulebook it was taken under, and under the proposed one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec.structs import replace

from aggregates.committee.events import DecisionAdopted, ProposalFrozen
from aggregates.committee.evolve import evolve
from aggregates.committee.state import CommitteeState
from aggregates.history.events import history_stream
from aggregates.history.evolve import evolve as evolve_history
from aggregates.history.state import HistoryState
from aggregates.store.record import Record
from policies import history
from policies.comparison import About, Asked, Status, side_by_side, with_kept
from policies.findings import Judgement
from policies.ground import Ground
from policies.items.kind import Occasion
from policies.preflight import Examined, examine
from policies.proof.reading import read_recorded
from policies.proof.statements import Decision
from policies.retold import examine_retold, retell
from policies.rulebook import (
    Rulebook,
    RulebookText,
    versions,
)
from policies.sides import Committee
from policies.subjects import Origin


@dataclass
class WhatIf:
    """What was looked at, and what every check said; `concerned` is what the rulebooks change."""

    committee: str
    proposed: RulebookText
    asked: list[Asked] = field(default_factory=list)
    looked_at: dict[Status, int] = field(default_factory=lambda: {"signed": 0, "historical": 0})

    @property
    def concerned(self) -> list[Asked]:
        """Every check of every item at which the rulebooks differ."""
        return [asked for asked in self.asked if asked.concerned]

    def to_json(self, *, whole: bool) -> dict[str, Any]:
        """Return it as a JSON value; `whole`: with what does not differ."""
        return {
            "committee": self.committee,
            "rulebook": {
                "country": self.proposed.rulebook.country,
                "version": self.proposed.version,
                "digest": self.proposed.digest,
            },
            "looked_at": dict(self.looked_at),
            "items": len({(asked.decision, asked.item) for asked in self.asked}),
            "verdicts": [a.to_json() for a in (self.asked if whole else self.concerned)],
        }


def what_if(record: Record | None, committee: Committee, proposed: RulebookText) -> WhatIf:
    """Ask of every decision of a committee's record, the signed ones and the imported past."""
    found = WhatIf(committee.code, proposed)
    if record is not None:
        for asked in _historical(record, committee, proposed.rulebook, found):
            found.asked.append(asked)
        for asked in _signed(record, committee, proposed.rulebook, found):
            found.asked.append(asked)
    found.asked.sort(key=lambda a: (a.adopted_on or date.min, a.decision))
    return found


def _signed(
    record: Record, committee: Committee, proposed: Rulebook, counts: WhatIf
) -> Iterator[Asked]:
    state: CommitteeState | None = None
    frozen: dict[int, tuple[Examined, ...]] = {}
    for entry in record.stream(committee.code):
        event = entry.event
        if isinstance(event, ProposalFrozen):
            frozen[event.proposal] = event.preflight
        elif state is not None and isinstance(event, DecisionAdopted):
            counts.looked_at["signed"] += 1
            kept = frozen.pop(event.proposal, ())
            yield from _asked_of_signed(state, event, proposed, kept)
        state = evolve(state, event)


def _asked_of_signed(
    state: CommitteeState,
    event: DecisionAdopted,
    proposed: Rulebook,
    kept: tuple[Examined, ...],
) -> Iterator[Asked]:
    """Ask of one decision; what was said of its cases at the table is what was frozen then."""
    decision = read_recorded(event.decision, Decision)
    taken_under = state.rulebook_of(decision)

    def under(rulebook: Rulebook) -> tuple[Examined, ...]:
        occasion = Occasion(
            state.committee, state.ground, rulebook, event.adopted_on, event.annexes
        )
        return with_kept(examine(decision.items, occasion), kept, taken_under, rulebook)

    yield from side_by_side(
        About(event.number, event.adopted_on, "signed"),
        dict(enumerate(decision.items, start=1)),
        (taken_under, under(taken_under)),
        (proposed, under(proposed)),
    )


def _historical(
    record: Record, committee: Committee, proposed: Rulebook, counts: WhatIf
) -> Iterator[Asked]:
    state = record.fold(history_stream(committee.code), evolve_history)
    ground = Ground()
    for past in _in_order(state):
        if not past.items:
            continue
        counts.looked_at["historical"] += 1
        taken_under = _of_that_day(committee, past.on)
        for number, row in past.items:
            facts = list(history.facts_of(row, committee.sides))
            retold = retell(row.decision_type, facts, ground, committee.partner)
            if past.on is None or retold is None:
                yield _untold(past, number, row, taken_under)
                continue
            judged = []
            for rulebook in (taken_under, proposed):
                occasion = Occasion(committee, ground, rulebook, past.on)
                entries = examine_retold(retold, occasion)
                judged.append((rulebook, _numbered(entries, number)))
            yield from side_by_side(
                About(past.number, past.on, "historical"), {number: retold.item}, *judged
            )
        for number, row in past.items:
            origin = Origin(past.number, number, None, past.on, "imported")
            for fact in history.facts_of(row, committee.sides):
                ground.take(fact, origin)


def _in_order(state: HistoryState | None) -> list[history.HistoricalDecision]:
    decisions = () if state is None else state.decisions.values()
    return sorted(decisions, key=lambda past: (past.on or date.max, past.number))


def _of_that_day(committee: Committee, day: date | None) -> Rulebook:
    """Return the shipped rulebook dated by that day, else the first: the past names none."""
    shipped = versions(committee.partner)
    dated = [text for text in shipped if day is not None and text.rulebook.dated <= day]
    return (dated[-1] if dated else shipped[0]).rulebook


def _numbered(entries: tuple[Examined, ...], number: int) -> tuple[Examined, ...]:
    """Give what was asked of one row alone the number of its item."""
    return tuple(replace(entry, item=number) for entry in entries)


def _untold(
    past: history.HistoricalDecision, number: int, row: history.Row, rulebook: Rulebook
) -> Asked:
    what = "no date" if past.on is None else f"too little of a {row.decision_type}"
    told = Examined(
        item=number,
        check="facts",
        verdict=Judgement.CANNOT_TELL,
        bars=False,
        rule="A row of the past says enough for the checks to be asked (design)",
        evidence=f"cannot tell: the record holds {what}",
    )
    about = About(past.number, past.on, "historical")
    return Asked(
        *about, rulebook.version, number, row.decision_type, row.subject, "facts", told, told
    )
