"""The agreed electronic format as CSV: the same content gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from projections.article6 import PROVENANCE, Article6
from projections.article6_template import Cell

_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


def to_csv(found: Article6) -> dict[str, bytes]:
    """Return a file for each table, by its name, and one for where their rows come from."""
    files = {
        f"{filled.table.name}.csv": _csv(filled.table.labels, filled.rows)
        for filled in found.filled
    }
    return files | {"provenance.csv": _csv(PROVENANCE, found.provenance)}


def _csv(labels: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(labels)
    writer.writerows([_quoted(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


def _quoted(cell: Cell) -> Cell:
    """Mark a text that a spreadsheet would calculate."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_CALCULATED) else cell
