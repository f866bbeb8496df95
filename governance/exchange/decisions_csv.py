"""Reading a file of historical decisions: every row is taken, or refused with its line and reason.

Columns are those of ``decisions.csv``. Nothing here judges a row by the rules; a row is refused
only if what it says cannot be read. Figures and words in parentheses, or beside a figure, are
remarks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from aggregates.history.decide import Incoming
from policies.history import SITTING, Procedure, Row
from policies.items import KINDS
from policies.refusals import UnreadableError
from policies.rulebook import countries
from policies.sides import JAPAN, Committee

COLUMNS = (
    "partner_iso2",
    "decision_date",
    "procedure",
    "decision_type",
    "subject_id",
    "subject_title",
    "outcome",
    "quantity_tco2e",
    "split",
    "monitoring_period",
    "extra",
    "source",
    "confidence",
)
MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 100_000

_FIGURE = re.compile(r"([0-9]+)\s*(?:\(.*\))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIDE = re.compile(r"side:([A-Za-z]{2})\s*=\s*([^\s(;]+)\s*(.*)", re.DOTALL)
_CONFIDENCE = ("high", "medium", "low")


class _RowError(Exception):
    """Why one row cannot be taken."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file: its committee and content, or why it was refused."""

    line: int
    committee: Committee | None = None
    incoming: Incoming | None = None
    refusal: str | None = None


def read_decisions(data: bytes, today: date) -> Iterator[ReadRow]:
    """Yield every row of a file, with the line on which it begins.

    Raises `UnreadableError` if the file is no such table at all: too large, not UTF-8, other
    columns.
    """
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 2**20} MiB"
        raise UnreadableError(message)
    lines = _Lines(_text(data))
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(lines, strict=True)
    header = _header(reader)
    known = frozenset(countries())
    while True:
        line = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield ReadRow(line, refusal=f"the row is not CSV: {error}")
            continue
        if cells:
            yield _read(line, header, cells, known, today)


class _Lines:
    """The file's lines, counted as they are handed out, so that a row knows where it begins."""

    def __init__(self, text: str) -> None:
        self._stream = io.StringIO(text, newline="")
        self.count = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            raise StopIteration
        self.count += 1
        return line


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 at byte {error.start}"
        raise UnreadableError(message) from None
    if not text.strip():
        message = "the file is empty"
        raise UnreadableError(message)
    return text


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = next(reader)
    except (csv.Error, StopIteration) as error:
        message = f"the first line is no header: {error}"
        raise UnreadableError(message) from None
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    if missing or unknown or twice:
        message = (
            f"the columns are not those of a decisions file: missing {', '.join(missing) or '-'};"
            f" unknown {', '.join(map(repr, unknown)) or '-'}; twice {', '.join(twice) or '-'}"
        )
        raise UnreadableError(message)
    return header


def _read(
    line: int, header: list[str], cells: list[str], known: frozenset[str], today: date
) -> ReadRow:
    try:
        row = _cells(header, cells)
        committee = _committee(row["partner_iso2"], known)
        return ReadRow(line, committee, _incoming(line, row, committee, today))
    except _RowError as error:
        return ReadRow(line, refusal=str(error))


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        message = f"{len(cells)} cells, expected {len(header)}"
        raise _RowError(message)
    return dict(zip(header, cells, strict=True))


def _incoming(line: int, cells: dict[str, str], committee: Committee, today: date) -> Incoming:
    for name, cell in cells.items():
        _require_storable(name, cell)
    day = _optional_day(cells["decision_date"], "decision_date")
    if day is not None and day > today:
        message = f"decision_date {day} lies in the future"
        raise _RowError(message)
    kind = _one_of(cells["decision_type"], (*KINDS, SITTING), "decision_type")
    if not cells["subject_title"].strip():
        message = "subject_title is empty"
        raise _RowError(message)
    if not cells["source"].strip():
        message = "source is empty: a record of the past names where it was published"
        raise _RowError(message)
    row = Row(
        decision_type=kind,
        subject_id=cells["subject_id"].strip(),
        subject_title=cells["subject_title"].strip(),
        outcome=cells["outcome"].strip(),
        quantity=_figure(cells["quantity_tco2e"], "quantity_tco2e"),
        amounts=_amounts(cells["split"], committee),
        split=cells["split"],
        monitoring_period=_period(cells["monitoring_period"]),
        extra=cells["extra"],
        source=cells["source"].strip(),
        confidence=_one_of(cells["confidence"], _CONFIDENCE, "confidence"),  # type: ignore[arg-type]
    )
    procedure: Procedure = _one_of(cells["procedure"], get_args(Procedure), "procedure")  # type: ignore[assignment]
    return Incoming(line, day, procedure, row)


def _committee(text: str, known: frozenset[str]) -> Committee:
    code = text.strip()
    if code not in known:
        message = f"partner_iso2 {text!r} is no partner country with a rulebook"
        raise _RowError(message)
    return Committee(code)


def _one_of(text: str, words: tuple[str, ...], name: str) -> str:
    word = text.strip()
    if word not in words:
        message = f"{name} {text!r} is not one of {', '.join(words)}"
        raise _RowError(message)
    return word


def _figure(text: str, name: str) -> int | None:
    if not text.strip():
        return None
    match = _FIGURE.fullmatch(text.strip())
    if match is None:
        message = f"{name} {text!r} is no whole number (write 44817)"
        raise _RowError(message)
    if len(match[1]) > 15:
        message = f"{name} {text!r} is too large"
        raise _RowError(message)
    return int(match[1])


def _amounts(text: str, committee: Committee) -> dict[str, int | None] | None:
    """Read the sides' amounts; other parts (``GoJ=…``, remarks) stay in the text alone."""
    found: dict[str, int] = {}
    for part in text.split(";"):
        match = _SIDE.fullmatch(part.strip())
        if match is None:
            if part.strip().lower().startswith("side:"):
                message = f"split {part.strip()!r} is not side:{JAPAN}=NUMBER"
                raise _RowError(message)
            continue
        side = match[1].upper()
        if side not in committee.sides:
            message = f"split names side {match[1]}, which is no side of {committee.code}"
            raise _RowError(message)
        if side in found:
            message = f"split names side {side} twice"
            raise _RowError(message)
        amount = _figure(match[2], f"split of {side}")
        found[side] = amount if amount is not None else 0
    if not found:
        return None
    return {side: found.get(side) for side in committee.sides}


def _period(text: str) -> tuple[date, date] | None:
    if not text.strip():
        return None
    first, separator, last = text.strip().partition("/")
    begins, ends = _optional_day(first, "monitoring_period"), _optional_day(last, "its end")
    if not separator or begins is None or ends is None:
        message = f"monitoring_period {text!r} is not YYYY-MM-DD/YYYY-MM-DD"
        raise _RowError(message)
    if ends < begins:
        message = f"monitoring_period ends on {ends}, before {begins}"
        raise _RowError(message)
    return begins, ends


def _optional_day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        if _DAY.fullmatch(text.strip()) is None:
            raise ValueError  # noqa: TRY301 - the same answer as for 2025-02-30
        return date.fromisoformat(text.strip())
    except ValueError:
        message = f"{name} {text!r} is no date (write 2025-03-27)"
        raise _RowError(message) from None


def _require_storable(name: str, cell: str) -> None:
    """The past is kept as published; only what no text file may hold is refused."""
    for character in cell:
        if (character < " " and character not in "\t\n\r") or "\ud800" <= character <= "\udfff":
            message = f"{name} holds the control character U+{ord(character):04X}"
            raise _RowError(message)
