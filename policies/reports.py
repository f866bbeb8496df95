"""Reports of issuance by the sides' registries, and in what they differ from what was decided.

A report is never swallowed: what differs is recorded with it, and somebody has to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import msgspec

from policies.serials import Block


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


class Difference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing in which a report differs, in words."""

    what: Differs
    detail: str


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


@dataclass
class Reports:
    """Every report that a committee has recorded, by side and name."""

    known: dict[str, Report] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    blocks: dict[str, list[str]] = field(default_factory=dict)
    """The names of reports by what their first serial number begins with."""
    items: dict[str, list[str]] = field(default_factory=dict)
    """The names of reports by side, decision and item."""
    cases: dict[str, str] = field(default_factory=dict)
    """The last case of the docket about the differences of a side, decision and item."""

    def find(self, side: str, report: str) -> Report | None:
        """Return a side's report of that name."""
        return self.known.get(_key(side, report))

    def stands(self, report: Report) -> bool:
        """Whether no later report has replaced it."""
        return _key(report.side, report.report) not in self.replaced

    def take(self, report: Report, case: str | None = None) -> None:
        """Take a report as given, with the case of the docket that is about its item."""
        if case is not None:
            self.cases[_item(report.side, report.decision, report.item)] = case
        key = _key(report.side, report.report)
        self.known[key] = report
        self.items.setdefault(_item(report.side, report.decision, report.item), []).append(key)
        if report.supersedes is not None:
            self.replaced.add(_key(report.side, report.supersedes))
        if report.block is not None:
            self.blocks.setdefault(_begins(report.block), []).append(key)

    def of_item(self, side: str, decision: str, item: int) -> list[Report]:
        """Return the reports of a side that stand for one item."""
        found = (self.known[key] for key in self.items.get(_item(side, decision, item), ()))
        return [report for report in found if self.stands(report)]

    def case_of(self, side: str, decision: str, item: int) -> str | None:
        """Return the last case about the differences of a side on an item."""
        return self.cases.get(_item(side, decision, item))

    def overlapping(self, block: Block, supersedes: str | None) -> Iterator[Report]:
        """Yield the reports that stand, of either side, whose block shares a serial number."""
        for key in self.blocks.get(_begins(block), ()):
            other = self.known[key]
            replaced = other.report == supersedes or not self.stands(other)
            if not replaced and other.block is not None and other.block.overlaps(block):
                yield other


def differences(
    report: Report, reports: Reports, decided: int | None, adopted_on: date | None
) -> Iterator[Difference]:
    """Yield in what a report differs from what was decided, and from other reports.

    `decided` is the amount of that side by the item; null where the item decided no credits.
    `adopted_on` is null where the decision is unknown.
    """
    if adopted_on is None:
        message = f"no decision of this committee has the digest {report.decision[:16]}…"
        yield Difference(what=Differs.UNKNOWN_DECISION, detail=message)
    elif decided is None:
        message = f"{report.decision} item {report.item} decided no credits"
        yield Difference(what=Differs.BESIDE, detail=message)
    else:
        yield from _amount(report, reports, decided)
        if report.on < adopted_on:
            message = f"issued on {report.on}, before the decision of {adopted_on}"
            yield Difference(what=Differs.TOO_EARLY, detail=message)
    yield from _serials(report, reports)


def _amount(report: Report, reports: Reports, decided: int) -> Iterator[Difference]:
    before = reports.of_item(report.side, report.decision, report.item)
    others = sum(other.amount for other in before if other.report != report.supersedes)
    total = others + report.amount
    if total != decided:
        what = Differs.OVER if total > decided else Differs.UNDER
        with_others = f" with {others:,} reported before" if others else ""
        message = f"{total:,} reported{with_others}, {decided:,} decided for {report.side}"
        yield Difference(what=what, detail=message)


def _serials(report: Report, reports: Reports) -> Iterator[Difference]:
    if report.block is None:
        if report.amount:
            message = f"{report.amount:,} credits without serial numbers"
            yield Difference(what=Differs.WITHOUT_SERIALS, detail=message)
        return
    count = report.block.size
    span = f"{report.block.first} to {report.block.last}"
    if count is not None and count != report.amount:
        message = f"{span} are {count:,} serial numbers, {report.amount:,} are reported"
        yield Difference(what=Differs.COUNT, detail=message)
    for other in reports.overlapping(report.block, report.supersedes):
        message = f"{span} overlaps report {other.report} of {other.side} ({other.decision})"
        yield Difference(what=Differs.OVERLAP, detail=message)


def _key(side: str, report: str) -> str:
    return f"{side}/{report}"


def _item(side: str, decision: str, item: int) -> str:
    return f"{side}/{decision}#{item}"


def _begins(block: Block) -> str:
    return block.first.rstrip("0123456789")
