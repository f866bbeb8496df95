"""Reports of issuance by the sides' registries, and in what they differ from what was decided.

A report is never swallowed: what differs is recorded with it, and somebody has to look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

import msgspec

from policies.serials import Block, Blocks

MOST_NAMED = 5
"""How many of the reports whose serial numbers overlap are named; that there are more is said."""


class Differs(StrEnum):
    """In what a report differs."""

    UNKNOWN_DECISION = "unknown_decision"
    BESIDE = "beside"
    OVER = "over"
    UNDER = "under"
    TOO_EARLY = "too_early"
    COUNT = "serial_count"
    OVERLAP = "serial_overlap"
    WITHOUT_SERIALS = "without_serials"
    UNAUTHORIZED = "unauthorized"
    VINTAGE = "vintage"
    OUT_OF_ORDER = "out_of_order"
    NOT_TRANSFERRED = "not_transferred"


class Difference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing in which a report differs, in words."""

    what: Differs
    detail: str


class Decided(NamedTuple):
    """What an item decided for one side, and when it did.

    `amount` is null where it decided no credits, or the record does not say how many; `on` is null
    where it decided none; `known` is false where no decision here has the digest.
    """

    amount: int | None
    on: date | None
    known: bool = True


class Report(msgspec.Struct, frozen=True, gc=False):
    """A report as it was recorded; `decision` is the number, or the digest of an unknown one."""

    side: str
    report: str
    digest: str
    decision: str
    item: int
    amount: int
    block: Block | None
    on: date
    supersedes: str | None = None

    @property
    def counts_for(self) -> str:
        """The side, decision and item, as one text."""
        return _item(self.side, self.decision, self.item)


@dataclass
class Reports:
    """Every report that a committee has recorded, by side and name, in their order."""

    known: dict[str, Report] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    """The last case of the docket about the differences of a side, decision and item."""

    def __post_init__(self) -> None:
        self._standing: dict[str, dict[str, Report]] = {}
        self._totals: dict[str, int] = {}
        self._blocks = Blocks()
        self._replaced: set[str] = set()
        for key, report in self.known.items():
            self._stand(key, report)

    def find(self, side: str, report: str) -> Report | None:
        """Return a side's report of that name."""
        return self.known.get(_key(side, report))

    def stands(self, report: Report) -> bool:
        """Whether no later report has replaced it."""
        return _key(report.side, report.report) not in self._replaced

    def take(self, report: Report, case: str | None = None) -> None:
        """Take a report as given, with the case of the docket that is about its item."""
        if case is not None:
            self.cases[report.counts_for] = case
        key = _key(report.side, report.report)
        self.known[key] = report
        self._stand(key, report)

    def of_item(self, side: str, decision: str, item: int) -> Collection[Report]:
        """Return the reports of a side that stand for one item, in their order."""
        return self._standing.get(_item(side, decision, item), {}).values()

    def total(self, side: str, decision: str, item: int) -> int:
        """Return what the reports of a side that stand for one item add up to."""
        return self._totals.get(_item(side, decision, item), 0)

    def case_of(self, side: str, decision: str, item: int) -> str | None:
        """Return the last case about the differences of a side on an item."""
        return self.cases.get(_item(side, decision, item))

    def replaced_by(self, report: Report) -> Report | None:
        """Return the report that stands until this one replaces it."""
        if report.supersedes is None:
            return None
        before = self.find(report.side, report.supersedes)
        return before if before is not None and self.stands(before) else None

    def overlapping(self, report: Report) -> Iterator[Report]:
        """Yield the other reports that stand, of either side, whose block shares a number."""
        if report.block is None:
            return
        own = {_key(report.side, report.report), _key(report.side, report.supersedes or "")}
        for key in self._blocks.sharing(report.block):
            if key not in own:
                yield self.known[key]

    def _stand(self, key: str, report: Report) -> None:
        before = self.replaced_by(report)
        if before is not None:
            name = _key(before.side, before.report)
            self._replaced.add(name)
            del self._standing[before.counts_for][name]
            self._totals[before.counts_for] -= before.amount
            if before.block is not None:
                self._blocks.remove(before.block, name)
        self._standing.setdefault(report.counts_for, {})[key] = report
        total = self._totals.get(report.counts_for, 0)
        self._totals[report.counts_for] = total + report.amount
        if report.block is not None:
            self._blocks.add(report.block, key)


def differences(report: Report, reports: Reports, decided: Decided) -> Iterator[Difference]:
    """Yield in what a new report differs from what was decided, and from other reports."""
    before = reports.replaced_by(report)
    others = reports.total(report.side, report.decision, report.item)
    if before is not None and before.counts_for == report.counts_for:
        others -= before.amount
    if report.amount or report.supersedes is None:
        yield from _place(report, decided)
    if decided.amount is not None:
        yield from _sum(others + report.amount, others, decided.amount, report.side)
    yield from _own(report, reports, decided)


def outstanding(
    reports: Reports, side: str, place: tuple[str, int], decided: Decided
) -> Iterator[Difference]:
    """Yield in what the reports that stand for one item of a side differ, taken together.

    `place` is the decision and the item. The sum comes first: whoever asks only whether anything
    differs need not look at every part before all of them are there.
    """
    if decided.amount is not None:
        yield from _sum(reports.total(side, *place), 0, decided.amount, side)
    for report in reports.of_item(side, *place):
        if report.amount:
            yield from _place(report, decided)
        yield from _own(report, reports, decided)


def _place(report: Report, decided: Decided) -> Iterator[Difference]:
    if not decided.known:
        message = f"no decision of this committee has the digest {report.decision[:16]}…"
        yield Difference(what=Differs.UNKNOWN_DECISION, detail=message)
    elif decided.amount is None:
        message = f"{report.decision} item {report.item} decided no credits that can be told"
        yield Difference(what=Differs.BESIDE, detail=message)


def _sum(total: int, others: int, decided: int, side: str) -> Iterator[Difference]:
    if total != decided:
        what = Differs.OVER if total > decided else Differs.UNDER
        with_others = f" with {others:,} reported before" if others else ""
        message = f"{total:,} reported{with_others}, {decided:,} decided for {side}"
        yield Difference(what=what, detail=message)


def _own(report: Report, reports: Reports, decided: Decided) -> Iterator[Difference]:
    """Yield what is odd about a report, whatever others of its item say."""
    if decided.on is not None and report.on < decided.on:
        message = f"issued on {report.on}, before the decision of {decided.on}"
        yield Difference(what=Differs.TOO_EARLY, detail=message)
    if report.block is None:
        if report.amount:
            message = f"{report.amount:,} credits without serial numbers"
            yield Difference(what=Differs.WITHOUT_SERIALS, detail=message)
        return
    count = report.block.size
    span = f"{report.block.first} to {report.block.last}"
    if count is not None and count != report.amount:
        message = f"{span} are {count:,} serial numbers, {report.amount:,} are reported"
        if count < 1:
            message = f"{span} are no serial numbers: the last lies before the first"
        yield Difference(what=Differs.COUNT, detail=message)
    found = list(islice(reports.overlapping(report), MOST_NAMED + 1))
    for other in found[:MOST_NAMED]:
        message = f"{span} overlaps report {other.report} of {other.side} ({other.decision})"
        yield Difference(what=Differs.OVERLAP, detail=message)
    if len(found) > MOST_NAMED:
        yield Difference(what=Differs.OVERLAP, detail=f"{span} overlaps further reports")


def _key(side: str, report: str) -> str:
    return f"{side}/{report}"


def _item(side: str, decision: str, item: int) -> str:
    return f"{side}/{decision}#{item}"
