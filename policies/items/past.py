"""The item by which a committee makes its imported record ground for new decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, NamedTuple

from policies import history
from policies.facts import (
    AnyFact,
    CreditsDecided,
    EntityDesignated,
    MethodologyApproved,
    ProjectRegistered,
)
from policies.findings import Finding, passed, refusals, refuse, warn
from policies.ground import Ground
from policies.items.kind import Digest, Item, Occasion, Quantity
from policies.refusals import Refusal
from policies.subjects import Credits, Origin


class HistoryAdoption(Item, frozen=True, kw_only=True, tag="history_adoption"):
    """The committee adopts the record up to a day; the record is an annex, named by digest."""

    outcome: ClassVar = "adopted"

    up_to: date
    record: Digest
    decisions: Quantity
    items: Quantity
    credits: Quantity

    def stands(self, occasion: Occasion) -> Iterator[Finding]:
        """Check that the annexed record is the one that the item counts, of this committee."""
        text = occasion.annexes.get(self.record)
        if text is None:
            yield refuse("record", "the record is not among the annexes")
            return
        try:
            record = history.parse_record(text)
        except Refusal as refusal:
            yield refuse("record", str(refusal))
            return
        found = list(self._check_record(record, occasion))
        yield from found
        if not refusals(found):
            yield passed(
                "record",
                f"the annex is the record up to {self.up_to}: {self.decisions:,} decisions,"
                f" {self.items:,} items, {self.credits:,} credits",
            )

    def facts(self) -> Iterator[AnyFact]:
        """Yield nothing: the rows of the record are facts of their own decisions."""
        yield from ()

    def _check_record(self, record: history.Record, occasion: Occasion) -> Iterator[Finding]:
        if record.committee != occasion.committee.code:
            yield refuse("record", f"the record is that of {record.committee}")
        if record.up_to != self.up_to:
            yield refuse("record", f"the record reaches {record.up_to}, the item {self.up_to}")
        late = [d.number for d in record.decisions if d.on is None or d.on > self.up_to]
        if late:
            yield refuse("record", f"{', '.join(late)} is undated or after {self.up_to}")
        counted = {"decisions": self.decisions, "items": self.items, "credits": self.credits}
        if record.totals != counted:
            yield refuse("record", f"the record counts {record.totals}, the item {counted}")
        if self.up_to > occasion.day:
            yield refuse("record", f"{self.up_to} lies in the future")
        yield from _check_credits(record, occasion)
        yield from _check_numbers(record, occasion)


def _check_credits(record: history.Record, occasion: Occasion) -> Iterator[Finding]:
    """Yield a refusal for each row of credits that a signed decision has decided already.

    Other sites publish signed decisions as well, and their rows are imported; adopted beside the
    decision, its credits would count twice.
    """
    rows = [(past, item, row) for past in record.decisions for item, row in past.items]
    own = {(past.number, item) for past, item, _row in rows}
    for past, item, row in rows:
        for fact in history.facts_of(row, occasion.committee.sides):
            if isinstance(fact, CreditsDecided):
                for known in occasion.ground.credits_of_project(fact.project):
                    origin = known.origin
                    later = origin.basis == "signed" and (origin.decision, origin.item) not in own
                    if later and _same(fact, past.on, known):
                        yield refuse(
                            "record",
                            f"{past.number} item {item} says what {origin.decision} decided, and"
                            f" would count {fact.project} twice; adopt up to an earlier day",
                        )


def _check_numbers(record: history.Record, occasion: Occasion) -> Iterator[Finding]:
    """Yield a warning for each number of the past that a signed decision gave to something else.

    The signed decision goes before the record, so the registers would not show what had the number
    in the past: a record is best adopted before the first number is given.
    """
    own = {past.number for past in record.decisions}
    for past in record.decisions:
        for item, row in past.items:
            for fact in history.facts_of(row, occasion.committee.sides):
                holder = _holder(fact, occasion.ground)
                if holder is None or holder.origin.basis != "signed":
                    continue
                number, before, title = holder.number, holder.earlier, holder.title
                if title != row.subject_title and not own & before:
                    yield warn(
                        "record",
                        f"{past.number} item {item} is about {number}, which"
                        f" {holder.origin.decision} gave to {title!r}: the registers will show"
                        f" that one in the place of {row.subject_title!r}",
                    )


class _Holder(NamedTuple):
    """What has a number now, who says so, and which decisions spoke of it before."""

    number: str
    title: str
    origin: Origin
    earlier: frozenset[str]


def _holder(fact: AnyFact, ground: Ground) -> _Holder | None:
    match fact:
        case MethodologyApproved(number=number, version=version):
            approved = ground.methodologies.get(number, {}).get(version)
            if approved is not None:
                return _Holder(number, approved.title, approved.origin, frozenset())
        case EntityDesignated(number=str(number)):
            entity = ground.entities.get(number)
            if entity is not None:
                earlier = frozenset(before.origin.decision for before in entity.earlier)
                return _Holder(number, entity.name, entity.origin, earlier)
        case ProjectRegistered(number=number):
            project = ground.projects.get(number)
            if project is not None and project.registered_on == project.origin.on:
                return _Holder(number, project.title, project.origin, frozenset())
    return None


def _same(row: CreditsDecided, on: date | None, known: Credits) -> bool:
    """Whether periods share a day; where one is missing, whether the day of deciding is one."""
    if row.period is None or known.period is None:
        return on == known.origin.on
    return row.period[0] <= known.period[1] and known.period[0] <= row.period[1]
