"""The agreed electronic format as a workbook: the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.xml.functions import tostring

from policies.refusals import UnreadableError
from projections.article6 import PROVENANCE, Article6
from projections.article6_template import Cell

_PROPERTIES = "docProps/core.xml"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest instant that an archive can state; it says nothing of when the file was made."""


def to_xlsx(found: Article6) -> bytes:
    """Return the workbook: the template's sheets, and one more for where their rows come from.

    Raises `UnreadableError` for a text that no workbook can hold.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    try:
        for filled in found.filled:
            sheet = book.create_sheet(filled.table.sheet)
            _write(sheet, [(filled.table.heading,), filled.table.labels, *filled.rows])
        _write(book.create_sheet("Provenance"), [PROVENANCE, *found.provenance])
    except IllegalCharacterError as error:
        message = f"a text holds a character that no workbook can: {error}"
        raise UnreadableError(message) from None
    stored = io.BytesIO()
    book.save(stored)
    book.properties.creator = "jcgov"
    book.properties.created = book.properties.modified = datetime(found.year, 12, 31, tzinfo=UTC)
    return _steady(stored.getvalue(), _properties(book))


def _write(sheet: Any, rows: Iterable[Sequence[Cell]]) -> None:
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, place)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # never a formula, whatever it begins with


def _properties(book: Any) -> bytes:
    text: bytes = tostring(book.properties.to_tree())
    return text


def _steady(data: bytes, properties: bytes) -> bytes:
    """Return an archive without what depends on the time of its making, or on its compression."""
    steady = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(steady, "w") as archive:
        for name in sorted(made.namelist()):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.create_system = 3  # as on every system
            archive.writestr(entry, properties if name == _PROPERTIES else made.read(name))
    return steady.getvalue()
