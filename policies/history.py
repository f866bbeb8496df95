"""Decisions of the past as published elsewhere: rows with a source, never judged by the rules.

One row is an item; rows of one committee, date and procedure are one decision; an undated row is
a decision of its own. Figures and words in parentheses, or beside a figure, are remarks.
Columns: those of ``decisions.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from policies.facts import (
    AnyFact,
    CreditsDecided,
    CreditsReported,
    EntityDesignated,
    EntityScopesAdded,
    MethodologyApproved,
    ProjectPlanned,
    ProjectRegistered,
    ProjectStatus,
    Scope,
)
from policies.proof.canonical import canonical, digest, parse_canonical
from policies.refusals import UnreadableError

SITTING = "jc_meeting"
Procedure = Literal["meeting", "electronic", "unknown"]
_METHODOLOGY = re.compile(r"\b([A-Z]{2}_AM[0-9]{3})(?:\s+[Vv]er\.?\s*([0-9]+(?:\.[0-9]+)*))?")
_ISSUED = re.compile(r"\A([0-9][0-9,]*)(?:\s+on\s+([0-9]{4}-[0-9]{2}-[0-9]{2}))?")
_REMARK = re.compile(r"\s*\([^)]*\)")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row as published, its words kept; figures read once, null where it says nothing."""

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
    confidence: Literal["high", "medium", "low"]

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two rows of one decision the same row, changed or not."""
        return (self.decision_type, self.subject_id, self.subject_title)

    def said(self, key: str) -> str | None:
        """Return what the row's `extra` says under a key, or null."""
        match = re.search(rf"(?:\A|;\s*){re.escape(key)}=(.*?)(?:;\s|\Z)", self.extra, re.DOTALL)
        return match[1].strip() if match else None

    @property
    def subject(self) -> str | None:
        """The subject's number without remarks, or null."""
        return _REMARK.sub("", self.subject_id).strip() or None

    @property
    def methodologies(self) -> list[str]:
        """The methodologies that a project applies, in their stated versions."""
        said = self.said("methodology") or ""
        return [f"{m[1]} Ver{m[2]}" if m[2] else m[1] for m in _METHODOLOGY.finditer(said)]


class HistoricalDecision(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The rows of one committee, date and procedure.

    Where an event adds rows to a decision that is recorded, `first_item` is the number that the
    first of them that decides something gets.
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


def parse_record(text: str) -> Record:
    """Read a record's text; raise `UnreadableError` if it is not one."""
    value = parse_canonical(text.encode("utf-8"), "the historical record")
    if not isinstance(value, dict) or set(value) != {"committee", "up_to", "decisions"}:
        message = "the annex is no historical record: it needs committee, up_to and decisions"
        raise UnreadableError(message)
    try:
        decisions = msgspec.convert(value["decisions"], tuple[HistoricalDecision, ...])
        up_to = msgspec.convert(value["up_to"], date)
        return Record(msgspec.convert(value["committee"], str), up_to, decisions)
    except msgspec.ValidationError as error:
        message = f"the annex is no historical record: {error}"
        raise UnreadableError(message) from None


def up_to(committee: str, decisions: tuple[HistoricalDecision, ...], day: date) -> Record:
    """Return the record up to a day, in order of date and number; undated rows stay outside."""
    within = [d for d in decisions if d.on is not None and d.on <= day]
    within.sort(key=lambda decision: (str(decision.on), decision.number))
    return Record(committee, day, tuple(within))


def facts_of(row: Row, committee_sides: tuple[str, str]) -> Iterator[AnyFact]:
    """Yield what follows from a row. What the row does not say stays unknown."""
    rule = _FACTS.get(row.decision_type)
    if rule is not None:
        yield from rule(row, committee_sides)


def _methodology(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    if row.subject is not None:
        scope = row.said("sectoral_scope") or ""
        yield MethodologyApproved(
            number=row.subject,
            version=row.said("version") or "1.0",
            title=row.subject_title,
            scopes=_numbers(scope),
        )


def _designation(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    yield EntityDesignated(
        number=row.subject,
        name=row.subject_title,
        validation=_scopes(row.said("scopes_validation")),
        verification=_scopes(row.said("scopes_verification")),
        status=row.said("later_status") or "designated",
    )


def _more_scopes(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    said = row.said("added_scopes") or ""
    numbers, _separator, works = said.partition(" for ")
    added = _scopes(numbers)
    both = not works
    yield EntityScopesAdded(
        number=row.subject,
        name=row.subject_title,
        validation=added if both or "validation" in works else (),
        verification=added if both or "verification" in works else (),
    )


def _registration(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectRegistered(
            number=row.subject,
            title=row.subject_title,
            methodologies=tuple(row.methodologies),
        )


def _request_withdrawn(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectStatus(
            number=row.subject, status="registration request withdrawn", title=row.subject_title
        )


def _planned(row: Row, _: tuple[str, str]) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectPlanned(number=row.subject, title=row.subject_title)


def _issuance(row: Row, sides: tuple[str, str]) -> Iterator[AnyFact]:
    if row.subject is None:
        return
    yield CreditsDecided(
        project=row.subject,
        period=row.monitoring_period,
        quantity=row.quantity,
        amounts=row.amounts,
    )
    for side in sides:
        match = _ISSUED.match(row.said(f"issued_{side}") or "")
        if match is not None:
            amount = int(match[1].replace(",", ""))
            day = _day(match[2])
            yield CreditsReported(project=row.subject, side=side, amount=amount, on=day)


_FACTS = {
    "methodology_approval": _methodology,
    "methodology_revision": _methodology,
    "tpe_designation": _designation,
    "tpe_scope_extension": _more_scopes,
    "project_registration": _registration,
    "registration_request_withdrawal": _request_withdrawn,
    "pin_no_objection": _planned,
    "issuance": _issuance,
}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", _REMARK.sub("", text)))


def _scopes(text: str | None) -> tuple[Scope, ...]:
    return tuple(Scope(number) for number in _numbers(text or ""))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def log_item(row: Row) -> dict[str, Any]:
    """Return a row as an item of the public log."""
    period = row.monitoring_period
    return {
        "kind": row.decision_type,
        "subject": row.subject_id or None,
        "title": row.subject_title,
        "outcome": row.outcome or None,
        "quantity": row.quantity,
        "amounts": row.amounts,
        "monitoring_period": None if period is None else [d.isoformat() for d in period],
        "methodologies": row.methodologies,
        "source": row.source,
    }
