"""The public decision log as CSV: one line an item, for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

_DECISION = (
    "committee",
    "number",
    "adopted_on",
    "recorded_at",
    "status",
    "procedure",
    "rulebook",
)
_ITEM = ("kind", "subject", "title", "outcome", "quantity", "source")
_LISTS = ("signers", "amounts", "monitoring_period", "methodologies")


def write_log(decisions: Iterable[dict[str, Any]], file: TextIO) -> None:
    """Write decisions in the shape of ``jcgov log --json``."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*_DECISION, *_ITEM, *_LISTS])
    for decision in decisions:
        signers = "; ".join(f"{s['name']} ({s['side']})" for s in decision["signers"])
        for item in decision["items"]:
            amounts = (item["amounts"] or {}).items()
            writer.writerow(
                [
                    *(decision[name] for name in _DECISION),
                    *(_safe(item[name]) for name in _ITEM),
                    _safe(signers),
                    "; ".join(f"{side}={'' if n is None else n}" for side, n in amounts),
                    "/".join(item["monitoring_period"] or []),
                    _safe("; ".join(item["methodologies"])),
                ]
            )


def _safe(value: Any) -> Any:
    """Keep spreadsheet programs from reading a published text as a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
