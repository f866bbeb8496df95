"""Decisions of the past as published elsewhere: their rows, and how a row's words are read.

One row is an item; rows of one committee, date and procedure are one decision; an undated row is
a decision of its own. Figures and words in parentheses are remarks. Columns: those of
``decisions.csv``; ``extra`` is ``key=value; …``, where a value may itself hold semicolons.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

SITTING = "jc_meeting"
"""The type of a row that records a sitting: a meeting, not a decision."""

Procedure = Literal["meeting", "electronic", "unknown"]
Confidence = Literal["high", "medium", "low"]
_KEY = r"[A-Za-z]\w*(?: [\w.]+)?"
_METHODOLOGY = re.compile(
    r"\b([A-Z]{2}_AM[0-9]{3})(?:\s*\(?[Vv]er(?:sion)?\.?\s*([0-9]+(?:\.[0-9]+)*))?"
)
_NUMBER = re.compile(r"\b(?:TPE-[A-Z]{2}-|[A-Z]{2}_(?:AM|PM|PIN)|[A-Z]{2})[0-9]{3}\b", re.ASCII)


def number_of(committee: str, on: date, procedure: Procedure) -> str:
    """Return the number of a dated decision of the past, such as JP-MN/H/2017-10-24/meeting."""
    return f"{committee}/H/{on.isoformat()}/{procedure}"


def undated_number(committee: str, count: int) -> str:
    """Return the number of a committee's next undated decision, such as JP-MN/H/undated/1."""
    return f"{committee}/H/undated/{count}"


def without_remarks(text: str) -> str:
    """Return a text without what stands in parentheses; as it is if these do not match."""
    if "(" not in text and ")" not in text:
        return text
    kept: list[str] = []
    depth = 0
    for piece in re.split(r"(\s*\(|\))", text):
        if piece.endswith("("):
            depth += 1
        elif piece == ")":
            depth -= 1
            if depth < 0:
                return text
        elif depth == 0:
            kept.append(piece)
    return text if depth else "".join(kept)


class Row(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One row as published, its words kept; figures read once, null where it says nothing.

    `remarks` holds the cells, as `column=cell`, whose words the figures leave out.
    """

    decision_type: str
    subject_id: str
    subject_title: str
    outcome: str
    quantity: int | None
    amounts: dict[str, int | None] | None
    split: str
    monitoring_period: tuple[date, date] | None
    extra: str
    source: str
    confidence: Confidence
    remarks: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two rows of one decision the same row, changed or not."""
        return (self.decision_type, self.subject_id, self.subject_title)

    def said(self, key: str) -> str | None:
        """Return what `extra` says under a key, up to the next ``; key=`` or the end; or null."""
        match = _saying(key).search(self.extra)
        return match[1].strip().rstrip(";") if match else None

    @property
    def subject(self) -> str | None:
        """The subject's number without remarks, or null; several stay the one text they are."""
        return without_remarks(self.subject_id).strip() or None

    @property
    def methodologies(self) -> list[str]:
        """The methodologies that a project applies, in their stated versions."""
        said = self.said("methodology") or ""
        return [f"{m[1]} Ver{m[2]}" if m[2] else m[1] for m in _METHODOLOGY.finditer(said)]

    @property
    def numbers(self) -> frozenset[str]:
        """Every number that the row shows to be in use, those of a joint subject each."""
        used = (self.subject_id, self.said("proposed_id"), self.said("methodology"))
        found = {number for text in used if text for number in _NUMBER.findall(text)}
        return frozenset(found if self.subject is None else found | {self.subject})


class HistoricalDecision(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The rows of one committee, date and procedure.

    Where an event adds rows to a known decision, `first_item` is the number of its first new
    item, so that the items before keep theirs; a whole decision begins with 1.
    """

    number: str
    procedure: Procedure
    on: date | None
    rows: tuple[Row, ...]
    first_item: int = 1

    @property
    def items(self) -> list[tuple[int, Row]]:
        """The rows that decide something, with their numbers; a sitting decides nothing."""
        deciding = (row for row in self.rows if row.decision_type != SITTING)
        return list(enumerate(deciding, start=self.first_item))

    @property
    def sittings(self) -> list[Row]:
        """The rows that record a meeting."""
        return [row for row in self.rows if row.decision_type == SITTING]

    @property
    def next_item(self) -> int:
        """The number that a further item gets."""
        return self.first_item + len(self.items)


@lru_cache(maxsize=64)
def _saying(key: str) -> re.Pattern[str]:
    begins = rf"(?:\A|;)\s*{re.escape(key)}\s*="
    return re.compile(rf"{begins}(.*?)(?=;\s*{_KEY}\s*=|\Z)", re.DOTALL)
