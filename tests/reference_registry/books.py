"""What must always be so in a registry's books, said independently of how it is kept."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from governance.reference_registry.serials import DIGITS

HOLDING = {"holding", "government_holding"}


def require_balanced(folder: Path) -> None:
    """Raise `AssertionError` unless the books of the registry in a folder balance."""
    file = folder / "registry.sqlite3"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as books:
        assert books.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        _serials_stand_once(books)
        _blocks_follow_from_movements(books)
        _what_is_settled_is_issued(books)
        _reports_say_what_stands(books)


def _serials_stand_once(books: sqlite3.Connection) -> None:
    """The numbers of each series, from 1 on, stand in exactly one block each."""
    for series, next_number in books.execute("SELECT number, next FROM series"):
        spans = books.execute(
            "SELECT first, last FROM blocks WHERE series = ? ORDER BY first", (series,)
        ).fetchall()
        assert spans[0][0] == 1
        assert spans[-1][1] == next_number - 1
        assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))


def _blocks_follow_from_movements(books: sqlite3.Connection) -> None:
    """Every balance is what came in less what went out; what moves no further never went out."""
    balance: Counter[str] = Counter()
    kinds = dict(books.execute("SELECT number, kind FROM accounts").fetchall())
    rows = books.execute("SELECT first, last, source, target FROM movements ORDER BY number")
    for first, last, source, target in rows:
        balance[target] += last - first + 1
        if source is not None:
            assert kinds[source] in HOLDING
            balance[source] -= last - first + 1
            assert balance[source] >= 0
    held = books.execute("SELECT account, sum(last - first + 1) FROM blocks GROUP BY account")
    assert dict(held.fetchall()) == {a: amount for a, amount in balance.items() if amount}


def _what_is_settled_is_issued(books: sqlite3.Connection) -> None:
    """For each issuance: issued less cancelled by decision equals the amount last decided."""
    rows = books.execute(
        "SELECT of_named, of_item, amount, series FROM settled WHERE number IN"
        " (SELECT max(number) FROM settled GROUP BY of_named, of_item)"
    )
    for named, item, amount, series in rows:
        issued, cancelled = (
            books.execute(
                "SELECT coalesce(sum(last - first + 1), 0) FROM movements JOIN transactions"
                " ON transactions.number = done_by WHERE series = ? AND kind = ?"
                " AND decision IS NOT NULL",
                (series, kind),
            ).fetchone()[0]
            for kind in ("issuance", "cancellation")
        )
        assert issued - cancelled == amount, (named, item)
    twice = books.execute(
        "SELECT decision, item FROM settled GROUP BY decision, item HAVING count(*) > 1"
    )
    assert twice.fetchall() == []


def _reports_say_what_stands(books: sqlite3.Connection) -> None:
    """For each issuance: the reports that stand add up to its amount, each block by its count."""
    amounts = {
        (decision, item): amount
        for decision, item, amount in books.execute(
            "SELECT first.decision, first.item, last.amount FROM settled AS first JOIN settled"
            " AS last ON last.of_named = first.named AND last.of_item = first.item"
            " WHERE first.named = first.of_named AND last.number = (SELECT max(number) FROM settled"
            "  WHERE of_named = first.named AND of_item = first.item)"
        )
    }
    reported: Counter[tuple[str, int]] = Counter()
    rows = books.execute(
        "SELECT decision, item, amount, first, last FROM reports AS mine WHERE NOT EXISTS"
        " (SELECT 1 FROM reports AS after WHERE after.supersedes = mine.report)"
    )
    for decision, item, amount, first, last in rows:
        reported[decision, item] += amount
        if amount:
            assert int(last[-DIGITS:]) - int(first[-DIGITS:]) + 1 == amount
            assert first[:-DIGITS] == last[:-DIGITS]
        else:
            assert first is last is None
    assert {k: v for k, v in reported.items() if v} == {k: v for k, v in amounts.items() if v}
