"""Declared interests, as the public may see them: whose, in what, since when; not in which words.

What a person wrote about their own affairs, and the letter, stay with the secretariat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aggregates.committee.events import InterestDeclared, InterestWithdrawn
from projections.view import Entry, Row, View

COLUMNS = (
    "committee",
    "interest",
    "person",
    "said_on",
    "recorded_at",
    "says",
    "case_name",
    "proposal",
    "edition",
    "item",
    "title",
)
DECLARED, WITHDRAWN = "declared", "withdrawn"


def _rows(entry: Entry) -> Iterator[Row]:
    event = entry.event
    committee = entry.recorded.originator_id
    if isinstance(event, InterestDeclared):
        yield (
            *(committee, event.interest, event.person, event.on.isoformat(), entry.recorded_at),
            *(DECLARED, event.case, event.proposal, event.version, event.item, event.title),
        )
    elif isinstance(event, InterestWithdrawn):
        yield (
            *(committee, event.interest, event.person, event.on.isoformat(), entry.recorded_at),
            *(WITHDRAWN, None, None, None, None, None),
        )


INTERESTS = View(
    "interests",
    COLUMNS,
    _rows,
    (InterestDeclared, InterestWithdrawn),
    integers=frozenset({"interest", "proposal", "edition", "item"}),
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """An interest that was declared; `withdrawn_on` is null while it stands.

    `case` is there, or `proposal`, its `version` and `item`.
    """

    committee: str
    interest: int
    person: str
    declared_on: str
    case: str | None
    proposal: int | None
    version: int | None
    item: int | None
    title: str
    withdrawn_on: str | None = None


def declarations_of(rows: Iterable[Sequence[Any]]) -> list[Declaration]:
    """Fold rows of COLUMNS, in the order of the events, into declarations."""
    found: dict[tuple[str, int], Declaration] = {}
    for committee, interest, person, on, _recorded_at, says, *about in rows:
        key = (committee, interest)
        if says == DECLARED:
            found[key] = Declaration(committee, interest, person, on, *about)
        elif key in found:
            found[key] = replace(found[key], withdrawn_on=on)
    return list(found.values())
