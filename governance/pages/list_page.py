"""One page of a list that is too long for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from governance.http.problems import Problem

SIZE = 50
"""Entries of a page for people."""


@dataclass(frozen=True, slots=True)
class ListPage:
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


def page_of_list(entries: Sequence[Any], number: int, size: int = SIZE) -> ListPage:
    """Return a page; raise a `Problem` for one beyond the last."""
    pages = max(1, -(-len(entries) // size))
    if number > pages:
        raise Problem(404, f"This list has {pages} pages; there is no page {number}.")
    begins = (number - 1) * size
    own = entries[begins : begins + size]
    return ListPage(own, number, pages, begins + 1, begins + len(own), len(entries))
