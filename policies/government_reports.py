"""Governments' reports under Article 6.2, and in what they differ from what else is recorded.

As with the registries' reports of issuance nothing is swallowed: what differs is recorded with it.
What is out of order only warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import msgspec

from policies.article6 import vintages
from policies.government import (
    Acquisition,
    AnyAct,
    Authorization,
    FirstTransfer,
    Moved,
    Units,
)
from policies.reports import Difference, Differs
from policies.serials import Block, Blocks


class GovernmentRecord(msgspec.Struct, frozen=True, gc=False):
    """A report as it was recorded; `decision` is the number, or the digest of an unknown one."""

    side: str
    report: str
    digest: str
    decision: str | None
    item: int | None
    act: AnyAct
    supersedes: str | None = None

    @property
    def place(self) -> str:
        """Whose report it is, as people name it."""
        return f"report {self.report} of {self.side}"


class Decided(NamedTuple):
    """What the record knows of the item whose credits change hands.

    `parties` are the sides' amounts by the codes of three letters; `issued` the days of the
    registries' reports of issuance, by side. Members are null where the record does not say.
    """

    known: bool
    quantity: int | None = None
    parties: dict[str, int | None] | None = None
    on: date | None = None
    period: tuple[date, date] | None = None
    cut: date = date.min
    issued: tuple[tuple[str, date], ...] = ()


@dataclass
class GovernmentReports:
    """Every government's report that a committee has recorded, by side and name."""

    known: dict[str, GovernmentRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._replaced: set[str] = set()
        self._authorizations: dict[tuple[str, str], str] = {}
        self._moved: dict[tuple[str, str, int], dict[str, None]] = {}
        self._under: dict[str, dict[str, None]] = {}
        self._blocks: dict[str, Blocks] = {}
        for key, record in self.known.items():
            self._stand(key, record)

    def find(self, side: str, report: str) -> GovernmentRecord | None:
        """Return a side's report of that name."""
        return self.known.get(_key(side, report))

    def stands(self, record: GovernmentRecord) -> bool:
        """Whether no later report has replaced it."""
        return _key(record.side, record.report) not in self._replaced

    def authorization(self, side: str, name: str) -> GovernmentRecord | None:
        """Return a side's authorization of that identifier, as it stands."""
        key = self._authorizations.get((side, name))
        return None if key is None else self.known[key]

    def moved(self, kind: type[Moved], decision: str, item: int) -> list[GovernmentRecord]:
        """Return the transfers, or the acquisitions, of an item that stand."""
        keys = self._moved.get((kind.__name__, decision, item), {})
        return [self.known[key] for key in keys]

    def under(self, authorization: str) -> list[GovernmentRecord]:
        """Return the first transfers under an authorization that stand."""
        return [self.known[key] for key in self._under.get(authorization, {})]

    def sharing(self, kind: type[Moved], act: Moved) -> list[GovernmentRecord]:
        """Return the transfers, or the acquisitions, that stand and share an identifier."""
        return self._sharing(kind.__name__, act.itmos.range.block)

    def sharing_units(self, kind: type[Moved], act: Moved) -> list[GovernmentRecord]:
        """Return those that stand and share a credit beneath, of the same registry."""
        if act.units is None:
            return []
        return self._sharing(_of_units(kind.__name__, act.units), act.units.block)

    def _sharing(self, what: str, block: Block) -> list[GovernmentRecord]:
        blocks = self._blocks.get(what)
        names = () if blocks is None else blocks.sharing(block)
        return [self.known[name] for name in names]

    def take(self, record: GovernmentRecord) -> None:
        """Take a report as given."""
        key = _key(record.side, record.report)
        self.known[key] = record
        self._stand(key, record)

    def _stand(self, key: str, record: GovernmentRecord) -> None:
        if record.supersedes is not None:
            self._fall(_key(record.side, record.supersedes))
        act = record.act
        if isinstance(act, Authorization):
            self._authorizations[record.side, act.authorization] = key
            return
        kind = type(act).__name__
        self._moved.setdefault(_item(record), {})[key] = None
        self._blocks.setdefault(kind, Blocks()).add(act.itmos.range.block, key)
        if act.units is not None:
            units = _of_units(kind, act.units)
            self._blocks.setdefault(units, Blocks()).add(act.units.block, key)
        if isinstance(act, FirstTransfer):
            self._under.setdefault(act.authorization, {})[key] = None

    def _fall(self, key: str) -> None:
        self._replaced.add(key)
        before = self.known[key]
        act = before.act
        if isinstance(act, Authorization):
            return
        del self._moved[_item(before)][key]
        kind = type(act).__name__
        self._blocks[kind].remove(act.itmos.range.block, key)
        if act.units is not None:
            self._blocks[_of_units(kind, act.units)].remove(act.units.block, key)
        if isinstance(act, FirstTransfer):
            del self._under[act.authorization][key]


def differences(
    found: GovernmentRecord, reports: GovernmentReports, decided: Decided, host: str
) -> Iterator[Difference]:
    """Yield in what a new report of a transfer or an acquisition differs; `host` is its side."""
    act = found.act
    if isinstance(act, Authorization):
        return
    others = _without(found, reports.moved(type(act), found.decision or "", found.item or 0))
    yield from _item_of(found, act, decided)
    if decided.known:
        yield from _amounts(act, others, decided)
    yield from _authorized(found, act, reports, host)
    for other in _without(found, reports.sharing(type(act), act)):
        span = f"{act.itmos.first} to {act.itmos.last}"
        yield _differs(Differs.OVERLAP, f"{span} overlaps {other.place} ({other.decision})")
    for other in _without(found, reports.sharing_units(type(act), act)):
        message = f"the credits beneath are also those of {other.place} ({other.decision})"
        yield _differs(Differs.OVERLAP, message)
    if isinstance(act, Acquisition):
        yield from _transferred(act, reports)
    for side, day in decided.issued:
        if isinstance(act, FirstTransfer) and side != host and day < act.on:
            message = f"{side} reported its issuance of {day}, before the first transfer {act.on}"
            yield _differs(Differs.OUT_OF_ORDER, message)


def _item_of(found: GovernmentRecord, act: Moved, decided: Decided) -> Iterator[Difference]:
    """The item is one that decided credits, by then, and of that vintage."""
    if not decided.known:
        message = f"no decision of this committee has the digest {(found.decision or '')[:16]}…"
        yield _differs(Differs.UNKNOWN_DECISION, message)
    elif decided.quantity is None:
        message = f"{found.decision} item {found.item} decided no credits that can be told"
        yield _differs(Differs.BESIDE, message)
    if decided.on is not None and act.on < decided.on:
        message = f"done on {act.on}, before the decision of {decided.on}"
        yield _differs(Differs.TOO_EARLY, message)
    if decided.period is not None and list(vintages(*decided.period, decided.cut)) != [act.vintage]:
        begins, ends = decided.period
        message = f"vintage {act.vintage}, and the credits are of {begins} to {ends}"
        yield _differs(Differs.VINTAGE, message)


def _amounts(
    act: Moved, others: Iterable[GovernmentRecord], decided: Decided
) -> Iterator[Difference]:
    """No more changes hands than was decided, nor to a side than was decided for it."""
    acts = [act, *(other.act for other in others if isinstance(other.act, Moved))]
    total = sum(one.quantity for one in acts)
    if decided.quantity is not None and total > decided.quantity:
        message = f"with what was reported before {total:,}, of {decided.quantity:,} decided"
        yield _differs(Differs.OVER, message)
    if not isinstance(act, FirstTransfer) or act.acquiring is None:
        return
    to = sum(one.quantity for one in acts if _acquiring(one) == act.acquiring)
    amount = (decided.parties or {}).get(act.acquiring)
    if amount is not None and to > amount:
        message = f"{to:,} to {act.acquiring}, for which {amount:,} are decided"
        yield _differs(Differs.OVER, message)


def _authorized(
    found: GovernmentRecord, act: Moved, reports: GovernmentReports, host: str
) -> Iterator[Difference]:
    """The host has authorized it: these credits, so many, to that Party, for that purpose."""
    named = reports.authorization(host, act.authorization)
    if named is None or not isinstance(named.act, Authorization):
        message = f"{host} has reported no authorization {act.authorization}"
        yield _differs(Differs.UNAUTHORIZED, message)
        return
    authorization = named.act
    for message in _beyond(act, authorization):
        yield _differs(Differs.UNAUTHORIZED, f"{act.authorization}: {message}")
    if isinstance(act, FirstTransfer) and authorization.quantity is not None:
        others = _without(found, reports.under(act.authorization))
        total = act.quantity + sum(o.act.quantity for o in others if isinstance(o.act, Moved))
        if total > authorization.quantity:
            message = f"{total:,} first transferred, {authorization.quantity:,} authorized"
            yield _differs(Differs.UNAUTHORIZED, f"{act.authorization}: {message}")
    if act.on < authorization.on:
        message = f"done on {act.on}, before the authorization of {authorization.on}"
        yield _differs(Differs.OUT_OF_ORDER, message)


def _beyond(act: Moved, named: Authorization) -> Iterator[str]:
    approach = act.itmos.range.first.approach
    if named.cooperative_approach not in (None, approach):
        yield f"it is of {named.cooperative_approach}, the outcomes of {approach}"
    if isinstance(act, FirstTransfer):
        if not named.covers(act.purpose):
            yield f"it is for {named.purposes}, not {act.purpose}"
        if act.acquiring is not None and named.parties and act.acquiring not in named.parties:
            yield f"it names {', '.join(named.parties)}, not {act.acquiring}"
    occurred = None if named.timeframe is None else named.timeframe.occurred
    if occurred is not None and not occurred.begins.year <= act.vintage <= occurred.ends.year:
        yield f"it is of mitigation from {occurred.begins} to {occurred.ends}"


def _transferred(act: Acquisition, reports: GovernmentReports) -> Iterator[Difference]:
    """What is acquired has been transferred first, all of it."""
    given = act.itmos.range
    covered = 0
    for record in reports.sharing(FirstTransfer, act):
        if isinstance(record.act, FirstTransfer):
            other = record.act.itmos.range
            low = max(given.first.serial, other.first.serial)
            covered += min(given.last.serial, other.last.serial) - low + 1
            if act.on < record.act.on:
                message = f"acquired on {act.on}, first transferred on {record.act.on}"
                yield _differs(Differs.OUT_OF_ORDER, message)
    if covered < act.quantity:
        message = f"of {act.quantity:,} acquired {covered:,} are reported as first transferred"
        yield _differs(Differs.NOT_TRANSFERRED, message)


def _acquiring(act: Moved) -> str | None:
    return act.acquiring if isinstance(act, FirstTransfer) else None


def _without(
    found: GovernmentRecord, records: Iterable[GovernmentRecord]
) -> list[GovernmentRecord]:
    """Leave out the report itself, and the one that it replaces."""
    own = (found.report, found.supersedes)
    return [r for r in records if r.side != found.side or r.report not in own]


def _differs(what: Differs, detail: str) -> Difference:
    return Difference(what=what, detail=detail)


def _key(side: str, report: str) -> str:
    return f"{side}/{report}"


def _of_units(kind: str, units: Units) -> str:
    return f"{kind} of {units.registry or ''}"


def _item(record: GovernmentRecord) -> tuple[str, str, int]:
    return (type(record.act).__name__, record.decision or "", record.item or 0)
