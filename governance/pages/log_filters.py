"""The filters of the decision log as they stand in an address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import Query

from governance.pages.asking import (
    AskedDay,
    AskedName,
    AskedStatus,
    AskedWords,
    PageNumber,
    words_of,
)
from projections.log_pages import LogQuestion, Status

FILTERS = ("q", "type", "status", "from", "to", "as_of", "page")


@dataclass(frozen=True)
class Filters:
    """What an address asks for; null is not asked."""

    q: str | None
    type: str | None
    status: Status | None
    begins: date | None
    ends: date | None
    as_of: date | None
    page: int

    def of(self, committee: str | None) -> LogQuestion:
        """Return the question to the log of one committee, or all; raises as `words_of`."""
        words = words_of(self.q)
        days = (self.begins, self.ends, self.as_of)
        return LogQuestion(committee, words, self.type, self.status, *days)

    @property
    def query(self) -> dict[str, Any]:
        """The members of the address, for `link`."""
        return {
            "q": self.q,
            "type": self.type,
            "status": self.status,
            "from": self.begins,
            "to": self.ends,
            "as_of": self.as_of,
            "page": None if self.page == 1 else self.page,
        }

    @property
    def any(self) -> bool:
        """Whether anything is asked beside the page."""
        return any(value is not None for name, value in self.query.items() if name != "page")

    def at(self, page: int) -> Filters:
        """Return the same filters at another page."""
        return replace(self, page=page)


async def filters(
    *,
    q: AskedWords = None,
    type: AskedName = None,
    status: AskedStatus = None,
    begins: Annotated[AskedDay, Query(alias="from")] = None,
    ends: Annotated[AskedDay, Query(alias="to")] = None,
    as_of: AskedDay = None,
    page: PageNumber = 1,
) -> Filters:
    """Read an address; a coroutine, so that no thread is taken for it."""
    return Filters(q, type, status, begins, ends, as_of, page)
