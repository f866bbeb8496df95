"""Reading ``decisions.csv``: what other sites published about decisions of the past.

Every row is read on its own: a bad one is refused with its line and the reason, the good ones are
taken, as published. No rule of a committee is applied to them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar, get_args

from aggregates.history.decide import Incoming
from policies.calendar import day_of
from policies.history import SITTING, Confidence, Procedure, Row
from policies.history_rows import without_remarks
from policies.items import KINDS
from policies.proof.canonical import MAX_INTEGER
from policies.refusals import UnreadableError
from policies.rulebook import countries, shipped
from policies.sides import Committee

T = TypeVar("T")
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
MAX_FILE = 64 * 2**20
"""Bytes that a file may hold."""
MAX_ROW = 20_000
"""Characters that a row may hold: it must fit into one event."""

_PROCEDURES: dict[str, Procedure] = {name: name for name in get_args(Procedure)}
_CONFIDENCES: dict[str, Confidence] = {name: name for name in get_args(Confidence)}
_REMARKED = ("decision_date", "procedure", "quantity_tco2e", "monitoring_period", "confidence")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,' \u00a0\u2009\u202f][0-9]{3})+")
_SIDE = re.compile(r"side\s*:", re.IGNORECASE)
_SHARE = re.compile(r"side\s*:\s*([A-Z]{2})\s*=\s*(.*)", re.DOTALL | re.IGNORECASE)
_AMOUNT = re.compile(r"([0-9]+)[,.:]?(?:\s+(?![\s0-9]).*)?", re.DOTALL)  # and words, a remark
_SYNTAX = {
    "unexpected end of data": "a quotation mark is opened and never closed",
    "',' expected after '\"'": "text follows the quotation mark that closes a cell, or one that"
    " was opened before is never closed",
}


class _RowRefused(Exception):
    """A row cannot be taken; the message says why."""


@dataclass
class Reading:
    """What a file holds: well-formed rows by committee, and the lines that are refused."""

    rows: dict[str, list[Incoming]] = field(default_factory=dict)
    refusals: list[tuple[int, str]] = field(default_factory=list)


def read_decisions(data: bytes, now: datetime) -> Reading:
    """Read a file; raise `UnreadableError` if it is not a table with exactly these columns.

    A row's line is the one on which it begins. The day after which a decision lies in the future
    is that of its committee's time zone.
    """
    records = _records(_lines(data))
    columns = _header(records)
    today = {code: day_of(now, shipped(code).rulebook.zone) for code in countries()}
    reading = Reading()
    for line, found in records:
        try:
            cells = _cells(columns, found)
            committee = _committee(cells["partner_iso2"], today.keys())
            entry = _incoming(line, cells, committee, today[committee.partner])
        except _RowRefused as refused:
            reading.refusals.append((line, str(refused)))
        else:
            reading.rows.setdefault(committee.code, []).append(entry)
    return reading


def _lines(data: bytes) -> list[str]:
    if len(data) > MAX_FILE:
        message = f"the file holds {len(data):,} bytes, at most {MAX_FILE:,}; divide it"
        raise UnreadableError(message)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is UTF-16; save it as UTF-8"
        raise UnreadableError(message)
    # Bytes that are not UTF-8 become lone surrogates, and each row with one is refused.
    text = data.decode("utf-8-sig", "surrogateescape")
    return list(io.StringIO(text, newline=""))


def _records(lines: Sequence[str]) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row's first line with its cells, or with the reason why it is none.

    After a row whose quotation marks do not fit, reading goes on with the next line, so that one
    bad row does not swallow the rest. Blank lines are no rows.
    """
    at = 0
    while at < len(lines):
        reader = csv.reader((lines[n] for n in range(at, len(lines))), strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            yield at + 1, _SYNTAX.get(str(error), str(error))
            at += 1
        else:
            if "".join(cells).strip() or len(cells) > 1:
                yield at + 1, cells
            at += reader.line_num


def _header(records: Iterator[tuple[int, list[str] | str]]) -> list[str]:
    _line, found = next(records, (1, None))
    if found is None:
        message = f"the file is empty; its first row must name the columns {', '.join(COLUMNS)}"
        raise UnreadableError(message)
    if isinstance(found, str):
        message = f"the first row, which names the columns, cannot be read: {found}"
        raise UnreadableError(message)
    columns = [cell.strip() for cell in found]
    wrong = {
        "missing": [name for name in COLUMNS if name not in columns],
        "unknown": [repr(name[:40]) for name in columns if name not in COLUMNS],
        "twice": [name for name in COLUMNS if columns.count(name) > 1],
    }
    said = [f"{what}: {_some(names)}" for what, names in wrong.items() if names]
    if said:
        message = f"the first row must name the columns of decisions.csv; {'; '.join(said)}"
        if len(columns) == 1 and any(sign in columns[0] for sign in ";\t|"):
            message += "; separate the columns by commas"
        raise UnreadableError(message)
    return columns


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 13} more" if len(names) > 13 else ""
    return ", ".join(names[:13]) + more


def _cells(columns: list[str], found: list[str] | str) -> dict[str, str]:
    if isinstance(found, str):
        raise _RowRefused(found)
    if len(found) != len(columns):
        hint = "; put cells that hold a comma in quotation marks"
        message = f"has {len(found)} cells, not {len(columns)}"
        raise _RowRefused(message + (hint if len(found) > len(columns) else ""))
    length = sum(map(len, found))
    if length > MAX_ROW:
        message = f"holds {length:,} characters, at most {MAX_ROW:,}"
        raise _RowRefused(message)
    cells = dict(zip(columns, found, strict=True))
    return {name: _text(name, cells[name]) for name in COLUMNS}


