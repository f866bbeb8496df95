"""What follows from a row of the past. What the row does not say stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from policies.facts import (
    AnyFact,
    CreditsDecided,
    CreditsReported,
    EntityDesignated,
    EntityScopesAdded,
    EntityStatus,
    MeasureTaken,
    MethodologyApproved,
    ProjectChanged,
    ProjectPlanned,
    ProjectRegistered,
    ProjectStatus,
    RequestClosed,
    RulesAdopted,
    Scope,
)
from policies.history_rows import Row, without_remarks

_PROPOSAL = re.compile(r"\b[A-Z]{2}_PM[0-9]{3}\b", re.ASCII)
_DOCUMENT = re.compile(
    r"\A(.*\S)\s*\(ver(?:sion|\.)?\s*([0-9]+(?:\.[0-9]+)*)\)\Z", re.DOTALL | re.IGNORECASE
)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_ISSUED = re.compile(
    r"\A([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?![0-9.,]*[0-9])"
    r"(?:\s+on\s+([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9]))?",
    re.ASCII,
)


def facts_of(row: Row, committee_sides: tuple[str, str]) -> Iterator[AnyFact]:
    """Yield what follows from a row."""
    if row.decision_type == "issuance":
        yield from _issuance(row, committee_sides)
        return
    rule = _FACTS.get(row.decision_type)
    if rule is not None:
        yield from rule(row)


def _approval(row: Row) -> Iterator[AnyFact]:
    """A methodology is first approved as version 1.0, where the row names none."""
    yield from _methodology(row, "1.0")


def _revision(row: Row) -> Iterator[AnyFact]:
    yield from _methodology(row, None)


def _methodology(row: Row, otherwise: str | None) -> Iterator[AnyFact]:
    stated = _VERSION.search(_first(row, "version"))
    version = stated[0] if stated else otherwise
    if row.subject is not None and version is not None:
        yield MethodologyApproved(
            number=row.subject,
            version=version,
            title=row.subject_title,
            scopes=_numbers(_first(row, "sectoral_scope")),
        )
    for proposal in _PROPOSAL.findall(_first(row, "proposed_id")):
        yield RequestClosed(subject=proposal, status=row.outcome)


def _designation(row: Row) -> Iterator[AnyFact]:
    yield _designated(row, "designated")


def _provisional(row: Row) -> Iterator[AnyFact]:
    yield _designated(row, "provisional")


def _designated(row: Row, status: str) -> EntityDesignated:
    return EntityDesignated(
        number=row.subject,
        name=row.subject_title,
        validation=_scopes(_first(row, "scopes_validation")),
        verification=_scopes(_first(row, "scopes_verification")),
        status=_first(row, "later_status").lower() or status,
    )


def _more_scopes(row: Row) -> Iterator[AnyFact]:
    numbers, _separator, works = _first(row, "added_scopes").partition(" for ")
    added = _scopes(numbers)
    both = not works
    yield EntityScopesAdded(
        number=row.subject,
        name=row.subject_title,
        validation=added if both or "validation" in works else (),
        verification=added if both or "verification" in works else (),
    )


def _suspension(row: Row) -> Iterator[AnyFact]:
    yield from _entity_status(row, "suspended")


def _reinstatement(row: Row) -> Iterator[AnyFact]:
    yield from _entity_status(row, "designated")


def _entity_withdrawal(row: Row) -> Iterator[AnyFact]:
    yield from _entity_status(row, "withdrawn")


def _entity_status(row: Row, status: str) -> Iterator[AnyFact]:
    scopes = _numbers(_first(row, "scopes")) or None
    yield EntityStatus(number=row.subject, name=row.subject_title, status=status, scopes=scopes)


def _registration(row: Row) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectRegistered(
            number=row.subject,
            title=row.subject_title,
            methodologies=tuple(row.methodologies),
        )


def _registration_rejected(row: Row) -> Iterator[AnyFact]:
    yield from _project_status(row, "registration rejected")


def _request_withdrawn(row: Row) -> Iterator[AnyFact]:
    yield from _project_status(row, "registration request withdrawn")


def _project_withdrawn(row: Row) -> Iterator[AnyFact]:
    yield from _project_status(row, "withdrawn")


def _project_status(row: Row, status: str) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectStatus(number=row.subject, status=status, title=row.subject_title)


def _planned(row: Row) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield ProjectPlanned(number=row.subject, title=row.subject_title)


def _methodology_rejected(row: Row) -> Iterator[AnyFact]:
    if row.subject is not None:
        yield RequestClosed(subject=row.subject, status="not approved")


def _changed(row: Row) -> Iterator[AnyFact]:
    if row.subject is not None and row.methodologies:
        yield ProjectChanged(number=row.subject, methodologies=tuple(row.methodologies))


def _rules(row: Row) -> Iterator[AnyFact]:
    """One document, whose version is the last remark of its title: `(ver03.0)`."""
    document = _DOCUMENT.match(row.subject_title)
    if document is not None:
        yield RulesAdopted(documents=((document[1], document[2]),))


def _measure(row: Row) -> Iterator[AnyFact]:
    _begins, _slash, ends = _first(row, "effective").partition("/")
    yield MeasureTaken(title=row.subject_title, until=_day(ends))


def _issuance(row: Row, sides: tuple[str, str]) -> Iterator[AnyFact]:
    """Credits of a joint subject (``PW002+PW003``) stand under its text; nobody divides them."""
    if row.subject is None:
        return
    yield CreditsDecided(
        project=row.subject,
        period=row.monitoring_period,
        quantity=row.quantity,
        amounts=row.amounts,
    )
    for side in sides:
        match = _ISSUED.match(_first(row, f"issued_{side}"))
        if match is not None:
            amount = int(match[1].replace(",", ""))
            day = _day(match[2])
            yield CreditsReported(project=row.subject, side=side, amount=amount, on=day)


_FACTS = {
    "methodology_approval": _approval,
    "methodology_revision": _revision,
    "methodology_rejection": _methodology_rejected,
    "tpe_designation": _designation,
    "tpe_provisional_designation": _provisional,
    "tpe_scope_extension": _more_scopes,
    "tpe_reaccreditation": _designation,
    "tpe_suspension": _suspension,
    "tpe_reinstatement": _reinstatement,
    "tpe_withdrawal": _entity_withdrawal,
    "project_registration": _registration,
    "registration_rejection": _registration_rejected,
    "registration_request_withdrawal": _request_withdrawn,
    "project_withdrawal": _project_withdrawn,
    "pin_no_objection": _planned,
    "post_registration_change": _changed,
    "rules_adoption": _rules,
    "rules_revision": _rules,
    "interim_special_measure": _measure,
}


def _first(row: Row, key: str) -> str:
    """Return what a row says under a key, without remarks and what follows a semicolon."""
    return without_remarks(row.said(key) or "").partition(";")[0].strip()


def _numbers(text: str) -> tuple[int, ...]:
    found = re.findall(r"(?<![0-9])[0-9]{1,2}(?![0-9])", text)
    return tuple(dict.fromkeys(int(number) for number in found))


def _scopes(text: str) -> tuple[Scope, ...]:
    return tuple(Scope(number) for number in _numbers(text))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
