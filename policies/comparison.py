"""One preflight beside another: each check of each item under two rulebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from policies.checks import CHECKS
from policies.findings import Judgement
from policies.items import Item
from policies.preflight import Examined
from policies.readiness import AT_THE_TABLE
from policies.rulebook import Figure, Rulebook, figures

Status = Literal["signed", "historical"]
Judged = tuple[Rulebook, tuple[Examined, ...]]
"""A rulebook, and what was examined under it."""


class About(NamedTuple):
    """Which decision is asked."""

    decision: str
    adopted_on: date | None
    status: Status


@dataclass(frozen=True)
class Asked:
    """One check of one item under both rulebooks; null where a rulebook does not ask it."""

    decision: str
    adopted_on: date | None
    status: Status
    rulebook: str
    item: int
    kind: str
    subject: str | None
    check: str
    old: Examined | None
    new: Examined | None
    figures: tuple[str, str | None, str | None] | None = None
    """The place of the figure that sets the rule, and its value in each rulebook."""

    @property
    def concerned(self) -> bool:
        """Whether the rulebooks differ here, or whether they do cannot be told.

        A check that only one of them asks counts where a figure sets it, or where it matters.
        """
        if self.old is None or self.new is None:
            one = self.old or self.new
            return one is not None and (
                self.figures is not None or one.bars or one.verdict is Judgement.FAIL
            )
        told = (self.old.verdict, self.old.bars) != (self.new.verdict, self.new.bars)
        changed = self.figures is not None and self.figures[1] != self.figures[2]
        return told or (changed and self.new.verdict is Judgement.CANNOT_TELL)

    @property
    def rule(self) -> str:
        """The rule in a sentence, with its source."""
        told = self.new or self.old
        return "" if told is None else told.rule

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        place, old, new = self.figures or (None, None, None)
        return {
            "decision": self.decision,
            "adopted_on": None if self.adopted_on is None else self.adopted_on.isoformat(),
            "status": self.status,
            "rulebook": self.rulebook,
            "item": self.item,
            "kind": self.kind,
            "subject": self.subject,
            "check": self.check,
            "rule": self.rule,
            "figure": None if place is None else {"place": place, "old": old, "new": new},
            "old": _verdict(self.old),
            "new": _verdict(self.new),
        }


def side_by_side(
    about: About, items: Mapping[int, Item], old: Judged, new: Judged
) -> Iterator[Asked]:
    """Yield each check of each item with both verdicts."""
    before = {(entry.item, entry.check): entry for entry in old[1]}
    after = {(entry.item, entry.check): entry for entry in new[1]}
    for number, check in dict.fromkeys((*before, *after)):
        item = items.get(number)
        yield Asked(
            *about,
            old[0].version,
            number,
            "decision" if item is None else item.kind,
            None if item is None else item.subject,
            check,
            before.get((number, check)),
            after.get((number, check)),
            _figures(check, old[0], new[0]),
        )


def with_kept(
    entries: tuple[Examined, ...],
    kept: tuple[Examined, ...],
    taken_under: Rulebook,
    rulebook: Rulebook,
) -> tuple[Examined, ...]:
    """Put what was frozen of the cases behind a text in the place of what cannot be asked again.

    Where the rulebook asks otherwise than the one it was taken under, it cannot be told.
    """
    told = {
        (entry.item, entry.check): entry
        if _ruled_alike(entry.check, taken_under, rulebook)
        else _untold(entry)
        for entry in kept
        if entry.check in AT_THE_TABLE
    }
    rest = (entry for entry in entries if (entry.item, entry.check) not in told)
    return (*rest, *told.values())


def _untold(entry: Examined) -> Examined:
    why = "cannot tell: it was asked of the case under the other rulebook"
    return replace(entry, verdict=Judgement.CANNOT_TELL, bars=False, evidence=why)


def _ruled_alike(check: str, one: Rulebook, other: Rulebook) -> bool:
    """Whether what was said of a case under one rulebook is so under the other."""
    if check == "case-documents":
        return _required(one) == _required(other)
    _place, first, second = _figures(check, one, other) or ("", None, None)
    return first == second


def _required(rulebook: Rulebook) -> dict[str, Any]:
    return {place: f.value for place, f in figures(rulebook) if place.startswith("documents.")}


def _figures(check: str, old: Rulebook, new: Rulebook) -> tuple[str, str | None, str | None] | None:
    place = CHECKS[check].figure
    if place is None:
        return None
    return (place, _value(CHECKS[check].value_in(old)), _value(CHECKS[check].value_in(new)))


def _value(figure: Figure[Any] | None) -> str | None:
    if figure is None:
        return None
    value = figure.value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _verdict(entry: Examined | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {"verdict": entry.verdict.value, "bars": entry.bars, "evidence": entry.evidence}
