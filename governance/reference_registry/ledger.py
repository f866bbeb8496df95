"""Accounts of four kinds, and the credits in them as blocks of serial numbers.

Issuance puts credits into holding accounts of participants and of the government; a transfer moves
them between holding accounts; what is cancelled or retired moves no further.
Source: Common Specifications of the JCM Registry, Indonesia version 01.0, paragraphs 1 to 8.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from governance.reference_registry.refusals import LedgerError
from governance.reference_registry.serials import MARK, Span, series_prefix

Kind = Literal["issuance", "transfer", "cancellation", "retirement"]

ACCOUNTS = {
    "government_holding": 100,
    "holding": 200,
    "cancellation": 300,
    "retirement": 400,
}
"""The kinds of account, and the class in the account's number: `JP-200-0007`."""
HOLDING = ("government_holding", "holding")
"""Kinds whose credits still move."""


@dataclass(frozen=True, slots=True)
class Act:
    """When a transaction happens, why, and by which name a person asked for it."""

    day: date
    now: datetime
    note: str
    reference: str | None = None
    decision: str | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of one side, inside one transaction of the database."""

    connection: sqlite3.Connection
    side: str
    rehearsal: bool

    # Accounts

    def open_account(self, kind: str, holder: str, on: date) -> str:
        """Return the number of a holder's account of a kind, opened where there was none."""
        row = self.connection.execute(
            "SELECT number FROM accounts WHERE kind = ? AND holder = ?", (kind, holder)
        ).fetchone()
        if row is not None:
            return str(row["number"])
        (count,) = self.connection.execute(
            "SELECT count(*) FROM accounts WHERE kind = ?", (kind,)
        ).fetchone()
        mark = MARK if self.rehearsal else ""
        number = f"{mark}{self.side}-{ACCOUNTS[kind]}-{count + 1:04d}"
        self.connection.execute(
            "INSERT INTO accounts VALUES (?, ?, ?, ?)", (number, kind, holder, on.isoformat())
        )
        return number

    def government(self, on: date) -> str:
        """Return the government's holding account: there is one."""
        return self.open_account("government_holding", f"Government of {self.side}", on)

    def own(self, kind: str, on: date) -> str:
        """Return the registry's one account for what is cancelled, or retired."""
        return self.open_account(kind, f"Registry of {self.side}", on)

    def kind_of(self, account: str) -> str:
        """Return an account's kind; `LedgerError` if there is no such account."""
        row = self.connection.execute(
            "SELECT kind FROM accounts WHERE number = ?", (account,)
        ).fetchone()
        if row is None:
            message = f"there is no account {account}; see: registry-demo accounts"
            raise LedgerError(message)
        return str(row["kind"])

    def require_moving(self, account: str) -> None:
        """Refuse what would leave an account that credits do not leave."""
        kind = self.kind_of(account)
        if kind not in HOLDING:
            message = f"{account} is a {kind} account: what is in it moves no further"
            raise LedgerError(message)

    # Series

    def new_series(self, pair: str, project: str, vintage: int | None) -> int:
        """Begin the serial numbers of one issuance."""
        (place,) = self.connection.execute(
            "SELECT count(*) + 1 FROM series WHERE pair = ? AND project = ?", (pair, project)
        ).fetchone()
        prefix = series_prefix(self.side, pair, project, vintage, place, rehearsal=self.rehearsal)
        made = self.connection.execute(
            "INSERT INTO series (prefix, pair, project, vintage, place, next)"
            " VALUES (?, ?, ?, ?, ?, 1)",
            (prefix, pair, project, vintage, place),
        )
        return int(made.lastrowid or 0)

    # Transactions

    def record(self, kind: Kind, act: Act) -> int:
        """Write a transaction; its movements follow."""
        made = self.connection.execute(
            "INSERT INTO transactions"
            " (kind, happened_on, recorded_at, decision, item, reference, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                kind,
                act.day.isoformat(),
                act.now.isoformat(),
                act.decision,
                act.item,
                act.reference,
                act.note,
            ),
        )
        return int(made.lastrowid or 0)

    def issue(self, series: int, shares: Sequence[tuple[str, int]], act: Act) -> None:
        """Put new credits of a series into accounts, in the order of the shares."""
        given = [(account, amount) for account, amount in shares if amount]
        if not given:
            return
        done_by = self.record("issuance", act)
        for account, amount in given:
            (first,) = self.connection.execute(
                "SELECT next FROM series WHERE number = ?", (series,)
            ).fetchone()
            span = Span(series, first, first + amount - 1)
            self.connection.execute(
                "UPDATE series SET next = ? WHERE number = ?", (span.last + 1, series)
            )
            self._put(done_by, span, None, account)

    def move(self, kind: Kind, spans: Iterable[Span], source: str, target: str, act: Act) -> int:
        """Move spans that stand in an account to another; return the transaction's number."""
        done_by = self.record(kind, act)
        for span in spans:
            self._take(span, source)
            self._put(done_by, span, source, target)
        return done_by

    def find(
        self,
        account: str,
        amount: int,
        *,
        series: int | None = None,
        project: str | None = None,
        newest: bool = False,
    ) -> list[Span]:
        """Return spans of an account that make up an amount: the oldest, or the newest, numbers.

        Raises `LedgerError` where the account holds less.
        """
        order = "DESC" if newest else "ASC"
        rows = self.connection.execute(
            "SELECT series, first, last FROM blocks JOIN series ON series.number = blocks.series"  # noqa: S608 - constants
            " WHERE account = ? AND (? IS NULL OR series = ?) AND (? IS NULL OR project = ?)"
            f" ORDER BY series {order}, first {order}",
            (account, series, series, project, project),
        )
        found: list[Span] = []
        missing = amount
        for row in rows:
            if not missing:
                break
            block = Span(row["series"], row["first"], row["last"])
            taken = min(missing, block.size)
            if newest:
                found.append(Span(block.series, block.last - taken + 1, block.last))
            else:
                found.append(Span(block.series, block.first, block.first + taken - 1))
            missing -= taken
        if missing:
            message = f"{account} holds {amount - missing:,} of the {amount:,} credits asked for"
            raise LedgerError(message)
        return found

    def _take(self, span: Span, account: str) -> None:
        """Take a span out of the block of an account in which it stands; keep what is beside it."""
        row = self.connection.execute(
            "SELECT first, last FROM blocks"
            " WHERE series = ? AND account = ? AND first <= ? AND last >= ?",
            (span.series, account, span.first, span.last),
        ).fetchone()
        if row is None:
            message = f"{account} does not hold the credits {span.first} to {span.last}"
            raise LedgerError(message)
        self.connection.execute(
            "DELETE FROM blocks WHERE series = ? AND first = ?", (span.series, row["first"])
        )
        for first, last in ((row["first"], span.first - 1), (span.last + 1, row["last"])):
            if first <= last:
                self._block(Span(span.series, first, last), account)

    def _put(self, done_by: int, span: Span, source: str | None, target: str) -> None:
        self.connection.execute(
            "INSERT INTO movements (done_by, series, first, last, source, target)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (done_by, span.series, span.first, span.last, source, target),
        )
        self._block(span, target)

    def _block(self, span: Span, account: str) -> None:
        self.connection.execute(
            "INSERT INTO blocks VALUES (?, ?, ?, ?)", (span.series, span.first, span.last, account)
        )
