"""The registry's page: plain HTML from the same values as its JSON; nothing of it is a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

_STYLE = (
    "body{font-family:sans-serif;margin:2rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    ".mark{background:#fd0;padding:.5rem;font-weight:bold}"
)


def page(
    status: dict[str, Any],
    accounts: list[dict[str, Any]],
    transactions: list[dict[str, Any]],
    reports: list[dict[str, Any]],
) -> str:
    """Return the page of a registry."""
    title = f"Registry of {status['side']}"
    mark = '<p class="mark">REHEARSAL: nothing here is a credit.</p>' if status["rehearsal"] else ""
    blocks = [
        {"account": account["account"], **block}
        for account in accounts
        for block in account["blocks"]
    ]
    parts = (
        _table("Credits", ["kind", "amount"], _pairs(status["credits"])),
        _table("Accounts", ["account", "kind", "holder", "balance"], accounts),
        _table("Blocks", ["account", "project", "vintage", "first", "last", "amount"], blocks),
        _table(
            "Transactions",
            ["transaction", "date", "kind", "amount", "note", "reference"],
            transactions,
        ),
        _table(
            "Waiting, refused, or told in two ways",
            ["id", "status", "failed", "reason", "conflict", "next_try"],
            status["waiting"],
        ),
        _table(
            "Reports",
            ["report", "amount", "supersedes", "status", "reason", "accepted_at"],
            reports,
        ),
        _table("Engines", ["engine", "sequence", "reached_at", "trouble"], status["engines"]),
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{mark}{''.join(parts)}"
        "</body></html>"
    )


def _table(title: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(row[column])}</td>' for column in columns)}</tr>"
        for row in rows
    )
    head = "".join(f"<th>{column.replace('_', ' ')}</th>" for column in columns)
    shown = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<h2>{title}</h2>{shown if body else '<p>None.</p>'}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else escape(str(value))


def _pairs(totals: dict[str, int]) -> list[dict[str, Any]]:
    return [{"kind": kind, "amount": amount} for kind, amount in totals.items()]
