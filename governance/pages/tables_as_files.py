"""The table of a page as a file: CSV and JSON of exactly the rows that the page shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


def to_csv(members: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV (RFC 4180), the members' names above them; lists on one line each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(members)
    writer.writerows([_cell(row[member]) for member in members] for row in rows)
    return text.getvalue().encode("utf-8")


def to_json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as a JSON list."""
    return msgspec.json.encode(rows)


def _cell(value: Any) -> str | int:
    """Write a value on one line; what a spreadsheet would calculate is marked as text."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return "; ".join(str(_cell(part)) for part in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    text = str(value)
    return f"'{text}" if text.startswith(_CALCULATED) else text
