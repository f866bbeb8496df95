"""What the registry shows: accounts, transactions, blocks, reports, and what waits and why."""

from __future__ import annotations

import sqlite3
from typing import Any

from governance.reference_registry.serials import serial


def accounts(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return every account with its balance and its blocks of serial numbers."""
    held: dict[str, list[dict[str, Any]]] = {}
    rows = connection.execute(
        "SELECT account, prefix, project, vintage, first, last FROM blocks"
        " JOIN series ON series.number = series ORDER BY series, first"
    )
    for row in rows:
        block = {
            "project": row["project"],
            "vintage": row["vintage"],
            "first": serial(row["prefix"], row["first"]),
            "last": serial(row["prefix"], row["last"]),
            "amount": row["last"] - row["first"] + 1,
        }
        held.setdefault(row["account"], []).append(block)
    return [
        {
            "account": row["number"],
            "kind": row["kind"],
            "holder": row["holder"],
            "opened_on": row["opened_on"],
            "balance": sum(block["amount"] for block in held.get(row["number"], ())),
            "blocks": held.get(row["number"], []),
        }
        for row in connection.execute("SELECT * FROM accounts ORDER BY number")
    ]


def transactions(
    connection: sqlite3.Connection, after: int = 0, limit: int = -1
) -> list[dict[str, Any]]:
    """Return the transactions after one, in their order, with their movements (-1: all)."""
    found = {
        row["number"]: {
            "transaction": row["number"],
            "kind": row["kind"],
            "date": row["happened_on"],
            "recorded_at": row["recorded_at"],
            "decision": row["decision"],
            "item": row["item"],
            "reference": row["reference"],
            "note": row["note"],
            "amount": 0,
            "movements": [],
        }
        for row in connection.execute(
            "SELECT * FROM transactions WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        )
    }
    if not found:
        return []
    rows = connection.execute(
        "SELECT done_by, prefix, first, last, source, target FROM movements"
        " JOIN series ON series.number = series WHERE done_by BETWEEN ? AND ?"
        " ORDER BY movements.number",
        (min(found), max(found)),
    )
    for row in rows:
        entry = found[row["done_by"]]
        amount = row["last"] - row["first"] + 1
        entry["amount"] += amount
        entry["movements"].append(
            {
                "from": row["source"],
                "to": row["target"],
                "first": serial(row["prefix"], row["first"]),
                "last": serial(row["prefix"], row["last"]),
                "amount": amount,
            }
        )
    return list(found.values())


def reports(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return every report, whether it is accepted, and why not."""
    rows = connection.execute(
        "SELECT report, decision, item, amount, supersedes, status, reason, tries, next_try,"
        " made_at, accepted_at FROM reports ORDER BY number"
    )
    return [
        dict(row) | {"next_try": None if row["status"] == "accepted" else row["next_try"]}
        for row in rows
    ]


def waiting(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the notifications that are not settled, or were told in two ways, and why."""
    rows = connection.execute(
        "SELECT id, source, type, sequence, status, failed, reason, conflict, tries, next_try,"
        " taken_at FROM notifications WHERE settled_at IS NULL OR conflict IS NOT NULL"
        " ORDER BY sequence"
    )
    return [dict(row) for row in rows]


def status(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return how the registry stands: position, totals, what waits, and what was not accepted."""
    side, rehearsal = connection.execute("SELECT side, rehearsal FROM registry").fetchone()
    counts = connection.execute("SELECT status, count(*) FROM notifications GROUP BY status")
    unaccepted = [r for r in reports(connection) if r["status"] != "accepted"]
    return {
        "side": side,
        "rehearsal": bool(rehearsal),
        "engines": [
            dict(row) for row in connection.execute("SELECT * FROM positions ORDER BY engine")
        ],
        "notifications": {row[0]: row[1] for row in counts},
        "credits": _totals(connection),
        "waiting": waiting(connection),
        "unaccepted_reports": unaccepted,
    }


def _totals(connection: sqlite3.Connection) -> dict[str, int]:
    """Return what was issued, and what stands in each kind of account."""
    totals = dict.fromkeys(
        ("issued", "holding", "government_holding", "cancellation", "retirement"), 0
    )
    (totals["issued"],) = connection.execute(
        "SELECT coalesce(sum(last - first + 1), 0) FROM movements WHERE source IS NULL"
    ).fetchone()
    rows = connection.execute(
        "SELECT kind, sum(last - first + 1) FROM blocks JOIN accounts ON accounts.number = account"
        " GROUP BY kind"
    )
    return totals | {row[0]: row[1] for row in rows}
