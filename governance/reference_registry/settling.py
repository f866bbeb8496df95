"""What follows from a verified item: an issuance, an adjustment, or nothing; and the report of it.

Everything here happens in one transaction with the notification and the position in the feed, so
that an item is settled once, however often it is told and wherever the program was killed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from governance.reference_registry.decided import Decided
from governance.reference_registry.ledger import Act, Ledger
from governance.reference_registry.refusals import LedgerError, NotIssuableError
from governance.reference_registry.reports import Reporter
from governance.reference_registry.serials import Span, joined, without

Outcome = Literal["issued", "adjusted", "noted"]


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done with a notification, and in words."""

    outcome: Outcome
    says: str


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles items inside one transaction; `notification` is the row of the one that told."""

    ledger: Ledger
    reporter: Reporter
    now: datetime
    notification: int

    def settle(self, decided: Decided) -> Settled:
        """Do what an item decides, once; `NotIssuableError` where it cannot be done (yet)."""
        before = self._rows.execute(
            "SELECT notification FROM settled WHERE decision = ? AND item = ?",
            (decided.at.decision, decided.at.item),
        ).fetchone()
        if before is not None:
            says = f"{decided.at} was settled before, by notification {before['notification']}"
            return Settled("noted", says)
        day = self.now.astimezone(decided.zone).date()
        if day < decided.adopted_on:
            message = f"it was adopted on {decided.adopted_on}; by this clock today is {day}"
            raise NotIssuableError("clock", message, waits=True)
        if decided.corrects is None:
            return self._issue(decided, day)
        return self._adjust(decided, decided.corrects, day)

    @property
    def _rows(self) -> sqlite3.Connection:
        return self.ledger.connection

    # An issuance

    def _issue(self, decided: Decided, day: date) -> Settled:
        amount, project = decided.amount, decided.project
        if amount is None or project is None:
            message = "the item states no amount, or no project"
            raise NotIssuableError("told", message)
        origin = _Origin(
            decided.at.decision,
            decided.at.number,
            decided.at.item,
            decided.committee,
            project,
            decided.vintage,
        )
        if not amount:
            self._write(decided, origin, 0, None, day)
            return Settled("noted", "nothing is to be issued: the amount is 0")
        series = self.ledger.new_series(origin.pair, project, decided.vintage)
        act = self._act(decided, day, f"{amount:,} credits of {project} by {decided.at}")
        self.ledger.issue(series, self._shares(decided, amount, day), act)
        self._write(decided, origin, amount, series, day)
        self._report(decided, origin, series, day)
        return Settled("issued", f"{amount:,} credits of {project} are issued")

    def _shares(self, decided: Decided, amount: int, day: date) -> list[tuple[str, int]]:
        if decided.shares is None:
            return [(self.ledger.government(day), amount)]
        return [
            (
                self.ledger.government(day)
                if share.holder is None
                else self.ledger.open_account("holding", share.holder, day),
                share.amount,
            )
            for share in decided.shares
            if share.amount
        ]

    # A correction

    def _adjust(self, decided: Decided, corrects: tuple[str, int], day: date) -> Settled:
        origin, standing = self._corrected(decided, corrects)
        if decided.amount is None:
            self._write(decided, origin, standing.amount, standing.series, day)
            return Settled("noted", "the amount stays as it was")
        series = standing.series
        wanted = self._wanted(decided, series, decided.amount, day)
        less = {a: -change for a, change in wanted.items() if change < 0}
        more = [(a, change) for a, change in wanted.items() if change > 0]
        if less and series is not None:
            self._cancel(decided, series, less, day)
        if more:
            if series is None:
                series = self.ledger.new_series(origin.pair, origin.project, origin.vintage)
            note = f"{sum(c for _, c in more):,} further credits of {origin.project}"
            self.ledger.issue(series, more, self._act(decided, day, f"{note} by {decided.at}"))
        self._write(decided, origin, decided.amount, series, day)
        if series is None or not wanted:
            return Settled("noted", "the amount stays as it was")
        self._report(decided, origin, series, day)
        return Settled(
            "adjusted",
            f"{sum(c for _, c in more):,} further credits, {sum(less.values()):,} cancelled;"
            f" {decided.amount:,} stand for {origin.named}#{origin.item}",
        )

    def _corrected(self, decided: Decided, corrects: tuple[str, int]) -> tuple[_Origin, _Standing]:
        """Return the issuance that is corrected, and how it stands; refuse to jump over one."""
        number, item = corrects
        rows = self._rows.execute(
            "SELECT decision, named, item, pair, project, vintage, amount, series FROM settled"
            " WHERE of_named = ? AND of_item = ? ORDER BY number",
            (number, item),
        ).fetchall()
        if not rows:
            waits = is_open(self._rows, number, item)
            message = (
                f"it corrects {number}#{item}, which is not settled here yet"
                if waits
                else f"it corrects {number}#{item}, which this registry did not issue:"
                " a person has to adjust it"
            )
            raise NotIssuableError("order", message, waits=waits)
        first, last = rows[0], rows[-1]
        if last["decision"] != decided.previous:
            message = (
                f"it comes after decision {(decided.previous or 'none')[:16]}…; here"
                f" {number}#{item} was last set by {last['named']}, {last['decision'][:16]}…"
            )
            raise NotIssuableError("order", message, waits=True)
        origin = _Origin(*(first[name] for name in _Origin.__struct_fields__))
        return origin, _Standing(last["amount"], last["series"])

    def _wanted(
        self, decided: Decided, series: int | None, amount: int, day: date
    ) -> dict[str, int]:
        """Return the change of each account that the issuance gave credits to.

        Where no shares are decided the government's account bears the difference, and after it the
        others, in the order of their numbers.
        """
        given = {} if series is None else self._given(series)
        if decided.shares is not None:
            shares = dict(self._shares(decided, amount, day))
            accounts = dict.fromkeys([*given, *shares])
            changes = {a: shares.get(a, 0) - given.get(a, 0) for a in accounts}
            return {a: change for a, change in changes.items() if change}
        change = amount - sum(given.values())
        if change > 0:
            return {self.ledger.government(day): change}
        changes = {}
        for account in sorted(given, key=lambda a: (self.ledger.kind_of(a) == "holding", a)):
            cut = min(-change, given[account])
            if cut:
                changes[account] = -cut
                change += cut
        return changes

    def _given(self, series: int) -> dict[str, int]:
        """Return what the committee's decisions have given to each account, and not taken back."""
        given: dict[str, int] = {}
        for row in self._decided_movements(series):
            size = row["last"] - row["first"] + 1
            if row["kind"] == "issuance":
                given[row["target"]] = given.get(row["target"], 0) + size
            else:
                given[row["source"]] -= size
        return {account: amount for account, amount in given.items() if amount}

    def _cancel(self, decided: Decided, series: int, less: Mapping[str, int], day: date) -> None:
        """Cancel the newest numbers; never of what its first holder has passed on or retired."""
        to = self.ledger.own("cancellation", day)
        for account, amount in less.items():
            try:
                spans = self.ledger.find(account, amount, series=series, newest=True)
            except LedgerError as error:
                message = f"{amount:,} credits are to be cancelled: {error}; a person has to decide"
                raise NotIssuableError("balance", message) from None
            note = f"{amount:,} credits too many, by {decided.at}"
            self.ledger.move("cancellation", spans, account, to, self._act(decided, day, note))

    # What is written with it

    def _act(self, decided: Decided, day: date, note: str) -> Act:
        return Act(day, self.now, note, decision=decided.at.decision, item=decided.at.item)

    def _write(
        self, decided: Decided, origin: _Origin, amount: int, series: int | None, day: date
    ) -> None:
        self._rows.execute(
            "INSERT INTO settled (decision, item, named, of_named, of_item, pair, project, vintage,"
            " amount, series, notification, settled_on)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                decided.at.decision,
                decided.at.item,
                decided.at.number,
                origin.named,
                origin.item,
                origin.pair,
                origin.project,
                origin.vintage,
                amount,
                series,
                self.notification,
                day.isoformat(),
            ),
        )

    def _report(self, decided: Decided, origin: _Origin, series: int, day: date) -> None:
        """Report what stands for the issuance; on a correction, what has changed of that."""
        (prefix,) = self._rows.execute(
            "SELECT prefix FROM series WHERE number = ?", (series,)
        ).fetchone()
        self.reporter.report(
            self._rows,
            decided,
            about=(origin.decision, origin.item),
            stands=[(prefix, span) for span in self._stands(series)],
            day=day,
            now=self.now,
        )

    def _stands(self, series: int) -> list[Span]:
        """Return the numbers that were issued and that no decision has taken back."""
        spans: list[Span] = []
        for row in self._decided_movements(series):
            moved = Span(series, row["first"], row["last"])
            if row["kind"] == "issuance":
                spans.append(moved)
            else:
                spans = [part for span in spans for part in without(span, moved)]
        return joined(spans)

    def _decided_movements(self, series: int) -> list[sqlite3.Row]:
        return self._rows.execute(
            "SELECT kind, first, last, source, target FROM movements"
            " JOIN transactions ON transactions.number = done_by"
            " WHERE series = ? AND decision IS NOT NULL ORDER BY movements.number",
            (series,),
        ).fetchall()


class _Origin(msgspec.Struct, frozen=True):
    """The issuance that an item decides, or corrects."""

    decision: str
    named: str
    item: int
    pair: str
    project: str
    vintage: int | None


class _Standing(msgspec.Struct, frozen=True):
    """How an issuance was last settled."""

    amount: int
    series: int | None


def is_open(connection: sqlite3.Connection, number: str, item: int) -> bool:
    """Whether an item was told and is not settled yet."""
    rows = connection.execute("SELECT event FROM notifications WHERE settled_at IS NULL")
    for row in rows:
        data = msgspec.json.decode(row["event"])["data"]
        if (data.get("number"), data.get("item")) == (number, item):
            return True
    return False
