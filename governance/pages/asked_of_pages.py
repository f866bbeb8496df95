"""What pages are asked for by forms and links: a day that may be left empty, a page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query
from pydantic import BeforeValidator, Field

from governance.http.problems import Problem
from governance.http.questions import Day, whole_number

SIZE = 50
"""Entries of a page for people."""

PageNumber = Annotated[
    Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(whole_number)],
    Query(description="Which page of the list, from 1 on."),
]


def _given(value: Any) -> Any:
    """Take a field that a form sends empty for one that is not given."""
    return None if value == "" else value


PageDay = Annotated[Day | None, BeforeValidator(_given), Query(description="A day; empty: none.")]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `first` and `last` count its entries from 1 on."""

    entries: Sequence[Any]
    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def before(self) -> int | None:
        """The page before this one; null on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after this one; null on the last."""
        return self.number + 1 if self.number < self.pages else None


def page_of_list(entries: Sequence[Any], number: int, size: int = SIZE) -> Page:
    """Return a page; raise a `Problem` for one beyond the last."""
    pages = max(1, -(-len(entries) // size))
    if number > pages:
        raise Problem(404, f"This list has {pages} pages; there is no page {number}.")
    begins = (number - 1) * size
    own = entries[begins : begins + size]
    return Page(own, number, pages, begins + 1, begins + len(own), len(entries))
