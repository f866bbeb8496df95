"""What account holders ask for: transfers, cancellations, retirements.

A reference makes an order safe to repeat: the same order under it again is answered, not done.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from governance.reference_registry.database import Database
from governance.reference_registry.ledger import Act, Ledger
from governance.reference_registry.refusals import LedgerError


@dataclass(frozen=True, slots=True)
class Order:
    """Credits of an account that go elsewhere: to `target`, or to be cancelled or retired."""

    kind: Literal["transfer", "cancellation", "retirement"]
    source: str
    amount: int
    target: str | None = None
    project: str | None = None
    reference: str | None = None


def carry_out(
    database: Database, side: str, order: Order, now: datetime, *, rehearsal: bool
) -> tuple[int, bool]:
    """Carry an order out; return its transaction, and whether it was carried out before.

    Raises `LedgerError` where the accounts' rules do not allow it. Days are those of UTC.
    """
    with database.transaction() as connection:
        ledger = Ledger(connection, side, rehearsal)
        before = _before(connection, order)
        if before is not None:
            return before, True
        if order.amount < 1:
            message = f"{order.amount:,} credits cannot move; at least 1"
            raise LedgerError(message)
        ledger.require_moving(order.source)
        target = _target(ledger, order, now)
        spans = ledger.find(order.source, order.amount, project=order.project)
        act = Act(now.date(), now, _words(order), reference=order.reference)
        return ledger.move(order.kind, spans, order.source, target, act), False


def open_account(
    database: Database, side: str, holder: str, now: datetime, *, rehearsal: bool
) -> str:
    """Open a holding account for a participant; one that is there already is returned."""
    if not holder.strip() or len(holder) > 300 or not holder.isprintable():
        message = "a holder has a name of one line, of at most 300 characters"
        raise LedgerError(message)
    with database.transaction() as connection:
        return Ledger(connection, side, rehearsal).open_account("holding", holder, now.date())


def _target(ledger: Ledger, order: Order, now: datetime) -> str:
    if order.kind != "transfer":
        return ledger.own(order.kind, now.date())
    if order.target is None or order.target == order.source:
        message = "a transfer goes to another account; name it"
        raise LedgerError(message)
    ledger.require_moving(order.target)
    return order.target


def _words(order: Order) -> str:
    to = f" to {order.target}" if order.target else ""
    of = f" of {order.project}" if order.project else ""
    return f"{order.amount:,} credits{of} from {order.source}{to}"


def _before(connection: sqlite3.Connection, order: Order) -> int | None:
    """Return the transaction that the order's reference names; `LedgerError` if it was another."""
    if order.reference is None:
        return None
    row = connection.execute(
        "SELECT number, kind, note FROM transactions WHERE reference = ?", (order.reference,)
    ).fetchone()
    if row is None:
        return None
    if (row["kind"], row["note"]) != (order.kind, _words(order)):
        message = (
            f"the reference {order.reference} is that of a {row['kind']}: {row['note']};"
            " give this order another"
        )
        raise LedgerError(message)
    return int(row["number"])
