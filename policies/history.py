"""Decisions of the past as published elsewhere: rows with a source, never judged by the rules.

What one committee's record says up to a day is one text; a committee makes it ground for new
decisions by adopting it, by digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from policies.history_facts import facts_of
from policies.history_rows import SITTING, Confidence, HistoricalDecision, Procedure, Row, number_of
from policies.proof.canonical import canonical, digest, parse_canonical
from policies.refusals import UnreadableError

__all__ = [
    "SITTING",
    "Confidence",
    "HistoricalDecision",
    "Procedure",
    "Record",
    "Row",
    "digest_of",
    "facts_of",
    "log_item",
    "parse_record",
    "up_to",
]


@dataclass(frozen=True)
class Record:
    """The historical record of one committee up to a day, as a committee adopts it."""

    committee: str
    up_to: date
    decisions: tuple[HistoricalDecision, ...]

    @property
    def text(self) -> str:
        """The record's canonical text, the annex of the decision that adopts it."""
        value = {
            "committee": self.committee,
            "up_to": self.up_to.isoformat(),
            "decisions": msgspec.to_builtins(self.decisions),
        }
        return canonical(value, "the record").decode("utf-8")

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return digest(self.text.encode("utf-8"))

    @property
    def totals(self) -> dict[str, int]:
        """How many decisions and items there are, and the credits whose amount is known."""
        rows = [row for decision in self.decisions for _, row in decision.items]
        return {
            "decisions": sum(1 for decision in self.decisions if decision.items),
            "items": len(rows),
            "credits": sum(row.quantity or 0 for row in rows if row.decision_type == "issuance"),
        }


def digest_of(decision: HistoricalDecision) -> str:
    """Return by what a decision of an adopted record is named: SHA-256 of its entry (RFC 8785).

    No envelope holds it; a registry's report of an issuance of the past names it so.
    """
    return digest(canonical(msgspec.to_builtins(decision), "the decision of the past"))


def parse_record(text: str) -> Record:
    """Read a record's text; raise `UnreadableError` if it is not one."""
    value = parse_canonical(text.encode("utf-8"), "the historical record")
    if not isinstance(value, dict) or set(value) != {"committee", "up_to", "decisions"}:
        message = "the annex is no historical record: it needs committee, up_to and decisions"
        raise UnreadableError(message)
    try:
        decisions = msgspec.convert(value["decisions"], tuple[HistoricalDecision, ...])
        day = msgspec.convert(value["up_to"], date)
        record = Record(msgspec.convert(value["committee"], str), day, decisions)
    except msgspec.ValidationError as error:
        message = f"the annex is no historical record: {error}"
        raise UnreadableError(message) from None
    _require_numbers(record)
    return record


def up_to(committee: str, decisions: tuple[HistoricalDecision, ...], day: date) -> Record:
    """Return the record up to a day, in order of date and number; undated rows stay outside."""
    within = [d for d in decisions if d.on is not None and d.on <= day]
    within.sort(key=lambda decision: (str(decision.on), decision.number))
    return Record(committee, day, tuple(within))


def log_item(row: Row) -> dict[str, Any]:
    """Return a row as an item of the public log; what it does not say is null."""
    period = row.monitoring_period
    return {
        "kind": row.decision_type,
        "subject": row.subject_id or None,
        "title": row.subject_title or None,
        "outcome": row.outcome or None,
        "quantity": row.quantity,
        "amounts": row.amounts,
        "monitoring_period": None if period is None else [d.isoformat() for d in period],
        "methodologies": row.methodologies,
        "source": row.source,
    }


def _require_numbers(record: Record) -> None:
    """Every decision stands once, whole, under the number that its date and procedure give."""
    known = set[str]()
    for past in record.decisions:
        number = past.number
        if past.on is not None:
            number = number_of(record.committee, past.on, past.procedure)
        if past.number != number or number in known or past.first_item != 1:
            message = (
                f"the annex is no historical record: {past.number} stands twice, is not whole, or"
                " is not numbered by its committee, date and procedure"
            )
            raise UnreadableError(message)
        known.add(number)