def _text(name: str, cell: str) -> str:
    """Return a cell as published, line ends as LF; refuse what is no storable text."""
    text = cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n")
    for index, character in enumerate(text):
        if "\ud800" <= character <= "\udfff":
            message = f"{name}: character {index + 1} is not UTF-8"
            raise _RowRefused(message)
        if character < " " and character not in "\t\n":
            code = f"U+{ord(character):04X}"
            message = f"{name}: character {index + 1} is a control character ({code})"
            raise _RowRefused(message)
    return text


def _committee(code: str, partners: Collection[str]) -> Committee:
    if code not in partners:
        hint = f"; write {code.upper()}" if code.upper() in partners else ""
        message = f"partner_iso2: {_shown(code)} is the wrong country, none of the partners{hint}"
        raise _RowRefused(message)
    return Committee(code)


def _incoming(line: int, cells: dict[str, str], committee: Committee, today: date) -> Incoming:
    day = _figure(cells["decision_date"])
    on = _date("decision_date", day) if day else None
    if on is not None and on > today:
        message = f"decision_date: {on} lies in the future (today is {today})"
        raise _RowRefused(message)
    kind = cells["decision_type"]
    if kind != SITTING and kind not in KINDS:
        message = f"decision_type: {_shown(kind)} is no kind of decision, nor {SITTING}"
        raise _RowRefused(message)
    if kind != SITTING and not cells["subject_title"]:
        raise _RowRefused("subject_title is empty: say what was decided on")
    if not cells["source"]:
        raise _RowRefused("source is empty: say where this was published")
    procedure = _one_of("procedure", _figure(cells["procedure"]), _PROCEDURES)
    row = Row(
        decision_type=kind,
        subject_id=cells["subject_id"],
        subject_title=cells["subject_title"],
        outcome=cells["outcome"],
        quantity=_quantity(cells["quantity_tco2e"]),
        amounts=_amounts(cells["split"], committee.sides),
        split=cells["split"],
        monitoring_period=_period(cells["monitoring_period"]),
        extra=cells["extra"],
        source=cells["source"],
        confidence=_one_of("confidence", _figure(cells["confidence"]), _CONFIDENCES),
        remarks=_remarks(cells),
    )
    return Incoming(line, on, procedure, row)


def _remarks(cells: dict[str, str]) -> str:
    """Return the cells with words that their figures leave out, so that none is lost."""
    return "; ".join(f"{name}={cells[name]}" for name in _REMARKED if "(" in cells[name])


def _figure(cell: str) -> str:
    """Return what a cell says beside its remarks."""
    return without_remarks(cell).strip()


def _one_of(name: str, cell: str, known: dict[str, T]) -> T:
    if cell not in known:
        message = f"{name}: {_shown(cell)} is none of {', '.join(known)}"
        raise _RowRefused(message)
    return known[cell]


def _date(name: str, text: str) -> date:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            message = f"{name}: there is no day {text}"
            raise _RowRefused(message) from None
    message = f"{name}: {_shown(text)} is no date as 2017-10-24"
    raise _RowRefused(message)


def _period(cell: str) -> tuple[date, date] | None:
    text = _figure(cell)
    if not text:
        return None
    begins, slash, ends = text.partition("/")
    if not slash:
        message = f"monitoring_period: {_shown(cell)} is no period as 2017-01-01/2017-07-31"
        raise _RowRefused(message)
    days = (_date("monitoring_period", day.strip()) for day in (begins, ends))
    period = (next(days), next(days))
    if period[1] < period[0]:
        message = f"monitoring_period: ends on {ends}, before it begins on {begins}"
        raise _RowRefused(message)
    return period


def _quantity(cell: str) -> int | None:
    figure = _figure(cell)
    return _whole("quantity_tco2e", figure) if figure else None


def _amounts(split: str, sides: tuple[str, str]) -> dict[str, int | None] | None:
    """Return the sides' amounts; null where a side is absent, and altogether where both are."""
    found: dict[str, int] = {}
    for part in without_remarks(split).split(";"):
        named = _SIDE.findall(part)
        if not named:
            continue
        share = _SHARE.fullmatch(part.strip())
        if share is None or len(named) > 1:
            message = f"split: {_shown(part.strip())} is no amount as side:{sides[0]}=7158;"
            raise _RowRefused(f"{message} separate the sides by semicolons")
        side, said = share[1], share[2].strip()
        if side not in sides:
            message = f"split: {side} is no side of this committee ({', '.join(sides)})"
            raise _RowRefused(message)
        if side in found:
            raise _RowRefused(f"split: side:{side} stands twice")
        amount = _AMOUNT.fullmatch(said)
        found[side] = _whole(f"split: side:{side}", amount[1] if amount else said)
    return {side: found.get(side) for side in sides} if found else None


def _whole(what: str, figure: str) -> int:
    """Read a whole number of tonnes; a sign, separators or decimals are refused by name."""
    if figure.isascii() and figure.isdecimal():
        digits = figure.lstrip("0") or "0"
        if len(digits) <= 16 and int(digits) <= MAX_INTEGER:
            return int(digits)
        message = f"{what}: {_shown(figure)} is too large"
        raise _RowRefused(message)
    grouped = _GROUPED.match(figure)
    if grouped:
        plain = re.sub("[^0-9]", "", grouped[0])
        message = f"{what}: {_shown(figure)} has separators; write {plain[:20]}"
        raise _RowRefused(message)
    message = f"{what}: {_shown(figure)} is not a whole number, 0 or more, of digits alone"
    raise _RowRefused(message)


def _shown(text: str) -> str:
    if not text:
        return "nothing"
    return repr(text) if len(text) <= 60 else f"{text[:60]!r}…"
